"""Peaks of a recording as they are kept: four bytes each, in a table or in a segment. No numba.

An array of uint32: the length of the recording in frames, then one word for each peak, in the order
of time: the step from the peak before in frames (16 bits), the bin in 64ths (15 bits), and whether
the peak is paired (1 bit). A word without a bin is a longer pause.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Words = npt.NDArray[np.uint32]
Chosen = npt.NDArray[np.bool_]

VERSION = 2  # of which peaks are kept and which of them are paired; others are not compared
PARTS = 64  # of a bin
LONGEST = (1 << 16) - 1  # frames of one step


@dataclass(frozen=True)
class Kept:
    """The peaks that are kept of a recording, in the order of time.

    `times`: frames, whole. `bins`: in 64ths, below 512. `paired`: which of them are looked up by.
    `frames`: length of the recording.
    """

    times: Floats
    bins: Floats
    paired: Chosen
    frames: int


def pack(kept: Kept) -> Words:
    """As it is stored; nothing where there are no peaks."""
    if not len(kept.times):
        return np.empty(0, dtype=np.uint32)
    steps = np.diff(kept.times.astype(np.int64), prepend=0)
    pauses, rest = np.divmod(steps, LONGEST)
    parts = np.clip(np.round(kept.bins * PARTS), 1, (1 << 15) - 1).astype(np.uint32)
    own = (rest.astype(np.uint32) << np.uint32(16)) | (parts << np.uint32(1))
    own |= kept.paired.astype(np.uint32)
    ends = np.arange(len(own)) + np.cumsum(pauses)
    words = np.full(len(own) + int(pauses.sum()), LONGEST << 16, dtype=np.uint32)
    words[ends] = own
    return np.concatenate([np.array([kept.frames], dtype=np.uint32), words])


def unpack(words: Words) -> Kept:
    """What was packed."""
    if not len(words):
        nothing = np.empty(0, dtype=np.float32)
        return Kept(nothing, nothing, np.empty(0, dtype=bool), 0)
    told = words[1:]
    times = np.cumsum(told >> np.uint32(16), dtype=np.int64)
    parts = (told >> np.uint32(1)) & np.uint32(0x7FFF)
    peaks = parts > 0
    return Kept(
        times[peaks].astype(np.float32),
        (parts[peaks] / np.float32(PARTS)).astype(np.float32),
        (told[peaks] & np.uint32(1)).astype(bool),
        int(words[0]),
    )
