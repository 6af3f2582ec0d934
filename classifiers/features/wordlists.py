"""Word lists: how many words of a text are on each of a few lists of rude words, by hash.

Here lives the counting. The lists are data (training_data/rude_words.tsv, from MIT-licensed packages);
being on a list proves nothing: how much it weighs is learned.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from classifiers.features.lexicon import holds
from classifiers.features.ngrams import Hashes, word_hashes
from classifiers.text.reading import Reading, read

NAMES = ("fr_sure", "fr_doubtful", "en_sure", "en_doubtful")
DEHUMANISING = ("fr_dehumanising", "en_dehumanising")
"""Names of vermin, germs and beasts: they weigh nothing by themselves, but a person is shown where they stand."""


@dataclass(frozen=True)
class WordLists:
    """Sorted hashes of the single words of each list."""

    hashes: Mapping[str, Hashes]

    def counts(self, reading: Reading, languages: list[str]) -> NDArray[np.float64]:
        """Square roots of the counts (n, len(NAMES)); a list of one language is not asked about the other."""
        words, asked, count = reading.words, word_hashes(reading), len(reading.hard.bounds) - 1
        columns = []
        for name in NAMES:
            other = "en" if name.startswith("fr") else "fr"
            found = np.bincount(words.text[holds(self.hashes[name], asked)], minlength=count)
            columns.append(np.sqrt(np.where(np.array(languages) == other, 0, np.minimum(found, 9))))
        return np.stack(columns, axis=1)

    def dehumanising(self, reading: Reading) -> NDArray[np.bool_]:
        """Which words of the batch would dehumanise if they named people, whatever the language."""
        asked = word_hashes(reading)
        found = [holds(self.hashes[name], asked) for name in DEHUMANISING]
        return np.asarray(np.any(found, axis=0), np.bool_)

    def arrays(self) -> dict[str, NDArray[Any]]:
        """What an artefact holds of the lists."""
        return {f"list_{name}": self.hashes[name] for name in (*NAMES, *DEHUMANISING)}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]]) -> Self:
        """The lists that an artefact holds."""
        return cls({name: arrays[f"list_{name}"] for name in (*NAMES, *DEHUMANISING)})

    @classmethod
    def from_file(cls, path: Path) -> Self:
        """The lists of a file of lines (language, sureness, word, source); entries of several words are left out."""
        found: dict[str, list[str]] = {name: [] for name in (*NAMES, *DEHUMANISING)}
        lines = path.read_text("utf-8").splitlines() if path.exists() else []
        for line in lines:
            language, sureness, word, _ = line.split("\t")
            if f"{language}_{sureness}" in found:
                found[f"{language}_{sureness}"].append(word)
        return cls({name: _single(words) for name, words in found.items()})


def _single(entries: list[str]) -> Hashes:
    if not entries:
        return np.zeros(0, np.uint64)
    reading = read(entries)
    size = np.bincount(reading.words.text, minlength=len(entries))
    return np.unique(word_hashes(reading)[size[reading.words.text] == 1])
