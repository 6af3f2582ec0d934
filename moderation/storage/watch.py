"""What the watch counts: scores and languages of a time, answers of people to what the model said. Figures only.

A score counts for the version that gave it, and a comment by the newest of its scorings. Times are of arrival.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from moderation.domain.drift import BINS
from moderation.domain.words import Label
from moderation.storage.models import ModelVersionRecord


@dataclass(frozen=True)
class Told:
    """One text that the policy gave to a person, and the answer that holds: by flag, by score, by version.

    `sampling` is the probability with which such a comment is shown to a person; None where nobody noted it.
    """

    flags: Sequence[str]
    audit: bool
    scores: Mapping[str, float | None]
    versions: Mapping[str, str]
    verdict: str
    labels: Sequence[str]
    sampling: float | None
    at: datetime


def versions_in_use(session: Session, site_id: int) -> dict[str, str]:
    """Return the version of each label that judged the site's newest scored comment; empty without one."""
    found: Mapping[str, str] | None = session.scalar(text(_NEWEST), {"site": site_id})
    return {label: version for label, version in (found or {}).items() if label in set(Label)}


def version(session: Session, name: str) -> ModelVersionRecord | None:
    """Return the taught version of this name; None for a shipped one."""
    return session.scalar(select(ModelVersionRecord).where(ModelVersionRecord.name == name))


def first_judged(session: Session, site_id: int, label: Label, name: str, since: datetime) -> datetime | None:
    """Return when the first comment came, not before `since`, that this version judged."""
    found: datetime | None = session.scalar(
        text(_FIRST), {"site": site_id, "label": label, "version": name, "since": since}
    )
    return found


def scores(session: Session, site_id: int, label: Label, name: str, since: datetime, until: datetime) -> list[int]:
    """Count by tenth the scores that this version gave to the comments of a time."""
    values = {"site": site_id, "label": label, "version": name, "since": since, "until": until, "bins": BINS}
    return _binned(session, _SCORES.format(label=Label(label).value), values)


def shadow_scores(session: Session, site_id: int, version_id: int) -> list[int]:
    """Count by tenth the scores that a version gave to a site's comments before it judged."""
    return _binned(session, _SHADOW, {"site": site_id, "version": version_id, "bins": BINS})


def languages(session: Session, site_id: int, since: datetime, until: datetime) -> dict[str, int]:
    """Count the scored comments of a time by language; those of unknown language are left out."""
    values = {"site": site_id, "since": since, "until": until}
    return {language: count for language, count in session.execute(text(_LANGUAGES), values)}


def answers(session: Session, site_id: int, since: datetime) -> list[Told]:
    """Return what people answered since then about texts that the policy had given them, oldest answer first.

    Of each text the last answer counts that was not taken back. What was decided with many others was not read
    one by one, and is left out; so is what reports, appeals or searches brought up, and what a machine rejected.
    """
    return [_told(row) for row in session.execute(text(_ANSWERS), {"site": site_id, "since": since})]


def _told(row: Any) -> Told:
    scores = {label.value: row[3 + place] for place, label in enumerate(Label)}
    flags, audit, versions = row[0], row[1], row[2] or {}
    return Told(flags, audit, scores, versions, *row[3 + len(Label) :])


def _binned(session: Session, query: str, values: Mapping[str, Any]) -> list[int]:
    found = {int(place): count for place, count in session.execute(text(query), values)}
    return [found.get(place, 0) for place in range(BINS)]


_OF_SITE = "comment.site_id = :site AND comment.received_at >= :since AND comment.received_at < :until"
_NEWEST = """
    SELECT scoring.model_versions FROM comment JOIN scoring ON scoring.id = comment.scoring_id
    WHERE comment.site_id = :site AND scoring.failure IS NULL ORDER BY comment.received_at DESC LIMIT 1
"""
_FIRST = """
    SELECT comment.received_at FROM comment JOIN scoring ON scoring.id = comment.scoring_id
    WHERE comment.site_id = :site AND comment.received_at >= :since AND scoring.model_versions ->> :label = :version
    ORDER BY comment.received_at LIMIT 1
"""
_SCORES = f"""
    SELECT least(floor(scoring.{{label}} * :bins), :bins - 1), count(*)
    FROM comment JOIN scoring ON scoring.id = comment.scoring_id
    WHERE {_OF_SITE} AND scoring.{{label}} IS NOT NULL AND scoring.model_versions ->> :label = :version GROUP BY 1
"""  # noqa: S608 - fixed words only
_SHADOW = """
    SELECT least(floor(shadow_score.score * :bins), :bins - 1), count(*)
    FROM shadow_score JOIN revision ON revision.id = shadow_score.revision_id
    JOIN comment ON comment.id = revision.comment_id
    WHERE shadow_score.version_id = :version AND shadow_score.score IS NOT NULL AND comment.site_id = :site GROUP BY 1
"""
_LANGUAGES = f"""
    SELECT scoring.language, count(*) FROM comment JOIN scoring ON scoring.id = comment.scoring_id
    WHERE {_OF_SITE} AND scoring.language IS NOT NULL GROUP BY 1
"""  # noqa: S608 - fixed words only
_ANSWERS = f"""
    SELECT asked.labels, asked.audit, scoring.model_versions, {", ".join(f"scoring.{label}" for label in Label)},
           answer.verdict, answer.labels, answer.sampling, answer.decided_at
    FROM (
        SELECT DISTINCT ON (said.revision_id) said.* FROM decision AS said
        WHERE said.site_id = :site AND said.decided_at >= :since AND said.moderator_id IS NOT NULL
          AND said.undoes_id IS NULL
          AND NOT EXISTS (SELECT FROM decision AS undoing WHERE undoing.undoes_id = said.id)
        ORDER BY said.revision_id, said.id DESC
    ) AS answer CROSS JOIN LATERAL (
        SELECT policy.labels, policy.audit, policy.verdict, policy.scoring_id FROM decision AS policy
        WHERE policy.comment_id = answer.comment_id AND policy.revision_id = answer.revision_id
          AND policy.origin = 'policy' AND policy.id < answer.id
        ORDER BY policy.id DESC LIMIT 1
    ) AS asked LEFT JOIN scoring ON scoring.id = asked.scoring_id
    WHERE asked.verdict = 'review' AND answer.bulk_id IS NULL ORDER BY answer.id
"""  # noqa: S608 - fixed words only
