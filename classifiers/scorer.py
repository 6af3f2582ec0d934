"""Scorer: a batch of comments with their articles and parents in, a batch of scores with reasons out.

Here lives the order of work at scoring time. Nothing is fitted here, and a comment gets the same number
alone as in any batch.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import ThreadpoolController

from classifiers import artifact, incivility, off_topic, reasons, shouting, subjects
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
    """

    text: str
    language: str | None = None
    article: Article | None = None
    parent: str | None = None
    recent: tuple[Article, ...] = ()


@dataclass(frozen=True)
class Reason:
    """One plain sentence about one label, in French and in English."""

    label: str
    fr: str
    en: str


@dataclass(frozen=True)
class Scores:
    """The scores of one comment: probabilities by label, `off_topic` None when there is not enough to judge.

    `spans` are (begin, end, weight) in code points of the original text, end exclusive.
    """

    language: str
    scores: Mapping[str, float | None]
    reasons: tuple[Reason, ...]
    spans: Mapping[str, tuple[tuple[int, int, float], ...]]
    model_versions: Mapping[str, str]


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

    def score(self, batch: Sequence[Submission]) -> list[Scores]:
        """Score comments, in order. Any `str` is scored; none raises."""
        with self._threads.limit(limits=1):  # one core a worker, and the same sums whatever the machine
            return self._rounds(batch)

    def _rounds(self, batch: Sequence[Submission]) -> list[Scores]:
        out: list[Scores] = []
        begin, length = 0, 0
        for i, submission in enumerate(batch):
            size = len(submission.text)
            if i > begin and (i - begin >= BATCH or length + size > BATCH_LENGTH):
                out += self._round(batch[begin:i])
                begin, length = i, 0
            length += size
        if begin < len(batch):
            out += self._round(batch[begin:])
        return out

    def _round(self, batch: Sequence[Submission]) -> list[Scores]:
        texts = [submission.text for submission in batch]
        reading = read(texts)
        sentences = reading.sentence_strings()
        languages = language.identify(reading.light.strings(), [submission.language for submission in batch])
        loud = self._loud.judge(texts, reading)
        encoded = self._encoder.encode_sentences(sentences)
        rude = self._rude.judge(reading, encoded, languages)
        topic = self._subjects.judge(reading, encoded, texts, _contexts(batch))
        marked = self._marked(texts, np.flatnonzero(rude >= EXPLAINED))
        out = []
        for i, text in enumerate(texts):
            spans: dict[str, tuple[tuple[int, int, float], ...]] = {"shouting": (), "off_topic": (), "incivility": ()}
            why: list[Reason] = []
            scores = {"shouting": _rounded(loud.score[i]), "off_topic": topic[i].score, "incivility": _rounded(rude[i])}
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
            out.append(Scores(languages[i], scores, tuple(why), spans, self._versions))
        return out

    def _marked(
        self, texts: Sequence[str], chosen: NDArray[np.int64]
    ) -> dict[int, tuple[tuple[Span, ...], tuple[Span, ...]]]:
        """Of some of the texts the words that weighed most, and those that would dehumanise people."""
        if not len(chosen):
            return {}
        reading = read([texts[i] for i in chosen.tolist()])
        found, values = self._rude.readings.gram.parts(reading)
        parts = per_place(values, found, reading.hard.codes)
        listed = self._rude.readings.lists.dehumanising(reading)
        out = {}
        for k, i in enumerate(chosen.tolist()):
            words = per_word(parts, reading, k)[0]
            begin = int(np.searchsorted(reading.words.text, k))
            named = [(a, b, round(w, 6)) for (a, b, w), on in zip(words, listed[begin:].tolist(), strict=False) if on]
            out[i] = strongest(words), tuple(named)
        return out


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
