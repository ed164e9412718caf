"""From samples to an answer: likely, likely in part, inconclusive, or no sign."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from apps.screening.comb.calibration import Calibration, calibration
from apps.screening.comb.listen import (
    FEWEST_BINS,
    FEWEST_LONG,
    FEWEST_SHORT,
    Heard,
    band_of,
    cut_up,
    hear,
    top_hz,
)
from apps.screening.comb.scaled import search_scaled, search_shifted
from apps.screening.comb.search import NOTHING, Comb, Span, search
from apps.screening.comb.spacings import candidate_spacings
from apps.screening.comb.spectra import Samples, Spectrogram
from apps.screening.comb.timeline import Window, windows
from apps.screening.comb.veto import Strength, strength

Result = Literal["likely", "part", "inconclusive", "no_sign"]

HOLDS = 2.0  # a window that has the pattern of the whole
CLEAN = 1.0  # a window that has not
CLEAN_SHARE = 0.25  # of the windows, for "in part"
STEADY_NOISE_DB = 0.6  # how much the loudness of nothing but noise varies

SILENT = "There is no sound in it, or too little to look for a pattern."
SHORT = "It is shorter than five seconds, which is too short to look for a pattern."
NARROW = "Its sound ends at %.1f kHz, and the pattern would lie above."
NOISE = "There is nothing in it but noise or a tone, unchanging."


class Untestable(Exception):
    """Nothing can be said about this recording; the message says why."""


@dataclass(frozen=True)
class Verdict:
    """What was found. `comb` is the best spacing (at the best scale), `runner_up` the next.

    `timeline` has the windows and their scores at that spacing; `spans` says where the pattern
    holds, in seconds, when it holds in parts only. `heard` is what the plots are drawn from.
    """

    result: Result
    comb: Comb
    runner_up: Comb
    strength: Strength
    musical: bool
    spans: tuple[Span, ...]
    timeline: tuple[tuple[Span, float], ...]
    heard: Heard


def assess(pcm: Samples, rate: int, limits: Calibration | None = None) -> Verdict:
    """The verdict on samples of shape (frames, channels); raises Untestable."""
    limits = limits or calibration()
    frames = cut_up(pcm, rate)
    band = _testable_band(frames.short, frames.long, len(pcm) / rate)
    spacings = candidate_spacings()
    heard = hear(frames, band)
    combs = search(heard.views, spacings)
    pieces = windows(frames, band, len(pcm) / rate, spacings)
    verdict = (
        _whole(heard, combs, pieces, limits)
        or _part(heard, pieces, limits)
        or _moved(heard, spacings, pieces, limits)
        or _nothing_sure(heard, combs, pieces, limits)
    )
    if verdict.result == "no_sign" and _only_noise(frames.short):
        raise Untestable(NOISE)
    return verdict


def _testable_band(short: Spectrogram, long: Spectrogram, duration_s: float) -> Span:
    if duration_s < short.frame_s * (FEWEST_SHORT + 1) / 2 or long.taken < FEWEST_LONG:
        raise Untestable(SHORT)
    if len(short.levels) < FEWEST_SHORT or len(long.levels) < FEWEST_LONG:
        raise Untestable(SILENT)
    top = top_hz(short)
    band = band_of(top)
    if (band[1] - band[0]) / short.step_hz < FEWEST_BINS:
        raise Untestable(NARROW % (top / 1000))
    return band


def _only_noise(short: Spectrogram) -> bool:
    return float(short.levels.mean(axis=1, dtype=np.float64).std()) / 100 < STEADY_NOISE_DB


def _whole(
    heard: Heard, combs: list[Comb], pieces: tuple[Window, ...], limits: Calibration
) -> Verdict | None:
    """The pattern in the recording as a whole, though perhaps only parts of it made that."""
    if not combs or combs[0].score < limits.likely:
        return None
    found = strength(heard, combs[0])
    if found.musical(combs[0]):
        return None
    scores = [window.score_at(combs[0]) for window in pieces]
    clean = sum(score < CLEAN for score in scores)
    in_part = clean >= CLEAN_SHARE * len(scores) and max(scores, default=0.0) >= HOLDS
    return _verdict("part" if in_part else "likely", heard, combs, pieces, found)


def _part(heard: Heard, pieces: tuple[Window, ...], limits: Calibration) -> Verdict | None:
    """The pattern in one window at least, and more clearly than a whole would need."""
    for window in sorted(pieces, key=lambda window: -window.score):
        if window.score < limits.part or window.heard is None:
            return None
        found = strength(window.heard, window.combs[0])
        if not found.musical(window.combs[0]):
            return _verdict("part", window.heard, list(window.combs), pieces, found)
    return None


def _moved(
    heard: Heard, spacings: tuple[float, ...], pieces: tuple[Window, ...], limits: Calibration
) -> Verdict | None:
    """The pattern at another speed or another pitch: inconclusive at most, however clear.

    Of thousands of factors one may fit a held electronic tone or a chip's: pieces by people that
    were held out did, some of them very clearly (docs/benchmarks.md).
    """
    for find, least in ((search_scaled, limits.scaled), (search_shifted, limits.shifted)):
        combs = find(heard.views, spacings)
        if not combs or combs[0].score < least:
            continue
        found = strength(heard, combs[0])
        if not found.musical(combs[0]):
            return _verdict("inconclusive", heard, combs, pieces, found)
    return None


def _nothing_sure(
    heard: Heard, combs: list[Comb], pieces: tuple[Window, ...], limits: Calibration
) -> Verdict:
    """Inconclusive, with the pattern there but weak or the music's own; or no sign."""
    if not combs:
        return _verdict("no_sign", heard, combs, pieces, None)
    found = strength(heard, combs[0])
    least = limits.own if found.musical(combs[0]) else limits.inconclusive
    result: Result = "inconclusive" if combs[0].score >= least else "no_sign"
    return _verdict(result, heard, combs, pieces, found)


def _verdict(
    result: Result,
    heard: Heard,
    combs: list[Comb],
    pieces: tuple[Window, ...],
    found: Strength | None,
) -> Verdict:
    comb = combs[0] if combs else NOTHING
    found = found or Strength(0.0, 0.0, 0.0, 0.0, 0.0)
    timeline = tuple(((w.start_s, w.end_s), w.score_at(comb)) for w in pieces if combs)
    return Verdict(
        result,
        comb,
        combs[1] if len(combs) > 1 else NOTHING,
        found,
        found.musical(comb),
        _spans(timeline) if result == "part" else (),
        timeline,
        heard,
    )


def _spans(timeline: tuple[tuple[Span, float], ...]) -> tuple[Span, ...]:
    """Where the pattern holds: the middles of the windows that have it, joined where they meet."""
    spans: list[Span] = []
    for (start, end), score in timeline:
        if score < HOLDS:
            continue
        if spans and start <= spans[-1][1]:
            spans[-1] = (spans[-1][0], end)
        else:
            spans.append((start, end))
    return tuple(spans)
