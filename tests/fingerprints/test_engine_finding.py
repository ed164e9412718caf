"""What the index finds: parts with their times, classes, and nothing in what says nothing."""

from pathlib import Path

import numpy as np
import pytest

from apps.fingerprints.engine.answers import Found
from apps.fingerprints.engine.index import Index
from apps.fingerprints.engine.verifying import Query
from apps.fingerprints.keys import ITEM_S, SILENCE, Items
from tests.fingerprints.walks import noisy, walk

HOURS_18 = 523_000  # items


@pytest.fixture
def index(tmp_path: Path) -> Index:
    made = Index(tmp_path)
    made.apply({seed: walk(seed) for seed in range(1, 40)})
    return made


def look(index: Index, items: Items) -> list[Found]:
    return index.search(Query.of([items]))


def test_a_whole_recording_is_found_as_the_same(index: Index) -> None:
    [found] = look(index, noisy(walk(7), 0.05))
    assert (found.number, found.relation, found.accepted) == (7, "same_recording", True)
    assert found.coverage_query == pytest.approx(1.0, abs=0.01)
    assert found.bit_error == pytest.approx(0.05, abs=0.01)


def test_a_part_inside_something_else_is_found_with_its_times(index: Index) -> None:
    query = np.concatenate([walk(101, 300), noisy(walk(5)[400:520], 0.1), walk(102, 300)])
    [found] = look(index, query)
    [piece] = found.stretches
    assert (found.number, found.relation) == (5, "partial")
    assert piece.r_start - piece.q_start == pytest.approx(100 * ITEM_S, abs=0.1)
    assert piece.q_start == pytest.approx(300 * ITEM_S + 1.3, abs=0.7)
    assert piece.q_end == pytest.approx(420 * ITEM_S + 1.3, abs=0.7)
    assert len(piece.errors) >= piece.items


def test_parts_of_two_recordings_are_both_found(index: Index) -> None:
    query = np.concatenate([walk(3)[100:250], walk(201, 60), walk(9)[300:400]])
    found = look(index, query)
    assert {one.number for one in found} == {3, 9}
    assert all(one.relation == "partial" for one in found)


def test_a_recording_with_something_put_into_it_has_two_pieces(index: Index) -> None:
    query = np.concatenate([walk(4)[:400], walk(301, 150), walk(4)[400:]])
    [found] = look(index, query)
    first, second = sorted(found.stretches, key=lambda one: one.q_start)
    assert second.q_start - second.r_start == pytest.approx(150 * ITEM_S, abs=0.01)
    assert first.q_start == first.r_start == 0.0
    assert found.relation == "same_recording"


def test_a_part_of_a_reference_that_is_the_whole_query_is_the_same_recording(index: Index) -> None:
    [found] = look(index, walk(8)[200:500])
    assert found.relation == "same_recording"
    assert found.coverage_reference == pytest.approx(1 / 3, abs=0.05)


def test_what_repeats_inside_a_reference_is_explained_once(tmp_path: Path) -> None:
    loop = walk(1, 120)
    index = Index(tmp_path)
    index.apply({1: np.concatenate([walk(2, 100), loop, loop, loop, walk(3, 100)])})
    [found] = look(index, np.concatenate([walk(50, 200), loop, walk(51, 200)]))
    assert len(found.stretches) == 1


@pytest.mark.parametrize("share", [0.0, 0.05, 0.1, 0.13])
def test_noise_below_the_line_is_accepted(index: Index, share: float) -> None:
    for seed in range(1, 11):
        found = look(index, noisy(walk(seed)[200:500], share, seed))
        assert [(one.number, one.accepted) for one in found] == [(seed, True)]


def test_noise_far_above_the_line_is_nothing(index: Index) -> None:
    assert [look(index, noisy(walk(seed), 0.3, seed)) for seed in range(1, 11)] == [[]] * 10


def test_phases_find_what_one_print_alone_may_miss(index: Index) -> None:
    phases = [noisy(walk(6)[100:180], 0.4), noisy(walk(6)[100:180], 0.06)]
    assert look(index, phases[0]) == []
    [found] = index.search(Query.of(phases))
    assert found.number == 6


def test_strangers_are_not_found(index: Index) -> None:
    assert [look(index, walk(seed, 1400)) for seed in range(1000, 1040)] == [[]] * 40


def tones(count: int) -> Items:
    """Items of a steady tone: two or three that come again and again."""
    return np.random.default_rng(3).choice(walk(77, 3), count)


NOTHING = {
    "no item": np.empty(0, np.uint32),
    "one item": walk(1, 1),
    "15 items": walk(1)[100:115],
    "18 equal items": np.full(18, 12345, np.uint32),
    "an hour of one item": np.full(29_000, 987_654_321, np.uint32),
    "silence": np.full(1000, SILENCE, np.uint32),
    "tones": tones(1000),
    "two items in turn": np.tile(walk(78, 2), 500),
}


@pytest.mark.parametrize("name", NOTHING)
def test_what_says_nothing_matches_nothing_not_even_itself(tmp_path: Path, name: str) -> None:
    index = Index(tmp_path)
    index.apply({1: walk(1), 2: NOTHING[name], 3: np.concatenate([NOTHING[name], walk(3)])})
    index.flush()
    assert look(index, NOTHING[name]) == []
    assert {one.number for one in look(index, walk(1))} == {1}
    assert {one.number for one in look(index, walk(3))} == {3}


def test_eighteen_items_are_enough_where_they_say_something(index: Index) -> None:
    [found] = look(index, walk(2)[400:418])
    assert found.number == 2


def test_eighteen_hours_are_searched_and_found(tmp_path: Path) -> None:
    index = Index(tmp_path)
    day = walk(500, HOURS_18)
    index.apply({1: walk(1), 2: day, 3: walk(3)})
    index.flush()
    [found] = look(index, day[400_000:400_200])
    assert found.number == 2
    assert found.stretches[0].r_start == pytest.approx(400_000 * ITEM_S, abs=0.1)
    assert {one.number for one in look(index, day)} == {2}
    played = np.concatenate([day[:300_000], walk(1)[100:300], day[300_000:]])
    assert {one.number for one in look(index, played)} == {1, 2}


def test_nothing_is_found_in_nothing(tmp_path: Path) -> None:
    index = Index(tmp_path / "not there yet")
    assert look(index, walk(1)) == []
    assert index.search(Query.of([])) == []


def test_few_items_have_to_agree_better_where_more_could_have(tmp_path: Path) -> None:
    shared = walk(5, 20)
    index = Index(tmp_path)
    index.apply({1: np.concatenate([walk(1, 200), shared, walk(2, 200)])})
    for error, is_accepted in ((0.08, True), (0.145, False)):
        part = noisy(shared, error, seed=3)
        query = np.concatenate([walk(3, 120), part, walk(4, 120)])
        accepted = [one for one in index.search(Query.of([query])) if one.accepted]
        assert bool(accepted) == is_accepted
