"""Fitting the network of `classifiers.meaning`: detectors over tokens and a hidden layer, learned together.

Here lives gradient descent in NumPy: the detectors look at every token of a text while its label is known for the
whole text only, which no estimator of scikit-learn does. Each group of corpora has a head of its own that may depart a
little from the common one, so that rules which disagree do not blur what all share (Evgeniou and Pontil 2004); the
scoring form answers with the heads' weighted mean. Adam (Kingma and Ba 2015) with decoupled decay (Loshchilov and
Hutter 2019) and dropout (Srivastava et al. 2014); one thread and one seed give the same bytes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from classifiers.embedding.encoder import FEATURES, Detectors
from classifiers.embedding.weights import WIDTH
from classifiers.logit import sigmoid
from classifiers.meaning import Meaning
from classifiers.training.tokens import KeptTokens

Vectors = NDArray[np.float32]
Parameters = dict[str, Vectors]
HEADS = 3
"""By whose rules a text was labelled: 0 our label guide, 1 corpora of talk like a newspaper's, 2 all other corpora."""
PLAIN = 2 * WIDTH
"""Columns of the first layer that do not come from detectors: the vector and the mean of the token features."""


@dataclass(frozen=True)
class Recipe:
    """Sizes, step and its course: `rate` rises over `rise` steps, then falls as a cosine to nothing.

    `members`: networks of these sizes that are fitted with seeds of their own and then averaged as one wider network.
    `apart`: the decay of what a head has of its own; `voices`: how much the answer of each head counts in the score.
    """

    members: int = 4
    detectors: int = 64
    hidden: int = 128
    rate: float = 5e-4
    rise: int = 200
    decay: float = 0.01
    apart: float = 1.0
    voices: tuple[float, float, float] = (0.25, 0.5, 0.25)
    drop: float = 0.3
    epochs: int = 5
    batch: int = 96


def fit(
    tokens: KeptTokens,
    plain: Vectors,
    rows: NDArray[np.int64],
    label: NDArray[np.int64],
    weight: NDArray[np.float64],
    head: NDArray[np.int64],
    recipe: Recipe,
    seed: int,
    progress: Callable[[str], None] = lambda line: None,
) -> Meaning:
    """Learn from the texts `rows` of `tokens`; `plain` (n, 1024), `label`, `weight`, `head` (n,) are of all texts."""
    made = []
    for member in range(recipe.members):
        progress(f"network: member {member + 1} of {recipe.members}")
        made.append(_member(tokens, plain, rows, label, weight, head, recipe, seed + member))
    return _averaged(made)


def _member(
    tokens: KeptTokens,
    plain: Vectors,
    rows: NDArray[np.int64],
    label: NDArray[np.int64],
    weight: NDArray[np.float64],
    head: NDArray[np.int64],
    recipe: Recipe,
    seed: int,
) -> Meaning:
    chance = np.random.default_rng(seed)
    center = plain[rows].mean(axis=0)
    scale = plain[rows].std(axis=0) + np.float32(1e-3)
    state = _begin(recipe, chance)
    first = {name: np.zeros_like(value) for name, value in state.items()}
    second = {name: np.zeros_like(value) for name, value in state.items()}
    per_epoch = -(-len(rows) // recipe.batch)
    share = weight / weight[rows].mean()
    order = rows
    for step in range(recipe.epochs * per_epoch):
        if step % per_epoch == 0:
            order = chance.permutation(rows)
        chosen = order[(step % per_epoch) * recipe.batch :][: recipe.batch]
        features, length = tokens.of(chosen)
        known = (plain[chosen] - center) / scale
        batch = Batch(features, length, known, label[chosen], share[chosen], head[chosen])
        slope = _slopes(state, batch, recipe.drop, chance)
        course = min(1.0, step / recipe.rise) * 0.5 * (1 + np.cos(np.pi * step / (recipe.epochs * per_epoch)))
        for name, value in slope.items():
            first[name] += np.float32(0.1) * (value - first[name])
            second[name] += np.float32(0.001) * (value * value - second[name])
            move = first[name] / (1 - 0.9 ** (step + 1)) / (np.sqrt(second[name] / (1 - 0.999 ** (step + 1))) + 1e-8)
            decay = recipe.apart if name == "apart" else recipe.decay
            state[name] -= np.float32(recipe.rate * course) * (move + decay * state[name]).astype(np.float32)
    return _finished(state, center, scale, np.array(recipe.voices, np.float32))


def _begin(recipe: Recipe, chance: np.random.Generator) -> Parameters:
    spread = np.append(np.full(PLAIN, 0.02), np.full(2 * recipe.detectors, 0.1))[:, None]
    sizes = (FEATURES, recipe.detectors), (len(spread), recipe.hidden)
    return {
        "seek": (chance.normal(size=sizes[0]) * 0.02).astype(np.float32),
        "seek_bias": np.zeros(recipe.detectors, np.float32),
        "first": (chance.normal(size=sizes[1]) * spread).astype(np.float32),
        "first_bias": np.zeros(recipe.hidden, np.float32),
        "second": (chance.normal(size=recipe.hidden) * 0.1).astype(np.float32),
        "second_bias": np.zeros(1, np.float32),
        "apart": np.zeros((HEADS, recipe.hidden), np.float32),
        "apart_bias": np.zeros(HEADS, np.float32),
    }


@dataclass(frozen=True)
class Batch:
    """Some texts and what they teach: `features` (t, 1280) of tokens, `length` (b,) of texts, `known` (b, 1024)."""

    features: Vectors
    length: NDArray[np.int64]
    known: Vectors
    label: NDArray[np.int64]
    weight: NDArray[np.float64]
    head: NDArray[np.int64]


def _slopes(state: Parameters, batch: Batch, drop: float, chance: np.random.Generator) -> Parameters:
    """The gradients of the weighted log loss of one batch (texts b, tokens t)."""
    features, length, which = batch.features, batch.length, batch.head
    begin = np.cumsum(length) - length
    root = np.sqrt(length.astype(np.float32))[:, None]
    found = np.maximum(features @ state["seek"] + state["seek_bias"], 0)
    top = np.maximum.reduceat(found, begin, axis=0)
    seen = np.concatenate([batch.known, np.add.reduceat(found, begin, axis=0) / root, top], axis=1)
    keep = (chance.random(seen.shape, np.float32) >= drop) / np.float32(1 - drop)
    seen = seen * keep
    hidden = np.maximum(seen @ state["first"] + state["first_bias"], 0)
    keep_hidden = (chance.random(hidden.shape, np.float32) >= drop) / np.float32(1 - drop)
    hidden = hidden * keep_hidden
    head = state["second"] + state["apart"][which]
    answer = sigmoid((hidden * head).sum(axis=1) + state["second_bias"] + state["apart_bias"][which])
    wrong = ((answer - batch.label) * batch.weight / len(length)).astype(np.float32)
    back = wrong[:, None] * head * (hidden > 0) * keep_hidden
    down = (back @ state["first"].T)[:, PLAIN:] * keep[:, PLAIN:]
    total, most = np.split(down, 2, axis=1)
    inner = np.repeat(total / root, length, axis=0) + (np.repeat(top, length, axis=0) == found) * np.repeat(
        most, length, axis=0
    )
    inner *= found > 0
    own = (which[:, None] == np.arange(HEADS)).astype(np.float32) * wrong[:, None]
    return {
        "seek": features.T @ inner,
        "seek_bias": inner.sum(axis=0),
        "first": seen.T @ back,
        "first_bias": back.sum(axis=0),
        "second": hidden.T @ wrong,
        "second_bias": wrong.sum(keepdims=True),
        "apart": own.T @ hidden,
        "apart_bias": own.sum(axis=0),
    }


def _finished(state: Parameters, center: Vectors, scale: Vectors, voices: Vectors) -> Meaning:
    """The scoring form: the standardisation of the plain columns goes into the first layer; half precision."""
    first = state["first"].copy()
    first[:PLAIN] /= scale[:, None]
    bias = state["first_bias"] - center @ first[:PLAIN]
    seek = Detectors(state["seek"].astype(np.float16).astype(np.float32), state["seek_bias"])
    first = first.astype(np.float16).astype(np.float32)
    second = state["second"] + voices @ state["apart"]
    second_bias = float(state["second_bias"][0] + voices @ state["apart_bias"])
    return Meaning(seek, first, bias.astype(np.float32), second, second_bias)


def _averaged(made: list[Meaning]) -> Meaning:
    """Networks side by side as one, whose answer is the mean of theirs (Breiman 1996)."""
    kinds, sizes = made[0].detectors.weight.shape[1], made[0].first.shape[1]
    first = np.zeros((PLAIN + 2 * kinds * len(made), sizes * len(made)), np.float32)
    for number, one in enumerate(made):
        columns = slice(number * sizes, (number + 1) * sizes)
        first[:PLAIN, columns] = one.first[:PLAIN]
        for half in range(2):
            at = PLAIN + kinds * (half * len(made) + number)
            first[at : at + kinds, columns] = one.first[PLAIN + kinds * half :][:kinds]
    return Meaning(
        Detectors(
            np.concatenate([one.detectors.weight for one in made], axis=1),
            np.concatenate([one.detectors.bias for one in made]),
        ),
        first,
        np.concatenate([one.first_bias for one in made]),
        np.concatenate([one.second / np.float32(len(made)) for one in made]).astype(np.float32),
        float(np.mean([one.second_bias for one in made])),
    )
