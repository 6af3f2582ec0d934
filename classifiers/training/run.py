"""One training: read the data, fit the three judgements, write artefacts.

Here lives the order of work and the record of what trained what. `train` is what `vigie train` calls.
"""

from __future__ import annotations

import platform
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import sklearn
from threadpoolctl import threadpool_limits

from classifiers import artifact, dataset, public_sets
from classifiers.embedding import weights
from classifiers.embedding.encoder import Encoder
from classifiers.features.wordlists import WordLists
from classifiers.training import corpus as corpora
from classifiers.training import incivility, off_topic, shouting
from classifiers.training.reading import batches, encode, gram_matrix, stacked

Progress = Callable[[str], None]


@dataclass(frozen=True)
class Plan:
    """Where the data is and where the artefacts go.

    `data`: a folder like training_data; `public`: a folder of public sets, or None to train on our own
    comments alone; `cache`: where embeddings are kept between runs, or None.
    """

    data: Path
    out: Path
    public: Path | None = None
    cache: Path | None = None
    seed: int = 7


def train(plan: Plan, progress: Progress = lambda line: None) -> list[artifact.Artifact]:
    """Fit and write the three artefacts; the same plan on the same data writes the same bytes (on one thread)."""
    with threadpool_limits(limits=1):
        return _train(plan, progress)


def _train(plan: Plan, progress: Progress) -> list[artifact.Artifact]:
    encoder = Encoder()
    facts = _facts(plan)
    made = []
    progress("shouting")
    loud, loud_facts = shouting.fit(plan.data, plan.seed)
    made.append(artifact.Artifact("shouting", loud.arrays(), {**facts, **loud_facts}))
    progress("off_topic")
    away, away_facts = off_topic.fit(plan.data, plan.public, encoder, plan.seed)
    made.append(artifact.Artifact("off_topic", away.arrays(), {**facts, **away_facts}))
    rude, rude_facts = _incivility(plan, encoder, progress)
    made.append(artifact.Artifact("incivility", rude.arrays(), {**facts, **rude_facts}))
    for one in made:
        artifact.save(one, plan.out)
    return made


def _incivility(plan: Plan, encoder: Encoder, progress: Progress) -> tuple[Any, dict[str, Any]]:
    own = corpora.own(plan.data, "train", plan.seed)
    parts = [own, corpora.disguised(own, plan.seed), corpora.pages(own, plan.seed)]
    count = sum(map(len, parts))
    if plan.public:
        parts += corpora.public(plan.public)
    corpus = corpora.joined(parts)
    readings = batches(corpus.texts)
    encoded = stacked([encode(part.texts, encoder, plan.cache, progress) for part in parts])
    is_own = np.arange(len(corpus)) < count
    strength = incivility.Strength()
    lists = WordLists.from_file(plan.data / "rude_words.tsv")
    model, _ = incivility.fit(
        corpus, readings, gram_matrix(readings), encoded, lists, strength, plan.seed, is_own, progress
    )
    names, sizes = np.unique(np.array(corpus.source), return_counts=True)
    return model, {"rows": dict(zip(names.tolist(), sizes.tolist(), strict=True)), "strength": vars(strength)}


def _facts(plan: Plan) -> dict[str, Any]:
    """What made an artefact: encoder, features, data, environment, seed."""
    return {
        "encoder": weights.fingerprint(),
        "features": artifact.FEATURES_VERSION,
        "data": dataset.fingerprint(plan.data),
        "public": public_sets.fingerprint(plan.public) if plan.public else {},
        "licences": {s.name: s.licence for s, _ in public_sets.available(plan.public)} if plan.public else {},
        "seed": plan.seed,
        "environment": {
            "python": platform.python_version(),
            "numpy": np.__version__,
            "scikit-learn": sklearn.__version__,
        },
    }
