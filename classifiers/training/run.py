"""One training: read the data, fit the three judgements, write artefacts.

Here lives the order of work and the record of what trained what. `train` is what `vigie train` calls.
"""

from __future__ import annotations

import platform
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import sklearn
from threadpoolctl import threadpool_info, threadpool_limits

from classifiers import artifact, dataset, public_sets
from classifiers.card import CROSSED
from classifiers.embedding import weights
from classifiers.embedding.encoder import FEATURES, Encoder
from classifiers.embedding.weights import WIDTH
from classifiers.features.wordlists import WordLists
from classifiers.incivility import calibrated
from classifiers.logit import sigmoid
from classifiers.training import corpus as corpora
from classifiers.training import crossing, incivility, off_topic, shouting
from classifiers.training.reading import batches, gram_matrix
from classifiers.training.tokens import keep

Progress = Callable[[str], None]

PACE, WATTS, GRAMS = 2e10, 15, 480
"""Multiply-adds a second of one core, its power, and the carbon of a kWh (world average), for a card's estimate."""


@dataclass(frozen=True)
class Plan:
    """Where the data is and where the artefacts go.

    `data`: a folder like training_data; `public`: a folder of public sets, or None to train on our own
    comments alone; `cache`: where token features (9 GB with the public sets) are kept between runs, or None.
    """

    data: Path
    out: Path
    public: Path | None = None
    cache: Path | None = None
    seed: int = 7


def train(plan: Plan, progress: Progress = lambda line: None) -> list[artifact.Artifact]:
    """Fit and write the three artefacts; the same plan on the same data writes the same bytes (on one thread).

    On another processor the last digits can differ; `make train` asks for kernels that most processors share.
    """
    with threadpool_limits(limits=1):
        return _train(plan, progress)


def _train(plan: Plan, progress: Progress) -> list[artifact.Artifact]:
    encoder = Encoder()
    made = []
    progress("shouting")
    loud, loud_facts = shouting.fit(plan.data, plan.seed)
    made.append(artifact.Artifact("shouting", loud.arrays(), {**_facts(plan, "shouting"), **loud_facts}))
    progress("off_topic")
    away, away_facts = off_topic.fit(plan.data, plan.public, encoder, plan.seed)
    made.append(artifact.Artifact("off_topic", away.arrays(), {**_facts(plan, "off_topic"), **away_facts}))
    rude, rude_facts = _incivility(plan, encoder, progress)
    made.append(artifact.Artifact("incivility", rude.arrays(), {**_facts(plan, "incivility"), **rude_facts}))
    for one in made:
        artifact.save(one, plan.out)
    return made


def _incivility(plan: Plan, encoder: Encoder, progress: Progress) -> tuple[Any, dict[str, Any]]:
    own = corpora.own(plan.data, "train", plan.seed)
    parts = [own, corpora.disguised(own, plan.seed), corpora.pages(own, plan.seed)]
    count = sum(map(len, parts))
    drawn, rest = corpora.public(plan.public, plan.seed) if plan.public else ([], [])
    corpus, more = corpora.joined([*parts, *drawn]), corpora.joined(rest)
    strength = incivility.Strength()
    readings = batches(corpus.texts)
    with TemporaryDirectory() as scratch:
        material = incivility.Material(
            corpus,
            np.arange(len(corpus)) < count,
            readings,
            gram_matrix(readings),
            more,
            gram_matrix(batches(more.texts)),
            keep(corpus.texts, encoder, plan.cache or Path(scratch), progress),
            WordLists.from_file(plan.data / "rude_words.tsv"),
            encoder,
        )
        model, held_out = incivility.fit(material, strength, plan.seed, progress)
        effort = _effort(int(material.tokens.length.sum()), strength)
    probability = sigmoid(calibrated(model.stack.logits(held_out), corpus.language, model.lines))
    names, sizes = np.unique(np.array(corpus.source + more.source), return_counts=True)
    return model, {
        "rows": dict(zip(names.tolist(), sizes.tolist(), strict=True)),
        "strength": asdict(strength),
        "effort": effort,
        CROSSED: crossing.of_comments(corpus, len(own), probability),
    }


def _effort(tokens: int, strength: incivility.Strength) -> str:
    """What one training costs, estimated from its sizes, so that the card stays the same from run to run."""
    recipe = strength.network
    passes = 2 * recipe.epochs * ((strength.folds - 1) * strength.members_in_folds + recipe.members)
    work = tokens * FEATURES * (WIDTH + recipe.detectors * passes)
    hours = work / PACE / 3600
    kilowatts = hours * WATTS / 1000
    return (
        f"about {60 * hours:.0f} minutes of one core ({work:.1e} multiply-adds over {tokens} tokens), "
        f"{kilowatts:.3f} kWh at {WATTS} W, {kilowatts * GRAMS:.1f} g of CO2 at {GRAMS} g/kWh; "
        "estimated from the sizes, not metered"
    )


def _facts(plan: Plan, label: str) -> dict[str, Any]:
    """What made an artefact: encoder, features, data, environment, seed."""
    return {
        "encoder": weights.fingerprint(),
        "features": artifact.FEATURES_VERSION,
        "data": dataset.fingerprint(plan.data, label),
        "public": public_sets.fingerprint(plan.public) if plan.public else {},
        "licences": {s.name: s.licence for s, _ in public_sets.available(plan.public)} if plan.public else {},
        "seed": plan.seed,
        "environment": {
            "python": platform.python_version(),
            "numpy": np.__version__,
            "scikit-learn": sklearn.__version__,
            "kernels": _kernels(),
        },
    }


def _kernels() -> str:
    """For which processor the products of matrices were computed: others round otherwise, so the bytes hang on it."""
    told = {f"{one['internal_api']} for {one['architecture']}" for one in threadpool_info() if "architecture" in one}
    return ", ".join(sorted(told)) or "unknown"
