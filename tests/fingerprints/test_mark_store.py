"""Landmarks in files: packed, found the same whatever happened to the files before."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.fingerprints.engine.manifest import CannotFollow
from apps.fingerprints.landmarks import finding, marks, searching
from apps.fingerprints.landmarks.finding import Marked, find_marked
from apps.fingerprints.landmarks.marks import MarkIndex, MarkSegment, MarkStore, keep, pairs_of
from apps.fingerprints.landmarks.packed import LONGEST, PARTS, Kept, Words, pack, unpack
from tests.fingerprints.peaks_at_random import part_of, scatter, together, warped
from tests.fingerprints.test_engine_index import Lives

SHARED = part_of(scatter(999, 12.0), 0.0, 12.0)  # stands in many recordings, so that offsets tie


def a_mark(seed: int) -> Words:
    own = scatter(seed, 12.0 + seed % 5)
    return pack(keep(together(own, SHARED, float(seed % 3), kept=0.9)))


QUERIES = [
    together(scatter(70, 20.0), part_of(scatter(3, 15.0), 2.0, 10.0), 4.0),
    together(scatter(71, 20.0), SHARED, 3.0),
    warped(part_of(scatter(8, 15.0), 1.0, 11.0), 1.0321, 1.0321),
]


def answers(store: MarkStore) -> list[list[Marked]]:
    return [find_marked(store.searched(), query) for query in QUERIES]


class MarkLives(Lives):
    """The same life as that of an index of prints."""

    def open(self, folder: Path) -> MarkStore:
        return MarkStore(folder)

    def print_of(self, seed: int) -> Words:
        return a_mark(seed)

    def answers(self, index: MarkStore) -> list[list[Marked]]:
        return answers(index)


TestMarkLives = MarkLives.TestCase
TestMarkLives.settings = settings(max_examples=5, stateful_step_count=8, deadline=None)


def made_at_once(folder: Path, held: dict[int, Words]) -> MarkStore:
    store = MarkStore(folder)
    store.apply(held)
    assert store.flush()
    return store


def test_a_small_budget_drops_the_same_codes_however_recordings_are_spread(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(searching, "MOST_HITS", 4_000)
    lived = MarkStore(tmp_path / "lived")
    for seed in range(45):
        lived.apply({seed % 30: a_mark(seed % 30), seed + 100: a_mark(seed + 200)})
        lived.flush()
    for seed in range(45):
        lived.apply({seed + 100: None})
    assert lived.stats()["dead"] > 0
    told = answers(lived)
    assert told[0][0].number == 3
    assert told[2][0].number == 8
    assert told == answers(made_at_once(tmp_path / "new", {s: a_mark(s) for s in range(30)}))


def test_what_is_hidden_takes_nobodys_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(finding, "AS_IT_IS", replace(finding.AS_IT_IS, top=2))
    store = made_at_once(tmp_path, {seed: a_mark(seed) for seed in range(12)})
    first = find_marked(store.searched(), QUERIES[1], changed=False)
    gone = {one.number for one in first}
    assert gone
    second = find_marked(
        store.searched(lambda numbers: np.isin(numbers, list(gone))), QUERIES[1], changed=False
    )
    assert second
    assert gone.isdisjoint(one.number for one in second)


def test_both_turns_of_a_part_are_told() -> None:
    index = MarkIndex.of([1, 2], [scatter(1), scatter(2)])
    part = part_of(scatter(2), 20.0, 10.0)
    query = together(together(scatter(90, 50.0), part, 5.0), part, 30.0)
    found = find_marked(index, query, changed=False)
    assert [one.number for one in found] == [2, 2]
    assert sorted(round(one.q_start) for one in found) == [5, 30]


def test_files_of_other_pairs_are_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made_at_once(tmp_path, {1: a_mark(1)})
    assert MarkStore(tmp_path).numbers() == {1}
    monkeypatch.setattr(MarkSegment, "FORMAT", "soundcheck landmarks 0")
    with pytest.raises(CannotFollow):
        MarkStore(tmp_path)


def test_a_segment_is_mapped_and_holds_four_bytes_a_peak(tmp_path: Path) -> None:
    store = made_at_once(tmp_path, {seed: a_mark(seed) for seed in range(5)})
    [part, _newer] = store.parts()
    for array in (part.segment.items, part.segment.postings, part.segment.table):
        base = array
        while base.base is not None and not isinstance(base, np.memmap):
            base = base.base
        assert isinstance(base, np.memmap)
    words = [a_mark(seed) for seed in range(5)]
    assert part.segment.items.nbytes == 4 * sum(map(len, words))
    assert len(part.segment.postings) == sum(len(pairs_of(one)[0]) for one in words)


packable = st.lists(
    st.tuples(st.integers(0, 400_000), st.floats(8.0, 499.5, width=32), st.booleans()),
    max_size=60,
)


@settings(max_examples=60, deadline=None)
@given(packable)
def test_what_is_packed_comes_back(given_: list[tuple[int, float, bool]]) -> None:
    given_.sort(key=lambda one: one[0])
    times = np.array([one[0] for one in given_], dtype=np.float32)
    bins = np.array([one[1] for one in given_], dtype=np.float32)
    paired = np.array([one[2] for one in given_], dtype=bool)
    words = pack(Kept(times, bins, paired, 400_001))
    told = unpack(words)
    assert (told.times == times).all()
    assert (abs(told.bins - bins) <= 0.5 / PARTS).all()
    assert (told.paired == paired).all()
    assert told.frames == (400_001 if given_ else 0)
    pauses = int((np.diff(times, prepend=0).astype(int) // LONGEST).sum())
    assert len(words) == (1 + len(given_) + pauses if given_ else 0)


def test_the_strongest_are_paired_and_more_are_kept() -> None:
    music = scatter(1, 30.0, per_s=40.0)
    kept = keep(music)
    assert len(kept.times) == 30 * marks.PER_S_KEPT
    assert kept.paired.sum() == 30 * marks.PER_S
    few = music.strongest(marks.PER_S)
    assert (kept.times[kept.paired] == few.times).all()
    assert (kept.bins[kept.paired] == few.bins).all()
    assert len(pack(replace(kept, frames=7))) == 1 + len(kept.times)
