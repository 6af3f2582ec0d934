"""Off topic: whether a comment concerns its article or the comment that it answers.

Here lives the judgement over the evidence: how near the comment stands to the article's title, text and sentences,
how well each of its words finds a partner there, how it stands to other articles, and to its parent. The vectors
come in as `classifiers.views` makes them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from classifiers.embedding.lexical import WordVectors
from classifiers.features.lexicon import holds
from classifiers.features.ngrams import Hashes
from classifiers.lens import Glass, Lens
from classifiers.logit import CalibratedLogit, sigmoid
from classifiers.views import Answered, Remark, Sights, Source, Subject

LABEL = "off_topic"
FEATURES = (
    "title",
    "whole",
    "nearest",
    "three_nearest",
    "sentence_nearest",
    "average",
    "under_title",
    "under_whole",
    "under_nearest",
    "words_log",
    "far_mean",
    "far_spread",
    "far_margin",
    "paired",
    "paired_well",
    "paired_best",
    "paired_mean",
    "article_words_log",
    "shared_words",
    "shared_rare",
    "parent",
    "parent_under",
    "parent_paired",
    "has_parent",
    "link",
    "has_text",
    "alone",
    "recent_margin",
    "recent_nearer",
    "has_recent",
)
"""`under_*`: by the mean token features under the encoder's last layers, which stand nearer to the words; `far_*`:
against a background of other subjects; `paired*`: each word with its nearest in the article, by the rarity of the word;
`alone`: the comment's own look, when it fits no article; `recent_*`: against the site's other articles."""
ENOUGH = 4
"""Content words of four letters and more below which nothing can be said of a text."""
ORDINARY, STEEP = 4.5, 1.5
"""Rarity (natural logarithm of one in how many texts) at which a word counts half, and how steeply that rises."""
TELLING, MOST_TERMS = 3.0, 240
"""Rarity that a word of an article needs to be offered as a partner, and how many words are."""
WELL = 0.4
"""Cosine from which two words are counted as partners."""

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Surroundings:
    """What one comment is judged with: its article, the comment it answers, and other articles of the site.

    `recent` (r, 2, d) are views of titles and texts; `hidden` marks entries of the background that are left out.
    """

    subject: Subject
    parent: Answered | None = None
    recent: NDArray[np.float32] | None = None
    hidden: Flags | None = None


@dataclass(frozen=True)
class OffTopic:
    """A calibrated logit over the evidence, through a lens, with a background of other subjects.

    `background` (b, 2, d): titles and texts seen through the lens. `alone` (d + 1,): a line (and its offset) over the
    comment's own vector, for what is off topic anywhere: advertising, greetings, complaints. `known` and `rarity`:
    hashes of stems, and how rare each is.
    """

    logit: CalibratedLogit
    lens: Lens
    background: NDArray[np.float32]
    alone: NDArray[np.float32]
    known: Hashes
    rarity: NDArray[np.float32]

    def table(self, remarks: Sequence[Remark], about: Sequence[Surroundings]) -> Floats:
        """The evidence (n, len(FEATURES)) for n comments with their surroundings."""
        if not remarks:
            return np.zeros((0, len(FEATURES)))
        own = np.stack([remark.vector for remark in remarks])
        flat = self.background.reshape(-1, own.shape[1])
        far = (own @ flat.T).reshape(len(own), -1, 2).mean(axis=2)
        return np.stack([self._row(*one) for one in zip(remarks, about, far, strict=True)])

    def _row(self, remark: Remark, around: Surroundings, far: NDArray[np.float32]) -> Floats:
        subject, own = around.subject, remark.vector
        title, whole = float((own * subject.title).sum()), float((own * subject.whole).sum())
        near = np.sort(subject.sentences @ own)[::-1]
        cross = float((remark.parts[:24] @ subject.sentences.T).max()) if len(remark.parts) else float(near[0])
        both = (title + whole) / 2
        if around.hidden is not None:
            far = far[~around.hidden]
        top = float(np.sort(far)[-5:].mean()) if len(far) else 0.0
        rarity = self.rarity_of(remark.hashes)
        weight = rarity / (1 + np.exp(STEEP * (ORDINARY - rarity)))
        shared = holds(subject.hashes, remark.hashes)
        total, told = float(rarity.sum()), float(rarity[shared].sum())
        parent = around.parent
        recent = _against(own, both, around.recent)
        return np.array(
            [
                title,
                whole,
                float(near[0]),
                float(near[:3].mean()),
                cross,
                (title + whole + float(near[0])) / 3,
                float((remark.under * subject.under.title).sum()),
                float((remark.under * subject.under.whole).sum()),
                float((subject.under.sentences @ remark.under).max()),
                float(np.log1p(len(remark.hashes))),
                float(far.mean()) if len(far) else 0.0,
                float(far.std()) if len(far) else 0.0,
                both - top,
                *_paired(remark.terms, subject.terms, weight),
                float(np.log1p(len(subject.terms))),
                told / total if total else 0.0,
                min(told, 12.0) / 12,
                float((own * parent.vector).sum()) if parent else 0.0,
                float((remark.under * parent.under).sum()) if parent else 0.0,
                _paired(remark.terms, parent.terms, weight)[0] if parent else 0.0,
                float(parent is not None),
                float(remark.link),
                float(subject.has_text),
                max(float((own * self.alone[:-1]).sum() + self.alone[-1]), 0.0),
                *recent,
            ]
        )

    def subject(self, source: Source, store: WordVectors) -> Subject:
        """An article through the lens, with its rarest words."""
        lens, words = self.lens, source.words
        rarity = self.rarity_of(words.hashes)
        kept = np.sort(np.argsort(-rarity, kind="stable")[: min(MOST_TERMS, int((rarity > TELLING).sum()))])
        seen, under = (_seen(glass, of, source.has_text) for glass, of in ((lens, source), (lens.under, source.under)))
        return Subject(
            seen.title,
            seen.whole,
            seen.sentences,
            under,
            store.of([words.strings[i] for i in kept.tolist()]).astype(np.float16),
            words.hashes,
            source.strings,
            source.has_text,
        )

    def rarity_of(self, hashes: Hashes) -> NDArray[np.float32]:
        """How telling each word is: its recorded rarity, the highest for unknown words."""
        top = np.float32(self.rarity.max(initial=1.0))
        if not len(self.known):
            return np.full(len(hashes), top)
        at = np.minimum(np.searchsorted(self.known, hashes), len(self.known) - 1)
        return np.where(self.known[at] == hashes, self.rarity[at], top)

    def judge(self, table: Floats) -> Floats:
        """Probabilities (n,) that comments are off topic."""
        return sigmoid(self.logits(table))

    def logits(self, table: Floats) -> Floats:
        """Their logits (n,)."""
        return self.logit.logits(table) if len(table) else np.zeros(0)

    def arrays(self) -> dict[str, NDArray[Any]]:
        """What an artefact holds of this judgement."""
        return {
            **self.logit.arrays("logit_"),
            **self.lens.arrays(),
            "background": self.background.astype(np.float16),
            "alone": self.alone,
            "known": self.known,
            "rarity": self.rarity.astype(np.float16),
        }

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]]) -> Self:
        """The judgement that an artefact holds."""
        return cls(
            CalibratedLogit.from_arrays(arrays, "logit_"),
            Lens.from_arrays(arrays),
            arrays["background"].astype(np.float32),
            arrays["alone"],
            arrays["known"],
            arrays["rarity"].astype(np.float32),
        )


def _seen(glass: Glass, of: Sights, has_text: bool) -> Sights:
    """An article through one glass; where there is no text, the title stands for it."""
    title = glass.titles(of.title)
    return Sights(title, glass.passages(of.whole) if has_text else title, glass.passages(of.sentences))


def _paired(
    words: NDArray[np.float32], other: NDArray[np.float32] | NDArray[np.float16], weight: NDArray[np.float32]
) -> tuple[float, float, float, float]:
    """How well words (n, d) find partners among others (k, d): mean, sum of good ones, best three, mean of all pairs.

    Each word is aligned with its nearest partner (as in BERTScore, Zhang et al. 2020), by its weight (n,).
    """
    total = float(weight.sum())
    if not total or not len(other):
        return 0.0, 0.0, 0.0, 0.0
    cosines = words @ other.T.astype(np.float32)
    best = cosines.max(axis=1)
    scaled = np.sort(best * weight)[::-1] * (len(weight) / total)
    return (
        float((best * weight).sum()) / total,
        float((np.maximum(best - WELL, 0) * weight).sum()),
        float(scaled[:3].mean()),
        float((cosines.mean(axis=1) * weight).sum()) / total,
    )


def _against(own: NDArray[np.float32], nearness: float, recent: NDArray[np.float32] | None) -> tuple[float, ...]:
    """How much nearer the own article is than the nearest other of the site, and how many others are nearer."""
    if recent is None or not len(recent):
        return 0.0, 0.0, 0.0
    others = (recent * own).sum(axis=2).mean(axis=1)
    return nearness - float(others.max()), float((others > nearness).mean()), 1.0
