"""Peaks cut flat: runs of equal samples at the recording's own ceiling, with steep sides."""

import numpy as np
import numpy.typing as npt

from apps.screening.checks.base import Evidence, Finding
from apps.screening.checks.technical.blocks import Mask, Runs, Samples, find_runs
from apps.screening.checks.technical.levels import Levels

LEAST_RUN = 3  # samples
LEAST_RUNS = 5  # in the whole recording
FLAT = 1.01 / 32768  # one step of 16 bits
STEEP = 8 * FLAT  # a round peak that stays within FLAT so long falls by less on either side
LEAST_CEILING = 0.05  # quieter ceilings are too few steps high to tell flat from round
ELSEWHERE = (0.1, 0.98)  # of the ceiling: where square waves are flat, too, and clipping is not
FULL_SHARE = 0.001  # of all samples
SHOWN = 5


def clipping_findings(pcm: Samples, levels: Levels) -> list[Finding]:
    """`clipping` when peaks stay flat at the ceiling of a channel, wherever that ceiling lies.

    A run counts when it is at least three samples long and falls off steeply on both sides; five
    runs make a finding. Limited masters touch their ceiling with single samples, and low notes have
    round tops: neither is steep and flat at once. Where flat runs are as many below the ceiling the
    sound is made of square waves, and nothing is said. Score: clipped samples over 0.1 % of all.
    """
    runs = [_clipped(pcm, levels, channel) for channel in range(pcm.shape[1])]
    found = np.concatenate(runs)
    if len(found) < LEAST_RUNS:
        return []
    clipped = int((found[:, 1] - found[:, 0]).sum())
    share = clipped / (levels.frames * pcm.shape[1])
    detail = {"runs": len(found), "samples": clipped, "share_percent": round(100 * share, 4)}
    summary = f"Peaks are cut flat in {len(found)} place(s)."
    evidence = (Evidence("measure", detail=detail), *_worst_seconds(found, levels))
    return [Finding("clipping", min(1.0, share / FULL_SHARE), summary, evidence)]


def _clipped(pcm: Samples, levels: Levels, channel: int) -> Runs:
    ceiling = float(levels.peak[channel])
    if ceiling < LEAST_CEILING:
        return np.empty((0, 2), dtype=np.int64)
    lane = pcm[:, channel : channel + 1]
    at_ceiling = find_runs(lane, lambda piece: np.abs(piece[:, 0]) >= ceiling - FLAT, LEAST_RUN)
    runs = at_ceiling[_is_steep(lane[:, 0], at_ceiling)]
    if len(runs) and _flat_elsewhere(lane, ceiling) >= len(runs):
        return runs[:0]
    return runs


def _is_steep(lane: Samples, runs: Runs) -> Mask:
    """Whether the samples on both sides of each run lie well below it."""
    inside = (runs[:, 0] > 0) & (runs[:, 1] < len(lane))
    first, last = np.maximum(runs[:, 0], 1), np.minimum(runs[:, 1], len(lane) - 1)
    rise = np.abs(lane[first] - lane[first - 1])
    fall = np.abs(lane[last - 1] - lane[last])
    steep: Mask = inside & (np.minimum(rise, fall) > STEEP)
    return steep


def _flat_elsewhere(lane: Samples, ceiling: float) -> int:
    """How many flat runs with steep sides lie well below the ceiling."""

    def flat(piece: Samples) -> Mask:
        level = np.abs(piece[:, 0])
        still = np.abs(np.diff(piece[:, 0], prepend=np.float32(2.0))) <= FLAT
        mask: Mask = still & (level > ELSEWHERE[0] * ceiling) & (level < ELSEWHERE[1] * ceiling)
        return mask

    runs = find_runs(lane, flat, LEAST_RUN - 1)
    runs[:, 0] -= 1  # a step of nothing joins two samples
    return int(_is_steep(lane[:, 0], runs).sum())


def _worst_seconds(runs: Runs, levels: Levels) -> list[Evidence]:
    seconds: npt.NDArray[np.int64] = runs[:, 0] // levels.rate
    counts = np.bincount(seconds)
    worst = [int(second) for second in np.argsort(-counts, kind="stable")[:SHOWN] if counts[second]]
    end = levels.frames / levels.rate
    return [
        Evidence("audio", float(s), min(s + 1.0, end), {"runs": int(counts[s])})
        for s in sorted(worst)
    ]
