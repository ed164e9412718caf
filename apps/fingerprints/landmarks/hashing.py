"""Pairs of peaks as numbers: the frequency of the first, the step to the second, and the time.

The first frequency goes by cells of 1.6 % of itself, so that a misfit of half a per cent keeps two
in three of them; the step is small and keeps its bin. Measured on 2026-11-21: with cells of one bin
a misfit of 0.3 % leaves one in eight.
"""

import numpy as np
import numpy.typing as npt
from numba import njit

from apps.fingerprints.landmarks.peaks import HIGHEST, Floats

Codes = npt.NDArray[np.uint32]
Frames = npt.NDArray[np.float32]

LINEAR_TO = 47.0  # bins; below, cells have the same width ...
LINEAR = 0.75  # ... in bins, which is 1.6 % there
SHARE = 0.016
FIRST_DT, LAST_DT = 2, 63  # frames
MOST_DF = 63  # bins
_CELLS_BELOW = int(LINEAR_TO / LINEAR)
CELLS = _CELLS_BELOW + int(np.log(1.2 * HIGHEST / LINEAR_TO) / np.log1p(SHARE)) + 1
CODES = CELLS << 13


@njit(cache=True)
def pair_up(
    times: Floats, bins: Floats, fan: int
) -> tuple[Codes, Frames]:  # pragma: no cover - compiled
    """Codes of pairs, and the time of the first peak of each, in frames.

    `times` in order; each peak is paired with the next `fan` that lie near enough.
    """
    codes = np.empty(len(times) * fan, np.uint32)
    begins = np.empty(len(times) * fan, np.float32)
    count = 0
    for first in range(len(times)):
        f = bins[first]
        if f < LINEAR_TO:
            cell = int(f / LINEAR)
        else:
            cell = _CELLS_BELOW + int(np.log(f / LINEAR_TO) / np.log1p(SHARE))
        if cell < 0 or cell >= CELLS:
            continue
        made = 0
        for second in range(first + 1, len(times)):
            dt = round(times[second] - times[first])
            if dt > LAST_DT or made == fan:
                break
            df = round(bins[second] - f)
            if dt < FIRST_DT or df > MOST_DF or df < -MOST_DF:
                continue
            codes[count] = (cell << 13) | ((df + MOST_DF + 1) << 6) | dt
            begins[count] = times[first]
            count += 1
            made += 1
    return codes[:count], begins[:count]
