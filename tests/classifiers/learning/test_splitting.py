"""Duplicates are folded, the cut is in time, and no text is on both sides."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from classifiers.learning.evidence import gather
from classifiers.learning.examples import Example
from classifiers.learning.splitting import split
from classifiers.scorer import Article, Scorer, Submission
from tests.classifiers.learning.composed import comments

ELSEWHERE = Article("Le phare de Pennarz rallumé", "Le gardien est revenu après dix ans d'absence.")
HERE = Article("Le prix du pain augmente encore", "Les boulangers annoncent une hausse de huit pour cent.")


def example(number: int, text: str, truth: bool = False, article: Article = HERE, agreement: float = 1.0) -> Example:
    """One decision about both labels."""
    truths = {"incivility": truth, "off_topic": truth}
    return Example(number, Submission(text, "fr", article), truths, "queue", 1.0, 1, float(number), agreement)


@pytest.fixture(scope="module")
def many() -> list[Example]:
    """Two hundred decisions about two hundred texts."""
    return [example(i, made.submission.text) for i, made in enumerate(comments(200, 2))]


def test_the_latest_fifth_proves(scorer: Scorer, many: list[Example]) -> None:
    """Whatever the order in which decisions come, the last by time are those that prove."""
    chance = np.random.default_rng(3)
    shuffled = [many[i] for i in chance.permutation(len(many)).tolist()]
    found = split(shuffled, gather(scorer, [e.submission for e in shuffled]), "incivility")
    assert sorted(shuffled[i].id for i in found.later.tolist()) == list(range(160, 200))
    assert len(found.teach) == 160


def test_the_same_text_is_never_on_both_sides(scorer: Scorer, many: list[Example]) -> None:
    """A text that was decided early, and again late in capitals, teaches and proves nothing."""
    again = [example(200 + i, many[i].submission.text.upper()) for i in range(30)]
    examples = many + again
    evidence = gather(scorer, [e.submission for e in examples])
    for label in ("incivility", "off_topic"):
        found = split(examples, evidence, label)
        assert found.folded == 30
        assert not {int(evidence.text[i]) for i in found.teach} & {int(evidence.text[i]) for i in found.later}
    moved = [replace(e, submission=replace(e.submission, article=ELSEWHERE)) for e in again]
    examples = many + moved
    evidence = gather(scorer, [e.submission for e in examples])
    apart = split(examples, evidence, "off_topic")
    assert apart.folded == 0  # another article is another question, yet the text proves nothing
    assert not {int(evidence.text[i]) for i in apart.teach} & {int(evidence.text[i]) for i in apart.later}


def test_copies_speak_with_one_voice(scorer: Scorer) -> None:
    """Of copies the majority counts, with the share that it has."""
    text = "Les boulangers vendent toujours du pain frais"
    examples = [example(i, text, truth) for i, truth in enumerate((True, True, False))]
    found = split(examples, gather(scorer, [e.submission for e in examples]), "incivility")
    assert (found.truth, found.folded) == ({0: True}, 2)
    assert found.agreement[0] == pytest.approx(2 / 3)


def test_what_is_not_judged_or_not_said_is_left_out(scorer: Scorer) -> None:
    """A comment too short to judge teaches nothing about off topic, nor does a decision that says nothing of it."""
    silent = replace(example(1, "Les boulangers vendent toujours du pain frais"), truths={"incivility": True})
    examples = [example(0, "Bravo !"), silent]
    evidence = gather(scorer, [e.submission for e in examples])
    assert split(examples, evidence, "off_topic").truth == {}
    assert split(examples, evidence, "incivility").truth == {0: False, 1: True}
