"""What the policy of a site would do with a comment without a person, as one sentence."""

from typing import Any

from flask_babel import gettext

from moderation.dashboard.language import LABEL_NAMES
from moderation.domain.policy import Policy
from moderation.domain.rules import Circumstances, Judgement, Rule, judge
from moderation.domain.words import ArticleMode, Label, Origin, Route, Standing, Verdict, WordKind
from moderation.storage.review import CommentRow

_NEVER = 1.0  # no chance draws an audit sample: it only exists because persons look


def without_a_person(row: CommentRow) -> str:
    """Return the sentence; scores and settings as they are now."""
    return str(_sentence(row))


def _sentence(row: CommentRow) -> Any:
    if row.scoring is None:
        return gettext("The policy has not looked at this text yet.")
    if row.scoring.failure:
        return gettext("Without scores the policy decides nothing: the comment would wait.")
    return _in_words(row, _judgement(row))


def _judgement(row: CommentRow) -> Judgement:
    scores = {label: getattr(row.scoring, label) for label in Label}
    around = Circumstances(
        article_mode=ArticleMode(row.article.mode) if row.article else ArticleMode.OPEN,
        standing=Standing(row.commenter.standing) if row.commenter else Standing.NONE,
        words=frozenset(kind for kind in WordKind if row.scoring and row.scoring.spans.get(kind)),
    )
    return judge(scores, Policy.from_json(row.site.policy), _NEVER, around)


def _in_words(row: CommentRow, judgement: Judgement) -> Any:
    if judgement.rule is Rule.SHADOW:
        return gettext("Without a person the policy would publish it: the site is in shadow mode.")
    if judgement.verdict is Verdict.PUBLISH:
        if _was_held(row):
            return gettext("Without a person the policy would keep it waiting: a rule of the site holds it.")
        return gettext("Without a person the policy would publish it: no score reaches its threshold.")
    if judgement.rule is Rule.CLOSED_ARTICLE:
        return gettext("Without a person the policy would reject it: comments under this article are closed.")
    if judgement.rule is Rule.BANNED_WORD and judgement.verdict is Verdict.REJECT:
        return gettext("Without a person the policy would reject it: it holds a banned word.")
    names = ", ".join(str(LABEL_NAMES[label]) for label in judgement.flags)
    if judgement.verdict is Verdict.REJECT:
        return gettext("Without a person the policy would reject it: %(labels)s.", labels=names)
    if judgement.rule is Rule.THRESHOLD:
        return gettext(
            "Without a person the policy would keep it waiting, unpublished: %(labels)s reached the threshold.",
            labels=names,
        )
    return gettext("Without a person the policy would keep it waiting: a rule of the site holds it.")


def _was_held(row: CommentRow) -> bool:
    """Say whether the policy held this text for a reason that is no score, such as a word of the site's lists."""
    decision = row.decision
    held = decision is not None and decision.origin == Origin.POLICY and decision.verdict == Verdict.REVIEW
    drawn = decision is not None and (decision.audit or decision.route == Route.LEARNING)
    return bool(held and decision and not drawn and not decision.labels)
