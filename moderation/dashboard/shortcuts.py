"""What can be done by key, and which key does it: two presets, and what a person changed.

One table serves the script, the help and the screen where keys are chosen. Keys are single characters, or Space.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext

from moderation.dashboard.language import LABEL_NAMES
from moderation.dashboard.tastes import Tastes
from moderation.domain.words import Label

CORAL, WORDPRESS = "coral", "wordpress"
PRESETS = {CORAL: "Coral", WORDPRESS: "WordPress"}
SPACE = "Space"
MOST_KEYS = 3  # for one act


@dataclass(frozen=True)
class Act:
    """One thing that a key does: its name in the pages, its keys in each preset, what it is called."""

    name: str
    coral: str
    wordpress: str
    words: Any


ACTS: Sequence[Act] = (
    Act("next", "j", "j", lazy_gettext("next comment")),
    Act("previous", "k", "k", lazy_gettext("previous comment")),
    Act("publish", "f", "a", lazy_gettext("publish")),
    Act("reject", "d", "d s", lazy_gettext("reject, with the labels that are ticked")),
    *(
        Act(f"label-{label}", str(n), str(n), lazy_gettext("label: %(name)s", name=LABEL_NAMES[label]))
        for n, label in enumerate(Label, 1)
    ),
    Act("undo", "u", "u z", lazy_gettext("undo the last decision")),
    Act("skip", "s", "l", lazy_gettext("skip: leave it to others for an hour")),
    Act("escalate", "e", "e", lazy_gettext("escalate to the editors, with the note")),
    Act("note", "n", "q", lazy_gettext("write a note; Esc leaves it")),
    Act("message", "m", "r", lazy_gettext("choose a message to the writer")),
    Act("claim", "c", "c", lazy_gettext("claim the comment, or leave it to others")),
    Act("thread", SPACE, SPACE, lazy_gettext("show the thread, or hide it")),
    Act("unveil", "b", "b", lazy_gettext("show a blurred text")),
    Act("open", "o", "o", lazy_gettext("open the comment in its context")),
    Act("list", "q", "i", lazy_gettext("switch between the list and one comment")),
    Act("arrivals", "g", "g", lazy_gettext("show what is new")),
    Act("search", "/", "/", lazy_gettext("search")),
    Act("help", "?", "?", lazy_gettext("these keys")),
)


@dataclass(frozen=True)
class Binding:
    """One act with the keys that do it now."""

    act: Act
    keys: Sequence[str]


class TwoMeanings(Exception):
    """One key would do two things, or a key is none; says which."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


def preset_of(tastes: Tastes) -> str:
    """Return the preset that this person uses."""
    return tastes.preset if tastes.preset in PRESETS else CORAL


def bindings(tastes: Tastes) -> list[Binding]:
    """Return every act with its keys: the preset's, and what this person changed. A key does one thing only."""
    preset, taken, found = preset_of(tastes), set[str](), list[Binding]()
    for act in ACTS:
        keys = [key for key in tastes.own.get(act.name, getattr(act, preset)).split() if key not in taken]
        taken |= set(keys)
        found.append(Binding(act, keys))
    return found


def keymap(tastes: Tastes) -> dict[str, str]:
    """Return key to act, as the script reads it."""
    return {" " if key == SPACE else key: binding.act.name for binding in bindings(tastes) for key in binding.keys}


def key_for(tastes: Tastes) -> Callable[[str], str]:
    """Return what tells the first key of an act, for the buttons; empty when there is none."""
    first = {binding.act.name: binding.keys[0] for binding in bindings(tastes) if binding.keys}
    return lambda name: first.get(name, "")


def changed(preset: str, wanted: Mapping[str, str]) -> dict[str, str]:
    """Return what differs from the preset, by act. Raises TwoMeanings when a key is unfit, or stands twice."""
    own, taken = {}, set[str]()
    for act in ACTS:
        keys = _keys(wanted.get(act.name, getattr(act, preset)))
        for key in keys:
            if key in taken or not _is_key(key):
                raise TwoMeanings(key)
            taken.add(key)
        if keys != getattr(act, preset).split():
            own[act.name] = " ".join(keys)
    return own


def _keys(typed: str) -> list[str]:
    keys = [SPACE if key.lower() in ("space", "espace") else key for key in typed.split()]
    return list(dict.fromkeys(keys))[:MOST_KEYS]


def _is_key(key: str) -> bool:
    return key == SPACE or (len(key) == 1 and key.isprintable())
