"""Subjects: the articles and parents that comments are compared with, embedded once and kept.

Here lives a bounded store keyed by content, and the off-topic judgement of a batch with its reasons.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from classifiers import reasons
from classifiers.embedding.encoder import Encoded, Encoder
from classifiers.features.skipping import skipped
from classifiers.off_topic import ENOUGH, OffTopic, Subject, Words, content_words
from classifiers.text.reading import Reading, read

KEPT = 512
MOST_TEXT, MOST_SENTENCES, MOST_PARENT = 12_000, 60, 2_000
"""Characters and sentences of an article, and characters of a parent, that are read."""

Vector = NDArray[np.float32]


@dataclass(frozen=True)
class Context:
    """What surrounds one comment; a title of None means no article is known."""

    title: str | None
    text: str
    parent: str | None


@dataclass(frozen=True)
class Topic:
    """The off-topic answer for one comment; `score` None when there is not enough to judge."""

    score: float | None
    why: tuple[str, str]
    spans: tuple[tuple[int, int, float], ...]


class Subjects:
    """Articles and parents by content, the least recently used forgotten first."""

    def __init__(self, encoder: Encoder, kept: int = KEPT) -> None:
        self._encoder, self._kept = encoder, kept
        self._articles: OrderedDict[bytes, Subject] = OrderedDict()
        self._parents: OrderedDict[bytes, Vector] = OrderedDict()

    def article(self, title: str, text: str) -> Subject:
        """The vectors and words of an article, computed at its first comment."""
        key = _key(title, text)
        if key not in self._articles:
            self._articles[key] = embed(self._encoder, title, text)
            if len(self._articles) > self._kept:
                self._articles.popitem(last=False)
        self._articles.move_to_end(key)
        return self._articles[key]

    def parent(self, text: str) -> Vector:
        """The vector of a comment that others answer."""
        key = _key(text, "")
        if key not in self._parents:
            self._parents[key] = self._encoder.encode_sentences(read([text[:MOST_PARENT]]).sentence_strings()).text[0]
            if len(self._parents) > self._kept:
                self._parents.popitem(last=False)
        self._parents.move_to_end(key)
        return self._parents[key]

    def judge(
        self, away: OffTopic, reading: Reading, encoded: Encoded, texts: Sequence[str], contexts: Sequence[Context]
    ) -> list[Topic]:
        """One answer for each comment of the batch that `reading` and `encoded` hold."""
        found = words_of(texts, reading)
        known = [i for i, c in enumerate(contexts) if c.title and c.title.strip() and len(found[i].hashes) >= ENOUGH]
        about = [self.article(contexts[i].title or "", contexts[i].text) for i in known]
        parents = [self.parent(p) if (p := contexts[i].parent) and p.strip() else None for i in known]
        part = select(encoded, known)
        score = away.judge(away.table(part.text, part, [found[i] for i in known], about, parents))
        out = []
        at = dict(zip(known, range(len(known)), strict=True))
        for i, context in enumerate(contexts):
            if i not in at:
                why = reasons.no_article() if not (context.title and context.title.strip()) else reasons.too_short()
                out.append(Topic(None, why, ()))
                continue
            subject = about[at[i]]
            cosines = (subject.sentences * encoded.text[i]).sum(axis=1)
            best = int(np.argmax(cosines))
            value = round(float(score[at[i]]), 6)
            why = reasons.nearest(subject.strings[best], float(cosines[best]), value >= 0.5)
            out.append(Topic(value, why, _far(reading, encoded, i, subject) if value >= 0.5 else ()))
        return out


def words_of(texts: Sequence[str], reading: Reading) -> list[Words]:
    """The content words of each text, and whether it holds a link."""
    links, _ = skipped(texts, reading.hard.joined)
    starts = reading.hard.joined.starts
    return [
        Words(h, bool(links[a:b].any()))
        for h, a, b in zip(content_words(reading), starts[:-1], starts[1:], strict=True)
    ]


def _far(reading: Reading, encoded: Encoded, number: int, subject: Subject) -> tuple[tuple[int, int, float], ...]:
    """The sentences of a comment, each with its distance to the nearest sentence of the article."""
    cosines = encoded.sentence[encoded.owner == number] @ subject.sentences.T
    far = np.clip(1 - cosines.max(axis=1), 0, 1).tolist()
    places = reading.sentence_places(number)
    return tuple((a, b, round(w, 4)) for (a, b), w in zip(places, far, strict=True) if b > a)


def select(encoded: Encoded, texts: Sequence[int]) -> Encoded:
    """The vectors of some of the texts, renumbered."""
    chosen = np.array(texts, np.int64)
    number = np.full(len(encoded.text), -1, np.int64)
    number[chosen] = np.arange(len(chosen))
    mine = number[encoded.owner] >= 0
    return Encoded(encoded.text[chosen], encoded.sentence[mine], number[encoded.owner[mine]])


def embed(encoder: Encoder, title: str, text: str) -> Subject:
    """The vectors and words of one article."""
    titled = read([title])
    body = read([text[:MOST_TEXT]])
    head = encoder.encode_sentences(titled.sentence_strings())
    folded, places = body.sentence_strings()[0], body.sentence_places(0)
    kept = [(s.strip(), text[a:b].strip()) for s, (a, b) in zip(folded, places, strict=True) if s.strip()][
        :MOST_SENTENCES
    ]
    sentences = [s for s, _ in kept]
    words = np.concatenate([content_words(titled)[0], content_words(body)[0]])
    if not sentences:
        return Subject(head.text[0], head.text[0], head.text, np.unique(words), (title.strip(),), False)
    main = encoder.encode_sentences([sentences])
    strings = (title.strip(), *(original for _, original in kept))
    return Subject(
        head.text[0], main.text[0], np.concatenate([head.text, main.sentence]), np.unique(words), strings, True
    )


def _key(first: str, second: str) -> bytes:
    data = f"{first}\x00{second}".encode("utf-8", "surrogatepass")
    return hashlib.blake2b(data, digest_size=16).digest()
