"""What the last days are held against: the time and the scores from which a model is known.

Scores are compared with scores of the same version only: another version's scores differ because it is another model,
not because the comments are others. A taught version has scored live comments in the shadow before it judged; the
shipped model, and a version without enough shadow scores, is held against the first 28 days in which it judged here.
The mix of languages is held against the time whose comments taught the model.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from moderation.domain.drift import BINS, LEAST_COMMENTS
from moderation.domain.words import Label
from moderation.storage import watch
from moderation.storage.models import ModelVersionRecord
from moderation.storage.sites import SiteRecord

FIRST = timedelta(days=28)


@dataclass(frozen=True)
class Reference:
    """Counted scores (by tenth) of one version and where they come from: `kind` is "shadow" or "first".

    `learned` is the time whose comments taught the version, None for a shipped one.
    """

    version: str
    kind: str
    since: datetime | None
    until: datetime | None
    bins: Sequence[int]
    learned: tuple[datetime, datetime] | None = None


def of_scores(
    session: Session, site: SiteRecord, label: Label, version: str, lately: datetime, known: Mapping[str, Any]
) -> Reference:
    """Return what the scores since `lately` are held against.

    `known` is what the report before said of the label: the first comment of a version is looked for once.
    """
    taught = watch.version(session, version)
    learned = _learned(taught, site) if taught else None
    if taught:
        shadow = watch.shadow_scores(session, site.id, taught.id)
        if sum(shadow) >= LEAST_COMMENTS:
            return Reference(version, "shadow", taught.challenged_at, taught.promoted_at, shadow, learned)
    first = _known_first(version, known)
    if first is None:
        begin = taught.created_at if taught else datetime.min.replace(tzinfo=UTC)
        first = watch.first_judged(session, site.id, label, version, begin)
    if first is None or first >= lately:
        return Reference(version, "first", first, first and lately, [0] * BINS, learned)
    until = min(first + FIRST, lately)
    return Reference(
        version, "first", first, until, watch.scores(session, site.id, label, version, first, until), learned
    )


def of_languages(references: Sequence[Reference], lately: datetime) -> tuple[datetime, datetime]:
    """Return the time that the languages since `lately` are held against: what taught the newest model, else the first.

    Without either an empty time.
    """
    if learned := [reference.learned for reference in references if reference.learned]:
        since, until = max(learned, key=lambda times: times[1])
        return since, min(until, lately)
    begins = [reference.since for reference in references if reference.since]
    since = min(begins, default=lately)
    return since, min(since + FIRST, lately)


def _known_first(version: str, known: Mapping[str, Any]) -> datetime | None:
    scores = known.get("scores", {})
    if known.get("version") == version and scores.get("against") == "first" and scores.get("since"):
        return datetime.fromisoformat(scores["since"])
    return None


def _learned(taught: ModelVersionRecord, site: SiteRecord) -> tuple[datetime, datetime]:
    """Return the time of the examples of a version: as its card says, else the 28 days before it was made.

    A card has the moments of the first and the last example in seconds since 1970 (`classifiers.learning.card`).
    """
    examples = taught.card.get("examples") or {}
    first, last = examples.get("first"), examples.get("last")
    if first is None or last is None:
        since, until = taught.created_at - FIRST, taught.created_at
    else:
        since, until = datetime.fromtimestamp(first, UTC), datetime.fromtimestamp(last, UTC)
    return max(since, site.created_at), until
