"""What is wrong with a field of an account's form, in the reader's language."""

from typing import Any

from flask_babel import lazy_gettext

from moderation.domain.errors import InvalidInput, LastAdministrator, NotAuthenticated, VigieError
from moderation.services.passwords import MIN_LENGTH

_WORDS: dict[tuple[str, str], Any] = {
    ("password", "is too short."): lazy_gettext("Use %(count)d characters or more.", count=MIN_LENGTH),
    ("password", "is too long."): lazy_gettext("This password is too long; a thousand characters are enough."),
    ("password", "is among the first that are guessed."): lazy_gettext(
        "This password is among the first that are guessed. Take a few words that nobody would expect together."
    ),
    ("email", "is no e-mail address."): lazy_gettext("This is no e-mail address. One looks like nadia@example.org."),
    ("email", "already has an account."): lazy_gettext("This address already has an account."),
    ("name", "is missing or too long."): lazy_gettext("Say your name in 1 to 100 characters."),
}


def told(problem: VigieError | None) -> str:
    """Return a sentence for the person who filled in the form."""
    if isinstance(problem, InvalidInput):
        return str(_WORDS.get((problem.field, problem.problem)) or problem)
    if isinstance(problem, LastAdministrator):
        return str(_LAST)
    if isinstance(problem, NotAuthenticated):
        return str(_WRONG_PASSWORD)
    return str(problem or "")


_LAST = lazy_gettext("This is the last person who administers every site. Make somebody else an administrator first.")
_WRONG_PASSWORD = lazy_gettext("The password is wrong. Nothing was changed.")
