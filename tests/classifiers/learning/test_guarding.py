"""Guards notice what a newsroom's model may not lose: languages, functional tests, identity terms."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from classifiers.adaptation import DENSE, Adaptation
from classifiers.features.ngrams import grams
from classifiers.learning.guarding import guards, spread
from classifiers.learning.knowledge import Knowledge
from classifiers.text.reading import read


def still(knowledge: Knowledge, label: str) -> Adaptation:
    """The adaptation that changes nothing."""
    return Adaptation.nothing(label, knowledge.guards[label].evidence.versions[label])


@pytest.mark.parametrize("label", DENSE)
def test_what_changes_nothing_loses_nothing(knowledge: Knowledge, label: str) -> None:
    """Every guard of the shipped judgement against itself stands still, and some rule."""
    found = guards(label, still(knowledge, label), knowledge.guards[label])
    assert {guard.change for guard in found} == {0.0}
    assert sum(guard.rules for guard in found) >= 2


def test_a_model_that_dislikes_an_identity_is_noticed(knowledge: Knowledge) -> None:
    """Weights that make the names of a few groups uncivil lose calm identity sentences and widen their spread."""
    named = np.unique(grams(read(["musulmans musulman juifs juif gays homosexuels"])).bucket)
    weights = np.full(len(named), 6.0, np.float32)
    hostile = replace(still(knowledge, "incivility"), buckets=named.astype(np.uint32), weights=weights)
    found = {guard.name: guard for guard in guards("incivility", hostile, knowledge.guards["incivility"])}
    for name in ("calm identity sentences: accuracy", "calm identity sentences: spread"):
        assert not found[name].held
    assert not any(guard.rules for name, guard in found.items() if name.startswith("family "))


@pytest.mark.parametrize("label", ["incivility", "off_topic"])
def test_a_model_that_flags_everything_is_noticed(knowledge: Knowledge, label: str) -> None:
    """A large bias loses accuracy, whatever AUC says."""
    flagging = replace(still(knowledge, label), bias=4.0 if label == "incivility" else -4.0)
    lost = [guard.name for guard in guards(label, flagging, knowledge.guards[label]) if not guard.held]
    assert "all: accuracy" in lost
    assert "all: auc" not in lost


def test_the_spread_is_that_of_groups_with_enough_sentences() -> None:
    """Two groups at 1.0 and 0.5 are 0.25 from their mean; a group with few sentences is not counted."""
    who = np.array(["a"] * 10 + ["b"] * 10 + ["c"] * 3)
    right = np.array([True] * 15 + [False] * 8)
    assert spread(who, right) == pytest.approx(0.25)
    assert spread(who[:3], right[:3]) == 0.0
