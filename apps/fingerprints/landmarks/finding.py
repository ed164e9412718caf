"""What a query shares with references by its landmarks, over the whole grid of warps."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from apps.fingerprints.landmarks.elsewhere import worth
from apps.fingerprints.landmarks.marks import MarkIndex
from apps.fingerprints.landmarks.peaks import FRAME, FRAMES_S, HOP, RATE, Floats, Peaks
from apps.fingerprints.landmarks.scoring import Heard, Score, heard_of, score
from apps.fingerprints.landmarks.searching import Effort, Lead, find_leads
from apps.fingerprints.landmarks.voting import Room
from apps.fingerprints.landmarks.warps import FAR, GRID, UNCHANGED, Warp

ACCEPTED, TOLD = 35.0, 25.0  # nats
CELLS = 8  # distinct frequencies that a match needs
AS_IT_IS = Effort(fan=12, hits_s=40_000.0, top=30)  # with its peaks, then with lesser ones, too
PER_S, WARPED = 20.0, Effort(fan=8, hits_s=7_000.0, top=14)  # with the strongest peaks
PER_S_FAR, WARPED_FAR = 12.0, Effort(fan=6, hits_s=2_000.0, top=6, least_hits=43_000)
REFINED, REFINED_MORE = 40, 12
AS_GOOD = 0.5  # nats
SAME_PART = 0.5  # share of a match that lies on a better one of the same reference
CHUNK_S, OVERLAP_S = 480.0, 30.0  # of a long query that is looked for at once
FRAME_S = FRAME / RATE


@dataclass(frozen=True)
class Marked:
    """A part of a reference that is heard in the query; times in seconds.

    `speed`: how much faster the query runs; `pitch_cents`: how much higher it is. `score`: what it
    is worth, in nats.
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
    lead: Lead
    warp: Warp
    offset: float
    score: Score

    @property
    def q_span(self) -> tuple[float, float]:
        """Of the query, in frames."""
        first, last = self.score.first, self.score.last
        return (first - self.offset) / self.warp.time, (last - self.offset) / self.warp.time


def find_marked(
    index: MarkIndex, peaks: Peaks, changed: bool = True, least: float = TOLD
) -> list[Marked]:
    """All parts of references that are heard in the query, best first.

    Of those of one reference that lie on the same part of the query the best is kept. `peaks`: all
    peaks of the query. `changed`: whether warps are tried. `least`: score that is told.
    """
    found: list[Marked] = []
    for chunk, start in _chunks(peaks):
        found += [
            replace(one, q_start=one.q_start + start, q_end=one.q_end + start)
            for one in _find(index, chunk, changed, least)
        ]
    return _apart(found)


def _apart(found: Iterable[Marked]) -> list[Marked]:
    """Best first; of those of one reference on the same part of the query the best only."""
    kept: dict[int, list[Marked]] = {}
    for one in sorted(found, key=_rank):
        others = kept.setdefault(one.number, [])
        if not any(_overlap(one, other) for other in others):
            others.append(one)
    return sorted((one for others in kept.values() for one in others), key=_rank)


def _rank(one: Marked) -> tuple[float, int, float, float]:
    return -one.score, one.number, one.q_start, one.r_start


def _overlap(one: Marked, other: Marked) -> bool:
    """Whether half of the first, or more, lies within the other."""
    shared = min(one.q_end, other.q_end) - max(one.q_start, other.q_start)
    return shared >= SAME_PART * (one.q_end - one.q_start)


def _chunks(peaks: Peaks) -> list[tuple[Peaks, float]]:
    chunks = []
    step, width = (round(s * FRAMES_S) for s in (CHUNK_S - OVERLAP_S, CHUNK_S))
    for start in range(0, max(1, peaks.frames - round(OVERLAP_S * FRAMES_S)), step):
        chunks.append((peaks.between(start, start + width), start / FRAMES_S))
    return chunks


def _leads(index: MarkIndex, peaks: Peaks, changed: bool) -> list[Lead]:
    room = Room.empty()
    leads = find_leads(index, peaks, UNCHANGED, AS_IT_IS, room)
    if peaks.lesser.size:
        leads += find_leads(index, peaks.with_lesser(), UNCHANGED, AS_IT_IS, room)
    if not changed:
        return leads
    few, fewer = peaks.strongest(PER_S), peaks.strongest(PER_S_FAR)
    for warp in GRID:
        leads += find_leads(index, few, warp, WARPED, room)
    for warp in FAR:
        leads += find_leads(index, fewer, warp, WARPED_FAR, room)
    return leads


def _find(index: MarkIndex, peaks: Peaks, changed: bool, least: float) -> Iterator[Marked]:
    heard, leads = heard_of(peaks), _leads(index, peaks, changed)
    known = _Known(index)
    fits = [_fit(known, heard, lead) for lead in leads]
    fits.sort(key=lambda fit: -fit.score.s)
    fits[:REFINED] = [_refine_warp(known, heard, fit) for fit in fits[:REFINED]]
    fits.sort(key=lambda fit: -fit.score.s)
    fits[:REFINED_MORE] = [_refine_all(known, heard, fit) for fit in fits[:REFINED_MORE]]
    good = (fit for fit in fits if fit.score.s >= least and fit.score.cells >= CELLS)
    told = {_marked(fit): fit for fit in good}
    for one in _apart(told):
        fit = told[one]
        left = worth(heard, known.of(fit.lead), fit.warp, fit.offset, fit.score)
        if left >= least:
            yield replace(one, score=left)


class _Known:
    """Peaks of the references that were led to, each unpacked once."""

    def __init__(self, index: MarkIndex) -> None:
        self.index = index
        self.peaks: dict[int, tuple[Floats, Floats]] = {}

    def of(self, lead: Lead) -> tuple[Floats, Floats]:
        """Times and bins."""
        if lead.number not in self.peaks:
            self.peaks[lead.number] = self.index.peaks_at(lead.part, lead.ordinal)
        return self.peaks[lead.number]


def _fit(known: _Known, heard: Heard, lead: Lead) -> _Fit:
    told = score(heard, *known.of(lead), lead.warp, lead.offset)
    return _Fit(lead, lead.warp, lead.offset, told)


def _best(known: _Known, heard: Heard, fit: _Fit, tries: Sequence[tuple[Warp, float]]) -> _Fit:
    """The best of neighbouring tries; of those that are as good, the one in the middle."""
    times, bins = known.of(fit.lead)
    told = [score(heard, times, bins, warp, offset) for warp, offset in tries]
    highest = max(one.s for one in told)
    if highest < fit.score.s - AS_GOOD:
        return fit
    good = [place for place, one in enumerate(told) if one.s >= highest - AS_GOOD]
    chosen = good[len(good) // 2]
    return _Fit(fit.lead, *tries[chosen], told[chosen])


def _kept_middle(fit: _Fit, warp: Warp) -> float:
    """The offset under another warp that leaves the middle of the matched part where it is."""
    middle = (fit.score.first + fit.score.last) / 2
    return middle - (middle - fit.offset) * warp.time / fit.warp.time


def _refine_warp(known: _Known, heard: Heard, fit: _Fit) -> _Fit:
    """Pitch, and time with it where the speed was changed, by 0.13 % up to 0.52 %."""
    tries = []
    for step in range(-4, 5):
        by = 1 + 0.0013 * step
        both = fit.warp.time == fit.warp.pitch and not fit.warp.is_none
        warp = Warp(fit.warp.time * (by if both else 1.0), fit.warp.pitch * by)
        tries.append((warp, _kept_middle(fit, warp)))
    return _best(known, heard, fit, tries)


def _refine_all(known: _Known, heard: Heard, fit: _Fit) -> _Fit:
    """Time, pitch and offset, each on its own, twice."""
    steps = [1 + 0.001 * step for step in range(-6, 7)]
    for _ in range(2):
        times = [Warp(fit.warp.time * by, fit.warp.pitch) for by in steps]
        fit = _best(known, heard, fit, [(warp, _kept_middle(fit, warp)) for warp in times])
        pitches = [Warp(fit.warp.time, fit.warp.pitch * by) for by in steps]
        fit = _best(known, heard, fit, [(warp, fit.offset) for warp in pitches])
        asides = (-2.0, -1.0, -0.5, 0.0, 0.5, 1.0, 2.0)
        fit = _best(known, heard, fit, [(fit.warp, fit.offset + aside) for aside in asides])
    return fit


def _marked(fit: _Fit) -> Marked:
    first, last = fit.score.first, fit.score.last
    second = HOP / RATE
    q_first, q_last = fit.q_span
    return Marked(
        number=fit.lead.number,
        q_start=max(0.0, q_first) * second,
        q_end=q_last * second + FRAME_S,
        r_start=first * second,
        r_end=last * second + FRAME_S,
        speed=fit.warp.time,
        pitch_cents=fit.warp.cents,
        score=fit.score.s,
        anchors=fit.score.hits,
    )
