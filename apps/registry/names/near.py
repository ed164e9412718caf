"""Protected names an edit or two away, or that sound the same. Pure.

Which edits count was chosen against the 1,000 most-heard names and checked on the next 1,000, with
52,000 ordinary artist names (docs/decisions, docs/registry.md): long names may
differ anywhere, short ones only in
ways that hardly make another name of them. Distances are OSA (optimal string alignment: a letter
changed, left out, put in, or changed with its neighbour).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
from rapidfuzz.distance import OSA, JaroWinkler

from apps.registry.names.sounds import sound_of
from apps.registry.names.spelling import is_alphabetic, latin, written

Kind = Literal["near", "phonetic"]
LONGEST = 80  # letters; nobody's name is longer, and what is, is no typing error
ONE_EDIT_FROM, SHORT_FROM, TWO_EDITS_FROM = 6, 4, 10
SOUND_FROM, SOUND_LETTERS, SOUND_ALIKE = 5, 3, 0.82


@dataclass(frozen=True)
class Near:
    """The number of a name, how it agrees, and how sure that is (0..1)."""

    number: int
    kind: Kind
    score: float


class NearNames:
    """Names by length, with the set of their letters as bits, so that few must be compared.

    One edit changes at most two bits, so comparing bits loses nothing.
    """

    def __init__(self, keys: Sequence[tuple[str, int]]) -> None:
        """`keys`: (name in the form of `edit_key`, its number)."""
        fit = sorted(
            (one for one in keys if SHORT_FROM <= len(one[0]) <= LONGEST),
            key=lambda one: len(one[0]),
        )
        self._keys = [key for key, _number in fit]
        self._numbers = [number for _key, number in fit]
        self._letters = np.fromiter(map(_bits, self._keys), np.uint64, len(fit))
        lengths = np.fromiter(map(len, self._keys), np.int64, len(fit))
        self._starts = np.searchsorted(lengths, np.arange(LONGEST + 4)).tolist()

    def within_edits(self, key: str) -> list[Near]:
        """Names an edit or two from this one (in the form of `edit_key`), which is none of them."""
        if not SHORT_FROM - 1 <= len(key) <= LONGEST:
            return []
        return [found for place in self._candidates(key) if (found := self._judge(place, key))]

    def _candidates(self, key: str) -> Iterator[int]:
        length, bits = len(key), np.uint64(_bits(key))
        reach = 2 if length >= TWO_EDITS_FROM - 2 else 1
        start = self._starts[max(SHORT_FROM, length - reach)]
        end = self._starts[min(LONGEST + 1, length + reach) + 1]
        differ: npt.NDArray[Any] = np.bitwise_count(self._letters[start:end] ^ bits)
        for offset in np.flatnonzero(differ <= 2 * reach).tolist():
            yield start + offset

    def _judge(self, place: int, key: str) -> Near | None:
        name = self._keys[place]
        most = 2 if len(name) >= TWO_EDITS_FROM else 1
        edits = OSA.distance(name, key, score_cutoff=most)
        if not 0 < edits <= most:
            return None
        score = _score(name, key, edits)
        return Near(self._numbers[place], "near", score) if score else None


def edit_key(text: str) -> str:
    """The form in which edits are counted: Latin letters, where the script is alphabetic."""
    key = written(text)
    return latin(text) if is_alphabetic(key) else key


def sounds_alike(name: str, other: str) -> bool:
    """Whether two names of equal sound (in Latin letters) are also written somewhat alike."""
    return bool(JaroWinkler.similarity(name, other, score_cutoff=SOUND_ALIKE))


def sound_key(latin: str) -> str:
    """The key by which a name in Latin letters is found by its sound; "" where it has too few."""
    if not SOUND_FROM <= len(latin) <= LONGEST or not latin.isalpha():
        return ""
    key = sound_of(latin)
    return key if len(key) >= SOUND_LETTERS else ""


def _score(name: str, key: str, edits: int) -> float:
    """How sure a person would be that this is meant to be the name; 0.0 where it says nothing."""
    if not is_alphabetic(name):
        return 0.8 if edits == 1 else 0.0
    if edits == 2:
        same_sound = OSA.distance(sound_of(name), sound_of(key), score_cutoff=1) <= 1
        return 0.75 if same_sound and name[0] == key[0] else 0.0
    if len(name) >= TWO_EDITS_FROM:
        return 0.9
    if len(name) + 1 == len(key) and key == f"{name}s":
        return 0.0
    if len(name) >= ONE_EDIT_FROM:
        return 0.8
    return 0.6 if _is_slip(name, key) else 0.0


def _is_slip(name: str, key: str) -> bool:
    """Whether an edit of a short name is more likely a slip than another name.

    Of five letters: anything but another first letter. Of four: two letters that changed places,
    or one too many between the first and the last.
    """
    swapped = len(name) == len(key) and sorted(name) == sorted(key)
    if len(name) == 5:
        return swapped or name[0] == key[0] or key == name[1:]
    return swapped or (len(key) > len(name) and key[0] == name[0] and key[-1] == name[-1])


def _bits(key: str) -> int:
    """The set of the letters, as bits: 26 letters, 10 digits, the rest by its code in 28."""
    bits = 0
    for char in key:
        code = ord(char)
        if 97 <= code <= 122:
            bits |= 1 << (code - 97)
        elif 48 <= code <= 57:
            bits |= 1 << (code - 22)
        else:
            bits |= 1 << (36 + code % 28)
    return bits
