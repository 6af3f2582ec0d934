"""A newsroom with a taste of its own, composed: local insults that no model has seen, and a strict view of off topic.

Every text is ours and invented, insults included. No test lives here.
"""

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from moderation.domain.submission import SubmittedArticle
from moderation.domain.words import Label

_WORDS: dict[str, Any] = json.loads(Path(__file__).with_suffix(".json").read_text("utf-8"))
_KINDS = {"remark": 0.38, "spoken_of": 0.12, "slur": 0.20, "rude": 0.04, "drift": 0.20, "advert": 0.03, "loud": 0.03}
"""How often each kind of comment comes."""


@dataclass(frozen=True)
class Written:
    """One comment, the article that it stands under (its number), and what this newsroom says of it."""

    text: str
    article: int
    labels: frozenset[Label]


def articles() -> list[SubmittedArticle]:
    """Return the newsroom's articles."""
    told = _WORDS["articles"]
    return [SubmittedArticle(f"a{number}", one["title"], one["text"]) for number, one in enumerate(told)]


def comments(seed: int) -> Iterator[Written]:
    """Yield comments for ever, no text twice; the same seed gives the same."""
    chance = random.Random(seed)
    seen: set[str] = set()
    while True:
        kind = chance.choices(list(_KINDS), list(_KINDS.values()))[0]
        article = chance.randrange(len(_WORDS["articles"]))
        text, labels = _compose(kind, article, chance)
        if text not in seen:
            seen.add(text)
            yield Written(text, article, frozenset(labels))


def _compose(kind: str, article: int, chance: random.Random) -> tuple[str, set[Label]]:
    pick = chance.choice
    remark = pick(_WORDS["articles"][article]["remarks"])
    match kind:
        case "slur" | "spoken_of":
            word = pick(_WORDS["slurs" if kind == "slur" else "harmless"])
            frame = pick([*_WORDS["spoken_of"], *_WORDS["about"]]).format(remark=remark, word=word)
            text = _sentence(frame) if chance.random() < 0.5 else f"{_sentence(remark)} {_sentence(frame)}"
            return text + pick(_WORDS["closers"]), {Label.INCIVILITY} if kind == "slur" else set()
        case "rude":
            return f"{_sentence(remark)} {pick(_WORDS['rude'])}", {Label.INCIVILITY}
        case "drift":
            slots = {name: pick(_WORDS[name]) for name in ("past", "abroad", "there", "politics")}
            drift = pick(_WORDS["drifts"]).format(**slots)
            text = _opened(pick([*_WORDS["openers"], "À Bourj-el-Nahr comme ailleurs : "]), drift)
            if chance.random() < 0.4:  # it begins with the subject, and leaves it
                text = f"{_sentence(remark)} {text}"
            return text + pick(_WORDS["closers"]), {Label.OFF_TOPIC}
        case "advert":
            return f"{pick(_WORDS['adverts'])} {chance.randrange(100, 999)}", {Label.OFF_TOPIC}
        case "loud":
            return f"{remark.upper()} !!!", {Label.SHOUTING}
    return _opened(pick(_WORDS["openers"]), remark) + pick(_WORDS["closers"]), set()


def _opened(opener: str, text: str) -> str:
    return _sentence(opener + (text[:1].lower() + text[1:] if opener and not opener.endswith(". ") else text))


def _sentence(text: str) -> str:
    text = text[:1].upper() + text[1:]
    return text if text[-1] in ".?!" else f"{text}."
