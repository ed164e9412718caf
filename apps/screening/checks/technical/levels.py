"""How loud each hundredth of a second is, per channel: what most technical measures start from."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from apps.screening.checks.technical.blocks import Samples, blocks

Numbers = npt.NDArray[np.float64]

HOPS_EACH_S = 100
PIECE_HOPS = 300


@dataclass(frozen=True)
class Levels:
    """`peaks`: highest absolute value per hop, shape (hops, channels), the last hop may be short;
    `hop` and `frames` in frames. Over the whole recording, per channel: `means`, `powers` (mean
    squares) and `peak`. `side`: the mean square of half the difference of the first
    two channels. `correlation` of two channels in -1..1, 0 where there are more or fewer."""

    peaks: Samples
    hop: int
    frames: int
    rate: int
    means: Numbers
    powers: Numbers
    peak: Numbers
    side: float
    correlation: float

    def seconds(self, hop: int) -> float:
        """When a hop starts, at the latest the end of the recording."""
        return min(hop * self.hop, self.frames) / self.rate


def measure_levels(pcm: Samples, rate: int) -> Levels:
    """One walk over samples of shape (frames, channels) at `rate` Hz."""
    hop, channels = rate // HOPS_EACH_S, pcm.shape[1]
    sums, squares, both, apart = np.zeros(channels), np.zeros(channels), 0.0, 0.0
    peaks = []
    for _, piece in blocks(pcm, hop * PIECE_HOPS):
        lanes = np.ascontiguousarray(piece.T)
        sums += lanes.sum(axis=1, dtype=np.float64)
        squares += [float(lane @ lane) for lane in lanes]
        peaks.append(_hop_peaks(lanes, hop))
        if channels > 1:
            between = lanes[0] - lanes[1]  # exactly nothing where they are the same
            both += float(lanes[0] @ lanes[1])
            apart += float(between @ between)
    frames = max(len(pcm), 1)
    joined = np.concatenate(peaks) if peaks else np.zeros((0, channels), dtype=np.float32)
    scale = float(np.sqrt(squares[0] * squares[-1]))
    return Levels(
        joined,
        hop,
        len(pcm),
        rate,
        sums / frames,
        squares / frames,
        joined.max(axis=0, initial=0.0).astype(np.float64),
        apart / 4 / frames,
        both / scale if channels == 2 and scale > 0 else 0.0,
    )


def _hop_peaks(lanes: Samples, hop: int) -> Samples:
    """Highest absolute value per hop, shape (hops, channels), of samples (channels, frames)."""
    whole = np.pad(np.abs(lanes), ((0, 0), (0, -lanes.shape[1] % hop)))
    peaks: Samples = whole.reshape(len(lanes), -1, hop).max(axis=2).T
    return peaks


def decibels(amplitude: float) -> float:
    """dBFS of a linear amplitude; -200 for nothing."""
    return 20 * float(np.log10(max(amplitude, 1e-10)))
