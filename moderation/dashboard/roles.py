"""Roles as a form shows and sends them: one for every site, or one for each site."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import abort
from flask_babel import lazy_gettext

from moderation.domain.words import Role
from moderation.services.accounts import Roles
from moderation.storage.sites import SiteRecord

ROLE_NAMES: dict[str, Any] = {
    Role.ADMINISTRATOR: lazy_gettext("Administrator"),
    Role.EDITOR: lazy_gettext("Editor"),
    Role.MODERATOR: lazy_gettext("Moderator"),
    Role.OBSERVER: lazy_gettext("Observer"),
}
ROLE_MEANINGS: dict[str, Any] = {
    Role.ADMINISTRATOR: lazy_gettext("everything, with accounts, keys and retention"),
    Role.EDITOR: lazy_gettext("decides, also many at once, and sets the rules"),
    Role.MODERATOR: lazy_gettext("reads and decides"),
    Role.OBSERVER: lazy_gettext("reads only"),
}
_BY_SITE = ""


def read_roles(form: Mapping[str, str], reach: Sequence[SiteRecord]) -> Roles:
    """Return the roles that a form gives. Stops with 400 for words that are no roles."""
    everywhere = _role(form.get("role", _BY_SITE))
    if everywhere:
        return Roles(everywhere, {})
    chosen = {site.id: _role(form.get(f"site-{site.id}", "")) for site in reach}
    return Roles(None, {site_id: role for site_id, role in chosen.items() if role})


def _role(word: str) -> Role | None:
    if word and word not in set(Role):
        abort(400)
    return Role(word) if word else None
