"""Where a site is told of decisions: the address, its trial, a pause, and what could not be delivered."""

from typing import Any

from flask import Blueprint, flash, g, redirect, request, url_for
from flask_babel import gettext, lazy_gettext
from werkzeug import Response

from moderation.clients.site import SiteClient
from moderation.dashboard.settings_frame import Frame, settings_of
from moderation.domain.acts import Act
from moderation.domain.errors import InvalidInput
from moderation.domain.permissions import Permission
from moderation.domain.words import Role
from moderation.messages import TaskName, enqueue_after_commit
from moderation.services import callback_trial, callbacks, sites
from moderation.services.callback_trial import Outcome
from moderation.storage.callbacks import counts, last_failures
from moderation.web import context

PLACE = "/callback"
FAILURES_SHOWN = 20
LONGEST_URL = 2_000
OUTCOME_WORDS: dict[Outcome, Any] = {
    Outcome.DELIVERED: lazy_gettext("The site took the message."),
    Outcome.ANSWERED: lazy_gettext(
        "The site answered, but not with a success: look at its log for the test message, and at its secret."
    ),
    Outcome.REFUSED: lazy_gettext(
        "Vigie did not call: the address is private or malformed. Somebody who administers every site can allow "
        "private addresses."
    ),
    Outcome.UNKNOWN_NAME: lazy_gettext("No machine of this name is known. Is the address mistyped?"),
    Outcome.NO_CONNECTION: lazy_gettext("Nothing answers at this address: the machine is away, or the port is closed."),
    Outcome.NOT_ENCRYPTED: lazy_gettext("The encryption failed: the site’s certificate is not one to be trusted."),
    Outcome.TIMEOUT: lazy_gettext("The site took too long to answer."),
    Outcome.NO_HTTP: lazy_gettext("Something answers there, but it does not speak HTTP."),
}
blueprint = Blueprint("callback", __name__)


@blueprint.get("")
def show(slug: str) -> str:
    """Show the address and what could not be delivered."""
    with settings_of(slug, Permission.ADMINISTER) as frame:
        return _page(frame)


@blueprint.post("")
def save(slug: str) -> str | Response:
    """Set the address, or remove it."""
    url = request.form.get("url", "").strip()[:LONGEST_URL] or None
    with settings_of(slug, Permission.ADMINISTER) as frame:
        private = _may_allow_private() and request.form.get("private") == "on"
        kept = url == frame.site.callback_url and frame.site.callback_private_allowed and not _may_allow_private()
        try:
            sites.set_callback(frame.site, url, private_allowed=private or kept)
        except InvalidInput:
            return _page(frame, wrong=url)
        frame.record(Act.CALLBACK_CHANGED, url=url, private_allowed=private or kept)
        enqueue_after_commit(frame.session, TaskName.DELIVER_CALLBACKS)
    flash(gettext("Decisions go to %(url)s from now on.", url=url) if url else gettext("Nobody is told any more."))
    return redirect(url_for(".show", slug=slug), 303)


@blueprint.post("/pause")
def pause(slug: str) -> Response:
    """Stop telling the site for a while, or go on."""
    active = request.form.get("active") == "on"
    with settings_of(slug, Permission.ADMINISTER) as frame:
        sites.pause_callback(frame.site, active=active)
        frame.record(Act.CALLBACK_CHANGED, active=active)
        enqueue_after_commit(frame.session, TaskName.DELIVER_CALLBACKS)
    flash(gettext("Decisions are told again.") if active else gettext("Decisions are kept until you go on."))
    return redirect(url_for(".show", slug=slug), 303)


@blueprint.post("/trial")
def test(slug: str) -> str:
    """Send a signed test message and show what came back; no session is open while the site is asked."""
    with settings_of(slug, Permission.ADMINISTER) as frame:
        target = callbacks.target_of(frame.session, context().vault, frame.site.id)
    trial = callback_trial.try_out(SiteClient(), target, slug) if target else None
    with settings_of(slug, Permission.ADMINISTER) as frame:
        if trial:
            frame.record(Act.CALLBACK_TESTED, outcome=trial.outcome, status=trial.status)
        return _page(frame, trial=trial, untried=target is None)


def _page(frame: Frame, **values: Any) -> str:
    return frame.show(
        "callback.html",
        tallies=counts(frame.session, frame.site.id),
        failures=last_failures(frame.session, frame.site.id, FAILURES_SHOWN),
        outcomes=OUTCOME_WORDS,
        private_offered=_may_allow_private(),
        **values,
    )


def _may_allow_private() -> bool:
    """Say whether the account may have Vigie call private addresses: they belong to the house, not to a site."""
    return bool(g.access.everywhere == Role.ADMINISTRATOR)
