"""From stretches to answers: what a recording shares with each print, and what that makes of it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from apps.fingerprints.engine.verifying import BELONGS, Stretch

EXACT, SAME, MODIFIED, PARTIAL = "exact", "same_recording", "same_recording_modified", "partial"
WHOLE = 0.8  # of the shorter recording
CHANGED_SPEED = 0.004  # beyond it a recording counts as changed ...
CHANGED_CENTS = 10  # ... and so it does beyond this
NEW = 0.5  # share of a stretch that no better stretch of the same print explains already

Span = tuple[float, float]


@dataclass(frozen=True)
class Found:
    """A print that shares audio with the query.

    `relation`: "exact", "same_recording", "same_recording_modified" or "partial". `accepted`: False
    where strangers are sometimes as near. `stretches`: best first. Coverages: shares of the query's
    and the print's recording, 0..1.
    """

    number: int
    relation: str
    tier: str
    accepted: bool
    stretches: tuple[Stretch, ...]
    coverage_query: float
    coverage_reference: float

    @property
    def bit_error(self) -> float:
        """Over all items that were compared."""
        items = sum(one.items for one in self.stretches)
        return sum(one.bit_error * one.items for one in self.stretches) / max(items, 1)


def judge(
    number: int, stretches: Iterable[Stretch], query_s: float, reference_s: float
) -> Found | None:
    """What these stretches of one print say together; None when there are none.

    Of stretches that lie on the same part of the query (music repeats itself) the best is kept.
    Those that are not accepted count only where none is.
    """
    kept = _apart(stretches)
    accepted = [one for one in kept if one.accepted]
    kept = accepted or kept
    if not kept:
        return None
    mine = _length(sorted((one.q_start, one.q_end) for one in kept)) / max(query_s, 1e-9)
    theirs = _length(sorted((one.r_start, one.r_end) for one in kept)) / max(reference_s, 1e-9)
    shared = mine if query_s <= reference_s else theirs
    relation = _relation(shared, kept)
    return Found(
        number,
        relation,
        "chromaprint",
        bool(accepted),
        tuple(kept),
        min(mine, 1.0),
        min(theirs, 1.0),
    )


def _relation(shared: float, stretches: Sequence[Stretch]) -> str:
    if shared < WHOLE:
        return PARTIAL
    changed = any(
        abs(one.speed - 1) > CHANGED_SPEED or abs(one.pitch_cents) > CHANGED_CENTS
        for one in stretches
    )
    return MODIFIED if changed else SAME


def _apart(stretches: Iterable[Stretch]) -> list[Stretch]:
    ordered = sorted(stretches, key=lambda one: (-_weight(one), one.q_start, one.r_start))
    kept: list[Stretch] = []
    for one in ordered:
        covered = sum(_shared((one.q_start, one.q_end), (k.q_start, k.q_end)) for k in kept)
        if covered <= (1 - NEW) * (one.q_end - one.q_start):
            kept.append(one)
    return kept


def _weight(one: Stretch) -> float:
    return one.items * (BELONGS - one.bit_error)


def _shared(first: Span, second: Span) -> float:
    return max(0.0, min(first[1], second[1]) - max(first[0], second[0]))


def _length(spans: Sequence[Span]) -> float:
    """How long spans are together, which are in order and may overlap."""
    total, reached = 0.0, 0.0
    for start, end in spans:
        total += max(0.0, end - max(start, reached))
        reached = max(reached, end)
    return total
