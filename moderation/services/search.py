"""Finding comments again, for those who may read them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from moderation.storage import history, search, sites
from moderation.storage.review import CommentRow
from moderation.storage.search import Search
from moderation.storage.sites import SiteRecord

MOST_COUNTED = 2_000


@dataclass(frozen=True)
class Choices:
    """What a form of filters offers: the sites that may be read, and every moderator's name by id."""

    sites: Sequence[SiteRecord]
    moderators: Mapping[int, str]

    @property
    def site_names(self) -> list[tuple[str, str]]:
        """The sites' slugs and names."""
        return [(site.slug, site.name) for site in self.sites]


@dataclass(frozen=True)
class Found:
    """One page of found comments, newest first. `count` stops one past MOST_COUNTED."""

    rows: Sequence[CommentRow]
    count: int
    next_before: int | None


def choices(session: Session, readable: Collection[int] | None) -> Choices:
    """Return what may be chosen by somebody who reads these sites (None: all)."""
    allowed = [site for site in sites.all_sites(session) if readable is None or site.id in readable]
    return Choices(allowed, history.moderators(session))


def find(session: Session, wanted: Search, readable: Collection[int] | None, before: int, size: int) -> Found:
    """Return the comments that are as asked, older than this internal id.

    What is rare is found whole and put in order here; what is frequent is met soon on the way from the newest back.
    """
    some = search.some(session, wanted, readable, MOST_COUNTED + 1)
    if len(some) > MOST_COUNTED:
        found = search.ids(session, wanted, readable, before, size + 1)
    else:
        found = sorted((key for key in some if key < before), reverse=True)[: size + 1]
    return Found(search.rows(session, found[:size]), len(some), found[size - 1] if len(found) > size else None)
