"""Challengers in the shadow: whether one has shown enough on live comments to take the champion's place by itself."""

from datetime import UTC, datetime, timedelta

from sqlalchemy.orm import Session

from moderation.domain.learning_settings import LearningSettings
from moderation.domain.policy import Policy
from moderation.domain.shadowing import CHANGED, FLOODS, REFUSED, UNJUDGED
from moderation.domain.words import Label
from moderation.storage import models, shadows, sites
from moderation.storage.models import ModelVersionRecord
from moderation.storage.sites import SiteRecord

CODES = (FLOODS, UNJUDGED, CHANGED, REFUSED)
"""The findings of which one that is not passed makes a challenger wait for a person."""
_MOST_PATIENCE = timedelta(days=30)
_FORGOTTEN_AFTER_DAYS, _FORGOTTEN_AT_ONCE = 30, 20_000


def is_ready(session: Session, version: ModelVersionRecord) -> bool:
    """Say whether a challenger may be promoted now without a person, and keep as findings why or why not.

    A shared one is looked at over all the sites that it would judge, by the most careful of their settings.
    """
    if _asks_a_person(version):
        return False
    judged = _sites(session, version)
    settings = [LearningSettings.from_json(site.learning) for site in judged]
    if not judged or not all(one.automatic for one in settings):
        return False
    label = Label(version.label)
    tally = shadows.tally(session, version.id, {s.id: Policy.from_json(s.policy).thresholds[label] for s in judged})
    if tally.scored < max(one.shadow_comments for one in settings):
        return False
    changed = models.champion_changed(session, version)
    answers = {FLOODS: tally.floods, UNJUDGED: tally.falls_silent, CHANGED: changed}
    told = [{"code": code, "passed": not wrong, "figures": tally.figures()} for code, wrong in answers.items()]
    version.findings = [*version.findings, *told]
    session.flush()
    return not any(answers.values())


def is_under_way(session: Session, version: ModelVersionRecord) -> bool:
    """Say whether a challenger is on its way to judge by itself: live comments reach it, and not yet enough of them.

    Where training comes more often than enough comments, replacing it each time would leave none to be promoted.
    """
    since = version.challenged_at
    if since is None or since < datetime.now(UTC) - _MOST_PATIENCE or _asks_a_person(version):
        return False
    automatic = all(LearningSettings.from_json(site.learning).automatic for site in _sites(session, version))
    scored, wanted = progress(session, version)
    return automatic and 0 < scored < wanted


def progress(session: Session, version: ModelVersionRecord) -> tuple[int, int]:
    """Return how many live comments a challenger has scored in the shadow, and how many it has to."""
    judged = _sites(session, version)
    wanted = [LearningSettings.from_json(site.learning).shadow_comments for site in judged]
    return shadows.tally(session, version.id, {site.id: 1.0 for site in judged}).scored, max(wanted, default=0)


def forget_old(session: Session) -> int:
    """Delete shadow scores of versions that were retired long ago, one batch; return how many."""
    return shadows.forget_of_retired(session, _FORGOTTEN_AFTER_DAYS, _FORGOTTEN_AT_ONCE)


def _asks_a_person(version: ModelVersionRecord) -> bool:
    return any(finding["code"] in CODES and not finding["passed"] for finding in version.findings)


def _sites(session: Session, version: ModelVersionRecord) -> list[SiteRecord]:
    """Return the sites that a version would judge: its own, or all without a champion of their own."""
    if version.site_id is not None:
        return [sites.by_id(session, version.site_id)]
    own = models.sites_with_champion(session, version.label)
    return [site for site in sites.all_sites(session) if site.id not in own]
