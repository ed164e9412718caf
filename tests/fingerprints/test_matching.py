"""Laying prints on each other."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.fingerprints.keys import CONTEXT_S, ITEM_S, SILENCE, Items
from apps.fingerprints.matching import MIN_ITEMS, Alignment, align

SEEDS = st.integers(0, 2**20)


def random_items(count: int, seed: int) -> Items:
    return np.random.default_rng(seed).integers(0, 2**32, count, dtype=np.uint32)


def disturbed(items: Items, share: float, seed: int) -> Items:
    """The items with this share of their bits turned over."""
    turned = np.random.default_rng(seed).random((len(items), 32)) < share
    weights = np.uint32(1) << np.arange(32, dtype=np.uint32)
    return items ^ (turned * weights).sum(axis=1).astype(np.uint32)


@given(SEEDS, st.integers(MIN_ITEMS, 400))
def test_a_print_matches_itself_without_error(seed: int, count: int) -> None:
    items = random_items(count, seed)
    found = align(items, items)
    assert found is not None
    assert (found.offset, found.bit_error, found.coverage) == (0, 0.0, 1.0)
    assert found.same_recording


@given(SEEDS, st.integers(0, 80), st.integers(30, 200))
def test_a_part_is_found_where_it_was_cut(seed: int, start: int, length: int) -> None:
    whole = random_items(300, seed)
    part = whole[start : start + length]
    found = align(part, whole)
    assert found is not None
    assert found.offset == start
    assert (found.first, found.last) == (0, length - 1)
    assert found.same_recording


@given(SEEDS, st.floats(0, 0.12))
def test_alignment_is_symmetric(seed: int, share: float) -> None:
    whole = random_items(260, seed)
    other = disturbed(whole[37:190], share, seed + 1)
    there, back = align(other, whole), align(whole, other)
    assert (there is None) == (back is None)
    if there is not None and back is not None:
        assert there == back.seen_from_reference()
        assert there.bit_error == back.bit_error


@settings(max_examples=200)
@given(SEEDS, SEEDS, st.integers(16, 300), st.integers(16, 300))
def test_strangers_do_not_match(one: int, other: int, short: int, long: int) -> None:
    found = align(random_items(short, one), random_items(long, other + 2**21))
    assert found is None or not found.same_recording


@pytest.mark.parametrize("share", [0.01, 0.05, 0.1, 0.15])
def test_bit_error_is_measured(share: float) -> None:
    items = random_items(1_000, 5)
    found = align(disturbed(items, share, 6), items)
    assert found is not None
    assert found.bit_error == pytest.approx(share, abs=0.01)
    assert found.same_recording


def test_too_many_errors_are_no_match() -> None:
    items = random_items(1_000, 5)
    found = align(disturbed(items, 0.3, 6), items)
    assert found is None or not found.same_recording


def test_short_prints_must_agree_better() -> None:
    assert Alignment(0, 80, 1.0, 0.18, 0, 79).same_recording
    assert not Alignment(0, 30, 1.0, 0.18, 0, 29).same_recording


def test_a_third_of_the_shorter_is_not_the_same_recording() -> None:
    shared = random_items(100, 1)
    found = align(
        np.concatenate([shared, random_items(200, 2)]),
        np.concatenate([random_items(210, 3), shared]),
    )
    assert found is not None
    assert found.coverage == pytest.approx(1 / 3, abs=0.02)
    assert found.offset == 210
    assert not found.same_recording


def test_an_edit_with_its_middle_cut_out_is_the_same_recording() -> None:
    whole = random_items(600, 4)
    found = align(np.concatenate([whole[:200], whole[380:]]), whole)
    assert found is not None
    assert found.coverage > 0.95
    assert found.same_recording


def test_a_recording_inside_a_longer_one_is_the_same_recording() -> None:
    song = random_items(200, 7)
    album_side = np.concatenate([random_items(500, 8), song, random_items(500, 9)])
    found = align(album_side, song)
    assert found is not None
    assert found.offset == -500
    assert found.same_recording


def test_silence_shared_by_two_recordings_is_nothing_shared() -> None:
    silence = np.full(400, SILENCE, dtype=np.uint32)
    one = np.concatenate([random_items(100, 1), silence])
    other = np.concatenate([random_items(100, 2), silence])
    assert align(one, other) is None
    assert align(silence, silence) is None


def test_a_held_tone_shared_by_two_recordings_is_nothing_shared() -> None:
    tone = np.full(400, 0x5A5A5A5A, dtype=np.uint32)
    one = np.concatenate([random_items(100, 1), tone])
    other = np.concatenate([random_items(100, 2), tone])
    found = align(one, other)
    assert found is None or not found.same_recording


@pytest.mark.parametrize("count", [0, 1, MIN_ITEMS - 1])
def test_too_few_items_are_not_compared(count: int) -> None:
    items = random_items(count, 1)
    assert align(items, items) is None
    assert align(items, random_items(300, 2)) is None


def test_spans_are_in_seconds_of_each_recording() -> None:
    whole = random_items(300, 1)
    found = align(whole[100:200], whole)
    assert found is not None
    assert found.query_span_s == (0.0, pytest.approx(100 * ITEM_S + CONTEXT_S))
    assert found.reference_span_s[0] == pytest.approx(100 * ITEM_S)


def test_a_long_loop_is_compared_in_bounded_time() -> None:
    loop = np.tile(random_items(30, 1), 1_000)
    found = align(loop, loop[: len(loop) // 2])
    assert found is not None
    assert found.bit_error == 0.0
