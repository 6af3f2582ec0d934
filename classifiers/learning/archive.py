"""Archive: what can be learned about off topic without labels, from which comments stood under which articles.

Here lives the pairing only: a published comment under its own article was let stand there, and would be off topic
under most others. Comments that fit anywhere teach nothing, and are left out by the scorer (too short to judge).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from classifiers.scorer import Article, Submission


def archive_pairs(
    comments: Sequence[Submission], articles: Sequence[Article], seed: int
) -> tuple[list[Submission], list[bool]]:
    """Published comments under their own articles (False), then each under another one (True), drawn by `seed`.

    Comments without an article are left out; an answer to another comment is not moved, for it fits its parent.
    """
    chance = np.random.default_rng(seed)
    own = [comment for comment in comments if comment.article is not None and comment.article.title.strip()]
    titles = {article.title.strip(): article for article in articles if article.title.strip()}
    others = list(titles.values())
    moved = []
    for comment in own:
        drawn = others[int(chance.integers(len(others)))] if others else None
        if drawn is None or comment.parent or comment.article is None:
            continue
        if drawn.title.strip() != comment.article.title.strip():
            moved.append(replace(comment, article=drawn))
    return [*own, *moved], [False] * len(own) + [True] * len(moved)
