"""The steps of a retraining: what is next, and doing it. Read in a session, compute without one, write in a session.

Steps are found from the row, from what stands in the database and from the files of this machine, never from
memory: whoever comes next, on whatever machine, finds the same step.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import structlog
from sqlalchemy.orm import Session

from classifiers.adaptation import Adaptation
from classifiers.artifact import ArtifactError
from classifiers.learning.evidence import Evidence, gather, nothing
from classifiers.learning.examples import Example
from classifiers.learning.knowledge import Knowledge
from classifiers.learning.newsroom import Learned, Taught, learn
from classifiers.learning.proving import USABLE
from classifiers.scorer import Scorer, Submission
from moderation.domain.words import Label, TrainingStage
from moderation.services import examples, models
from moderation.services.retraining_files import Workbench, private
from moderation.storage import examples as stored
from moderation.storage import sites
from moderation.storage.retrainings import RetrainingRecord

log = structlog.get_logger()

CHUNK = 256
"""Texts of one step."""
MOST_EXAMPLES = 25_000
"""The newest ones are learned from; they bound the memory that fitting needs."""
ARCHIVE_CHUNKS = 8
"""Chunks of published comments that off topic learns from, the newest ones."""
SHARED = "shared"
_NEWEST = 2**62  # above every id of a comment


@dataclass(frozen=True)
class Gathering:
    """The next chunk of texts: between two ids, the key of each row, and how much of its stage is done before."""

    stage: TrainingStage
    begin: int
    end: int
    keys: Sequence[int]
    submissions: Sequence[Submission]
    done: int
    total: int


@dataclass(frozen=True)
class Fitting:
    """The next label: the examples that still stand, the model that judges now, and where the files begin."""

    label: Label
    examples: Mapping[int, Example]
    begin: int
    champion: Adaptation | None
    name: str
    done: int
    total: int = len(Label)

    @property
    def stage(self) -> TrainingStage:
        """A label is a stage of its own."""
        return TrainingStage(self.label)


@dataclass(frozen=True)
class Knowing:
    """Reading what the shipped models know, which is kept for the next retraining."""

    stage: TrainingStage = TrainingStage.KNOWLEDGE
    done: int = 0
    total: int = 1


def upcoming(
    session: Session, row: RetrainingRecord, bench: Workbench, scorer: Scorer
) -> Gathering | Knowing | Fitting | None:
    """Return what a retraining, whose `upto` is fixed, has to do next; None: nothing is left."""
    begin = bench.begin(TrainingStage.EXAMPLES)
    if begin is None:
        begin = stored.beginning(session, row.site_id, row.upto or 0, MOST_EXAMPLES)
    if more := _more_examples(session, row, bench, begin) or _more_archive(session, row, bench):
        return more
    left = [label for label in Label if label not in row.report]
    if not left:
        return None
    facts = {one.id: one for one in examples.facts(session, row.site_id, row.upto or 0)}
    if row.stage in ("", TrainingStage.EXAMPLES, TrainingStage.ARCHIVE) and len(facts) >= USABLE:
        return Knowing()
    name = sites.by_id(session, row.site_id).slug if row.site_id else SHARED
    done = len(Label) - len(left)
    return Fitting(left[0], facts, begin, _judging(session, row, left[0], scorer), name, done)


def collect(scorer: Scorer, bench: Workbench, work: Gathering) -> None:
    """Look at the texts of a chunk and keep what was seen."""
    evidence = gather(scorer, work.submissions)
    bench.keep(work.stage, work.begin, work.end, work.keys, evidence)


def know(scorer: Scorer, place: Path) -> Knowledge:
    """Return what the shipped models know, from files where they are there; the first time takes a minute."""
    private(place)
    return Knowledge.load(scorer, place / "knowledge")


def fit(scorer: Scorer, bench: Workbench, work: Fitting, seed: int) -> Learned | None:
    """Learn and prove one label; None when what was gathered is torn and was removed."""
    gathered = bench.load(TrainingStage.EXAMPLES, work.begin, scorer.versions)
    archived = bench.load(TrainingStage.ARCHIVE, _NEWEST, scorer.versions)
    if gathered is None or archived is None:
        return None
    keys, parts = gathered
    standing = [key in work.examples for key in keys.tolist()]  # what was withdrawn since is left out
    taught = Taught(
        [work.examples[key] for key in keys.tolist() if key in work.examples],
        _whole(parts, scorer).part(np.array(standing, np.bool_)),
        (_whole(archived[1], scorer), archived[0].astype(bool).tolist()) if work.label is Label.OFF_TOPIC else None,
    )
    # with too few, learning only says how many are missing, and needs to know nothing
    known = know(scorer, bench.place) if len(taught.examples) >= USABLE else _ignorance(scorer)
    return learn(work.label, taught, work.champion, known, work.name, seed)


def told(learned: Learned, version: str | None) -> dict[str, Any]:
    """Return what the report of a retraining says about one label, as JSON values."""
    findings = [{"code": f.code, "passed": f.passed, "figures": dict(f.figures)} for f in learned.findings]
    return {"version": version, "better": learned.better, "findings": findings}


def _more_examples(session: Session, row: RetrainingRecord, bench: Workbench, begin: int) -> Gathering | None:
    upto, stage = row.upto or 0, TrainingStage.EXAMPLES
    chunks = list(bench.chunks(stage, begin))
    after = chunks[-1].end if chunks else begin
    found = examples.read(session, row.site_id, after, upto, CHUNK)
    if not found:
        return None
    keys = [one.id for one in found]
    done, left = len(chunks) * CHUNK, stored.count(session, row.site_id, after, upto)
    return Gathering(stage, after, keys[-1], keys, [one.submission for one in found], done, done + left)


def _more_archive(session: Session, row: RetrainingRecord, bench: Workbench) -> Gathering | None:
    stage = TrainingStage.ARCHIVE
    chunks = list(bench.chunks(stage, _NEWEST))
    if len(chunks) == ARCHIVE_CHUNKS:
        return None
    before = chunks[-1].end if chunks else _NEWEST
    end, submissions, answers = examples.from_archive(session, row.site_id, row.asked_at, before, CHUNK, row.seed)
    if not end:
        return None
    return Gathering(stage, before, end, [int(a) for a in answers], submissions, len(chunks), ARCHIVE_CHUNKS)


def _judging(session: Session, row: RetrainingRecord, label: Label, scorer: Scorer) -> Adaptation | None:
    """The model whose place is to be taken; None: the shipped one."""
    found = models.judging(session, row.site_id, label) if row.site_id else models.champion(session, None, label)
    if found is None:
        return None
    try:
        return Adaptation.from_bytes(found.artifact, found.sha256, found.name, scorer.versions)
    except ArtifactError as error:
        log.warning("champion_refused", version_id=found.id, error=type(error).__name__)
        return None


@lru_cache(maxsize=1)
def _ignorance(scorer: Scorer) -> Knowledge:
    """What needs no look at any text, in the form of what the shipped models know."""
    return Knowledge.load(scorer, None, share=0.0)


def _whole(parts: Sequence[Evidence], scorer: Scorer) -> Evidence:
    return Evidence.joined(parts) if parts else nothing(scorer.versions)
