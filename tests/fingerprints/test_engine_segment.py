"""Segments: postings by key, files that are whole or not there, and what an item costs."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.fingerprints.engine.files import (
    BadSegment,
    check_segment,
    open_segment,
    write_segment,
)
from apps.fingerprints.engine.lookup import flipped, keys_of, speaking
from apps.fingerprints.engine.segment import GAP, Segment
from apps.fingerprints.keys import NEXT_BITS, SILENCE, STEADY_BITS, Items
from tests.fingerprints.walks import walk

prints = st.lists(
    st.lists(st.integers(0, 2**32 - 1) | st.sampled_from([1, 2, SILENCE]), max_size=40).map(
        lambda items: np.array(items, dtype=np.uint32)
    ),
    max_size=8,
)


def test_a_key_begins_with_the_steadiest_bits() -> None:
    for place, bit in enumerate((STEADY_BITS + NEXT_BITS)[:20]):
        item = np.array([1 << bit], dtype=np.uint32)
        assert keys_of(item, 20).tolist() == [1 << (19 - place)]
    assert keys_of(np.array([1 << NEXT_BITS[5]], dtype=np.uint32), 20).tolist() == [0]


def test_flips_change_one_of_the_least_steady_bits() -> None:
    wrong = flipped(np.array([0b1010], dtype=np.uint32), 20)[:, 0]
    assert sorted(wrong.tolist()) == sorted(0b1010 ^ (1 << bit) for bit in range(10))


@settings(max_examples=150, deadline=None)
@given(prints)
def test_every_item_that_speaks_is_found_by_its_key_and_nothing_else(some: list[Items]) -> None:
    segment = Segment.build(range(len(some)), some, 20)
    expected: dict[int, list[int]] = {}
    for number, items in enumerate(some):
        start = int(segment.spread_starts[number]) if len(some) else 0
        for at in np.flatnonzero(speaking(items, np.zeros(1, np.int64))):
            expected.setdefault(int(keys_of(items[at : at + 1], 20)[0]), []).append(start + int(at))
    keys = np.array([*expected, 4711], dtype=np.uint32)
    first, counts = segment.ranges(keys)
    found = {
        int(key): segment.postings[at : at + count].tolist()
        for key, at, count in zip(keys, first, counts, strict=True)
        if count
    }
    assert found == {key: sorted(places) for key, places in expected.items()}


def test_between_two_prints_lies_a_gap() -> None:
    segment = Segment.build([5, 6], [walk(1, 10), walk(2, 10)], 20)
    assert segment.spread_starts.tolist() == [0, 10 + GAP]
    assert segment.print_at(1).tolist() == walk(2, 10).tolist()


@pytest.mark.parametrize("count", [0, 1, 3])
def test_a_file_gives_back_what_was_written(tmp_path: Path, count: int) -> None:
    made = Segment.build(range(count), [walk(seed, 50) for seed in range(count)], 20)
    write_segment(tmp_path / "a.prints", made)
    read = open_segment(tmp_path / "a.prints")
    check_segment(tmp_path / "a.prints")
    for name in ("table", "postings", "items", "starts", "numbers"):
        assert np.array_equal(getattr(made, name), getattr(read, name)), name
    assert [path.name for path in tmp_path.iterdir()] == ["a.prints"]


def test_an_item_costs_less_than_nine_bytes(tmp_path: Path) -> None:
    for count in (40, 1200):
        made = Segment.build(range(count), [walk(seed % 50) for seed in range(count)], 16)
        size = write_segment(tmp_path / f"{count}", made)
        assert size < 9 * len(made.items) + 4096


@pytest.mark.parametrize("size", [0, 100, 4096, 5000])
def test_a_file_that_is_cut_off_is_refused(tmp_path: Path, size: int) -> None:
    path = tmp_path / "a.prints"
    write_segment(path, Segment.build([1], [walk(1)], 20))
    path.write_bytes(path.read_bytes()[:size])
    with pytest.raises(BadSegment):
        open_segment(path)


def test_a_byte_that_changed_is_found(tmp_path: Path) -> None:
    path = tmp_path / "a.prints"
    write_segment(path, Segment.build([1], [walk(1)], 20))
    data = bytearray(path.read_bytes())
    data[5000] ^= 1
    path.write_bytes(data)
    with pytest.raises(BadSegment, match="other bytes"):
        check_segment(path)
