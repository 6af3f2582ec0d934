"""The one door: a newsroom's decisions about one label in, a proven adaptation or its refusal out.

Here lives the order of work: fold and cut, weigh, fit, prove, and write it all down.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from classifiers import off_topic
from classifiers.adaptation import Adaptation
from classifiers.learning import card, contradicting, fitting, guarding, proving, weighing
from classifiers.learning.evidence import Evidence
from classifiers.learning.examples import Example
from classifiers.learning.finding import Finding
from classifiers.learning.fitting import Fitted, Lesson
from classifiers.learning.knowledge import Knowledge, Known
from classifiers.learning.splitting import Split, split

MOST = 20_000
"""Decisions that teach at most: the latest."""
ARCHIVE, MOST_ARCHIVE = 0.25, 4000
"""Weight of a row of the archive, and how many rows are taken; together they weigh no more than the decisions."""

SHARES, LEVELS = (1.0, 0.8, 0.6, 0.4, 0.25), (1.0, 0.5, 0.0)
"""How much of what was fitted is kept: the largest share, then level, at which no guard loses too much."""

Progress = Callable[[str], None]


@dataclass(frozen=True)
class Taught:
    """What a newsroom decided, with the evidence of each example in the same order.

    `archive`: for off topic, evidence of published comments under their own and under other articles, and whether
    each is off topic there.
    """

    examples: Sequence[Example]
    evidence: Evidence
    archive: tuple[Evidence, list[bool]] | None = None


@dataclass(frozen=True)
class Learned:
    """What came of it: `better` only if every finding passed; `card` holds JSON values and no text of a comment."""

    adaptation: Adaptation | None
    findings: tuple[Finding, ...]
    better: bool
    card: dict[str, Any]


def learn(
    label: str,
    taught: Taught,
    champion: Adaptation | None,
    knowledge: Knowledge,
    name: str,
    seed: int,
    progress: Progress = lambda line: None,
) -> Learned:
    """Learn one label for a site (`name`: its slug, or "shared"), and prove it against `champion` (None: as shipped).

    Too little data is a finding, not an error. The same examples and seed give the same bytes. Raises ValueError when
    evidence and knowledge were gathered by different artefacts.
    """
    known = knowledge.replay[label]
    if dict(known.evidence.versions) != dict(taught.evidence.versions):
        raise ValueError("Examples and knowledge were seen by different artefacts: gather both again.")
    if champion is not None and champion.base != taught.evidence.versions[label]:
        champion = None  # the scorer would not use it either
    with threadpool_limits(limits=1):
        return _learn(label, taught, champion, knowledge, name, seed, progress)


def _learn(
    label: str,
    taught: Taught,
    champion: Adaptation | None,
    knowledge: Knowledge,
    name: str,
    seed: int,
    progress: Progress,
) -> Learned:
    parts = split(taught.examples, taught.evidence, label)
    rows = np.concatenate([parts.teach[-MOST:], parts.later])
    later = np.arange(len(rows)) >= len(rows) - len(parts.later)
    told = [taught.examples[i] for i in rows.tolist()]
    lesson = _lesson(taught.evidence, rows, parts, told)
    facts = card.Facts(label, name, taught.evidence.versions[label], champion, seed, told, lesson, parts.folded)
    enough = proving.examples(lesson.truth, later)
    if not enough.passed or not (teach := ~later).any() or len(set(lesson.truth[teach].tolist())) < 2:
        enough = Finding("examples", False, enough.figures)
        return Learned(None, (enough,), False, card.of(facts, None, (enough,), ()))
    progress(f"{label}: fitting on {int(teach.sum())} decisions")
    extra = _archive(label, taught, parts, float(lesson.weight[teach].sum()), seed)
    own = lesson.part(teach)
    fitted = fitting.learned(label, _both(own, extra) if extra else own, knowledge.replay[label], seed)
    share, adaptation, found = _drawn_back(label, fitted.adaptation, knowledge.guards[label])
    adaptation = adaptation.named(name)
    progress(f"{label}: proving on {int(later.sum())} later decisions")
    findings = (
        enough,
        proving.consistent(own, fitted),
        *_later(
            label, lesson.part(later), [e for e, on in zip(told, later, strict=True) if on], champion, adaptation, seed
        ),
        _guarded(found, share),
        *_contradicted(label, lesson, later, told, knowledge, fitted, seed, progress),
    )
    better = all(finding.passed for finding in findings)
    return Learned(adaptation, findings, better, card.of(facts, (adaptation, fitted), findings, found))


def _lesson(evidence: Evidence, rows: NDArray[np.int64], parts: Split, told: Sequence[Example]) -> Lesson:
    chosen = evidence.part(rows)
    weight = weighing.teaching(told, [parts.agreement[i] for i in rows.tolist()])
    return Lesson(chosen, np.array([parts.truth[i] for i in rows.tolist()], np.bool_), weight, chosen.text)


def _archive(label: str, taught: Taught, parts: Split, most: float, seed: int) -> Lesson | None:
    """What the archive adds: rows that are judged and whose texts prove nothing."""
    if label != off_topic.LABEL or taught.archive is None:
        return None
    evidence, truths = taught.archive
    proving_texts = taught.evidence.text[parts.later]
    rows = np.flatnonzero(np.isfinite(evidence.base[label]) & ~np.isin(evidence.text, proving_texts))
    rows = np.sort(np.random.default_rng(seed).permutation(rows)[:MOST_ARCHIVE])
    if not len(rows):
        return None
    chosen = evidence.part(rows)
    weight = np.full(len(rows), min(ARCHIVE, most / len(rows)))
    return Lesson(chosen, np.array(truths, np.bool_)[rows], weight, chosen.text)


def _both(first: Lesson, second: Lesson) -> Lesson:
    return Lesson(
        Evidence.joined([first.evidence, second.evidence]),
        np.concatenate([first.truth, second.truth]),
        np.concatenate([first.weight, second.weight]),
        np.concatenate([first.group, second.group]),
    )


def _later(
    label: str,
    lesson: Lesson,
    told: Sequence[Example],
    champion: Adaptation | None,
    adaptation: Adaptation,
    seed: int,
) -> list[Finding]:
    before, after = (lesson.evidence.logits(label, one) for one in (champion, adaptation))
    weight = weighing.sampled(told)
    who = np.array([example.moderator for example in told], np.int64)
    return [
        proving.gain(lesson.truth, before, after, weight, seed),
        proving.calibrated(lesson.truth, before, after, weight),
        proving.carried(lesson.truth, before, after, weight, who),
    ]


def _drawn_back(label: str, whole: Adaptation, known: Known) -> tuple[float, Adaptation, list[guarding.Guard]]:
    """The most of an adaptation that costs no guard too much, and its share; the whole of it when nothing does."""
    for share, level in itertools.product(SHARES, LEVELS):
        tried = whole.drawn_back(share, level)
        found = guarding.guards(label, tried, known)
        if all(guard.held for guard in found):
            return share, tried, found
    return 1.0, whole, guarding.guards(label, whole, known)


def _guarded(found: Sequence[guarding.Guard], share: float) -> Finding:
    ruling = [guard for guard in found if guard.rules]
    if not ruling:
        return Finding("guards", False, {"guards": 0.0, "share": share})
    worst = min(ruling, key=lambda guard: guard.change)
    lost = [guard.name for guard in ruling if not guard.held]
    figures: dict[str, float | str] = {"worst": worst.name, "change": round(worst.change, 4), "lost": float(len(lost))}
    return Finding("guards", not lost, {**figures, "guards": float(len(ruling)), "share": share})


def _contradicted(
    label: str,
    lesson: Lesson,
    later: NDArray[np.bool_],
    told: Sequence[Example],
    knowledge: Knowledge,
    fitted: Fitted,
    seed: int,
    progress: Progress,
) -> list[Finding]:
    who = np.array([example.moderator for example in told], np.int64)
    sat = [np.array(sitting.rows, np.int64) for sitting in weighing.sittings(told)]
    found = contradicting.contradictions(
        label, lesson, later, who, sat, knowledge.replay[label], fitted, seed, progress
    )
    out = []
    for code, sitting in (("contradiction", False), ("burst", True)):
        asked = [one for one in found if one.sitting == sitting]
        figures = contradicting.figures(asked[0]) if asked else {}
        out.append(Finding(code, not any(one.sure for one in asked), {**figures, "asked": float(len(asked))}))
    return out
