"""Which one channel stands for a recording of several."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Samples = npt.NDArray[np.float32]

BLOCK = 1 << 18  # frames handed over at a time
CANCELLED = 0.125  # share of the channels' power that their mean keeps; unrelated ones keep half


@dataclass(frozen=True)
class Lane:
    """`channel`: None for the mean of all. `peak`: its loudest sample, 0..1."""

    channel: int | None
    peak: float


def choose_lane(pcm: Samples) -> Lane:
    """The mean of all channels, or the loudest channel where they cancel each other out.

    `pcm`: shape (frames, channels). Reads all of it.
    """
    channels = pcm.shape[1]
    powers, peaks = np.zeros(channels + 1), np.zeros(channels + 1)
    for start in range(0, len(pcm), BLOCK):
        piece = pcm[start : start + BLOCK]
        for place in range(channels + 1):
            lane = mixed(piece, place if place < channels else None)
            powers[place] += float(lane @ lane)
            peaks[place] = max(peaks[place], float(lane.max()), -float(lane.min()))
    if powers[-1] >= CANCELLED * powers[:-1].mean():
        return Lane(None, float(peaks[-1]))
    loudest = int(powers[:-1].argmax())
    return Lane(loudest, float(peaks[loudest]))


def mixed(piece: Samples, channel: int | None) -> Samples:
    """One channel of it, or the mean of all. Shape (frames,)."""
    if channel is not None:
        return np.ascontiguousarray(piece[:, channel])
    mean = piece[:, 0].copy()
    for other in range(1, piece.shape[1]):
        mean += piece[:, other]
    mean *= np.float32(1 / piece.shape[1])
    return mean
