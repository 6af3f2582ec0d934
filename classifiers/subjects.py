"""Subjects: the articles and parents that comments are compared with, embedded once and kept.

Here lives a bounded store keyed by content, and the off-topic judgement of a batch with its reasons.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from classifiers import reasons
from classifiers.embedding.encoder import Encoded, Encoder, Means
from classifiers.off_topic import ENOUGH, OffTopic, Surroundings
from classifiers.text.reading import Reading, read
from classifiers.views import MOST_PARENT, Answered, Remark, Subject, content_words, means_of, remarks, source, words_of

KEPT, KEPT_RECENT = 512, 4096
"""Articles (and parents), and titles with leads of the sites' articles, that are kept."""
LEAD = 600
"""Characters of a recent article that are read."""
NEAR, CLEARLY = 0.2, 0.12
"""How near another article of the site must be, and how much nearer than the own one, before a reason names it."""

Vector = NDArray[np.float32]
Thing = TypeVar("Thing")


@dataclass(frozen=True)
class Context:
    """What surrounds one comment; a title of None means no article is known.

    `recent`: titles and texts of the site's latest articles, in which the comment's own may stand.
    """

    title: str | None
    text: str
    parent: str | None
    recent: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Topic:
    """The off-topic answer for one comment; `score` None when there is not enough to judge."""

    score: float | None
    why: tuple[str, str]
    spans: tuple[tuple[int, int, float], ...]


@dataclass(frozen=True)
class Compared:
    """The k comments of a batch that can be judged: their numbers, evidence table (k, d), logits (k,) and views.

    `titles`: those of the site's other articles, for each.
    """

    known: tuple[int, ...]
    table: NDArray[np.float64]
    logit: NDArray[np.float64]
    mine: tuple[Remark, ...]
    about: tuple[Surroundings, ...]
    titles: tuple[Sequence[str], ...]


class _Kept(Generic[Thing]):
    """A store of things by key, the least recently used forgotten first."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._things: OrderedDict[Hashable, Thing] = OrderedDict()

    def of(self, key: Hashable, make: Callable[[], Thing]) -> Thing:
        """What stands under `key`, made when missing."""
        if key not in self._things:
            self._things[key] = make()
            if len(self._things) > self._most:
                self._things.popitem(last=False)
        self._things.move_to_end(key)
        return self._things[key]


class Subjects:
    """Articles and parents by content, as `away` sees them."""

    def __init__(self, encoder: Encoder, away: OffTopic, kept: int = KEPT) -> None:
        self._encoder, self._away = encoder, away
        self._words = away.lens.words()
        self._articles: _Kept[Subject] = _Kept(kept)
        self._parents: _Kept[Answered] = _Kept(kept)
        self._recent: _Kept[Vector] = _Kept(KEPT_RECENT)

    def article(self, title: str, text: str) -> Subject:
        """The views of an article, computed at its first comment."""
        return self._articles.of(
            _key(title, text), lambda: self._away.subject(source(self._encoder, title, text), self._words)
        )

    def parent(self, text: str) -> Answered:
        """The view of a comment that others answer."""
        return self._parents.of(_key(text, ""), lambda: self._answered(text[:MOST_PARENT]))

    def recent(self, articles: Sequence[tuple[str, str]], but: str) -> tuple[list[str], Vector]:
        """Titles and views (r, 2, d) of a site's articles, those with the title `but` left out."""
        others = [(title, text) for title, text in articles if title.strip() and title.strip() != but.strip()]
        found = [
            self._recent.of(_key(title, text[:LEAD]), partial(self._glance, title, text)) for title, text in others
        ]
        return [title for title, _ in others], np.stack(found) if found else np.zeros((0, 2, 1), np.float32)

    def judge(
        self, reading: Reading, encoded: Encoded, texts: Sequence[str], contexts: Sequence[Context]
    ) -> list[Topic]:
        """One answer for each comment of the batch that `reading` and `encoded` hold."""
        compared = self.compare(reading, encoded, texts, contexts)
        return self.answer(compared, self._away.judge(compared.table), reading, contexts)

    def compare(
        self, reading: Reading, encoded: Encoded, texts: Sequence[str], contexts: Sequence[Context]
    ) -> Compared:
        """The evidence of those comments that can be judged."""
        found = words_of(list(texts), reading)
        known = [i for i, c in enumerate(contexts) if c.title and c.title.strip() and found[i].long >= ENOUGH]
        sites: dict[tuple[int, str], tuple[list[str], Vector]] = {}
        about = []
        for i in known:
            context = contexts[i]
            title = context.title or ""
            site = (id(context.recent), title)
            if context.recent and site not in sites:
                sites[site] = self.recent(context.recent, title)
            about.append(
                Surroundings(
                    self.article(title, context.text),
                    self.parent(context.parent) if context.parent and context.parent.strip() else None,
                    sites[site][1] if context.recent else None,
                )
            )
        mine = remarks(self._away.lens, select(encoded, known), [found[i] for i in known], self._words)
        titles = [sites[(id(c.recent), c.title or "")][0] if c.recent else [] for c in (contexts[i] for i in known)]
        table = self._away.table(mine, about)
        return Compared(tuple(known), table, self._away.logits(table), tuple(mine), tuple(about), tuple(titles))

    def answer(
        self, compared: Compared, score: NDArray[np.float64], reading: Reading, contexts: Sequence[Context]
    ) -> list[Topic]:
        """One answer for each comment, by the score (k,) of each that was compared."""
        out = [Topic(None, _not_judged(context), ()) for context in contexts]
        for at, i in enumerate(compared.known):
            mine, about, value = compared.mine[at], compared.about[at], round(float(score[at]), 6)
            why = _why(mine, about, compared.titles[at], value >= 0.5)
            out[i] = Topic(value, why, _far(reading, i, mine, about.subject) if value >= 0.5 else ())
        return out

    def _answered(self, text: str) -> Answered:
        reading = read([text])
        encoded, lens = self._encoder.encode_sentences(reading.sentence_strings()), self._away.lens
        own, under = lens.comments(encoded.text)[0], lens.under.comments(means_of(encoded).text)[0]
        return Answered(own, under, self._words.of(content_words(reading)[0].strings))

    def _glance(self, title: str, text: str) -> Vector:
        texts = [title, text[:LEAD]] if text.strip() else [title]
        seen = self._encoder.encode_sentences(read(texts).sentence_strings()).text
        lens = self._away.lens
        return np.stack([lens.titles(seen[0]), lens.passages(seen[1]) if len(seen) > 1 else lens.titles(seen[0])])


def _why(remark: Remark, around: Surroundings, titles: Sequence[str], off_topic: bool) -> tuple[str, str]:
    """The sentence for a judged comment: the nearest passage, and the article of the site that it fits better."""
    subject, own = around.subject, remark.vector
    cosines = subject.sentences @ own
    best = int(np.argmax(cosines))
    better = None
    if off_topic and around.recent is not None and len(around.recent):
        others = (around.recent @ own).mean(axis=1)
        first = int(np.argmax(others))
        if float(others[first]) > max(NEAR, float(subject.title @ own + subject.whole @ own) / 2 + CLEARLY):
            better = titles[first]
    return reasons.nearest(subject.strings[best], float(cosines[best]), off_topic, better)


def _not_judged(context: Context) -> tuple[str, str]:
    return reasons.too_short() if context.title and context.title.strip() else reasons.no_article()


def _far(reading: Reading, number: int, remark: Remark, subject: Subject) -> tuple[tuple[int, int, float], ...]:
    """The sentences of a comment, each with its distance to the nearest sentence of the article."""
    far = np.clip(1 - (remark.parts @ subject.sentences.T).max(axis=1), 0, 1).tolist()
    places = reading.sentence_places(number)
    return tuple((a, b, round(w, 4)) for (a, b), w in zip(places, far, strict=True) if b > a)


def select(encoded: Encoded, texts: Sequence[int]) -> Encoded:
    """The vectors of some of the texts, renumbered."""
    chosen = np.array(texts, np.int64)
    number = np.full(len(encoded.text), -1, np.int64)
    number[chosen] = np.arange(len(chosen))
    mine = number[encoded.owner] >= 0
    means = Means(encoded.means.text[chosen], encoded.means.sentence[mine]) if encoded.means is not None else None
    return Encoded(encoded.text[chosen], encoded.sentence[mine], number[encoded.owner[mine]], means=means)


def _key(first: str, second: str) -> bytes:
    data = f"{first}\x00{second}".encode("utf-8", "surrogatepass")
    return hashlib.blake2b(data, digest_size=16).digest()
