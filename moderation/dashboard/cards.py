"""A comment as the screens show it: text cut, marked and made safe, three meters, the flags in words.

Plain values for the templates; nothing is read from the database here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from flask_babel import gettext
from markupsafe import Markup

from moderation.dashboard.language import LABEL_NAMES, in_words
from moderation.dashboard.passages import fold, marked, sentence, visible
from moderation.domain.policy import Policy
from moderation.domain.words import Label, RevisionState, Route, Verdict, WordKind
from moderation.storage.articles import ArticleRecord
from moderation.storage.review import CommentRow
from moderation.storage.scorings import ScoringRecord

SHORT, LONG, QUOTED = 700, 3_000, 360
NEAR = 0.8  # share of its threshold from which a score has its words marked


@dataclass(frozen=True)
class Meter:
    """One score as a bar: percentages, rounded down so that a score below its threshold never looks equal to it."""

    label: Label
    name: str
    percent: int | None
    threshold: int
    over: bool
    reason: Markup


@dataclass(frozen=True)
class Card:
    """One comment ready to be shown. `rest` is what is folded away."""

    row: CommentRow
    text: Markup
    rest: Markup
    rest_is_marked: bool
    meters: Sequence[Meter]
    flags: Sequence[Label]
    unscored: bool
    audit: bool
    learning: bool
    rules: Sequence[Markup] = ()

    @property
    def id(self) -> int:
        """The comment's internal id."""
        return self.row.comment.id


def card(row: CommentRow, most: int = SHORT) -> Card:
    """Make the card of one comment, its text folded after `most` characters."""
    text, spans = row.revision.text, _spans(row)
    if row.revision.state == RevisionState.FORGOTTEN:
        text = gettext("The site keeps texts for a limited time; this one was forgotten.")
    cut = fold(text, most)
    return Card(
        row=row,
        text=marked(text, spans, 0, cut),
        rest=marked(text, spans, cut) if cut is not None else Markup(""),
        rest_is_marked=cut is not None and any(end > cut for of in spans.values() for _, end, _ in of),
        meters=meters(row),
        flags=_flags(row),
        unscored=bool(row.scoring and row.scoring.failure),
        audit=bool(row.decision and row.decision.audit),
        learning=bool(row.decision and row.decision.verdict == Verdict.REVIEW and row.decision.route == Route.LEARNING),
        rules=_rules(row),
    )


def quotation(text: str) -> tuple[Markup, Markup]:
    """Return the beginning of a text without marks, and the rest."""
    cut = fold(text, QUOTED, 6)
    return visible(text[:cut]), visible(text[cut:]) if cut is not None else Markup("")


def meters(row: CommentRow) -> list[Meter]:
    """Return the three meters of a scored comment, in the order of the labels; none before it is scored."""
    if row.scoring is None or row.scoring.failure:
        return []
    thresholds = Policy.from_json(row.site.policy).thresholds
    return [_meter(label, row.scoring, thresholds[label]) for label in Label]


def veiled(row: CommentRow, level: int | None) -> bool:
    """Say whether the incivility of a text reaches the level (percent) from which a person wants it blurred."""
    score = row.scoring.incivility if row.scoring else None
    return level is not None and score is not None and score * 100 >= level


def nearest(row: CommentRow) -> str:
    """Return what the off-topic score says of the article, and which sentence of it is nearest; empty without one."""
    reasons = row.scoring.reasons if row.scoring else []
    return next((_sentence(in_words(r)) for r in reasons if r.get("label") == Label.OFF_TOPIC), "")


def web_link(article: ArticleRecord) -> str | None:
    """Return the article's address when it is one that a browser may follow."""
    try:
        return article.url if article.url and urlsplit(article.url).scheme in {"http", "https"} else None
    except ValueError:
        return None


def _meter(label: Label, scoring: ScoringRecord, threshold: float) -> Meter:
    score: float | None = getattr(scoring, label)
    return Meter(
        label=label,
        name=str(LABEL_NAMES[label]),
        percent=None if score is None else int(score * 100 + 1e-9),
        threshold=round(threshold * 100),
        over=score is not None and score >= threshold,
        reason=sentence(_reasons(label, scoring) or (_no_reason() if score is not None else "")),
    )


def _no_reason() -> str:
    return str(gettext("Nothing in it stands out."))


def _reasons(label: Label, scoring: ScoringRecord) -> str:
    return " ".join(_sentence(in_words(r)) for r in scoring.reasons if r.get("label") == label)


def _rules(row: CommentRow) -> list[Markup]:
    """Return what the site's own rules said of a comment: listed words, a closed article, a watched writer."""
    reasons = row.scoring.reasons if row.scoring else []
    return [sentence(_sentence(in_words(reason))) for reason in reasons if reason.get("rule")]


def _sentence(words: str) -> str:
    """Begin with a capital and end with a stop, however the reason was written."""
    words = words.strip()
    return words and words[0].upper() + words[1:] + ("" if words[-1] in ".!?…" else ".")


def _spans(row: CommentRow) -> dict[str, Sequence[Any]]:
    """Return the spans of the labels whose score is near its threshold or past it: the others only distract."""
    stored = row.scoring.spans if row.scoring else {}
    near = {
        meter.label for meter in meters(row) if meter.percent is not None and meter.percent >= NEAR * meter.threshold
    }
    return {
        name: stored[name] for name in (*WordKind, *(label for label in Label if label in near)) if stored.get(name)
    }


def _flags(row: CommentRow) -> list[Label]:
    """Return the labels of the newest decision about this text, else those whose score passed its threshold."""
    if row.decision and row.decision.revision_id == row.revision.id:
        return [label for label in Label if label in row.decision.labels]
    return [meter.label for meter in meters(row) if meter.over]
