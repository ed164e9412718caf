"""Gaps where samples are missing: digital zero between two abrupt edges."""

import numpy as np

from apps.screening.checks.base import Evidence, Finding
from apps.screening.checks.technical.blocks import Mask, Runs, Samples, find_runs

LEAST_S, MOST_S = 0.005, 1.0
EDGE_S = 0.005  # how far before and after a gap the sound is looked at
LEAST_EDGE = 10 ** (-40 / 20)  # it must have been this loud (peak) ...
ABRUPT = 0.2  # ... and stop and start at no less than this share of that peak
OFTEN, TONE = 1.0, 10.0  # gaps a second: a gate or stutter effect, perhaps; a pulse wave
SHOWN = 20


def dropout_findings(pcm: Samples, rate: int) -> list[Finding]:
    """Runs of 5 ms to 1 s of exact zero in all channels that cut into sound on both sides.

    Score 0.9; 0.5 for a single gap or more than one a second, where an edit or an effect on purpose
    looks the same. A fade, however short, or a note that ends by itself is none, nor is a pulse
    wave that rests at zero between its pulses.
    """
    gaps = find_runs(pcm, _nothing, max(2, round(LEAST_S * rate)))
    gaps = gaps[gaps[:, 1] - gaps[:, 0] <= MOST_S * rate]
    gaps = gaps[[_is_cut(pcm, gap, max(2, round(EDGE_S * rate))) for gap in gaps]]
    often = len(gaps) * rate / len(pcm)
    if len(gaps) == 0 or often > TONE:
        return []
    evidence = tuple(
        Evidence("audio", start / rate, end / rate, {"length_s": round((end - start) / rate, 3)})
        for start, end in gaps[:SHOWN].tolist()
    )
    summary = f"The sound is cut off and comes back {len(gaps)} time(s), for moments."
    score = 0.5 if len(gaps) == 1 or often > OFTEN else 0.9
    return [Finding("dropout", score, summary, evidence)]


def _nothing(piece: Samples) -> Mask:
    silent = piece[:, 0] == 0
    for channel in range(1, piece.shape[1]):
        silent &= piece[:, channel] == 0
    mask: Mask = silent
    return mask


def _is_cut(pcm: Samples, gap: Runs, reach: int) -> bool:
    start, end = int(gap[0]), int(gap[1])
    if start < reach or end + reach > len(pcm):
        return False
    before, after = np.abs(pcm[start - reach : start]), np.abs(pcm[end : end + reach])
    return _is_abrupt(before, -1) and _is_abrupt(after, 0)


def _is_abrupt(sound: Samples, edge: int) -> bool:
    loudest = float(sound.max())
    return loudest >= LEAST_EDGE and float(sound[edge].max()) >= ABRUPT * loudest
