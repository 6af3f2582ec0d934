"""Adaptations: what they do to scores, to explanations, to other sites, and which files are refused."""

from __future__ import annotations

import hashlib
import io
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from classifiers.adaptation import DENSE, NGRAMS, Adaptation
from classifiers.artifact import ArtifactError, packed
from classifiers.features.ngrams import BITS, grams
from classifiers.scorer import Article, Scorer, Submission
from classifiers.text.reading import read

BREAD = Article("Le prix du pain augmente encore", "Les boulangers annoncent une hausse de 8 %. La farine manque.")
TEXTS = (
    "Vous êtes un connard et le gouvernement ment toujours",
    "LE PAIN COUTE TROP CHER POUR NOUS TOUS, DIT LE SYNDICAT",
    "La Syrie mérite mieux que ces frappes décidées ailleurs.",
    "Bravo !",
    "",
)


def drawn(scorer: Scorer, label: str, seed: int = 1) -> Adaptation:
    """An adaptation of random weights, large enough to move every score."""
    chance = np.random.default_rng(seed)
    buckets = np.unique(chance.integers(0, 1 << BITS, 60_000)) if label in NGRAMS else np.zeros(0)
    weights = chance.normal(size=len(buckets)) * 3
    dense = chance.normal(size=DENSE[label])
    return Adaptation(
        label,
        scorer.versions[label],
        "",
        1.3,
        -0.2,
        dense.astype(np.float32),
        buckets.astype(np.uint32),
        weights.astype(np.float32),
    ).named("daily")


@pytest.fixture(scope="module")
def all_three(scorer: Scorer) -> tuple[Adaptation, ...]:
    """One adaptation of each label."""
    return tuple(drawn(scorer, label) for label in DENSE)


def test_what_changes_nothing_changes_no_score(scorer: Scorer) -> None:
    """Under adaptations without evidence every score is the shipped one to the last digit, and names its version."""
    still = tuple(Adaptation.nothing(label, scorer.versions[label]).named("daily") for label in DENSE)
    plain = scorer.score([Submission(text, None, BREAD) for text in TEXTS])
    adapted = scorer.score([Submission(text, None, BREAD, adaptations=still) for text in TEXTS])
    for one, other in zip(plain, adapted, strict=True):
        assert (one.scores, one.spans, one.reasons) == (other.scores, other.spans, other.reasons)
        assert other.model_versions["incivility"].startswith("incivility-daily-")
    assert adapted[3].model_versions["off_topic"] == scorer.versions["off_topic"]  # too short: nothing judged it


def test_a_batch_of_several_sites_gives_each_its_own_numbers(scorer: Scorer, all_three: tuple[Adaptation, ...]) -> None:
    """Beside comments of other sites, a comment gets the score that it gets alone under its own site's adaptation."""
    other = tuple(drawn(scorer, label, 2) for label in DENSE)
    sites = ((), all_three, other)
    batch = [Submission(text, None, BREAD, adaptations=site) for text in TEXTS for site in sites]
    for submission, together in zip(batch, scorer.score(batch), strict=True):
        alone = scorer.score([submission])[0]
        assert alone.model_versions == together.model_versions
        for label, score in alone.scores.items():
            assert score == pytest.approx(together.scores[label], abs=5e-6)
    assert len({s.scores["incivility"] for s in scorer.score(batch[:3])}) == 3


def test_a_shadow_decides_nothing(scorer: Scorer, all_three: tuple[Adaptation, ...]) -> None:
    """A shadow's score is the one that it would give as champion; the scores themselves stay."""
    plain = scorer.score([Submission(text, None, BREAD) for text in TEXTS])
    watched = scorer.score([Submission(text, None, BREAD, shadows=all_three) for text in TEXTS])
    judged = scorer.score([Submission(text, None, BREAD, adaptations=all_three) for text in TEXTS])
    for one, two, three in zip(plain, watched, judged, strict=True):
        assert one == replace(two, shadow={})
        expected = {a.version: three.scores[a.label] for a in all_three if three.scores[a.label] is not None}
        assert two.shadow == pytest.approx(expected, abs=2e-6)


def test_a_word_that_only_the_newsroom_knows_is_marked(scorer: Scorer) -> None:
    """Spans come from shipped and own n-gram weights together: a learned slur is what weighed most."""
    text = "Encore un frabouzin qui vient parler du prix du pain"
    found = np.unique(grams(read(["frabouzin"])).bucket)
    own = replace(
        Adaptation.nothing("incivility", scorer.versions["incivility"]),
        buckets=found.astype(np.uint32),
        weights=np.full(len(found), 3, np.float32),
    )
    before, after = scorer.score([Submission(text, "fr"), Submission(text, "fr", adaptations=(own,))])
    assert (before.scores["incivility"] or 0) < 0.5 < (after.scores["incivility"] or 0)
    strongest = max(after.spans["incivility"], key=lambda span: span[2])
    assert text[strongest[0] : strongest[1]] == "frabouzin"


def test_an_adaptation_of_another_artefact_is_not_scored_with(scorer: Scorer) -> None:
    """The scorer refuses what does not stand on its own artefacts."""
    foreign = Adaptation.nothing("incivility", "incivility-000000000000")
    with pytest.raises(ArtifactError, match="stands on"):
        scorer.score([Submission("Bonjour", adaptations=(foreign,))])


def test_the_same_arrays_give_the_same_bytes_and_come_back(scorer: Scorer, all_three: tuple[Adaptation, ...]) -> None:
    """Bytes are stable, named after their hash, and read back to the same arrays."""
    for one in all_three:
        data = one.to_bytes()
        sha256 = hashlib.sha256(data).hexdigest()
        again = Adaptation.from_bytes(data, sha256, one.version, scorer.versions)
        assert one.version == f"{one.label}-daily-{sha256[:12]}"
        assert again.to_bytes() == data
        assert (again.slope, again.bias, again.version) == (one.slope, one.bias, one.version)


def rewritten(one: Adaptation, **changed: Any) -> bytes:
    """The file of an adaptation with some arrays exchanged, left out (None) or added."""
    with np.load(io.BytesIO(one.to_bytes())) as file:
        arrays = {**{name: file[name] for name in file.files}, **changed}
    return packed({name: array for name, array in arrays.items() if array is not None})


def test_a_file_that_is_not_exactly_an_adaptation_is_refused(scorer: Scorer) -> None:
    """Wrong hash, format, base, shape, type, order, sign, number or size, and no archive at all: one sentence each."""
    one = drawn(scorer, "incivility")
    twice = np.concatenate([one.buckets[:1], one.buckets])
    bad = {
        "hash": b"",
        "cut": one.to_bytes()[:-40],
        "text": b"not an archive",
        "pickle": rewritten(one, dense=np.zeros(3, np.float64)),
        "missing": rewritten(one, weights=None),
        "added": rewritten(one, more=np.zeros(3)),
        "header": rewritten(one, header=np.frombuffer(b"[1]", np.uint8)),
        "no json": rewritten(one, header=np.frombuffer(b"{", np.uint8)),
        "short": rewritten(one, dense=one.dense[:-1]),
        "order": rewritten(one, buckets=one.buckets[::-1].copy()),
        "twice": rewritten(one, buckets=twice, weights=np.zeros(len(twice), np.float32)),
        "range": rewritten(one, buckets=one.buckets + np.uint32(1 << BITS)),
        "nan": rewritten(one, weights=np.full(len(one.weights), np.nan, np.float32)),
        "upside down": rewritten(one, slope=np.array([-1.0])),
        "slopes": rewritten(one, slope=np.array([1.0, 1.0])),
        "large": rewritten(one, dense=np.zeros(10_000_000, np.float32)),
        "base": replace(one, base="incivility-000000000000").to_bytes(),
        "label": replace(one, label="spam").to_bytes(),
        "n-grams": replace(drawn(scorer, "shouting"), buckets=one.buckets, weights=one.weights).to_bytes(),
    }
    for name, data in bad.items():
        sha256 = "0" * 64 if name == "hash" else hashlib.sha256(data).hexdigest()
        with pytest.raises(ArtifactError, match=r"retrain it|restore it"):
            Adaptation.from_bytes(data, sha256, one.version, scorer.versions)


@pytest.mark.parametrize("label", DENSE)
@pytest.mark.parametrize("share", [0.0, 0.25, 1.0])
def test_a_share_of_an_adaptation_lies_between_the_shipped_logit_and_its_own(
    scorer: Scorer, label: str, share: float
) -> None:
    """Drawn back, logits lie on the line between; without its level, what moves every comment alike is gone."""
    whole, chance = drawn(scorer, label), np.random.default_rng(2)
    base, dense = chance.normal(size=5), chance.normal(size=(5, DENSE[label])).astype(np.float32)
    between = base + share * (whole.logits(base, dense) - base)
    assert np.allclose(whole.drawn_back(share).logits(base, dense), between, atol=1e-3)
    assert np.allclose(whole.drawn_back(share).weights, share * whole.weights)
    calm = whole.drawn_back(share, 0.0)
    assert (calm.slope, calm.bias) == (1.0, 0.0)
