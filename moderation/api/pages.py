"""Query parameters of lists: cursors, limits, choices. Whatever is malformed is named."""

import re
from collections.abc import Sequence
from typing import TypeVar

from flask import request

from moderation.api.incoming import ID_PATTERN
from moderation.domain.errors import InvalidInput, NotFound

DEFAULT_LIMIT, HIGHEST_LIMIT = 50, 200
Choice = TypeVar("Choice", bound=str)


def only(*names: str) -> None:
    """Raise InvalidInput when the request has another query parameter."""
    if unknown := sorted(set(request.args) - set(names)):
        raise InvalidInput(f"query.{unknown[0]}", "is unknown.", f"Use {', '.join(names)}.")


def cursor(kind: str) -> int:
    """Return the id after which to go on, 0 from the start. Raises InvalidInput for a cursor that we never gave."""
    given = request.args.get("cursor")
    if given is None:
        return 0
    if not re.fullmatch(cursor_pattern(kind), given, re.ASCII):
        raise InvalidInput("query.cursor", "is no cursor of this list.", "Send the `next` of the page before, or none.")
    return int(given.removeprefix(f"{kind}_"))


def cursor_pattern(kind: str) -> str:
    """Return what the cursors of a list look like, for its description; callers need not know."""
    return f"^{kind}_[0-9]{{1,18}}$"


def write_cursor(kind: str, number: int) -> str:
    """Return the cursor of the page after this id."""
    return f"{kind}_{number}"


def external_id(name: str) -> str | None:
    """Return the site's id that a parameter names, None without it. Raises InvalidInput for what is no id."""
    given = request.args.get(name)
    if given is not None and not is_external_id(given):
        raise InvalidInput(f"query.{name}", "is no id.", "Send 1 to 255 characters without spaces.")
    return given


def require_id(noun: str, value: str) -> None:
    """Raise NotFound when an address names what cannot be an id (PostgreSQL would refuse to look for a NUL)."""
    if not is_external_id(value):
        raise NotFound(noun, value)


def is_external_id(value: str) -> bool:
    """Say whether a text can be a site's id."""
    return len(value) <= 255 and re.search(ID_PATTERN, value) is not None


def limit() -> int:
    """Return how many items are wanted. Raises InvalidInput outside 1 to 200."""
    given = request.args.get("limit", str(DEFAULT_LIMIT))
    if not (given.isascii() and given.isdecimal()) or not 1 <= int(given[:9]) <= HIGHEST_LIMIT:
        raise InvalidInput("query.limit", f"must be a whole number from 1 to {HIGHEST_LIMIT}.", "For example 50.")
    return int(given)


def choice(name: str, choices: Sequence[Choice]) -> Choice | None:
    """Return the choice that a parameter names, None without it. Raises InvalidInput for another one."""
    given = request.args.get(name)
    if given is None:
        return None
    for one in choices:
        if one == given:
            return one
    raise InvalidInput(f"query.{name}", "is unknown.", f"Use one of {', '.join(choices)}.")
