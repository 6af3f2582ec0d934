"""One comment in focus: three columns with everything needed to judge it, and who reads it."""

from collections.abc import Collection
from dataclasses import dataclass
from functools import partial

from flask import render_template, request
from flask_babel import gettext
from markupsafe import Markup, escape
from sqlalchemy.orm import Session

from moderation.dashboard import side, tastes
from moderation.dashboard.access import may, moderator
from moderation.dashboard.cards import LONG, card, nearest, quotation, veiled, web_link
from moderation.dashboard.language import clock
from moderation.dashboard.parts import rail, reader, wanted_part
from moderation.dashboard.passages import visible
from moderation.dashboard.policy_words import without_a_person
from moderation.domain.errors import AlreadyDecided, Conflict, OwnDecision, Superseded
from moderation.domain.permissions import Permission
from moderation.domain.words import Label
from moderation.services import appeals, attention, messages, review
from moderation.services.attention import Claim
from moderation.services.review import InContext
from moderation.storage.decisions import DecisionRecord
from moderation.storage.review import CommentRow
from moderation.web import context


@dataclass(frozen=True)
class Typed:
    """What was filled in when a decision was refused."""

    note: str = ""
    labels: Collection[Label] | None = None
    template: int = 0


def page(comment_id: int, conflict: Conflict | None = None, typed: Typed | None = None) -> str:
    """Return the page of one comment, claimed for the person who may decide about it."""
    typed = typed or Typed()
    with context().database.session() as database:
        part = wanted_part(database, request.values)
        found = review.in_context(database, comment_id, part, reader(part))
        claim = _claim(database, found)
        around = review.surroundings(database, part, moderator().id)
        beside = side.of(database, found.row)
        for_another = appeals.is_for_another(database, found.row.comment, moderator().id)
    shown = card(found.row, LONG)
    return render_template(
        "dashboard/comment.html",
        card=shown,
        found=found,
        claim=claim,
        side=beside,
        may_decide=may(Permission.DECIDE, found.row.site.id),
        may_undo=may_undo,
        for_another=for_another,
        veiled=veiled_for_me,
        quotation=quotation,
        nearest=nearest(found.row),
        policy_alone=without_a_person(found.row),
        web_link=web_link,
        conflict=_told(conflict),
        typed=typed,
        message_text=partial(messages.in_language_of, found.row),
        chosen=shown.flags if typed.labels is None else typed.labels,
        decided_by=_decided_by_another(found),
        **rail(part, around),
    )


def veiled_for_me(row: CommentRow) -> bool:
    """Say whether this person wants this text blurred until asked."""
    return veiled(row, tastes.of(moderator()).veil_from)


def may_undo(decision: DecisionRecord) -> bool:
    """Say whether the person who asks may take this decision back: their own, or anyone's on sites they lead."""
    if decision.moderator_id == moderator().id:
        return may(Permission.DECIDE, decision.site_id)
    return decision.moderator_id is not None and may(Permission.DECIDE_MANY, decision.site_id)


def _claim(database: Session, found: InContext) -> Claim:
    comment_id, me = found.row.comment.id, moderator().id
    if found.waits and may(Permission.DECIDE, found.row.site.id):
        return attention.open_for_reading(database, comment_id, me)
    return attention.who_reads(database, comment_id, me)


def _told(conflict: Conflict | None) -> Markup:
    if isinstance(conflict, AlreadyDecided):
        words = escape(gettext("%(name)s decided this comment first, a moment ago, at %(time)s."))
        return words % {"name": visible(conflict.by), "time": clock(conflict.at)}
    if isinstance(conflict, Superseded):
        return escape(gettext("The writer edited this comment while you were reading. Here is the new text."))
    if isinstance(conflict, OwnDecision):
        return escape(gettext("The writer appeals against your decision; a colleague answers."))
    return escape(conflict or "")


def _decided_by_another(found: InContext) -> str | None:
    """Return who decided about this text, when it was somebody else and nothing is open: their decision stands."""
    holding = found.holding
    if found.waits or holding is None or holding.moderator_id in (None, moderator().id):
        return None
    return found.moderators.get(holding.moderator_id or 0)
