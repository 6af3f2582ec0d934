"""Style: how a comment addresses people, quotes, asks and exclaims; blind to case and to identity words.

Here live counts that no n-gram sees as one thing. Function words of address only: no insult is listed here.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from classifiers.features.lexicon import holds
from classifiers.features.ngrams import Hashes, word_hashes
from classifiers.text.codepoints import flags_of
from classifiers.text.kinds import LETTER, has
from classifiers.text.reading import Reading, read

FEATURES = (
    "second_person",
    "plural_they",
    "first_person",
    "negation",
    "exclaims",
    "asks",
    "quotes",
    "masks",
    "words_log",
    "sentences_log",
)
_WORDS = {
    "second_person": "tu toi te ton ta tes vous votre vos t you your yours u ur yourself انت انتم انتو انتي",
    "plural_they": "ils eux leurs leur ces elles they them their those هم هؤلاء",
    "first_person": "je j moi me mon ma mes nous notre nos i my me mine we our us انا نحن",
    "negation": "ne n pas jamais aucun not no never dont isnt nobody ni لا ليس لم",
}


def _known(words: str) -> Hashes:
    return np.unique(word_hashes(read([words])))


_SIGNS = ("!", "?؟", '«»“”"', "*")
_TABLES = {signs: flags_of(signs) for signs in _SIGNS}
_HASHES = {name: _known(words) for name, words in _WORDS.items()}


def style(reading: Reading) -> NDArray[np.float64]:
    """The style of each text (n, len(FEATURES)): rates are counts over the root of the number of words."""
    count = len(reading.hard.bounds) - 1
    hashes, text = word_hashes(reading), reading.words.text
    size = np.bincount(text, minlength=count)
    root = np.sqrt(np.maximum(size, 1))
    columns = [np.bincount(text[holds(known, hashes)], minlength=count) / root for known in _HASHES.values()]
    codes = reading.hard.codes
    for signs in _SIGNS:
        found = _TABLES[signs].take(codes, mode="clip")
        if signs == "*":
            found[1:] &= has(reading.light.kinds[:-1], LETTER)
        total = np.searchsorted(np.flatnonzero(found), reading.hard.bounds)
        columns.append(np.minimum(np.diff(total), 4) / 4)
    columns.append(np.log1p(size))
    columns.append(np.log(np.maximum(np.bincount(reading.sentences.text, minlength=count), 1)))
    return np.stack(columns, axis=1)
