"""What of a print is worth comparing, and under which keys it is found."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.fingerprints.keys import (
    KEYS_LEAST,
    KEYS_MOST,
    SILENCE,
    STEADY_BITS,
    WINDOW,
    lookup_keys,
    spread,
    steady_bits,
    usable,
)


def random_items(count: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 2**32, count, dtype=np.uint32)


def test_varied_items_are_usable() -> None:
    assert usable(random_items(200)).all()


@pytest.mark.parametrize("count", [0, 1])
def test_next_to_nothing_is_not_usable(count: int) -> None:
    assert not usable(random_items(count)).any()


def test_silence_is_never_usable() -> None:
    items = random_items(100)
    items[40:60] = SILENCE
    mask = usable(items)
    assert not mask[40:60].any()
    assert mask[:20].all()
    assert mask[80:].all()


def test_long_runs_of_one_item_are_not_usable() -> None:
    assert not usable(np.full(100, 123_456, dtype=np.uint32)).any()


def test_a_loop_of_a_few_items_is_not_usable() -> None:
    assert not usable(np.tile(random_items(8), 20)).any()


def test_items_that_hardly_change_are_not_usable() -> None:
    slow = (np.arange(100, dtype=np.uint32) >> 2) & np.uint32(3)
    assert not usable(slow).any()


def test_variety_is_judged_where_it_is() -> None:
    items = np.concatenate([np.full(100, 7, dtype=np.uint32), random_items(100)])
    mask = usable(items)
    assert not mask[: 100 - WINDOW].any()
    assert mask[100 + WINDOW :].all()


@given(st.lists(st.integers(0, 2**32 - 1), max_size=120))
def test_a_mask_has_a_place_for_each_item(numbers: list[int]) -> None:
    items = np.array(numbers, dtype=np.uint32)
    mask = usable(items)
    assert mask.shape == items.shape
    assert not (mask & (items == SILENCE)).any()


def test_spread_marks_what_each_start_covers() -> None:
    assert spread(np.array([0, 1, 6]), 2, 8).tolist() == [True] * 3 + [False] * 3 + [True] * 2


def test_steady_bits_ignore_the_other_bits() -> None:
    items = random_items(50)
    loose = np.uint32(0)
    for bit in set(range(32)) - set(STEADY_BITS):
        loose |= np.uint32(1) << np.uint32(bit)
    assert (steady_bits(items) == steady_bits(items ^ loose)).all()
    assert (steady_bits(items) != steady_bits(items ^ (np.uint32(1) << np.uint32(27)))).all()


def test_keys_are_distinct_ascending_and_bounded() -> None:
    for count in (30, 1_700, 40_000):
        keys = lookup_keys(random_items(count))
        assert keys == sorted(set(keys))
        assert len(keys) <= KEYS_MOST
        assert max(keys) < 2**24
        assert len(keys) >= min(count, KEYS_LEAST)


def test_unusable_prints_have_no_keys() -> None:
    assert lookup_keys(np.full(300, SILENCE, dtype=np.uint32)) == []
    assert lookup_keys(np.empty(0, dtype=np.uint32)) == []


def test_a_part_shares_keys_with_the_whole() -> None:
    whole = random_items(1_700)
    part = whole[600:900]
    shared = set(lookup_keys(whole)) & set(lookup_keys(part))
    assert len(shared) >= 15
    assert len(set(lookup_keys(random_items(1_700, seed=9))) & shared) <= 1
