"""Evidence is what the scorer sees, kept, cut and joined without loss."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from classifiers.adaptation import DENSE
from classifiers.artifact import ArtifactError
from classifiers.learning.evidence import Evidence, gather
from classifiers.logit import sigmoid
from classifiers.scorer import Scorer, Submission
from tests.classifiers.test_adaptation import BREAD, TEXTS, drawn

SUBMISSIONS = [Submission(f"{text} {number}", None, BREAD) for number in range(60) for text in TEXTS]


@pytest.fixture(scope="module")
def evidence(scorer: Scorer) -> Evidence:
    """Of more comments than one chunk holds."""
    return gather(scorer, SUBMISSIONS)


def test_evidence_gives_the_scorers_own_numbers(scorer: Scorer, evidence: Evidence) -> None:
    """The logits, shipped and adapted, are those behind the scores, and nan where nothing is judged."""
    own = tuple(drawn(scorer, label) for label in DENSE)
    adapted = [Submission(s.text, None, BREAD, adaptations=own) for s in SUBMISSIONS]
    for batch, chosen in ((SUBMISSIONS, (None, None, None)), (adapted, own)):
        scores = scorer.score(batch)
        for label, adaptation in zip(DENSE, chosen, strict=True):
            found = sigmoid(evidence.logits(label, adaptation))
            expected = [np.nan if s.scores[label] is None else s.scores[label] for s in scores]
            np.testing.assert_allclose(found, np.array(expected, np.float64), atol=1e-6)


def test_parts_and_files_lose_nothing(scorer: Scorer, evidence: Evidence, tmp_path: Path) -> None:
    """Cut in two, joined, saved and loaded, the adapted logits are the same numbers."""
    rows = np.arange(len(evidence))
    again = Evidence.joined([evidence.part(rows < 100), evidence.part(rows[100:]), evidence.part(rows[:0])])
    again.save(tmp_path / "x.npz")
    loaded = Evidence.load(tmp_path / "x.npz")
    assert dict(loaded.versions) == dict(scorer.versions)
    for label in DENSE:
        adaptation = drawn(scorer, label)
        np.testing.assert_array_equal(loaded.logits(label, adaptation), evidence.logits(label, adaptation))
    for name in ("text", "place", "language"):
        np.testing.assert_array_equal(getattr(loaded, name), getattr(evidence, name))
    (tmp_path / "x.npz").write_bytes((tmp_path / "x.npz").read_bytes()[:-30])
    with pytest.raises(ArtifactError, match="gather it again"):
        Evidence.load(tmp_path / "x.npz")


def test_the_same_text_has_one_hash_however_it_is_written(scorer: Scorer) -> None:
    """Case, accents and spaces make no other text, another article another place; of nothing, nothing is gathered."""
    found = gather(scorer, [Submission("Déjà  vu !"), Submission("DEJA VU !"), Submission("Déjà vu !", None, BREAD)])
    assert len(set(found.text.tolist())) == 1
    assert len(set(found.place.tolist())) == 2
    assert len(gather(scorer, [])) == 0
