"""A newsroom teaches: what is better is promoted, what is noise or poison is not. Real classifiers, real guards."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from classifiers.adaptation import Adaptation
from classifiers.learning import card
from classifiers.learning.examples import Example
from classifiers.learning.finding import CODES, Finding
from classifiers.learning.guarding import guards
from classifiers.learning.knowledge import Knowledge
from classifiers.learning.measuring import one_auc
from classifiers.learning.newsroom import Learned, Taught, learn
from classifiers.scorer import Scorer, Submission
from tests.classifiers.learning.composed import SLURS, decided
from tests.classifiers.learning.conftest import Newsroom

LABELS = ("incivility", "off_topic")


@pytest.fixture(scope="module")
def learned(newsroom: Newsroom, knowledge: Knowledge) -> dict[str, Learned]:
    """What came of five hundred decisions, by label."""
    taught = newsroom.taught(decided(newsroom.made[:500], 9))
    return {label: learn(label, taught, None, knowledge, "daily", 1) for label in LABELS}


def made(result: Learned) -> Adaptation:
    """The adaptation, which must be there."""
    assert result.adaptation is not None
    return result.adaptation


def answers(result: Learned) -> dict[str, bool]:
    """Whether each question was passed."""
    return {finding.code: finding.passed for finding in result.findings}


def rise(newsroom: Newsroom, label: str, after: Adaptation, before: Adaptation | None = None) -> float:
    """What AUC gains on the newsroom's later comments, which nobody has decided."""
    evidence, truth = newsroom.unseen(label)
    return one_auc(truth, evidence.logits(label, after)) - one_auc(truth, evidence.logits(label, before))


@pytest.mark.parametrize("label", LABELS)
def test_five_hundred_decisions_raise_auc_by_five_points_and_lose_no_guard(
    newsroom: Newsroom, knowledge: Knowledge, learned: dict[str, Learned], label: str
) -> None:
    """On later comments AUC is at least 0.05 up, no guard is more than 0.01 down, and the gate lets it pass."""
    assert answers(learned[label]) == dict.fromkeys(CODES, True)
    assert learned[label].better
    assert rise(newsroom, label, made(learned[label])) >= 0.05
    found = guards(label, made(learned[label]), knowledge.guards[label])
    assert min(guard.change for guard in found if guard.rules) >= -0.01


def test_a_slur_that_nobody_else_knows_is_learned_with_its_reason(scorer: Scorer, learned: dict[str, Learned]) -> None:
    """The adapted scorer flags the local slur, marks the word, and names the site's model; a calm word stays calm."""
    own = (made(learned["incivility"]),)
    slur, calm = f"J'ai vu un {SLURS[0]} hier au marché.", "J'ai vu un vendangeur hier au marché."
    before, after, other = scorer.score(
        [Submission(slur, "fr"), Submission(slur, "fr", adaptations=own), Submission(calm, "fr", adaptations=own)]
    )
    assert (before.scores["incivility"] or 0) < 0.5 < (after.scores["incivility"] or 0)
    assert (other.scores["incivility"] or 0) < 0.5
    assert SLURS[0] in {slur[a:b] for a, b, _ in after.spans["incivility"]}
    assert after.model_versions["incivility"] == own[0].version


def test_two_hundred_decisions_already_help(newsroom: Newsroom, knowledge: Knowledge) -> None:
    """With two hundred decisions later comments are told apart better, and the gate says so."""
    taught = newsroom.taught(decided(newsroom.made[:200], 9))
    found = learn("incivility", taught, None, knowledge, "daily", 1)
    assert found.better
    assert rise(newsroom, "incivility", made(found)) >= 0.05


@pytest.mark.parametrize("label", LABELS)
@pytest.mark.parametrize("seed", [1, 2])
def test_shuffled_decisions_are_never_promoted(newsroom: Newsroom, light: Knowledge, label: str, seed: int) -> None:
    """The same comments with their truths dealt out at random teach nothing that passes."""
    examples = decided(newsroom.made[:300], 9)
    dealt = np.random.default_rng(seed).permutation(len(examples)).tolist()
    shuffled = [replace(one, truths=examples[i].truths) for one, i in zip(examples, dealt, strict=True)]
    found = learn(label, newsroom.taught(shuffled), None, light, "daily", seed)
    assert not found.better
    assert not answers(found)["consistent"]


def test_a_round_by_a_moderator_who_answers_the_opposite_is_refused(
    newsroom: Newsroom, light: Knowledge, learned: dict[str, Learned]
) -> None:
    """After five hundred honest decisions, a moderator's opposite ones stop the challenger; the finding names them."""
    honest, opposite = (decided(newsroom.made[:700], 9, opposite=who) for who in (None, 2))
    poisoned = newsroom.taught([*honest[:500], *opposite[500:]])
    found = learn("incivility", poisoned, made(learned["incivility"]), light, "daily", 1)
    assert not found.better
    refused = {finding.code: finding for finding in found.findings if not finding.passed}
    assert refused["contradiction"].figures["moderator"] == "2"


def test_a_burst_by_one_account_is_refused(newsroom: Newsroom, light: Knowledge, learned: dict[str, Learned]) -> None:
    """Two hundred opposite decisions in one hour of an account that was honest before are found as a sitting."""
    examples = decided(newsroom.made[:700], 9)
    begin = examples[499].at
    burst = [
        replace(e, moderator=1, at=begin + 5.0 * i, truths={label: not truth for label, truth in e.truths.items()})
        for i, e in enumerate(examples[500:], 1)
    ]
    found = learn("incivility", newsroom.taught(examples[:500] + burst), made(learned["incivility"]), light, "d", 1)
    assert not found.better
    finding = next(finding for finding in found.findings if finding.code == "burst")
    assert not finding.passed
    assert finding.figures["moderator"] == "1"


def test_what_is_no_better_than_the_champion_waits(
    newsroom: Newsroom, light: Knowledge, learned: dict[str, Learned]
) -> None:
    """The same decisions against the model that they already made gain nothing."""
    taught = newsroom.taught(decided(newsroom.made[:500], 9))
    found = learn("incivility", taught, made(learned["incivility"]), light, "daily", 1)
    assert not found.better
    assert not answers(found)["gain"]
    assert found.card["champion"] == made(learned["incivility"]).version


def test_too_few_decisions_are_a_finding(newsroom: Newsroom, light: Knowledge) -> None:
    """None, few, or one-sided decisions: no adaptation, and how many are missing at least."""
    few = decided(newsroom.made[:30], 9)
    one_sided = [replace(e, truths={"incivility": False}) for e in decided(newsroom.made[:100], 9)]
    for examples, missing in ((list[Example](), 60), (few, 30), (one_sided, 12)):
        found = learn("incivility", newsroom.taught(examples), None, light, "daily", 1)
        assert (found.adaptation, found.better) == (None, False)
        assert [finding.code for finding in found.findings] == ["examples"]
        assert found.findings[0].figures["missing"] == missing
        assert card.markdown(found.card)


def test_the_same_decisions_give_the_same_bytes(
    newsroom: Newsroom, knowledge: Knowledge, learned: dict[str, Learned]
) -> None:
    """Version, findings and card do not change from run to run, nor with the order in which examples come."""
    taught = newsroom.taught(decided(newsroom.made[:500], 9))
    turned = Taught(taught.examples[::-1], taught.evidence.part(np.arange(500)[::-1]))
    again = learn("off_topic", turned, None, knowledge, "daily", 1)
    assert made(again).to_bytes() == made(learned["off_topic"]).to_bytes()
    assert again.card == learned["off_topic"].card


def test_the_card_says_whose_examples_weigh_what_and_holds_no_comment(
    newsroom: Newsroom, learned: dict[str, Learned]
) -> None:
    """JSON and Markdown name moderators with shares, every finding and guard, and no word of a reader."""
    told = learned["incivility"].card
    page = card.markdown(told)
    assert json.loads(json.dumps(told)) == told
    assert sum(row["share"] for row in told["examples"]["moderators"].values()) == pytest.approx(1, abs=1e-3)
    assert all(finding["code"] in page for finding in told["findings"])
    assert "calm identity sentences: spread" in page
    assert not any(word in page + json.dumps(told) for word in (*SLURS, "vendangeur", "Varelles"))


def test_knowledge_of_other_artefacts_is_not_mixed(newsroom: Newsroom, knowledge: Knowledge) -> None:
    """Examples that other artefacts saw are an error, not a model."""
    foreign = replace(newsroom.evidence, versions={"incivility": "incivility-000000000000"})
    with pytest.raises(ValueError, match="gather both again"):
        learn("incivility", Taught([], foreign), None, knowledge, "daily", 1)


def test_every_finding_has_its_word(learned: dict[str, Learned]) -> None:
    """The findings of a full answer are those that are listed, in order."""
    found: tuple[Finding, ...] = learned["incivility"].findings
    assert tuple(finding.code for finding in found) == CODES
