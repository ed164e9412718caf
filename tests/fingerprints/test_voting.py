"""Votes for diagonals: what is dropped early never had enough of them."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.fingerprints.landmarks.voting import LEAST, LEAST_COUNTERS, Room, vote

AXIS = 40 * LEAST_COUNTERS  # so long that many diagonals share a counter


def asked(seed: int, rows: int) -> tuple[np.ndarray, tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """Postings, and lists of them; some lie on one diagonal, far along the axis or before it."""
    rng = np.random.default_rng(seed)
    counts = rng.integers(1, 90, rows)
    firsts = np.concatenate([[0], np.cumsum(counts)[:-1]])
    begins = rng.integers(0, 5_000, rows).astype(np.uint32)
    postings = rng.integers(0, AXIS, int(counts.sum())).astype(np.uint32)
    for row in range(0, rows, 3):
        postings[firsts[row]] = AXIS - 5_000 + begins[row] + row % 2
        postings[firsts[row] + counts[row] - 1] = begins[row] // 2
    return postings, (firsts.astype(np.int64), counts.astype(np.int64), begins)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 60))
def test_every_hit_of_a_diagonal_with_enough_of_them_gets_through(seed: int, rows: int) -> None:
    postings, lists = asked(seed, rows)
    diagonals, places = vote(postings, lists, Room.empty().for_hits(int(lists[1].sum())))
    found = Counter(zip(diagonals.tolist(), places.tolist(), strict=True))
    hits = Counter(
        (int(place) - int(begin), int(place))
        for first, count, begin in zip(*lists, strict=True)
        for place in postings[first : first + count]
    )
    on = Counter(diagonal for diagonal, _ in hits.elements())
    for (diagonal, place), times in hits.items():
        if sum(on[diagonal + aside] for aside in (-1, 0, 1)) >= LEAST:
            assert found[diagonal, place] == times
    assert not found - hits


@pytest.mark.parametrize("hits", [300, 70_000, 300_000])
def test_room_is_used_again_and_forgets(hits: int) -> None:
    room = Room.empty()
    postings = np.full(hits, 77, dtype=np.uint32)
    full = np.zeros(1, np.int64), np.array([hits], np.int64), np.zeros(1, np.uint32)
    assert len(vote(postings, full, room.for_hits(hits))[0]) == hits
    few = np.zeros(1, np.int64), np.array([3], np.int64), np.zeros(1, np.uint32)
    assert len(vote(postings, few, room.for_hits(3))[0]) == 0
