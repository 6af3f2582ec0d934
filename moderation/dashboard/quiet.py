"""Two quiet lines on other screens: texts that wait for a second look, and warnings of the watch. Asked when shown."""

from flask import g

from moderation.dashboard.access import may, moderator
from moderation.domain.permissions import Permission
from moderation.services import second_judgements, watch
from moderation.web import context


def second_looks(site_id: int | None = None) -> int:
    """Count the texts that the person who asks may judge blind, on one site or on all of theirs."""
    if not may(Permission.DECIDE, site_id):
        return 0
    sites = g.access.sites(Permission.DECIDE) if site_id is None else [site_id]
    with context().database.session() as database:
        return second_judgements.waiting(database, sites, moderator().id)


def warnings() -> int:
    """Count what the watch warns of now on the sites whose policy the person who asks may set."""
    if not may(Permission.SET_POLICY):
        return 0
    with context().database.session() as database:
        return sum(len(one.warnings) for one in watch.latest_of(database, g.access.sites(Permission.SET_POLICY)))
