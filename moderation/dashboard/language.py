"""The words of the dashboard in the moderator's language, and times in a human way.

Messages are English in the code, French in translations/. After a change of words:
`pybabel extract -F moderation/dashboard/babel.cfg -k lazy_gettext -o messages.pot moderation/dashboard`, then
`pybabel update` and `pybabel compile` on moderation/dashboard/translations; the .mo files are committed.
"""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_timedelta
from flask import Flask, g, request, session
from flask_babel import Babel, format_date, format_datetime, get_locale, gettext, lazy_gettext
from markupsafe import Markup

from moderation.dashboard import tastes
from moderation.domain.words import CommentStatus, Label, Origin, Standing, Verdict
from moderation.storage.queue import QueueReason

LANGUAGES = {"fr": "Français", "en": "English"}

LABEL_NAMES: dict[str, Any] = {
    Label.SHOUTING: lazy_gettext("Shouting"),
    Label.OFF_TOPIC: lazy_gettext("Off topic"),
    Label.INCIVILITY: lazy_gettext("Incivility"),
}
REASON_NAMES: dict[str, Any] = {
    **LABEL_NAMES,
    QueueReason.SEVERAL: lazy_gettext("Several"),
    QueueReason.UNCERTAIN: lazy_gettext("Uncertain"),
    QueueReason.REPORTS: lazy_gettext("Reader reports"),
    QueueReason.APPEALS: lazy_gettext("Appeals"),
    QueueReason.ESCALATED: lazy_gettext("Escalated"),
    QueueReason.UNSCORED: lazy_gettext("Could not be scored"),
    QueueReason.AUDIT: lazy_gettext("Audit sample"),
    QueueReason.LEARNING: lazy_gettext("For learning"),
}
VERDICT_NAMES: dict[str, Any] = {
    Verdict.PUBLISH: lazy_gettext("Published"),
    Verdict.REVIEW: lazy_gettext("Given to a person"),
    Verdict.REJECT: lazy_gettext("Rejected"),
}
FIELD_NAMES: dict[str, Any] = {
    "q": lazy_gettext("Words of the comment"),
    "author": lazy_gettext("Writer"),
    "article": lazy_gettext("Article"),
    "moderator": lazy_gettext("Moderator"),
    "label": lazy_gettext("Label"),
    "least": lazy_gettext("Lowest score"),
    "most": lazy_gettext("Highest score"),
    "since": lazy_gettext("Received from"),
    "until": lazy_gettext("Received until"),
    "status": lazy_gettext("Status"),
    "site": lazy_gettext("Site"),
}
ORIGIN_NAMES: dict[str, Any] = {
    Origin.POLICY: lazy_gettext("The site's policy"),
    Origin.MODERATOR: lazy_gettext("A person"),
}
STANDING_NAMES: dict[str, Any] = {
    Standing.NONE: lazy_gettext("Neither trusted nor watched"),
    Standing.TRUSTED: lazy_gettext("Trusted"),
    Standing.WATCHED: lazy_gettext("Watched"),
}
STATUS_NAMES: dict[str, Any] = {
    CommentStatus.PENDING: lazy_gettext("Not scored yet"),
    CommentStatus.IN_REVIEW: lazy_gettext("Waits for review"),
    CommentStatus.PUBLISHED: lazy_gettext("Published"),
    CommentStatus.REJECTED: lazy_gettext("Rejected"),
    CommentStatus.DELETED: lazy_gettext("Deleted by the site"),
}


def speak(app: Flask) -> None:
    """Give the application its languages; it answers in the account's, the visitor's choice or the browser's."""
    place = str(Path(__file__).parent / "translations")
    choices = {"locale_selector": chosen, "timezone_selector": zone}
    Babel(app, default_locale="en", default_translation_directories=place, **choices)


def chosen() -> str:
    """Return the language of this request: the account's, the one chosen here, or the browser's."""
    moderator = g.get("moderator")
    wanted = (moderator and moderator.language) or session.get("language")
    if wanted in LANGUAGES:
        return str(wanted)
    return request.accept_languages.best_match(list(LANGUAGES)) or "en"


def zone() -> str:
    """Return the time zone of this request: the account's, else UTC."""
    return tastes.of(g.get("moderator")).time_zone


def in_words(sentences: dict[str, Any]) -> str:
    """Pick the moderator's language out of {fr, en, …}."""
    return str(sentences.get(str(get_locale())) or sentences.get("en") or "")


def ago(moment: datetime) -> Markup:
    """Return a <time> that says how long ago, with the exact moment as its title."""
    age = datetime.now(UTC) - moment
    if age.days >= 7:
        words = format_date(moment, "medium")
    elif age.total_seconds() < 60:
        words = gettext("just now")
    else:
        words = format_timedelta(-age, granularity="minute", threshold=0.99, add_direction=True, locale=get_locale())
    exact = f"{format_datetime(moment, 'd MMMM y, HH:mm:ss')} {_offset(moment)}"
    return Markup('<time datetime="{}" title="{}">{}</time>').format(moment.isoformat(), exact, words)


def clock(moment: datetime) -> str:
    """Return the time of day with its zone, as this person's clock shows it."""
    return f"{format_datetime(moment, 'HH:mm')} {_offset(moment)}"


def _offset(moment: datetime) -> str:
    """Return UTC, or how far this person's zone was from it at that moment."""
    found = moment.astimezone(ZoneInfo(zone())).strftime("%z")
    return "UTC" if found == "+0000" else f"UTC{found[:3]}:{found[3:5]}"


def age_of(moment: datetime) -> str:
    """Return in short how long something has waited."""
    waited = datetime.now(UTC) - moment
    return format_timedelta(waited, granularity="minute", threshold=0.99, format="narrow", locale=get_locale())
