"""By which bits of an item a place is looked up: the steadiest first, so that a key can be cut."""

import numpy as np
import numpy.typing as npt

from apps.fingerprints.keys import NEXT_BITS, SILENCE, STEADY_BITS, Items, Mask

MOST_KEY_BITS = 24
ORDER = STEADY_BITS + NEXT_BITS  # the first bit of ORDER is the highest bit of a key

# Which bits of a key are also tried the other way round. They err most: 0.12 to 0.21 of the time
# under mixes and noise, against 0.07 to 0.12 for those before them.
FLIPPED = 10


def _table(shift: int) -> Items:
    halves = np.arange(1 << 16, dtype=np.uint32)
    packed = np.zeros(1 << 16, dtype=np.uint32)
    for place, bit in enumerate(ORDER):
        if shift <= bit < shift + 16:
            value = (halves >> np.uint32(bit - shift)) & np.uint32(1)
            packed |= value << np.uint32(MOST_KEY_BITS - 1 - place)
    return packed


_LOW, _HIGH = _table(0), _table(16)  # a key is looked up by halves of the item: 30 times quicker


def keys_of(items: Items, bits: int) -> Items:
    """The key of each item, from its `bits` steadiest bits; `bits` is at most 24."""
    packed: Items = _LOW[items & np.uint32(0xFFFF)] | _HIGH[items >> np.uint32(16)]
    packed >>= np.uint32(MOST_KEY_BITS - bits)
    return packed


def speaking(items: Items, starts: npt.NDArray[np.int64]) -> Mask:
    """Which items are worth a key: not silence, and not what stood just before in the same print.

    `items`: prints one after another; `starts`: where each begins.
    """
    mask: Mask = items != SILENCE
    mask[1:] &= items[1:] != items[:-1]
    begins = starts[starts < len(items)]
    mask[begins] = items[begins] != SILENCE
    return mask


def flipped(keys: Items, bits: int) -> Items:
    """Each key with one of its least steady bits wrong; shape (flips, keys)."""
    ones = np.uint32(1) << np.arange(min(FLIPPED, bits), dtype=np.uint32)
    wrong: Items = keys[None, :] ^ ones[:, None]
    return wrong
