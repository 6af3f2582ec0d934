"""The automatic rules: from three scores and the circumstances to one verdict, in one order."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation.domain import rules, sentences
from moderation.domain.policy import Policy
from moderation.domain.rules import TRUST, Circumstances, Judgement, Rule, judge
from moderation.domain.words import ArticleMode, Label, Standing, Verdict, WordKind

SHARE = st.floats(0, 1)
CHANCE = st.floats(0, 1, exclude_max=True)
SCORES = st.fixed_dictionaries({label: st.none() | SHARE for label in Label})
POLICIES = st.builds(
    Policy,
    thresholds=st.fixed_dictionaries(dict.fromkeys(Label, SHARE)),
    reject_from=st.dictionaries(st.sampled_from(Label), SHARE),
    shadow=st.booleans(),
    audit_share=SHARE,
    reject_banned=st.booleans(),
)
AROUND = st.builds(
    Circumstances,
    article_mode=st.sampled_from(ArticleMode),
    standing=st.sampled_from(Standing),
    words=st.frozensets(st.sampled_from(WordKind)),
)

CLEAR = dict.fromkeys(Label, 0.1)
RUDE = CLEAR | {Label.INCIVILITY: 0.9}
SLIGHT = CLEAR | {Label.INCIVILITY: 0.6}
BANNED, WATCHED = Circumstances(words=frozenset({WordKind.BANNED})), Circumstances(words=frozenset({WordKind.WATCHED}))


@pytest.mark.parametrize(
    ("score", "verdict"), [(0.5, Verdict.REVIEW), (0.499999, Verdict.PUBLISH), (1.0, Verdict.REVIEW)]
)
def test_a_comment_is_flagged_from_its_threshold_on(score: float, verdict: Verdict) -> None:
    """By default a score of 0.5 is flagged and goes to a person, and one just below is published."""
    judgement = judge(CLEAR | {Label.SHOUTING: score}, Policy(), chance=0.5)
    assert judgement.verdict is verdict
    assert (judgement.flags == (Label.SHOUTING,)) is (verdict is Verdict.REVIEW)


def test_nothing_is_rejected_without_a_person_by_default() -> None:
    """With the default policy the highest scores go to review."""
    assert judge(dict.fromkeys(Label, 1.0), Policy(), 0.0) == Judgement(
        Verdict.REVIEW, tuple(Label), rule=Rule.THRESHOLD, sampling=1.0
    )


def test_rejecting_is_by_label() -> None:
    """A label with reject_from is rejected from there on, and others still go to review."""
    policy = Policy(reject_from={Label.INCIVILITY: 0.9})
    assert judge(RUDE, policy, 0.5) == Judgement(Verdict.REJECT, (Label.INCIVILITY,), rule=Rule.REJECT_FROM)
    assert judge(CLEAR | {Label.INCIVILITY: 0.89}, policy, 0.5).verdict is Verdict.REVIEW
    assert judge(CLEAR | {Label.SHOUTING: 1.0}, policy, 0.5).verdict is Verdict.REVIEW


def test_a_score_that_is_missing_never_flags() -> None:
    """None, or a label that has no score, reaches no threshold, not even 0."""
    policy = Policy(thresholds=dict.fromkeys(Label, 0.0), reject_from=dict.fromkeys(Label, 0.0))
    assert judge(dict.fromkeys(Label, None), policy, 0.5) == Judgement(Verdict.PUBLISH)
    assert judge({}, policy, 0.5) == Judgement(Verdict.PUBLISH)


@given(SCORES, POLICIES, CHANCE)
def test_the_rules_hold_for_all_scores_and_policies(
    scores: dict[Label, float | None], policy: Policy, chance: float
) -> None:
    """Flags are the labels from their threshold on; the verdict follows shadow, reject, flags, audit in this order."""
    judgement = judge(scores, policy, chance)
    reached = [(label, score) for label in Label if (score := scores[label]) is not None]
    flags = tuple(label for label, score in reached if score >= policy.thresholds[label])
    rejected = any(score >= policy.reject_from.get(label, math.inf) for label, score in reached)
    audit = chance < policy.audit_share and not (policy.shadow or rejected or flags)
    assert judgement.flags == flags
    assert judgement.audit is audit
    assert judgement.shadow is policy.shadow
    expected = Verdict.PUBLISH
    if not policy.shadow:
        expected = Verdict.REJECT if rejected else Verdict.REVIEW if flags or audit else Verdict.PUBLISH
    assert judgement.verdict is expected


@given(SCORES, POLICIES, CHANCE)
def test_the_shadow_holds_nothing_back(scores: dict[Label, float | None], policy: Policy, chance: float) -> None:
    """In shadow mode every comment is published, whatever its scores, and its flags are still told."""
    shadow = Policy(policy.thresholds, policy.reject_from, True, policy.audit_share)
    judgement = judge(scores, shadow, chance)
    assert judgement.verdict is Verdict.PUBLISH
    assert judgement.flags == judge(scores, policy, chance).flags


@given(POLICIES, CHANCE, st.sampled_from(Label), SHARE, SHARE)
def test_a_higher_score_is_never_judged_more_mildly(
    policy: Policy, chance: float, label: Label, one: float, other: float
) -> None:
    """When one score rises the verdict stays or becomes stricter, an audit sample apart."""
    strictness = [Verdict.PUBLISH, Verdict.REVIEW, Verdict.REJECT]
    low, high = (judge(CLEAR | {label: score}, policy, chance) for score in sorted((one, other)))
    assert strictness.index(low.verdict) <= strictness.index(high.verdict)


@pytest.mark.parametrize(
    ("share", "chance", "audit"), [(0.0, 0.0, False), (1.0, 0.999, True), (0.02, 0.019, True), (0.02, 0.02, False)]
)
def test_the_audit_sample_has_its_share(share: float, chance: float, audit: bool) -> None:
    """A clear comment is sampled when chance falls below the share: never at 0, always at 1."""
    judgement = judge(CLEAR, Policy(audit_share=share), chance)
    assert judgement == (
        Judgement(Verdict.REVIEW, audit=True, rule=Rule.AUDIT, sampling=share) if audit else Judgement(Verdict.PUBLISH)
    )


def test_the_audit_sample_is_of_clear_comments_only() -> None:
    """A flagged comment is in review for its flags, not as a sample."""
    assert judge(RUDE, Policy(audit_share=1.0), 0.0) == Judgement(
        Verdict.REVIEW, (Label.INCIVILITY,), rule=Rule.THRESHOLD, sampling=1.0
    )


@pytest.mark.parametrize(
    ("around", "scores", "rule", "verdict"),
    [
        (Circumstances(ArticleMode.CLOSED), CLEAR, Rule.CLOSED_ARTICLE, Verdict.REJECT),
        (Circumstances(ArticleMode.CLOSED, Standing.TRUSTED), CLEAR, Rule.CLOSED_ARTICLE, Verdict.REJECT),
        (Circumstances(ArticleMode.CLOSED, words=BANNED.words), CLEAR, Rule.CLOSED_ARTICLE, Verdict.REJECT),
        (Circumstances(ArticleMode.PRE_MODERATE), CLEAR, Rule.PRE_MODERATED_ARTICLE, Verdict.REVIEW),
        (Circumstances(ArticleMode.PRE_MODERATE, Standing.TRUSTED), CLEAR, Rule.PRE_MODERATED_ARTICLE, Verdict.REVIEW),
        (Circumstances(standing=Standing.WATCHED), CLEAR, Rule.WATCHED_COMMENTER, Verdict.REVIEW),
        (Circumstances(standing=Standing.TRUSTED), CLEAR, Rule.PUBLISH, Verdict.PUBLISH),
        (Circumstances(standing=Standing.TRUSTED), SLIGHT, Rule.TRUSTED_COMMENTER, Verdict.PUBLISH),
        (Circumstances(standing=Standing.TRUSTED), RUDE, Rule.THRESHOLD, Verdict.REVIEW),
        (Circumstances(standing=Standing.TRUSTED, words=WATCHED.words), CLEAR, Rule.WATCHED_WORD, Verdict.REVIEW),
        (BANNED, CLEAR, Rule.BANNED_WORD, Verdict.REVIEW),
        (WATCHED, CLEAR, Rule.WATCHED_WORD, Verdict.REVIEW),
        (Circumstances(), SLIGHT, Rule.THRESHOLD, Verdict.REVIEW),
        (Circumstances(), CLEAR, Rule.PUBLISH, Verdict.PUBLISH),
    ],
)
def test_circumstances_settle_in_their_order(
    around: Circumstances, scores: dict[Label, float | None], rule: Rule, verdict: Verdict
) -> None:
    """Closed rejects, words and watched writers and pre-moderation go to a person, trust lets slight flags pass."""
    judgement = judge(scores, Policy(), 0.5, around)
    assert (judgement.rule, judgement.verdict) == (rule, verdict)


def test_a_banned_word_rejects_only_where_the_site_asked_for_it() -> None:
    """With `reject_banned` a banned word rejects, a watched one still goes to review."""
    strict = Policy(reject_banned=True)
    assert judge(CLEAR, strict, 0.5, BANNED).verdict is Verdict.REJECT
    assert judge(CLEAR, strict, 0.5, WATCHED).verdict is Verdict.REVIEW


@pytest.mark.parametrize(("score", "published"), [(0.5 + TRUST - 1e-6, True), (0.5 + TRUST, False)])
def test_trust_reaches_a_little_above_the_threshold(score: float, published: bool) -> None:
    """A trusted writer's comment is published below threshold + 0.15 and goes to review from there on."""
    trusted = Circumstances(standing=Standing.TRUSTED)
    judgement = judge(CLEAR | {Label.SHOUTING: score}, Policy(), 0.5, trusted)
    assert (judgement.verdict is Verdict.PUBLISH) is published
    assert judgement.flags == (() if published else (Label.SHOUTING,))


def test_trust_never_reaches_beyond_reject_from() -> None:
    """What the site rejects without a person is rejected for a trusted writer, too."""
    policy = Policy(reject_from={Label.INCIVILITY: 0.55})
    assert judge(SLIGHT, policy, 0.5, Circumstances(standing=Standing.TRUSTED)).verdict is Verdict.REJECT


@given(POLICIES, CHANCE, AROUND)
def test_what_could_not_be_scored_is_published_by_the_shadow_alone(
    policy: Policy, chance: float, around: Circumstances
) -> None:
    """Without scores a comment goes to a person or is rejected for its words or its article; never published else."""
    judgement = judge(None, policy, chance, around)
    assert (judgement.verdict is Verdict.PUBLISH) is policy.shadow
    assert judgement.flags == ()


@given(SCORES, POLICIES, CHANCE, AROUND)
def test_the_first_rule_that_applies_is_the_one_that_settles(
    scores: dict[Label, float | None], policy: Policy, chance: float, around: Circumstances
) -> None:
    """Audit and shadow are named by their rules, and exactly one of the listed rules settles each comment."""
    judgement = judge(scores, policy, chance, around)
    assert judgement.rule in rules.rules_in_order()
    assert judgement.audit is (judgement.rule is Rule.AUDIT)
    assert judgement.shadow is policy.shadow is (judgement.rule is Rule.SHADOW)
    assert judgement.verdict is not Verdict.PUBLISH or judgement.shadow or not around.words


def test_the_order_names_every_rule_once() -> None:
    """The order that the settings show is the order that judges, complete, and it ends with publishing."""
    assert sorted(rules.rules_in_order()) == sorted(Rule)
    assert rules.rules_in_order()[-1] is Rule.PUBLISH


@pytest.mark.parametrize(
    "rule", [Rule.CLOSED_ARTICLE, Rule.WATCHED_COMMENTER, Rule.PRE_MODERATED_ARTICLE, Rule.TRUSTED_COMMENTER]
)
def test_rules_that_scores_do_not_explain_say_a_sentence(rule: Rule) -> None:
    """Such a rule gives one reason, without a label, in French and in English, ending in a stop."""
    (reason,) = sentences.about(rule)
    assert (reason["label"], reason["rule"]) == (None, rule)
    assert all((reason[language] or "").endswith(".") for language in ("fr", "en"))


def test_the_reason_of_words_names_them() -> None:
    """The reason quotes each listed word once, four at most; without a word there is no reason."""
    (reason,) = sentences.about_words(WordKind.BANNED, ["tocard", "tocard", "a1", "a2", "a3", "a4"])
    assert (reason["rule"], reason["fr"]) == (
        Rule.BANNED_WORD,
        "Contient un terme interdit : « tocard », « a1 », « a2 », « a3 ».",
    )
    assert sentences.about_words(WordKind.WATCHED, []) == []
