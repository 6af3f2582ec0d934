"""The audit trail of administration: who changed what, when; for administrators, of their sites."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from flask import Blueprint, g, render_template, request
from flask_babel import gettext, lazy_gettext

from moderation.dashboard.access import need
from moderation.dashboard.language import LABEL_NAMES
from moderation.dashboard.parts import cursor
from moderation.domain.acts import Act
from moderation.domain.permissions import Permission
from moderation.services import accounts
from moderation.storage import audit, sites
from moderation.storage.audit import AuditFilter
from moderation.web import context

blueprint = Blueprint("audit_trail", __name__)

PAGE_SIZE = 50

ACT_NAMES: dict[str, Any] = {
    Act.ACCOUNT_CREATED: lazy_gettext("Account created"),
    Act.ACCOUNT_INVITED: lazy_gettext("Invited"),
    Act.ACCOUNT_JOINED: lazy_gettext("Followed the invitation"),
    Act.ACCOUNT_LINK_MADE: lazy_gettext("New link made"),
    Act.ACCOUNT_ROLE_CHANGED: lazy_gettext("Roles changed"),
    Act.ACCOUNT_CLOSED: lazy_gettext("Account closed"),
    Act.ACCOUNT_REOPENED: lazy_gettext("Account reopened"),
    Act.ACCOUNT_CHANGED: lazy_gettext("Name or address changed"),
    Act.PASSWORD_CHANGED: lazy_gettext("Password changed"),
    Act.SECOND_FACTOR_ON: lazy_gettext("Second factor set up"),
    Act.SECOND_FACTOR_OFF: lazy_gettext("Second factor taken away"),
    Act.SECOND_FACTOR_RESET: lazy_gettext("Second factor reset by an administrator"),
    Act.RECOVERY_CODE_USED: lazy_gettext("Recovery code used"),
    Act.SESSIONS_ENDED: lazy_gettext("Other browsers signed out"),
    Act.HOUSE_RULE_CHANGED: lazy_gettext("Rule for everybody changed"),
    Act.SITE_CREATED: lazy_gettext("Site created"),
    Act.SITE_CHANGED: lazy_gettext("Site changed"),
    Act.SECRET_ISSUED: lazy_gettext("Secret issued"),
    Act.SECRET_ROTATED: lazy_gettext("Secret rotated"),
    Act.SECRET_REVOKED: lazy_gettext("Secret revoked"),
    Act.CALLBACK_CHANGED: lazy_gettext("Callback address changed"),
    Act.CALLBACK_TESTED: lazy_gettext("Callback tested"),
    Act.POLICY_CHANGED: lazy_gettext("Policy changed"),
    Act.WORDS_CHANGED: lazy_gettext("Words changed"),
    Act.RETENTION_CHANGED: lazy_gettext("Retention changed"),
    Act.TEMPLATES_CHANGED: lazy_gettext("Message templates changed"),
    Act.ARTICLE_MODE_CHANGED: lazy_gettext("Article opened or closed"),
    Act.COMMENTER_STANDING_CHANGED: lazy_gettext("Commenter trusted or watched"),
    Act.LEARNING_CHANGED: lazy_gettext("Learning changed"),
    Act.RETRAINING_ASKED: lazy_gettext("Training asked for"),
    Act.RETRAINING_CANCELLED: lazy_gettext("Training cancelled"),
    Act.MODEL_IMPORTED: lazy_gettext("Model imported"),
    Act.MODEL_CHALLENGED: lazy_gettext("Model put in the shadow"),
    Act.MODEL_PROMOTED: lazy_gettext("Model promoted"),
    Act.MODEL_REFUSED: lazy_gettext("Model refused"),
    Act.MODEL_ROLLED_BACK: lazy_gettext("Model rolled back"),
    Act.RESCORING_ASKED: lazy_gettext("Waiting comments scored again"),
    Act.THRESHOLDS_FOLLOWED: lazy_gettext("Thresholds followed the model"),
    Act.EXPORT_MADE: lazy_gettext("Export made"),
}

DETAIL_NAMES: dict[str, Any] = {
    "how": lazy_gettext("how it was found"),
    "scale": lazy_gettext("on the scale of"),
    "same_share": lazy_gettext("would hold as much as before"),
    "before": lazy_gettext("before"),
    "after": lazy_gettext("after"),
    "roles": lazy_gettext("roles"),
    "name": lazy_gettext("name"),
    "email": lazy_gettext("address"),
    "count": lazy_gettext("how many"),
    "left": lazy_gettext("left"),
    "sessions_ended": lazy_gettext("browsers signed out"),
    "second_factor_required": lazy_gettext("second factor for everybody"),
    "issuer": lazy_gettext("provider"),
    "label": lazy_gettext("label"),
    "version": lazy_gettext("version"),
    "origin": lazy_gettext("made as"),
    "replaced": lazy_gettext("in the place of"),
    "restored": lazy_gettext("judges again"),
    "retraining": lazy_gettext("training"),
}


@blueprint.get("/audit")
def index() -> str:
    """Show one page of the trail, the newest act first, under the filters of the address."""
    need(Permission.ADMINISTER)
    reach = g.access.sites(Permission.ADMINISTER)
    before = cursor(request.args.get("before")) or None
    with context().database.session() as database:
        people = accounts.people(database, g.access)
        wanted = _filter(reach, [person.account.id for person in people])
        rows = audit.page(database, wanted, before, PAGE_SIZE + 1)
        known = [site for site in sites.all_sites(database) if reach is None or site.id in reach]
    return render_template(
        "dashboard/audit.html",
        rows=rows[:PAGE_SIZE],
        next_before=rows[PAGE_SIZE - 1].event.id if len(rows) > PAGE_SIZE else None,
        wanted=wanted,
        people=people,
        sites=known,
        act_names=ACT_NAMES,
        detail_names=DETAIL_NAMES,
        in_words=in_words,
        values={name: value for name, value in request.args.items() if value and name != "before"},
    )


def in_words(value: Any) -> str:
    """Return one detail for reading: lists and tables flat, on one line."""
    if isinstance(value, dict):
        return ", ".join(f"{name}: {in_words(part)}" for name, part in value.items()) or "–"
    if isinstance(value, list):
        return ", ".join(map(in_words, value)) or "–"
    if isinstance(value, bool):
        return str(gettext("yes")) if value else str(gettext("no"))
    if isinstance(value, str) and value in LABEL_NAMES:
        return str(LABEL_NAMES[value])
    return "–" if value is None else str(value)


def _filter(reach: frozenset[int] | None, seen: list[int]) -> AuditFilter:
    args = request.args
    act = args.get("act")
    until = _day(args.get("until"))
    return AuditFilter(
        act=act if act in set(Act) else None,
        moderator_id=cursor(args.get("who")) or None,
        site_id=cursor(args.get("site")) or None,
        since=_day(args.get("since")),
        until=until + timedelta(days=1) if until else None,
        sites=reach,
        accounts=seen,
    )


def _day(text: str | None) -> datetime | None:
    """Return the beginning of a day as a form sends it, in UTC; None for anything else."""
    try:
        return datetime.combine(date.fromisoformat(text or ""), time(), UTC)
    except ValueError:
        return None
