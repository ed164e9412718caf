"""What of a print is worth comparing, and under which keys it is found."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.fingerprints.keys import (
    SILENCE,
    STEADY_BITS,
    WINDOW,
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
