"""Keys, time zone, blur, rest, kept filters: what one person likes."""

import json
import re
from html import unescape

import pytest

from moderation.dashboard import shortcuts, tastes
from moderation.dashboard.shortcuts import TwoMeanings
from moderation.dashboard.tastes import Tastes
from moderation.database import Database
from moderation.storage.moderators import ModeratorRecord
from tests.moderation.dashboard.conftest import Visitor
from tests.moderation.dashboard.desk import Desk


def keymap(page: str) -> dict[str, str]:
    """Return the keys that the script is told."""
    found = re.search(r'data-keys="([^"]*)"', page)
    assert found
    told: dict[str, str] = json.loads(unescape(found[1]))
    return told


def fields(preset: str = shortcuts.CORAL, **changed: str) -> dict[str, str]:
    """Return the form of the keys as it is filled in."""
    return {act.name: getattr(act, preset) for act in shortcuts.ACTS} | changed


def test_default_keys_are_coral_s(visitor: Visitor) -> None:
    """A new account moves with j and k, publishes with f, rejects with d, and so on."""
    told = keymap(visitor.read("/"))
    expected = {"j": "next", "k": "previous", "f": "publish", "d": "reject", "u": "undo", "s": "skip", "n": "note",
                "c": "claim", " ": "thread", "/": "search", "?": "help", "1": "label-shouting", "2": "label-off_topic",
                "3": "label-incivility"}  # fmt: skip
    assert expected.items() <= told.items()


def test_wordpress_keys_are_a_preset(visitor: Visitor) -> None:
    """One button takes WordPress's keys: a publishes, s and d reject, u and z undo; the help says so."""
    visitor.send("/preferences/keys", "/keys", whole="wordpress")
    told = keymap(visitor.read("/"))
    assert [told[key] for key in "asduzr"] == ["publish", "reject", "reject", "undo", "undo", "message"]
    help_page = visitor.read("/keys")
    assert "<kbd>a</kbd>" in help_page
    assert re.search(r"<kbd>d</kbd> <kbd>s</kbd>\s*</dt><dd>reject", help_page)


def test_keys_can_be_chosen_without_script(visitor: Visitor) -> None:
    """A form changes one key or takes one away; the pages, the help and the form show it."""
    visitor.send("/preferences/keys", "/keys", **fields(publish="p  P", claim="", thread="space"))
    told = keymap(visitor.read("/"))
    assert (told["p"], told["P"], told[" "]) == ("publish", "publish", "thread")
    assert not {"f", "c"} & set(told)
    assert 'name="publish" type="text"' in visitor.read("/preferences/keys")
    assert 'value="p P"' in visitor.read("/preferences/keys")


@pytest.mark.parametrize("typed", ["d", "ab", "F1", "j"])
def test_a_key_means_one_thing(visitor: Visitor, typed: str) -> None:
    """A key that stands twice, or is none, is refused with what was typed, and nothing changes."""
    answer = visitor.send("/preferences/keys", "/keys", **fields(publish=typed))
    assert answer.status_code == 422
    assert "Nothing was changed" in answer.text
    assert f'value="{typed}"' in answer.text
    assert keymap(visitor.read("/"))["f"] == "publish"


@pytest.mark.parametrize("preset", shortcuts.PRESETS)
def test_presets_have_no_key_twice(preset: str) -> None:
    """Within a preset every key does one thing, and every act has one."""
    assert shortcuts.changed(preset, {}) == {}
    assert all(binding.keys for binding in shortcuts.bindings(Tastes(preset=preset)))
    with pytest.raises(TwoMeanings):
        shortcuts.changed(preset, {"next": "k"})


def test_what_is_stored_is_read_with_care(nadia: ModeratorRecord) -> None:
    """Preferences that are no longer known, or never were, are as for a new account."""
    nadia.preferences = {"time_zone": "Mars/Olympus", "veil_from": 3, "break_minutes": -5, "own": [], "preset": 7}
    assert tastes.of(nadia) == Tastes(preset="7")
    assert shortcuts.preset_of(tastes.of(nadia)) == shortcuts.CORAL
    assert tastes.of(None) == Tastes()


def test_times_are_shown_in_the_time_zone_of_the_account(desk: Desk, visitor: Visitor, database: Database) -> None:
    """Who picks a time zone reads every exact time in it; nonsense is UTC."""
    number = desk.receive("Quelle nouille !")
    exact = r'title="(\d+ \w+ \d{4}, [\d:]+) ([^"]+)"'
    utc = re.search(exact, visitor.read(f"/comments/{number}"))
    visitor.send("/preferences/comfort", "/preferences", time_zone="Pacific/Noumea", veil_from="", break_minutes="")
    noumea = re.search(exact, visitor.read(f"/comments/{number}"))
    assert utc
    assert noumea
    assert (utc[2], noumea[2]) == ("UTC", "UTC+11:00")
    assert utc[1] != noumea[1]
    assert 'value="Pacific/Noumea" selected' in visitor.read("/preferences")
    visitor.send("/preferences/comfort", "/preferences", time_zone="Mars/Olympus")
    assert 'value="UTC" selected' in visitor.read("/preferences")


def test_a_reminder_to_rest_is_a_wish(visitor: Visitor) -> None:
    """Nobody is told to rest who did not ask; who did, has the minutes and the words on the page, within bounds."""
    assert "data-rest" not in visitor.read("/")
    visitor.send("/preferences/comfort", "/preferences", time_zone="UTC", break_minutes="50")
    assert 'data-rest="50"' in visitor.read("/")
    assert "You have read for 50 minutes" in visitor.read("/")
    visitor.send("/preferences/comfort", "/preferences", time_zone="UTC", break_minutes="99999")
    assert f'data-rest="{tastes.LONGEST_STRETCH}"' in visitor.read("/")


def test_filters_are_kept_in_the_rail(desk: Desk, visitor: Visitor, database: Database) -> None:
    """A view under a name is one step away, the same name leads to the newer view, and it can be removed."""
    visitor.send("/filters", "/keys", name=" Mes <b>cris</b> ", back="/?reason=shouting")
    page = visitor.read("/")
    assert 'href="/?reason=shouting"><span class="name"><bdi>Mes &lt;b&gt;cris&lt;/b&gt;</bdi>' in page
    visitor.send("/filters", "/keys", name="Mes <b>cris</b>", back="/?view=list&reason=several")
    page = visitor.read("/")
    assert 'href="/?view=list&amp;reason=several"><span class="name">' in page
    assert page.count('action="/filters/') == 1
    removal = re.search(r'action="(/filters/\d+/removal)"', page)
    assert removal
    visitor.send(removal[1], "/keys", back="/")
    assert "/removal" not in visitor.read("/")


def test_filters_lead_nowhere_else(visitor: Visitor) -> None:
    """A filter keeps paths of this site only, wants a name, and there are not endlessly many."""
    visitor.send("/filters", "/keys", name="x", back="https://evil.example/")
    assert 'href="/"><span class="name"><bdi>x</bdi>' in visitor.read("/")
    visitor.send("/filters", "/keys", name="  ", back="/")
    assert "Give the filter a name." in visitor.read("/")
    for number in range(40):
        visitor.send("/filters", "/keys", name=f"n{number}", back="/")
    assert visitor.read("/").count("/removal") == 30
