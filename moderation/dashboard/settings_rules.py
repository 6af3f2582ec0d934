"""The automatic rules in words: in the order in which they apply, each with its present value."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import format_decimal, gettext, lazy_gettext, ngettext
from sqlalchemy.orm import Session

from moderation.dashboard.language import LABEL_NAMES
from moderation.domain.policy import Policy
from moderation.domain.rejecting import CHECKED
from moderation.domain.rules import TRUST, Rule, rules_in_order
from moderation.domain.words import ArticleMode, Label, Standing, WordKind
from moderation.storage import circumstances, words

RULE_NAMES: dict[Rule, Any] = {
    Rule.SHADOW: lazy_gettext("Shadow mode"),
    Rule.CLOSED_ARTICLE: lazy_gettext("Article closed"),
    Rule.BANNED_WORD: lazy_gettext("Banned word"),
    Rule.WATCHED_WORD: lazy_gettext("Watched word"),
    Rule.WATCHED_COMMENTER: lazy_gettext("Watched commenter"),
    Rule.PRE_MODERATED_ARTICLE: lazy_gettext("Article moderated before publication"),
    Rule.REJECT_FROM: lazy_gettext("Score from which to reject"),
    Rule.TRUSTED_COMMENTER: lazy_gettext("Trusted commenter"),
    Rule.THRESHOLD: lazy_gettext("Threshold reached"),
    Rule.UNSCORED: lazy_gettext("Could not be scored"),
    Rule.AUDIT: lazy_gettext("Audit sample"),
    Rule.LEARNING: lazy_gettext("For learning"),
    Rule.PUBLISH: lazy_gettext("Everything else"),
}


@dataclass(frozen=True)
class RuleInWords:
    """One rule: its name, what it does now, and whether it does anything."""

    rule: Rule
    name: str
    value: str
    active: bool


@dataclass(frozen=True)
class Known:
    """What the values of the rules are made of."""

    policy: Policy
    words: Mapping[WordKind, int]
    articles: Mapping[ArticleMode, int]
    commenters: Mapping[Standing, int]


def known(session: Session, site_id: int, policy: Policy) -> Known:
    """Read what a site has set beside its policy."""
    return Known(
        policy,
        words.tallies(session, site_id),
        circumstances.articles_by_mode(session, site_id),
        circumstances.commenters_by_standing(session, site_id),
    )


def in_words(site: Known) -> list[RuleInWords]:
    """Return the rules in the order in which they are asked."""
    return [RuleInWords(rule, str(RULE_NAMES[rule]), *_VALUES[rule](site)) for rule in rules_in_order()]


Value = tuple[str, bool]


def _shadow(site: Known) -> Value:
    if site.policy.shadow:
        return gettext("On: everything is published, and no rule below does anything."), True
    return gettext("Off."), False


def _closed(site: Known) -> Value:
    count = site.articles[ArticleMode.CLOSED]
    told = ngettext(
        "New comments are rejected. %(num)d article is closed.",
        "New comments are rejected. %(num)d articles are closed.",
        count,
    )
    return told, bool(count)


def _banned(site: Known) -> Value:
    count = site.words[WordKind.BANNED]
    listed = ngettext("%(num)d word on the list.", "%(num)d words on the list.", count)
    act = gettext("The comment is rejected.") if site.policy.reject_banned else gettext("A person reads the comment.")
    return f"{act} {listed}", bool(count)


def _watched(site: Known) -> Value:
    count = site.words[WordKind.WATCHED]
    listed = ngettext("%(num)d word on the list.", "%(num)d words on the list.", count)
    return f"{gettext('A person reads the comment.')} {listed}", bool(count)


def _watched_commenter(site: Known) -> Value:
    count = site.commenters[Standing.WATCHED]
    listed = ngettext("%(num)d commenter is watched.", "%(num)d commenters are watched.", count)
    return f"{gettext('A person reads the comment.')} {listed}", bool(count)


def _pre_moderated(site: Known) -> Value:
    count = site.articles[ArticleMode.PRE_MODERATE]
    listed = ngettext("%(num)d article is moderated so.", "%(num)d articles are moderated so.", count)
    return f"{gettext('A person reads the comment.')} {listed}", bool(count)


def _reject_from(site: Known) -> Value:
    limits, goals = site.policy.reject_from, site.policy.reject_goals
    waiting = ", ".join(str(LABEL_NAMES[label]) for label in Label if label in goals and label not in limits)
    off = gettext("Not proven yet, so nothing is rejected: %(labels)s.", labels=waiting) if waiting else ""
    if not limits:
        return off or gettext("Off: no score rejects without a person."), False
    words = [gettext("The comment is rejected: %(limits)s.", limits=_listed(limits)), off]
    if any(label in goals for label in limits):
        share = _percent(max(site.policy.audit_share, CHECKED))
        words.append(
            gettext("Of what a goal rejects, a person decides %(share)s, so that the goal stays proven.", share=share)
        )
    return " ".join(filter(None, words)), True


def _trusted(site: Known) -> Value:
    count = site.commenters[Standing.TRUSTED]
    act = gettext(
        "Published although a threshold is reached, if no score lies %(points)s points or more above it.",
        points=round(TRUST * 100),
    )
    listed = ngettext("%(num)d commenter is trusted.", "%(num)d commenters are trusted.", count)
    return f"{act} {listed}", bool(count)


def _threshold(site: Known) -> Value:
    return gettext("A person reads the comment: %(limits)s.", limits=_listed(site.policy.thresholds)), True


def _unscored(_: Known) -> Value:
    return gettext("A person reads the comment."), True


def _audit(site: Known) -> Value:
    if not site.policy.audit_share:
        return gettext("Off: nobody sees what is published without a person."), False
    share = _percent(site.policy.audit_share)
    return gettext("A person reads %(share)s of the clear comments, drawn by chance.", share=share), True


def _learning(site: Known) -> Value:
    if not site.policy.learn_share:
        return gettext("Off: nothing is chosen because it teaches the model."), False
    share = _percent(site.policy.learn_share)
    words = gettext(
        "A person reads clear comments that teach the model most: at most %(share)s of what is held.", share=share
    )
    return words, True


def _publish(_: Known) -> Value:
    return gettext("Published without a person."), True


def _percent(share: float) -> str:
    return str(gettext("%(number)s%%", number=format_decimal(share * 100, "#,##0.##")))


def _listed(limits: Mapping[Label, float]) -> str:
    return ", ".join(
        gettext("%(label)s from %(limit)s", label=LABEL_NAMES[label], limit=_percent(limits[label]))
        for label in Label
        if label in limits
    )


_VALUES: dict[Rule, Callable[[Known], Value]] = {
    Rule.SHADOW: _shadow,
    Rule.CLOSED_ARTICLE: _closed,
    Rule.BANNED_WORD: _banned,
    Rule.WATCHED_WORD: _watched,
    Rule.WATCHED_COMMENTER: _watched_commenter,
    Rule.PRE_MODERATED_ARTICLE: _pre_moderated,
    Rule.REJECT_FROM: _reject_from,
    Rule.TRUSTED_COMMENTER: _trusted,
    Rule.THRESHOLD: _threshold,
    Rule.UNSCORED: _unscored,
    Rule.AUDIT: _audit,
    Rule.LEARNING: _learning,
    Rule.PUBLISH: _publish,
}
