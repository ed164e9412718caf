"""What is wrong between the channels, and offsets from zero."""

import numpy as np

from apps.screening.checks.base import Evidence, Finding
from apps.screening.checks.technical.levels import Levels

LEAST_OFFSET, FULL_OFFSET = 0.003, 0.05  # of full scale
LEAST_DIFFERENCE_DB, FULL_DIFFERENCE_DB = 20.0, 60.0
SAME_DB = -60.0  # of the difference, against the sum
LEAST_OPPOSITION = 0.5


def stereo_findings(levels: Levels) -> list[Finding]:
    """`dc_offset`, and for two channels `one_sided`, `fake_stereo` or `out_of_phase`.

    Scores: offset over 5 % of full scale; level difference over 60 dB; 1.0 for identical and 0.9
    for nearly identical channels; size of the negative correlation.
    """
    findings = _offset(levels)
    if len(levels.powers) == 2:
        findings += _one_sided(levels) or _identical(levels) or _opposed(levels)
    return findings


def _offset(levels: Levels) -> list[Finding]:
    worst = float(levels.means[np.abs(levels.means).argmax()])
    if abs(worst) < LEAST_OFFSET:
        return []
    detail = {"offset_percent": [round(100 * float(mean), 2) for mean in levels.means]}
    summary = f"The waveform lies {100 * abs(worst):.1f} % of full scale off centre."
    evidence = (Evidence("measure", detail=detail),)
    return [Finding("dc_offset", min(1.0, abs(worst) / FULL_OFFSET), summary, evidence)]


def _one_sided(levels: Levels) -> list[Finding]:
    # Without its offset: a dead channel with DC on it is silent all the same.
    powers = np.maximum(levels.powers - levels.means**2, 0)
    high, low = float(powers.max()), float(powers.min())
    difference = 10 * np.log10(high / low) if low > 0 else np.inf
    if high == 0 or difference < LEAST_DIFFERENCE_DB:
        return []
    side = "left" if powers[0] < powers[1] else "right"
    silent = difference >= FULL_DIFFERENCE_DB
    detail = {"quiet_side": side, "difference_db": None if silent else round(float(difference), 1)}
    what = "silent" if silent else f"{difference:.0f} dB quieter than the other"
    score = min(1.0, float(difference) / FULL_DIFFERENCE_DB)
    evidence = (Evidence("measure", detail=detail),)
    return [Finding("one_sided", score, f"The {side} side is {what}.", evidence)]


def _identical(levels: Levels) -> list[Finding]:
    power = float(levels.powers.mean())
    if levels.side > power * 10 ** (SAME_DB / 10):
        return []
    exact = levels.side <= power * 1e-12
    detail = {"identical": exact, "correlation": round(levels.correlation, 4)}
    return [
        Finding(
            "fake_stereo",
            1.0 if exact else 0.9,
            "Left and right are the same." if exact else "Left and right are nearly the same.",
            (Evidence("measure", detail=detail),),
        )
    ]


def _opposed(levels: Levels) -> list[Finding]:
    if levels.correlation > -LEAST_OPPOSITION:
        return []
    detail = {"correlation": round(levels.correlation, 3)}
    summary = "Left and right work against each other: on one loudspeaker they cancel out."
    score = min(1.0, -levels.correlation)
    return [Finding("out_of_phase", score, summary, (Evidence("measure", detail=detail),))]
