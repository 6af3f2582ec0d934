"""The words of the dashboard: complete in French, and times in a human way."""

import re
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.mofile import read_mo, write_mo
from babel.messages.pofile import read_po
from flask import Flask

import moderation.dashboard
from moderation.dashboard.language import age_of, ago

HOME = Path(moderation.dashboard.__file__).parent
FRENCH = HOME / "translations" / "fr" / "LC_MESSAGES"
KEYWORDS = dict.fromkeys(("_", "gettext", "lazy_gettext")) | {"ngettext": (1, 2)}


def used_messages() -> set[str]:
    """Return every message of the code and the templates."""
    with (HOME / "babel.cfg").open() as file:
        methods, options = parse_mapping_cfg(file)  # type: ignore[no-untyped-call]
    found = extract_from_dir(HOME, methods, options, KEYWORDS)
    return {message[0] if isinstance(message, tuple) else message for _, _, message, _, _ in found}


def french() -> Catalog:
    """Return the French messages as they are written."""
    with (FRENCH / "messages.po").open("rb") as file:
        return read_po(file, locale="fr")


def test_every_message_is_translated() -> None:
    """No message of the code or the templates lacks its French words, none is fuzzy, none is left over."""
    catalog = french()
    translated = {
        (m.id[0] if isinstance(m.id, tuple) else m.id) for m in catalog
        if m.id and not m.fuzzy and all(m.string if isinstance(m.string, tuple) else (m.string,))
    }  # fmt: skip
    assert used_messages() == translated


def test_placeholders_survive_translation() -> None:
    """Each French message names the same values as the English one."""
    for message in french():
        for words in message.string if isinstance(message.string, tuple) else (message.string,):
            identity = message.id[0] if isinstance(message.id, tuple) else message.id
            assert set(re.findall(r"%\(\w+\)s", str(words))) == set(re.findall(r"%\(\w+\)s", str(identity))), identity


def test_compiled_messages_are_those_written() -> None:
    """The shipped .mo file holds what the .po file says."""
    expected = BytesIO()
    write_mo(expected, french())
    expected.seek(0)
    with (FRENCH / "messages.mo").open("rb") as file:
        shipped = read_mo(file)
    assert {str(m.id): m.string for m in shipped if m.id} == {str(m.id): m.string for m in read_mo(expected) if m.id}


@pytest.mark.parametrize(
    ("age", "english", "short"),
    [
        (timedelta(seconds=5), "just now", "1m"),
        (timedelta(minutes=3), "3 minutes ago", "3m"),
        (timedelta(hours=5, minutes=10), "5 hours ago", "5h"),
        (timedelta(seconds=-30), "just now", "1m"),
    ],
)
def test_times_are_human_and_exact(app: Flask, age: timedelta, english: str, short: str) -> None:
    """A time says how long ago, and its title the exact moment, marked as UTC."""
    moment = datetime.now(UTC) - age
    with app.test_request_context():
        shown = ago(moment)
        assert f">{english}</time>" in shown
        assert re.search(r'title="\d+ \w+ \d{4}, \d\d:\d\d:\d\d UTC"', shown)
        assert age_of(moment) == short


def test_old_times_are_dates(app: Flask) -> None:
    """After a week the date is said."""
    with app.test_request_context(headers={"Accept-Language": "fr"}):
        assert ">14 mars 2025</time>" in ago(datetime(2025, 3, 14, 12, tzinfo=UTC))
