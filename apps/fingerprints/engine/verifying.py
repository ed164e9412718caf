"""Comparing a query with a print along a diagonal, item by item: what is shared, and how well.

Two items are compared where both stand in a stretch with variety (`keys.usable`); silence, tones
and whatever stands still say nothing. A window of 24 such items that differs in less than 0.16 of
its bits is shared audio. Of 176 recordings against 10,000 others the nearest stranger differed in
0.18 (measured 2026-11-20); what lies below 0.2 is told, but not accepted.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import numpy.typing as npt

from apps.fingerprints.engine.segment import CHUNK
from apps.fingerprints.engine.voting import Candidate
from apps.fingerprints.keys import (
    CONTEXT_S,
    ITEM_S,
    MIN_ITEMS,
    WINDOW,
    Items,
    Mask,
    usable,
)

Errors = npt.NDArray[np.float64]

ACCEPTED = 0.16  # share of differing bits of the best window; in proportion less of a shorter one
TOLD = 0.2  # above it nothing is said
WORTH_ALIGNING = 0.3  # on the diagonal as it was voted for
BELONGS = 0.28  # an item that differs in less belongs to the shared part: strangers differ in half
PIECES = 4  # of one diagonal
AROUND = (-1, 0, 1)  # items beside the diagonal that are tried
MIDDLE_S = CONTEXT_S / 2  # an item half of whose audio is shared stands at the edge


@dataclass(frozen=True)
class Stretch:
    """A piece of the query that lies in a recording, in seconds of both.

    `accepted`: whether strangers are never that near. `speed` and `pitch_cents`: how much faster
    and higher the query is. Found by prints: `bit_error` over the piece, 0..0.5; `window_error`
    over its best window; `errors`: differing bits of each item, 255 where an item was not compared;
    `items`: how many were. Found by landmarks: `score` in nats and `anchors`, the peaks in common.
    """

    q_start: float
    q_end: float
    r_start: float
    r_end: float
    accepted: bool
    bit_error: float | None = None
    window_error: float | None = None
    items: int = 0
    votes: int = 0
    speed: float = 1.0
    pitch_cents: int = 0
    score: float | None = None
    anchors: int | None = None
    errors: bytes = field(default=b"", repr=False)

    @property
    def span(self) -> tuple[float, float, float, float]:
        """Start and end in the query, then in the recording; seconds."""
        return self.q_start, self.q_end, self.r_start, self.r_end

    @property
    def by_landmarks(self) -> bool:
        """Which tier found it."""
        return self.score is not None


@dataclass(frozen=True)
class Query:
    """What is looked for. `phases`: its print, and prints begun a fraction of an item later each.

    `masks`: which items of each say something. `duration_s`: of the recording.
    """

    phases: tuple[Items, ...]
    masks: tuple[Mask, ...]
    duration_s: float

    @classmethod
    def of(cls, phases: Sequence[Items], duration_s: float | None = None) -> "Query":
        """From prints; their length says how long the recording is, where nobody else does."""
        prints = tuple(np.asarray(items, dtype=np.uint32) for items in phases)
        if duration_s is None:
            duration_s = length_s(len(prints[0])) if prints else 0.0
        return cls(prints, tuple(usable(items) for items in prints), duration_s)


def length_s(items: int) -> float:
    """How long a recording is that gave so many items, in seconds, right to an item."""
    return items * ITEM_S + CONTEXT_S if items else 0.0


@dataclass(frozen=True)
class Reference:
    """A print that is compared with queries, and how long its recording is, in seconds."""

    items: Items
    duration_s: float

    @cached_property
    def mask(self) -> Mask:
        """Which items say something."""
        return usable(self.items)


def find_stretches(query: Query, reference: Reference, voted: Candidate) -> list[Stretch]:
    """What lies on or beside one diagonal, in the order of the query; nothing for strangers."""
    items, offset = reference.items, voted.offset
    span = voted.near, voted.near + CHUNK
    middle = len(query.phases) // 2  # between them, the first and this one are near enough
    rough = min(_rough(query.phases[phase], items, offset, span) for phase in {0, middle})
    if rough >= WORTH_ALIGNING:
        return []
    tries = [(phase, offset + aside) for phase in range(len(query.phases)) for aside in AROUND]
    best = min(tries, key=lambda one: (_rough(query.phases[one[0]], items, one[1], span), one))
    return _pieces(query, reference, best, voted.votes)


def _overlap(query: Items, reference: Items, offset: int) -> tuple[int, int]:
    """First and last (exclusive) item of the query that meets one of the reference."""
    return max(0, -offset), min(len(query), len(reference) - offset)


def _rough(query: Items, reference: Items, offset: int, span: tuple[int, int]) -> float:
    """The least share of differing bits in a window on this diagonal; 1 where there is none.

    `span`: which items of the query are looked at.
    """
    start, end = _overlap(query, reference, offset)
    start, end = max(start, span[0]), min(end, span[1])
    width = min(WINDOW, len(query))
    if end - start < max(width, MIN_ITEMS):
        return 1.0
    differing = np.bitwise_count(query[start:end] ^ reference[start + offset : end + offset])
    return float(_window_sums(differing, width).min()) / (32 * width)


def _window_sums(values: npt.NDArray[np.uint8], width: int) -> npt.NDArray[np.int64]:
    running = np.concatenate([[0], np.cumsum(values, dtype=np.int64)])
    sums: npt.NDArray[np.int64] = running[width:] - running[:-width]
    return sums


def _pieces(
    query: Query, reference: Reference, chosen: tuple[int, int], votes: int
) -> list[Stretch]:
    phase, offset = chosen
    items, late = query.phases[phase], phase / len(query.phases)
    ends = query.duration_s, reference.duration_s
    start, end = _overlap(items, reference.items, offset)
    both = query.masks[phase][start:end] & reference.mask[start + offset : end + offset]
    bits = np.bitwise_count(items[start:end] ^ reference.items[start + offset : end + offset])
    found = []
    for first, last in _runs(bits, both):
        at = np.flatnonzero(both[first:last]) + first
        errors = np.full(last - first, 255, dtype=np.uint8)
        errors[at - first] = bits[at]
        width = min(WINDOW, len(at))
        # Few items where more could have been compared are the likelier to agree by chance.
        limit = ACCEPTED * (width / WINDOW if end - start > WINDOW else 1.0)
        window_error = float(_window_sums(bits[at], width).min()) / (32 * width)
        if window_error >= TOLD:
            continue
        found.append(
            Stretch(
                *_times(start + first + late, start + last + late, offset - late, len(items), ends),
                accepted=window_error < limit,
                bit_error=float(bits[at].mean()) / 32,
                window_error=window_error,
                items=len(at),
                votes=votes,
                errors=errors.tobytes(),
            )
        )
    return sorted(found, key=lambda one: one.q_start)


def _runs(bits: npt.NDArray[np.uint8], both: Mask) -> list[tuple[int, int]]:
    """The best runs of items that belong together, apart from each other: Kadane, a few times.

    Items that were not compared count neither for nor against.
    """
    gains = np.where(both, BELONGS - bits / 32.0, 0.0)
    found: list[tuple[int, int]] = []
    for _ in range(PIECES):
        first, last = _best_run(gains)
        if int(both[first:last].sum()) < MIN_ITEMS:
            break
        found.append((first, last))
        gains[first:last] = -1.0
    return found


def _best_run(gains: Errors) -> tuple[int, int]:
    running = np.concatenate([[0.0], np.cumsum(gains)])
    risen = running - np.minimum.accumulate(running)
    last = int(risen.argmax())
    first = int(running[: last + 1].argmin())
    while last > first and gains[first] <= 0:
        first += 1
    return first, last


def _times(
    first: float, last: float, offset: float, items: int, ends: tuple[float, float]
) -> tuple[float, float, float, float]:
    """Start and end in both recordings, in seconds.

    At an edge inside both recordings half of an item's audio is shared; at the beginning or the end
    of one of them there is nothing more to share.
    """
    begins = min(first, first + offset) < 1.0
    q_start = first * ITEM_S + (0.0 if begins else MIDDLE_S)
    q_end = (last - 1) * ITEM_S + MIDDLE_S
    shift = offset * ITEM_S
    limit = min(ends[0], ends[1] - shift)
    if limit - (q_end + MIDDLE_S) < 2 * ITEM_S:
        q_end = limit
    q_start = max(0.0, -shift, q_start)
    q_end = min(limit, max(q_end, q_start))
    return q_start, q_end, q_start + shift, q_end + shift
