"""Which language a comment is written in, on case-folded text (capitals fool every detector).

Here lives identification only; which languages are trained for is known above.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import py3langid.langid as langid

CANDIDATES = (
    "fr",
    "en",
    "ar",
    "es",
    "de",
    "it",
    "pt",
    "nl",
    "tr",
    "pl",
    "ru",
    "el",
    "he",
    "fa",
    "hy",
    "ro",
    "zh",
    "ja",
    "ko",
)
UNKNOWN = "und"
READ = 600
"""Characters that are enough to tell."""


USUAL = CANDIDATES[:3]
"""A text of few letters is one of these, or nothing can be told."""
FEW = 24


@lru_cache(maxsize=1)
def _identifier() -> Any:
    path = str(Path(langid.__file__).parent / langid.MODEL_FILE)
    identifier = langid.LanguageIdentifier.from_modelpath(path, norm_probs=False)
    identifier.set_languages(list(CANDIDATES))
    return identifier


def _classify(text: str) -> str:
    if len(text) < FEW:
        return str(next(code for code, _ in _identifier().rank(text) if code in USUAL))
    return str(_identifier().classify(text)[0])


def identify(folded: Sequence[str], stated: Sequence[str | None]) -> list[str]:
    """The ISO 639-1 code of each folded text; a stated language is believed; `und` when there is no letter."""
    out = []
    for text, given in zip(folded, stated, strict=True):
        if given and given.strip():
            out.append(given.strip().lower().replace("_", "-").split("-")[0][:8])
        elif not any(map(str.isalpha, text[:READ])):
            out.append(UNKNOWN)
        else:
            out.append(_classify(text[:READ]))
    return out
