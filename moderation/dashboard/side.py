"""What stands beside one comment: its writer on this site, and earlier decisions about the same text.

`of` reads a few indexed rows; templates/dashboard/parts/side.html shows them as the variable `side`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from flask_babel import gettext, ngettext
from sqlalchemy.orm import Session

from moderation.domain.words import Verdict
from moderation.services import people
from moderation.services.people import Alike, Person
from moderation.storage.alike import Twin
from moderation.storage.people import LARGEST_ID
from moderation.storage.review import CommentRow

LAST_COMMENTS, TWINS_SHOWN = 5, 4
_WEEK = timedelta(days=7)


@dataclass(frozen=True)
class Side:
    """`last` are the writer's other comments; `told` is one sentence about the same text, empty when it is new."""

    person: Person | None
    last: Sequence[CommentRow]
    alike: Alike
    told: str
    twins: Sequence[Twin]


def of(database: Session, row: CommentRow) -> Side:
    """Return what stands beside this comment."""
    person = people.person(database, row.commenter.id, LARGEST_ID, LAST_COMMENTS + 1) if row.commenter else None
    others = [other for other in person.recent if other.comment.id != row.comment.id] if person else []
    alike = people.alike_before(database, row)
    return Side(person, others[:LAST_COMMENTS], alike, in_one_sentence(alike.twins), alike.twins[:TWINS_SHOWN])


def in_one_sentence(twins: Sequence[Twin], now: datetime | None = None) -> str:
    """Say what was decided about texts like this one: what is most alike, newest and strictest first."""
    week_ago = (now or datetime.now(UTC)) - _WEEK
    for same in (True, False):
        for lately in (True, False):
            for verdict in (Verdict.REJECT, Verdict.PUBLISH):
                count = sum((t.same, t.decided_at >= week_ago, t.verdict) == (same, lately, verdict) for t in twins)
                if count:
                    return _told(same, lately, verdict, count)
    return ""


def _told(same: bool, lately: bool, verdict: Verdict, count: int) -> str:
    if (same, lately, verdict, count) == (True, True, Verdict.REJECT, 2):
        return str(gettext("The same text was rejected twice this week."))
    sentences: dict[tuple[bool, bool, Verdict], str] = {
        (True, True, Verdict.REJECT): ngettext(
            "The same text was rejected once this week.", "The same text was rejected %(num)d times this week.", count
        ),
        (True, True, Verdict.PUBLISH): ngettext(
            "The same text was published once this week.", "The same text was published %(num)d times this week.", count
        ),
        (True, False, Verdict.REJECT): ngettext(
            "The same text was rejected once before.", "The same text was rejected %(num)d times before.", count
        ),
        (True, False, Verdict.PUBLISH): ngettext(
            "The same text was published once before.", "The same text was published %(num)d times before.", count
        ),
        (False, True, Verdict.REJECT): ngettext(
            "Nearly the same text was rejected once this week.",
            "Nearly the same text was rejected %(num)d times this week.",
            count,
        ),
        (False, True, Verdict.PUBLISH): ngettext(
            "Nearly the same text was published once this week.",
            "Nearly the same text was published %(num)d times this week.",
            count,
        ),
        (False, False, Verdict.REJECT): ngettext(
            "Nearly the same text was rejected once before.",
            "Nearly the same text was rejected %(num)d times before.",
            count,
        ),
        (False, False, Verdict.PUBLISH): ngettext(
            "Nearly the same text was published once before.",
            "Nearly the same text was published %(num)d times before.",
            count,
        ),
    }
    return sentences[same, lately, verdict]
