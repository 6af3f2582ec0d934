"""What every screen of a site's settings shares: who may enter, the tabs, the audit trail of a change."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import render_template, request
from flask_babel import format_datetime, lazy_gettext
from sqlalchemy.orm import Session

from moderation.dashboard.access import may, moderator, need
from moderation.domain.acts import Act
from moderation.domain.permissions import Permission
from moderation.services import audit, sites
from moderation.storage.sites import SiteRecord
from moderation.storage.sites import all_sites as every_site
from moderation.web import context

PREFIX = "/sites/<slug>/settings"
_TABS: list[tuple[str, Any, Permission]] = [
    ("policy", lazy_gettext("Policy and thresholds"), Permission.SET_POLICY),
    ("words", lazy_gettext("Banned and watched words"), Permission.SET_POLICY),
    ("messages", lazy_gettext("Messages to writers"), Permission.SET_POLICY),
    ("learning", lazy_gettext("Learning"), Permission.SET_POLICY),
    ("keys", lazy_gettext("Keys and secrets"), Permission.ADMINISTER),
    ("callback", lazy_gettext("Callback"), Permission.ADMINISTER),
    ("retention", lazy_gettext("Retention"), Permission.ADMINISTER),
]


@dataclass(frozen=True)
class Frame:
    """One site's settings while a request works on them."""

    session: Session
    site: SiteRecord
    sites: Sequence[SiteRecord]

    def record(self, act: Act, **details: Any) -> None:
        """Write the change into the audit trail, in its transaction."""
        audit.record(self.session, moderator(), act, site_id=self.site.id, **details)

    def show(self, template: str, **values: Any) -> str:
        """Return a page with the tabs around it; the session may be closed by now."""
        tabs = [(name, words) for name, words, permission in _TABS if may(permission, self.site.id)]
        here = (request.endpoint or "").split(".")[2]
        frame = {"site": self.site, "sites": self.sites, "tabs": tabs, "tab": here, "format_moment": _moment}
        return render_template(f"dashboard/settings/{template}", **frame, **values)


def _moment(moment: datetime) -> str:
    return str(format_datetime(moment, "d MMM y, HH:mm"))


@contextmanager
def settings_of(slug: str, permission: Permission) -> Iterator[Frame]:
    """Open the settings of a site for one who may do this there. Raises NotFound or NotAllowed."""
    with context().database.session() as session:
        site = sites.get(session, slug)
        need(permission, site.id)
        yield Frame(session, site, open_to_me(session))


def open_to_me(session: Session) -> list[SiteRecord]:
    """Return the sites whose settings the account that asks may enter."""
    return [site for site in every_site(session) if may(Permission.SET_POLICY, site.id)]
