"""From stretches to answers: what a recording shares with each print, and what that makes of it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from apps.fingerprints.engine.verifying import BELONGS, Stretch

EXACT, SAME, MODIFIED, PARTIAL = "exact", "same_recording", "same_recording_modified", "partial"
CHROMAPRINT, LANDMARKS = "chromaprint", "landmarks"  # tiers
WHOLE = 0.8  # of the shorter recording
CHANGED_SPEED = 0.004  # beyond it a recording counts as changed ...
CHANGED_CENTS = 10  # ... and so it does beyond this
PLACED_S = 0.025  # how closely landmarks are placed: a short stretch cannot tell its speed better
NEW = 0.5  # share of a stretch that no better stretch of the same print explains already

Span = tuple[float, float]


@dataclass(frozen=True)
class Found:
    """A recording that shares audio with the query.

    `tier`: which one found the longest stretch. `relation`: "exact", "same_recording",
    "same_recording_modified" or "partial". `accepted`: False where strangers are sometimes as near.
    `stretches`: those by prints, then those by landmarks, best first. Coverages: shares of the
    query's and the recording's own length, 0..1.
    """

    number: int
    relation: str
    tier: str
    accepted: bool
    stretches: tuple[Stretch, ...]
    coverage_query: float
    coverage_reference: float

    @property
    def bit_error(self) -> float | None:
        """Over all items that were compared; None where landmarks alone found it."""
        items = sum(one.items for one in self.stretches)
        if not items:
            return None
        return sum((one.bit_error or 0.0) * one.items for one in self.stretches) / items

    @property
    def longest(self) -> Stretch:
        """The stretch that is longest in the query."""
        return longest_of(self.stretches)


def judge(
    number: int, stretches: Iterable[Stretch], query_s: float, reference_s: float
) -> Found | None:
    """What these stretches of one recording say together; None when there are none.

    Of stretches that lie on the same part of the query (music repeats itself) the best is kept; of
    one by prints and one by landmarks the longer. Those that are not accepted count only where none
    is.
    """
    given = list(stretches)
    counted = [one for one in given if one.accepted] or given
    prints = _apart(one for one in counted if not one.by_landmarks)
    marks = [
        one
        for one in _apart(one for one in counted if one.by_landmarks)
        if _covered(one, prints) <= 1 - NEW
    ]
    kept = [one for one in prints if _covered(one, marks) <= 1 - NEW] + marks
    if not kept:
        return None
    mine = covered_s((one.q_start, one.q_end) for one in kept) / max(query_s, 1e-9)
    theirs = covered_s((one.r_start, one.r_end) for one in kept) / max(reference_s, 1e-9)
    shared = mine if query_s <= reference_s else theirs
    found = Found(
        number,
        _relation(shared, kept),
        "",
        kept[0].accepted,
        tuple(kept),
        min(mine, 1.0),
        min(theirs, 1.0),
    )
    return replace(found, tier=tier_of(found.longest))


def longest_of(stretches: Iterable[Stretch]) -> Stretch:
    """The stretch that is longest in the query; of equal ones the earliest."""
    return max(stretches, key=lambda one: (one.q_end - one.q_start, -one.q_start))


def tier_of(stretch: Stretch) -> str:
    """Which tier found it."""
    return LANDMARKS if stretch.by_landmarks else CHROMAPRINT


def _relation(shared: float, stretches: Sequence[Stretch]) -> str:
    if shared < WHOLE:
        return PARTIAL
    changed = any(
        is_other_speed(one.speed, one.q_end - one.q_start) or is_other_pitch(one.pitch_cents)
        for one in stretches
    )
    return MODIFIED if changed else SAME


def is_other_speed(speed: float, length_s: float) -> bool:
    """Whether a stretch of so many seconds runs at another speed, as far as its length can tell."""
    return abs(speed - 1) > max(CHANGED_SPEED, PLACED_S / max(length_s, PLACED_S))


def is_other_pitch(cents: int) -> bool:
    """Whether a stretch is higher or lower."""
    return abs(cents) > CHANGED_CENTS


def _apart(stretches: Iterable[Stretch]) -> list[Stretch]:
    ordered = sorted(stretches, key=lambda one: (-_weight(one), one.q_start, one.r_start))
    kept: list[Stretch] = []
    for one in ordered:
        if _covered(one, kept) <= 1 - NEW:
            kept.append(one)
    return kept


def _covered(one: Stretch, others: Sequence[Stretch]) -> float:
    """Which share of its part of the query the others explain."""
    shared = sum(_shared((one.q_start, one.q_end), (k.q_start, k.q_end)) for k in others)
    return shared / max(one.q_end - one.q_start, 1e-9)


def _weight(one: Stretch) -> float:
    if one.score is not None:
        return one.score
    return one.items * (BELONGS - (one.bit_error or 0.0))


def _shared(first: Span, second: Span) -> float:
    return max(0.0, min(first[1], second[1]) - max(first[0], second[0]))


def covered_s(spans: Iterable[Span]) -> float:
    """How long spans are together, which may overlap."""
    total, reached = 0.0, 0.0
    for start, end in sorted(spans):
        total += max(0.0, end - max(start, reached))
        reached = max(reached, end)
    return total
