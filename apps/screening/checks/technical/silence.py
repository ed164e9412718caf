"""Silence at the start, at the end and in between."""

from apps.screening.checks.base import Evidence, Finding
from apps.screening.checks.technical.blocks import Mask, runs_of
from apps.screening.checks.technical.levels import HOPS_EACH_S, Levels, decibels

FLOOR_DB = -60.0  # dBFS, peak
BELOW_PEAK_DB = -45.0  # of a quiet recording, whose noise may lie above the floor's usual place
LEAST_S = 1.0
FULL_SCORE_S = 10.0


def is_silent(levels: Levels) -> bool:
    """Whether nothing in the recording rises above -60 dBFS."""
    return decibels(float(levels.peak.max(initial=0.0))) <= FLOOR_DB


def silent_recording(levels: Levels) -> Finding:
    """The finding for a recording that `is_silent`."""
    peak = round(decibels(float(levels.peak.max(initial=0.0))), 1)
    span = Evidence("audio", 0.0, levels.frames / levels.rate, {"peak_dbfs": peak})
    return Finding("silent_recording", 1.0, "There is nothing to hear in the whole file.", (span,))


def silence_findings(levels: Levels) -> list[Finding]:
    """Spans of at least a second in which no channel rises above the floor.

    The floor is -60 dBFS, or 45 dB below the recording's peak where that is lower. Score: seconds
    over ten, at most 1.0; of the longest span where there are several.
    """
    quiet = _quiet(levels)
    spans = [
        (levels.seconds(int(first)), levels.seconds(int(last)), int(first), int(last))
        for first, last in runs_of(quiet, round(LEAST_S * HOPS_EACH_S))
    ]
    at_start = [span[:2] for span in spans if span[2] == 0]
    at_end = [span[:2] for span in spans if span[3] == len(quiet) and span[2] > 0]
    between = [span[:2] for span in spans if span[2] > 0 and span[3] < len(quiet)]
    return [
        *_finding("silence_start", "The first {0:.1f} s are silent.", at_start),
        *_finding("silence_middle", "The music stops for {0:.1f} s.", between),
        *_finding("silence_end", "The last {0:.1f} s are silent.", at_end),
    ]


def _quiet(levels: Levels) -> Mask:
    floor_db = min(FLOOR_DB, decibels(float(levels.peak.max())) + BELOW_PEAK_DB)
    quiet: Mask = levels.peaks.max(axis=1) <= 10 ** (floor_db / 20)
    return quiet


def _finding(code: str, sentence: str, spans: list[tuple[float, float]]) -> list[Finding]:
    if not spans:
        return []
    longest = max(end - start for start, end in spans)
    evidence = tuple(
        Evidence("audio", start, end, {"length_s": round(end - start, 2)}) for start, end in spans
    )
    return [Finding(code, min(1.0, longest / FULL_SCORE_S), sentence.format(longest), evidence)]
