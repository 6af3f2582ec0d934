"""Keys and secrets of a site: listed by their public ids, made, rotated with an overlap, revoked."""

from datetime import timedelta
from typing import Any

from flask import Blueprint, abort, flash, redirect, request, url_for
from flask_babel import gettext, lazy_gettext
from werkzeug import Response

from moderation.dashboard.settings_frame import Frame, settings_of
from moderation.domain.acts import Act
from moderation.domain.permissions import Permission
from moderation.domain.words import CredentialKind
from moderation.services import credentials
from moderation.storage.sites import live_credentials
from moderation.web import context

PLACE = "/keys"
OVERLAPS = {
    0: lazy_gettext("at once"),
    1: lazy_gettext("1 hour"),
    24: lazy_gettext("1 day"),
    168: lazy_gettext("1 week"),
}
KIND_WORDS: dict[CredentialKind, tuple[Any, Any]] = {
    CredentialKind.API_KEY: (
        lazy_gettext("API keys"),
        lazy_gettext("The site sends one of them with each request, as a bearer token."),
    ),
    CredentialKind.SIGNING_SECRET: (
        lazy_gettext("Signing secrets"),
        lazy_gettext("The site signs its webhooks with one of them, in place of a key."),
    ),
    CredentialKind.CALLBACK_SECRET: (
        lazy_gettext("Callback secrets"),
        lazy_gettext("Vigie signs what it tells the site with every live one of them."),
    ),
}
blueprint = Blueprint("keys", __name__)


@blueprint.get("")
def show(slug: str) -> str:
    """List the live secrets of each kind."""
    with settings_of(slug, Permission.ADMINISTER) as frame:
        return _page(frame)


@blueprint.post("")
def make(slug: str) -> str:
    """Make a secret and show it, this once; the others go on working, or for the chosen overlap only."""
    kind, overlap = request.form.get("kind"), request.form.get("overlap", "")
    with settings_of(slug, Permission.ADMINISTER) as frame:
        if kind not in set(CredentialKind) or overlap not in ("", *map(str, OVERLAPS)):
            abort(400)
        vault = context().vault
        if overlap:
            ends = timedelta(hours=int(overlap))
            made = credentials.rotate(frame.session, vault, frame.site, CredentialKind(kind), ends)
            frame.record(Act.SECRET_ROTATED, kind=kind, overlap_hours=int(overlap))
        else:
            made = credentials.issue(frame.session, vault, frame.site, CredentialKind(kind))
            frame.record(Act.SECRET_ISSUED, kind=kind)
        return _page(frame, made, CredentialKind(kind))


@blueprint.post("/<public_id>/revocation")
def revoke(slug: str, public_id: str) -> Response:
    """End a secret at once."""
    with settings_of(slug, Permission.ADMINISTER) as frame:
        credentials.revoke(frame.session, frame.site, public_id)
        frame.record(Act.SECRET_REVOKED, public_id=public_id)
    flash(gettext("%(id)s works no longer.", id=public_id))
    return redirect(url_for(".show", slug=slug), 303)


def _page(frame: Frame, made: str | None = None, made_kind: CredentialKind | None = None) -> str:
    kinds = [(kind, *KIND_WORDS[kind], live_credentials(frame.session, frame.site.id, kind)) for kind in KIND_WORDS]
    return frame.show("keys.html", kinds=kinds, overlaps=OVERLAPS, made=made, made_kind=made_kind)
