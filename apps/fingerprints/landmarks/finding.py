"""What a query shares with references by its landmarks, over the whole grid of warps."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from apps.fingerprints.landmarks.marks import MarkIndex
from apps.fingerprints.landmarks.peaks import FRAME, FRAMES_S, HOP, RATE, Peaks
from apps.fingerprints.landmarks.scoring import Heard, Score, heard_of, score
from apps.fingerprints.landmarks.searching import Lead, find_leads
from apps.fingerprints.landmarks.warps import GRID, UNCHANGED, Warp

ACCEPTED, TOLD = 35.0, 25.0  # nats
CELLS = 8  # distinct frequencies that a match needs
FAN_UNCHANGED, HITS_UNCHANGED = 12, 40_000.0  # the query as it is: all its peaks
PER_S, FAN, HITS = 20.0, 8, 7_000.0  # the query warped
REFINED, REFINED_MORE = 40, 12
AS_GOOD = 0.5  # nats
CHUNK_S, OVERLAP_S = 480.0, 30.0  # of a long query that is looked for at once
FRAME_S = FRAME / RATE


@dataclass(frozen=True)
class Marked:
    """A part of a reference that is heard in the query; times in seconds.

    `speed`: how much faster the query runs; `pitch_cents`: how much higher it is. `score`: nats.
    """

    number: int
    q_start: float
    q_end: float
    r_start: float
    r_end: float
    speed: float
    pitch_cents: int
    score: float
    anchors: int

    @property
    def accepted(self) -> bool:
        """Whether strangers are never that near."""
        return self.score >= ACCEPTED


@dataclass(frozen=True)
class _Fit:
    ordinal: int
    warp: Warp
    offset: float
    score: Score


def find_marked(index: MarkIndex, peaks: Peaks, warps: Sequence[Warp] = GRID) -> list[Marked]:
    """The best match of each reference that is heard in the query, best first.

    `peaks`: all peaks of the query. `warps`: changes that are tried, beside none.
    """
    found: dict[int, Marked] = {}
    for chunk, start in _chunks(peaks):
        for one in _find(index, chunk, warps):
            shifted = replace(one, q_start=one.q_start + start, q_end=one.q_end + start)
            if one.number not in found or found[one.number].score < one.score:
                found[one.number] = shifted
    return sorted(found.values(), key=lambda one: (-one.score, one.number))


def _chunks(peaks: Peaks) -> list[tuple[Peaks, float]]:
    chunks = []
    step, width = (round(s * FRAMES_S) for s in (CHUNK_S - OVERLAP_S, CHUNK_S))
    for start in range(0, max(1, peaks.frames - round(OVERLAP_S * FRAMES_S)), step):
        first, last = np.searchsorted(peaks.times, [start, start + width])
        times = peaks.times[first:last] - np.float32(start)
        frames = min(width, peaks.frames - start)
        part = Peaks(times, peaks.bins[first:last], peaks.salience[first:last], frames)
        chunks.append((part, start / FRAMES_S))
    return chunks


def _find(index: MarkIndex, peaks: Peaks, warps: Sequence[Warp]) -> list[Marked]:
    heard = heard_of(peaks)
    leads = find_leads(index, peaks, UNCHANGED, FAN_UNCHANGED, HITS_UNCHANGED)
    few = peaks.strongest(PER_S)
    for warp in warps:
        leads += find_leads(index, few, warp, FAN, HITS)
    fits = [_fit(index, heard, lead) for lead in leads]
    fits.sort(key=lambda fit: -fit.score.s)
    fits[:REFINED] = [_refine_warp(index, heard, fit) for fit in fits[:REFINED]]
    fits.sort(key=lambda fit: -fit.score.s)
    fits[:REFINED_MORE] = [_refine_all(index, heard, fit) for fit in fits[:REFINED_MORE]]
    best: dict[int, _Fit] = {}
    for fit in sorted(fits, key=lambda fit: -fit.score.s):
        if fit.score.s >= TOLD and fit.score.cells >= CELLS:
            best.setdefault(fit.ordinal, fit)
    return [_marked(index, fit) for fit in best.values()]


def _fit(index: MarkIndex, heard: Heard, lead: Lead) -> _Fit:
    told = score(heard, *index.peaks_at(lead.ordinal), lead.warp, lead.offset)
    return _Fit(lead.ordinal, lead.warp, lead.offset, told)


def _best(index: MarkIndex, heard: Heard, fit: _Fit, tries: Sequence[tuple[Warp, float]]) -> _Fit:
    """The best of neighbouring tries; of those that are as good, the one in the middle."""
    times, bins = index.peaks_at(fit.ordinal)
    told = [score(heard, times, bins, warp, offset) for warp, offset in tries]
    highest = max(one.s for one in told)
    if highest < fit.score.s - AS_GOOD:
        return fit
    good = [place for place, one in enumerate(told) if one.s >= highest - AS_GOOD]
    chosen = good[len(good) // 2]
    return _Fit(fit.ordinal, *tries[chosen], told[chosen])


def _kept_middle(fit: _Fit, warp: Warp) -> float:
    """The offset under another warp that leaves the middle of the matched part where it is."""
    middle = (fit.score.first + fit.score.last) / 2
    return middle - (middle - fit.offset) * warp.time / fit.warp.time


def _refine_warp(index: MarkIndex, heard: Heard, fit: _Fit) -> _Fit:
    """Pitch, and time with it where the speed was changed, by 0.13 % up to 0.52 %."""
    tries = []
    for step in range(-4, 5):
        by = 1 + 0.0013 * step
        both = fit.warp.time == fit.warp.pitch and not fit.warp.is_none
        warp = Warp(fit.warp.time * (by if both else 1.0), fit.warp.pitch * by)
        tries.append((warp, _kept_middle(fit, warp)))
    return _best(index, heard, fit, tries)


def _refine_all(index: MarkIndex, heard: Heard, fit: _Fit) -> _Fit:
    """Time, pitch and offset, each on its own, twice."""
    steps = [1 + 0.001 * step for step in range(-6, 7)]
    for _ in range(2):
        times = [Warp(fit.warp.time * by, fit.warp.pitch) for by in steps]
        fit = _best(index, heard, fit, [(warp, _kept_middle(fit, warp)) for warp in times])
        pitches = [Warp(fit.warp.time, fit.warp.pitch * by) for by in steps]
        fit = _best(index, heard, fit, [(warp, fit.offset) for warp in pitches])
        asides = (-2.0, -1.0, -0.5, 0.0, 0.5, 1.0, 2.0)
        fit = _best(index, heard, fit, [(fit.warp, fit.offset + aside) for aside in asides])
    return fit


def _marked(index: MarkIndex, fit: _Fit) -> Marked:
    first, last = fit.score.first, fit.score.last
    second = HOP / RATE
    q_first, q_last = ((at - fit.offset) / fit.warp.time for at in (first, last))
    return Marked(
        number=int(index.numbers[fit.ordinal]),
        q_start=max(0.0, q_first) * second,
        q_end=q_last * second + FRAME_S,
        r_start=first * second,
        r_end=last * second + FRAME_S,
        speed=fit.warp.time,
        pitch_cents=fit.warp.cents,
        score=fit.score.s,
        anchors=fit.score.hits,
    )
