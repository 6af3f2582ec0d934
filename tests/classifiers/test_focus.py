"""Focusing the lens: comments find their articles better than before, and the slope is that of the loss."""

from __future__ import annotations

import numpy as np
import pytest

from classifiers.training import focus
from classifiers.training.focus import Asked
from classifiers.views import Sights

ARTICLES, EACH, WIDTH, HEARD = 30, 6, 24, 6


@pytest.fixture
def texts() -> tuple[Asked, list[Sights]]:
    """Articles told apart by six directions of twenty-four, under louder noise in the others."""
    chance = np.random.default_rng(7)

    def noisy(subject: np.ndarray, rows: int) -> np.ndarray:
        out = 3 * chance.normal(size=(rows, WIDTH))
        out[:, :HEARD] = subject + chance.normal(size=(rows, HEARD))
        return out.astype(np.float32)

    subjects = 2 * chance.normal(size=(ARTICLES, HEARD))
    articles = []
    for subject in subjects:
        seen = noisy(subject, 5)
        articles.append(Sights(seen[0], seen[1], seen[[0, 2, 3, 4]]))
    comments = np.concatenate([noisy(subject, EACH) for subject in subjects])
    return Asked(comments, np.repeat(np.arange(ARTICLES), EACH)), articles


def found(turn: np.ndarray, comments: Asked, articles: list[Sights]) -> float:
    """The share of comments whose own title is the nearest."""
    own, title = comments.vectors @ turn, np.stack([a.title for a in articles]) @ turn
    title /= np.linalg.norm(title, axis=1, keepdims=True)
    return float(((own @ title.T).argmax(axis=1) == comments.article).mean())


def test_comments_find_their_articles_better(texts: tuple[Asked, list[Sights]]) -> None:
    """From the identity, the turn learns which directions tell subjects apart; new comments profit, too."""
    comments, articles = texts
    learned = Asked(comments.vectors[::2], comments.article[::2])
    fresh = Asked(comments.vectors[1::2], comments.article[1::2])
    rivals = ~np.eye(ARTICLES, dtype=np.bool_)
    turn = focus.focus(np.eye(WIDTH, dtype=np.float32), learned, articles, rivals, 7)
    assert found(turn, fresh, articles) > found(np.eye(WIDTH), fresh, articles) + 0.1


def test_the_slope_is_that_of_the_loss() -> None:
    """Moving one cosine a little changes the loss by what the slope says; who is no rival has no slope."""
    cosines = np.random.default_rng(7).uniform(-1, 1, (4, 5))
    article, rivals = np.array([0, 1, 2, 2]), ~np.eye(5, dtype=np.bool_)
    rivals[:, 4] = False

    def loss(values: np.ndarray) -> float:
        told = focus.SHARPNESS * values
        told[:, 4] = -np.inf
        return float(np.mean(np.log(np.exp(told).sum(axis=1)) - told[np.arange(4), article]))

    slope = focus._lost(cosines.astype(np.float32), article, rivals)
    moved = cosines.copy()
    moved[1, 3] += 1e-4
    assert (loss(moved) - loss(cosines)) / 1e-4 == pytest.approx(float(slope[1, 3]), rel=1e-2)
    assert not slope[:, 4].any()
