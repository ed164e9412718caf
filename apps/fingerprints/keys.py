"""Which items of a Chromaprint print say something, and by which bits to look them up.

A print is an array of 32-bit items, one for each 0.124 s of audio (hop 1365 at 11,025 Hz), each
looking at 2.6 s. Silence gives one constant item; steady tones, loops of a second and hum give
long runs of the same few. Such items agree between strangers, so they are never compared.
"""

import numpy as np
import numpy.typing as npt

Items = npt.NDArray[np.uint32]
Mask = npt.NDArray[np.bool_]

ITEM_S = 1365 / 11_025  # one item, in seconds
CONTEXT_S = 28_666 / 11_025  # how much audio one item looks at, in seconds
SILENCE = 627_964_279  # the item that Chromaprint gives for silence
WINDOW = 24  # items that are judged together: 3 s of items, 5.6 s of audio
MIN_CHANGED_BITS = 2.5  # per item, mean over a window; music changes 4.5 of 32
MIN_ITEMS = 16  # usable items that two prints need to be compared: about 4.6 s of varied audio
MIN_DISTINCT = 0.4  # share of a window's items that occur once in it

# Bits from the steadiest to the least: first bits of the Gray-coded pairs err half as often as
# second bits under re-encoding, trims and noise, so they make the better keys.
STEADY_BITS = (27, 29, 31, 21, 15, 3, 23, 11, 17, 5, 13, 19, 25, 7, 9, 1)
NEXT_BITS = (30, 26, 28, 20, 12, 22, 2, 14)


def usable(items: Items) -> Mask:
    """Which items may be compared: not silence, and in a stretch with enough variety."""
    count = len(items)
    if count < 2:
        return np.zeros(count, dtype=bool)
    width = min(WINDOW, count)
    changed = np.bitwise_count(items[1:] ^ items[:-1]).astype(np.float64)
    running = np.concatenate([[0.0], np.cumsum(changed)])
    first = np.arange(count - width + 1)
    busy = (running[first + width - 1] - running[first]) / (width - 1) >= MIN_CHANGED_BITS
    varied = _distinct(items, width) >= MIN_DISTINCT * width
    mask: Mask = spread(first[busy & varied], width, count) & (items != SILENCE)
    return mask


def spread(starts: npt.NDArray[np.int64], width: int, count: int) -> Mask:
    """Marks `width` of `count` places from each start on."""
    steps = np.zeros(count + 1, dtype=np.int64)
    np.add.at(steps, starts, 1)
    np.add.at(steps, starts + width, -1)
    return np.cumsum(steps[:count]) > 0


def _distinct(items: Items, width: int) -> npt.NDArray[np.int64]:
    """How many different items each window of `width` items holds."""
    order = np.argsort(items, kind="stable")
    earlier = np.full(len(items), -1)
    same = items[order[1:]] == items[order[:-1]]
    earlier[order[1:]] = np.where(same, order[:-1], -1)
    windows = np.lib.stride_tricks.sliding_window_view(earlier, width)
    counts: npt.NDArray[np.int64] = (windows < np.arange(len(windows))[:, None]).sum(axis=1)
    return counts


def steady_bits(items: Items) -> Items:
    """The 16 steadiest bits of each item, packed."""
    return _pack(items, STEADY_BITS)


def _pack(items: Items, bits: tuple[int, ...]) -> Items:
    packed = np.zeros(len(items), dtype=np.uint32)
    for place, bit in enumerate(bits):
        packed |= ((items >> np.uint32(bit)) & np.uint32(1)) << np.uint32(place)
    return packed
