"""Scorer: a batch of comments with their articles and parents in, a batch of scores with reasons out.

Here lives the order of work at scoring time. Nothing is fitted here, and a comment gets the same number
alone as in any batch, whatever other sites' comments stand beside it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import ThreadpoolController

from classifiers import artifact, incivility, off_topic, reasons, seeing, shouting, subjects
from classifiers.adaptation import Adaptation
from classifiers.embedding import weights
from classifiers.embedding.encoder import Encoder
from classifiers.explanation import Span, per_place, per_word, strongest
from classifiers.text import language
from classifiers.text.reading import read

BATCH, BATCH_LENGTH = 256, 120_000
"""Texts, and characters, of one round."""
EXPLAINED = 0.2
"""Scores from here on get spans."""


@dataclass(frozen=True)
class Article:
    """What a comment stands under."""

    title: str
    text: str = ""


@dataclass(frozen=True)
class Submission:
    """A comment to score; `parent` is the text of the comment that it answers.

    `recent`: the latest articles of its site (its own may be among them), if off topic shall be judged against them.
    `adaptations`: what its site learned, at most one for each label; `shadows` are asked too but decide nothing.
    """

    text: str
    language: str | None = None
    article: Article | None = None
    parent: str | None = None
    recent: tuple[Article, ...] = ()
    adaptations: tuple[Adaptation, ...] = ()
    shadows: tuple[Adaptation, ...] = ()


@dataclass(frozen=True)
class Reason:
    """One plain sentence about one label, in French and in English."""

    label: str
    fr: str
    en: str


@dataclass(frozen=True)
class Scores:
    """The scores of one comment: probabilities by label, `off_topic` None when there is not enough to judge.

    `spans` are (begin, end, weight) in code points of the original text, end exclusive. `model_versions` names for each
    label what judged it. `shadow`: version to score of the adaptations that only watch, where they judge.
    """

    language: str
    scores: Mapping[str, float | None]
    reasons: tuple[Reason, ...]
    spans: Mapping[str, tuple[tuple[int, int, float], ...]]
    model_versions: Mapping[str, str]
    shadow: Mapping[str, float] = field(default_factory=dict)


class Scorer:
    """The three judgements behind one call. Not safe for two threads at once: give each its own."""

    def __init__(
        self,
        loud: shouting.Shouting,
        rude: incivility.Incivility,
        away: off_topic.OffTopic,
        versions: Mapping[str, str],
        encoder: Encoder | None = None,
    ) -> None:
        self._loud, self._rude, self._away = loud, rude, away
        self._versions = dict(versions)
        self._encoder = encoder or Encoder()
        self._encoder.detectors = rude.readings.meaning.detectors
        self._subjects = subjects.Subjects(self._encoder, away)
        self._threads = ThreadpoolController()

    @classmethod
    def load(cls, path: Path | None = None) -> Scorer:
        """The scorer whose artefacts are in `path` (default: those shipped). Raises `ArtifactError`."""
        expect = {"encoder": weights.fingerprint(), "features": artifact.FEATURES_VERSION}
        loud, away, rude = (
            artifact.load(name, path, expect) for name in (shouting.LABEL, off_topic.LABEL, incivility.LABEL)
        )
        return cls(
            shouting.Shouting.from_arrays(loud.arrays),
            incivility.Incivility.from_arrays(rude.arrays),
            off_topic.OffTopic.from_arrays(away.arrays),
            {a.name: a.version for a in (loud, away, rude)},
        )

    @property
    def versions(self) -> Mapping[str, str]:
        """The version of each label's shipped artefact."""
        return self._versions

    def score(self, batch: Sequence[Submission]) -> list[Scores]:
        """Score comments, in order. Any `str` is scored, and none raises.

        Raises `ArtifactError` for an adaptation that stands on another artefact.
        """
        seeing.check([(*one.adaptations, *one.shadows) for one in batch], self._versions)
        with self._threads.limit(limits=1):  # one core a worker, and the same sums whatever the machine
            return [scores for some in rounds(batch) for scores in self._told(some, self._seen(some))]

    def see(self, batch: Sequence[Submission]) -> Iterator[seeing.Seen]:
        """What the judgements see of comments, round by round, in order; for those who learn from it."""
        for some in rounds(batch):
            with self._threads.limit(limits=1):
                seen = self._seen(some)
            yield seen

    def _seen(self, batch: Sequence[Submission]) -> seeing.Seen:
        texts = [submission.text for submission in batch]
        reading = read(texts)
        languages = language.identify(reading.light.strings(), [submission.language for submission in batch])
        loud = self._loud.judge(texts, reading)
        encoded = self._encoder.encode_sentences(reading.sentence_strings())
        rude = self._rude.logits(reading, encoded, languages)
        contexts = _contexts(batch)
        topics = self._subjects.compare(reading, encoded, texts, contexts)
        away = np.full(len(texts), np.nan)
        away[list(topics.known)] = topics.logit
        base = {shouting.LABEL: loud.logit, off_topic.LABEL: away, incivility.LABEL: rude}
        return seeing.Seen(tuple(texts), tuple(languages), tuple(contexts), reading, encoded, loud, topics, base)

    def _told(self, batch: Sequence[Submission], seen: seeing.Seen) -> list[Scores]:
        each = [one.adaptations for one in batch]
        logits = seen.logits(each)
        loud, texts, languages = seen.loud, seen.texts, seen.languages
        loudness, rude = (seeing.probability(logits[label]) for label in (shouting.LABEL, incivility.LABEL))
        away = seeing.probability(logits[off_topic.LABEL][list(seen.topics.known)])
        topic = self._subjects.answer(seen.topics, away, seen.reading, seen.contexts)
        shadows = seen.shadows([one.shadows for one in batch])
        marked = self._marked(texts, np.flatnonzero(rude >= EXPLAINED), each)
        out = []
        for i, text in enumerate(texts):
            spans: dict[str, tuple[tuple[int, int, float], ...]] = {"shouting": (), "off_topic": (), "incivility": ()}
            why: list[Reason] = []
            scores = {"shouting": _rounded(loudness[i]), "off_topic": topic[i].score, "incivility": _rounded(rude[i])}
            if loud.shouted(i):
                spans["shouting"] = shouting.spans(i, loud)
                why.append(Reason("shouting", *shouting.sentences(i, loud)))
            if i in marked and (marked[i][0] or rude[i] >= 0.5):
                weighed, named = marked[i]
                spans["incivility"] = tuple(sorted({*weighed, *named}))
                why.append(Reason("incivility", *reasons.incivility(text, weighed, float(rude[i]), named)))
            why.append(Reason("off_topic", *topic[i].why))
            spans["off_topic"] = topic[i].spans
            if languages[i] not in incivility.LANGUAGES:
                why.append(Reason("incivility", *reasons.untrained(languages[i])))
            judged = {a.label: a.version for a in each[i] if scores[a.label] is not None}
            versions = {**self._versions, **judged} if judged else self._versions
            out.append(Scores(languages[i], scores, tuple(why), spans, versions, shadows[i]))
        return out

    def _marked(
        self, texts: Sequence[str], chosen: NDArray[np.int64], each: Sequence[Sequence[Adaptation]]
    ) -> dict[int, tuple[tuple[Span, ...], tuple[Span, ...]]]:
        """Of some of the texts the words that weighed most, and those that would dehumanise people."""
        gram = self._rude.readings.gram
        own = [[a for a in each[i] if a.label == incivility.LABEL and a.grams] for i in chosen.tolist()]
        out = self._explained(texts, chosen[[not one for one in own]], gram)
        for adaptation, at in seeing.grouped(own):
            out |= self._explained(texts, chosen[at], replace(gram, weight=gram.weight + adaptation.table()))
        return out

    def _explained(
        self, texts: Sequence[str], chosen: NDArray[np.int64], gram: incivility.GramLogit
    ) -> dict[int, tuple[tuple[Span, ...], tuple[Span, ...]]]:
        if not len(chosen):
            return {}
        reading = read([texts[i] for i in chosen.tolist()])
        found, values = gram.parts(reading)
        parts = per_place(values, found, reading.hard.codes)
        listed = self._rude.readings.lists.dehumanising(reading)
        out = {}
        for k, i in enumerate(chosen.tolist()):
            words = per_word(parts, reading, k)[0]
            begin = int(np.searchsorted(reading.words.text, k))
            named = [(a, b, round(w, 6)) for (a, b, w), on in zip(words, listed[begin:].tolist(), strict=False) if on]
            out[i] = strongest(words), tuple(named)
        return out


def rounds(batch: Sequence[Submission]) -> Iterator[Sequence[Submission]]:
    """A batch cut into rounds of bounded size."""
    begin, length = 0, 0
    for i, submission in enumerate(batch):
        size = len(submission.text)
        if i > begin and (i - begin >= BATCH or length + size > BATCH_LENGTH):
            yield batch[begin:i]
            begin, length = i, 0
        length += size
    if begin < len(batch):
        yield batch[begin:]


def _contexts(batch: Sequence[Submission]) -> list[subjects.Context]:
    sites: dict[int, tuple[tuple[str, str], ...]] = {}  # a batch comes from few sites
    out = []
    for one in batch:
        if id(one.recent) not in sites:
            sites[id(one.recent)] = tuple((a.title, a.text) for a in one.recent)
        title, text = (one.article.title, one.article.text) if one.article else (None, "")
        out.append(subjects.Context(title, text, one.parent, sites[id(one.recent)]))
    return out


def _rounded(value: float) -> float:
    return round(float(value), 6)
