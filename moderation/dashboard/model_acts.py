"""What an editor does about models: train, cancel, put in the shadow, promote, retire, roll back, score again."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from flask import Blueprint, abort, flash, redirect, request, url_for
from flask_babel import gettext
from sqlalchemy.orm import Session
from werkzeug import Response

from moderation.dashboard import model_places, model_words
from moderation.dashboard.access import moderator
from moderation.dashboard.model_places import ModelPlace
from moderation.domain.errors import Conflict, NotFound
from moderation.domain.words import Label
from moderation.services import models, rescoring, retraining
from moderation.web import context

blueprint = Blueprint("acts", __name__)

VERSION = "<int(max=9223372036854775807):version_id>"


def _of_place(rule: str) -> Callable[[Callable[[str | None], Response]], Callable[[str | None], Response]]:
    """Register an act twice: about one site, and about what all sites share."""

    def register(view: Callable[[str | None], Response]) -> Callable[[str | None], Response]:
        blueprint.add_url_rule(f"/sites/<slug>/models/{rule}", view.__name__, view, methods=["POST"])
        blueprint.add_url_rule(
            f"/models/shared/{rule}", f"shared_{view.__name__}", lambda: view(None), methods=["POST"]
        )
        return view

    return register


@_of_place("training")
def train(slug: str | None) -> Response:
    """Ask for a training now; one that is under way already is the one."""
    with _acting(slug) as (database, place):
        retraining.ask(database, place.site_id, moderator())
        flash(gettext("Training is asked for. You can leave this page; it goes on."))
    return redirect(place.address(), 303)


@_of_place("training/cancellation")
def cancel(slug: str | None) -> Response:
    """Cancel the training that the form names."""
    wanted = request.form.get("retraining", "")
    with _acting(slug) as (database, place):
        under_way = [run.id for run in retraining.latest(database, place.site_id) if str(run.id) == wanted]
        if not under_way:
            raise NotFound("retraining", wanted)
        retraining.cancel(database, under_way[0], moderator())
        flash(gettext("The training is cancelled. No model was changed."))
    return redirect(place.address(), 303)


@_of_place("scoring")
def score_again(slug: str | None) -> Response:
    """Have what waits in the review queue scored again."""
    with _acting(slug) as (database, place):
        rescoring.ask(database, place.site_id, moderator())
        flash(gettext("The waiting comments are being scored again."))
    return redirect(place.address(), 303)


@_of_place("rollback")
def roll_back(slug: str | None) -> Response:
    """Take the champion of one label back, one step."""
    label = request.form.get("label")
    with _acting(slug) as (database, place):
        if label not in set(Label):
            abort(400)
        after = models.roll_back(database, place.site_id, label, moderator())
        name = after.name if after else gettext("the model that judged before")
        flash(gettext("Rolled back: %(name)s judges again from the next comment on.", name=name))
    return redirect(place.address(), 303)


@blueprint.post(f"/models/versions/{VERSION}/shadow")
def challenge(version_id: int) -> Response:
    """Let a version score in the shadow of what judges."""
    return _move(version_id, models.challenge, gettext("It runs in the shadow now: its scores count for nothing."))


@blueprint.post(f"/models/versions/{VERSION}/promotion")
def promote(version_id: int) -> Response:
    """Let a version judge; one that is not proven only when the box says that this is meant."""
    with context().database.session() as database:
        version = models.one(database, version_id)
        model_places.to_act(model_places.of_site_id(database, version.site_id))
        sure = request.form.get("sure") == "on" or model_words.proven(version.findings)
    if not sure:
        flash(gettext("Nothing was changed: tick the box to promote a model that is not proven."))
        return redirect(_address(version_id, "promotion"), 303)
    return _move(version_id, models.promote, gettext("Promoted: it judges from the next comment on."))


@blueprint.post(f"/models/versions/{VERSION}/retirement")
def retire(version_id: int) -> Response:
    """Take a version out of use; its card is kept."""
    return _move(version_id, models.retire, gettext("Retired. Its card is kept."))


def _move(version_id: int, act: Callable[[Session, int, Any], None], told: str) -> Response:
    with context().database.session() as database:
        version = models.one(database, version_id)
        place = model_places.to_act(model_places.of_site_id(database, version.site_id))
    try:
        with context().database.session() as database:
            act(database, version_id, moderator())
        flash(told)
    except Conflict as conflict:
        flash(model_words.told(conflict))
        return redirect(_address(version_id), 303)
    return redirect(place.address(), 303)


def _address(version_id: int, view: str = "show") -> str:
    return url_for(f"dashboard.models.versions.{view}", version_id=version_id)


@contextmanager
def _acting(slug: str | None) -> Iterator[tuple[Session, ModelPlace]]:
    """Open a place to one who may act there; what its state does not allow is told, and nothing is changed."""
    with context().database.session() as database:
        place = model_places.to_act(model_places.of_slug(database, slug))
        try:
            with database.begin_nested():
                yield database, place
        except Conflict as conflict:
            flash(model_words.told(conflict))
