"""How a query may have been changed: its peaks are warped, its audio never is."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Warp:
    """What undoes a change. A query peak at frame t and bin f belongs to frame t·time, bin f/pitch.

    So `time` is how much faster the query runs than the reference, `pitch` how much higher.
    """

    time: float = 1.0
    pitch: float = 1.0

    @property
    def is_none(self) -> bool:
        """Whether nothing was changed."""
        return self.time == self.pitch == 1.0

    @property
    def cents(self) -> int:
        """By how much the query is higher, in cents."""
        return round(1200 * float(np.log2(self.pitch)))


def _grid() -> tuple[Warp, ...]:
    speeds = [Warp(1 + k / 100, 1 + k / 100) for k in range(-6, 7) if k]
    pitches = [Warp(1.0, float(np.exp(k / 100))) for k in range(-12, 13) if k]
    tempos = [Warp(1 + k / 50, 1.0) for k in (-3, -2, -1, 1, 2, 3)]
    return (*speeds, *pitches, *tempos)


def _far() -> tuple[Warp, ...]:
    speeds = [float(np.exp(sign * k / 50)) for sign in (-1, 1) for k in range(4, 18)]
    return (*(Warp(speed, speed) for speed in speeds), Warp(0.5, 1.0), Warp(2.0, 1.0))


UNCHANGED = Warp()
GRID = _grid()  # speed ±6 %, pitch ±2.1 semitones, tempo ±6 %: 42 warps
FAR = _far()  # speed from 0.71 to 1.40 beyond that, half and double time: 30 warps
