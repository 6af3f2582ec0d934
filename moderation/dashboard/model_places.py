"""Where models judge: one site, or all sites together; who may look there, and who may act. No screen lives here."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import g, url_for
from flask_babel import gettext
from sqlalchemy.orm import Session

from moderation.dashboard.access import may, need, readable
from moderation.domain.errors import NotAllowed
from moderation.domain.permissions import Permission
from moderation.services import sites
from moderation.storage.sites import SiteRecord, all_sites, by_id


@dataclass(frozen=True)
class ModelPlace:
    """A site with models of its own, or (`site` None) the models that all sites share.

    `leads`: whether the account that asks may act here, and read figures about moderators by name.
    """

    site: SiteRecord | None
    leads: bool

    @property
    def site_id(self) -> int | None:
        """The site, as the services name a place."""
        return self.site.id if self.site else None

    @property
    def name(self) -> str:
        """What the place is called."""
        return self.site.name if self.site else str(gettext("Shared by all sites"))

    def address(self, endpoint: str = "dashboard.models.site", **values: Any) -> str:
        """Return an address of this place; each endpoint has a twin for the shared models."""
        if self.site:
            return url_for(endpoint, slug=self.site.slug, **values)
        room, _, view = endpoint.rpartition(".")
        return url_for(f"{room}.shared" if view == "site" else f"{room}.shared_{view}", **values)


def of_slug(database: Session, slug: str | None) -> ModelPlace:
    """Return the place that an address names; None: shared. Raises NotFound, or NotAllowed for one who may not look."""
    return _place(sites.get(database, slug) if slug is not None else None)


def of_site_id(database: Session, site_id: int | None) -> ModelPlace:
    """Return the place of a version of a model. Raises NotAllowed for one who may not look."""
    return _place(by_id(database, site_id) if site_id is not None else None)


def to_act(place: ModelPlace) -> ModelPlace:
    """Return the place to one who may act there. Raises NotAllowed."""
    if not place.leads:
        raise NotAllowed(Permission.SET_POLICY)
    return place


def open_to_me(database: Session) -> Sequence[SiteRecord]:
    """Return the sites that the account that asks may read."""
    mine = readable()
    return [site for site in all_sites(database) if mine is None or site.id in mine]


def _place(site: SiteRecord | None) -> ModelPlace:
    need(Permission.READ, site.id if site else None)
    everywhere = g.access.sites(Permission.SET_POLICY) is None  # what judges on every site is changed by nobody less
    return ModelPlace(site, may(Permission.SET_POLICY, site.id) if site else everywhere)
