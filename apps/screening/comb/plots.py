"""Curves for the reviewer, few points and rounded, ready to draw."""

from typing import Any

import numpy as np
import numpy.typing as npt

from apps.screening.comb.calibration import Calibration
from apps.screening.comb.listen import Heard
from apps.screening.comb.maps import LONG_MEDIAN, residual
from apps.screening.comb.search import Comb, orders_in
from apps.screening.comb.verdict import Verdict

POINTS = 400
FOLDS = 100
SHOWN_LINES = 16  # so many spacings of the spectrum are drawn
CLIP_DB = (-6.0, 24.0)

Plot = dict[str, Any]


def plots(verdict: Verdict, limits: Calibration) -> tuple[Plot, ...]:
    """The spectrum with the lines marked, all lines folded onto one, and the score over time."""
    if not verdict.comb.lines:
        return ()
    return (
        _residual_plot(verdict.heard, verdict.comb),
        _folded_plot(verdict.heard, verdict.comb),
        _persistence_plot(verdict, limits),
    )


def _residual_plot(heard: Heard, comb: Comb) -> Plot:
    """Decibels above the surroundings over a stretch of the band, the greatest of each piece."""
    above, hertz = _above(heard)
    low, high = heard.band[0], min(heard.band[1], heard.band[0] + SHOWN_LINES * comb.actual_hz)
    high = max(high, min(heard.band[1], low + 500))
    inside = (hertz >= low) & (hertz <= high)
    above, hertz = above[inside], hertz[inside]
    each = max(1, -(-len(above) // POINTS))
    whole = len(above) // each * each
    tops = above[:whole].reshape(-1, each).max(axis=1)
    return {
        "plot": "residual",
        "x_hz": _rounded(hertz[:whole].reshape(-1, each).mean(axis=1), 1),
        "y_db": _rounded(tops, 1),
        "lines_hz": _rounded(orders_in((low, high), comb.actual_hz) * comb.actual_hz, 2),
    }


def _folded_plot(heard: Heard, comb: Comb) -> Plot:
    """The mean over all lines of what stands around each, from half a spacing below to above."""
    above, hertz = _above(heard)
    inside = (hertz >= heard.band[0]) & (hertz <= heard.band[1])
    phase = hertz[inside] / comb.actual_hz
    phase -= np.rint(phase)
    bins = max(11, min(FOLDS, int(comb.actual_hz / heard.long_step_hz) | 1))
    places = np.clip(((phase + 0.5) * bins).astype(int), 0, bins - 1)
    clipped = np.clip(above[inside], *CLIP_DB)
    sums = np.bincount(places, clipped, bins)
    counts = np.bincount(places, minlength=bins)
    middles = (np.arange(bins) + 0.5) / bins - 0.5
    means = sums / np.maximum(counts, 1)
    return {"plot": "folded", "x": _rounded(middles, 3), "y": _rounded(means, 2)}


def _persistence_plot(verdict: Verdict, limits: Calibration) -> Plot:
    return {
        "plot": "persistence",
        "t_s": _rounded([(start + end) / 2 for (start, end), _ in verdict.timeline], 1),
        "score": _rounded([score for _, score in verdict.timeline], 2),
        "likely": limits.likely,
        "inconclusive": limits.inconclusive,
    }


def _above(heard: Heard) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.floating]]:
    above = residual(heard.steady, LONG_MEDIAN)
    hertz = (heard.long_first + np.arange(len(above))) * heard.long_step_hz
    return above, hertz


def _rounded(values: Any, digits: int) -> list[float]:
    return [round(float(value), digits) for value in values]
