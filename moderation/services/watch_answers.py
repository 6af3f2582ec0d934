"""What people answered, put together for the watch: against scores, by week, and one person against another."""

from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any

from moderation.domain import agreement, calibration
from moderation.domain.calibration import Answer
from moderation.domain.watching import Week
from moderation.domain.words import Label, Verdict
from moderation.storage.second_judgements import Pair
from moderation.storage.watch import Told

Pairs = Mapping[tuple[Hashable, Hashable], int]


@dataclass(frozen=True)
class Judged:
    """One answer as far as one label goes; `answer` is None where there was no score."""

    at: datetime
    version: str
    flagged: bool
    audit: bool
    true: bool
    answer: Answer | None


def weeks(now: datetime, count: int) -> list[datetime]:
    """Return the Mondays (midnight, UTC) on which the last weeks began, the current one included, oldest first."""
    today = now.astimezone(UTC).date()
    monday = datetime.combine(today - timedelta(days=today.weekday()), time(), UTC)
    return [monday - timedelta(weeks=back) for back in reversed(range(count))]


def of_label(told: Sequence[Told], label: Label, audit_share: float) -> list[Judged]:
    """Return the answers that say something of a label.

    A rejection that names no label says nothing of any. An answer about the audit sample speaks for all that were
    not drawn: its weight is the inverse of the probability that was noted, else of the site's `audit_share`.
    """
    found = []
    for one in told:
        if one.verdict == Verdict.REJECT and not one.labels:
            continue
        true = one.verdict == Verdict.REJECT and label in one.labels
        score = one.scores.get(label)
        weight = calibration.weight_of(one.sampling or (audit_share if one.audit else None))
        answer = None if score is None else Answer(score, true, weight)
        found.append(Judged(one.at, one.versions.get(label, ""), label in one.flags, one.audit, true, answer))
    return found


def by_week(judged: Sequence[Judged], begins: Sequence[datetime]) -> list[Week]:
    """Count by week of the answer: flags and those confirmed, audited ones and those missed."""
    counts: Counter[tuple[datetime, str]] = Counter()
    for one in judged:
        week = max((begin for begin in begins if begin <= one.at), default=None)
        kind = "flagged" if one.flagged else "audited" if one.audit else ""
        if week is not None and kind:
            counts[week, kind] += 1
            counts[week, "confirmed" if one.flagged else "missed"] += one.true
    names = ("flagged", "confirmed", "audited", "missed")
    return [Week(begin.date().isoformat(), *(counts[begin, name] for name in names)) for begin in begins]


def verdicts(pairs: Sequence[Pair]) -> Pairs:
    """Count pairs of verdicts, the first person's before the second's."""
    counts: Counter[tuple[Hashable, Hashable]] = Counter()
    for pair in pairs:
        counts[pair.first, pair.second] += pair.count
    return counts


def of_people(pairs: Sequence[Pair], begins: Sequence[datetime]) -> dict[str, Any]:
    """Return how two people agree about the verdict, in all, by label and by week, as JSON values."""
    by_label = {label.value: _agreement(_labelled(pairs, label)) for label in Label}
    found = [
        {"week": begin.date().isoformat()} | _agreement(verdicts([pair for pair in pairs if pair.week == begin.date()]))
        for begin in begins
    ]
    return _agreement(verdicts(pairs)) | {"labels": by_label, "weeks": found}


def _labelled(pairs: Sequence[Pair], label: Label) -> Pairs:
    counts: Counter[tuple[Hashable, Hashable]] = Counter()
    for pair in pairs:
        counts[label in pair.first_labels, label in pair.second_labels] += pair.count
    return counts


def _agreement(counts: Pairs) -> dict[str, Any]:
    """Return the figures, None below the least number of texts that say something."""
    size = sum(counts.values())
    enough = size >= agreement.LEAST_PAIRS
    return {
        "pairs": size,
        "same": agreement.agreed(counts) if enough else None,
        "kappa": agreement.kappa(counts) if enough else None,
    }
