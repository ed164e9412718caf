"""How well each moment of a shared stretch fits, in a line of text that evidence can hold.

A print has an item for every 0.124 s, and two items differ in 0 to 32 bits. A strip has one
character for one item, or for the mean of several where the stretch is long: `0`–`9`, then `a`–`w`
for 10 to 32 differing bits, and `-` where nothing was compared.
"""

from itertools import pairwise

import numpy as np
import numpy.typing as npt

DIGITS = "0123456789abcdefghijklmnopqrstuvw"
NOT_COMPARED = 255  # in `engine.verifying.Stretch.errors`
GAP = "-"
MOST = 600  # characters: 74 s of items, and a long song still shows each half second


def strip_of(errors: bytes) -> str:
    """Differing bits of items in order, 255 where one was not compared, as a strip."""
    bits = np.frombuffer(errors, dtype=np.uint8).astype(np.float64)
    if not (bits != NOT_COMPARED).any():
        return ""
    edges = np.linspace(0, len(bits), min(MOST, len(bits)) + 1).astype(int)
    return "".join(_letter(bits[first:last]) for first, last in pairwise(edges))


def read_strip(text: object) -> list[int | None]:
    """Differing bits of each column, None where nothing was compared; [] for what is no strip."""
    if not isinstance(text, str) or len(text) > MOST or set(text) - {*DIGITS, GAP}:
        return []
    return [None if letter == GAP else DIGITS.index(letter) for letter in text]


def _letter(bits: npt.NDArray[np.float64]) -> str:
    compared = bits[bits != NOT_COMPARED]
    return DIGITS[min(32, round(float(compared.mean())))] if len(compared) else GAP
