"""Prints of a query begun a fraction of an item later: one of them falls into step."""

import numpy as np
import pytest

from apps.fingerprints.engine.index import Index
from apps.fingerprints.engine.verifying import Query
from apps.fingerprints.keys import ITEM_S, Items
from apps.screening.prints import PHASES, phases_of, print_of
from tests.screening.recordings import recording
from tests.sounds import tune

RATE = 44_100


def bit_error(first: Items, second: Items) -> float:
    count = min(len(first), len(second))
    return float(np.bitwise_count(first[:count] ^ second[:count]).mean()) / 32


@pytest.mark.parametrize("rate", [44_100, 48_000])
def test_a_later_phase_is_the_print_of_what_is_left(rate: int) -> None:
    pcm = tune(12.0, rate=rate, seed=4)
    phases = phases_of(recording(pcm, rate))
    assert len(phases) == PHASES - 1
    for place, phase in enumerate(phases, start=1):
        cut = pcm[round(place * ITEM_S / PHASES * rate) :]
        assert bit_error(phase, print_of(recording(cut, rate)).items) < 0.01


def test_of_a_part_cut_anywhere_one_phase_is_nearer_than_the_first(tmp_path) -> None:
    pcm = tune(24.0, seed=5)
    index = Index(tmp_path)
    index.apply({1: print_of(recording(pcm)).items})
    start = round(40.5 * ITEM_S * RATE)  # between two items of the reference
    part = recording(pcm[start : start + 8 * RATE])
    first = print_of(part).items
    [alone] = index.search(Query.of([first]))
    [better] = index.search(Query.of([first, *phases_of(part)]))
    assert better.bit_error < 0.7 * alone.bit_error
    assert better.bit_error < 0.03
    [piece] = better.stretches
    assert piece.r_start - piece.q_start == pytest.approx(40.5 * ITEM_S, abs=0.04)


@pytest.mark.parametrize("samples", [1, 1000, 20_000])
def test_what_is_too_short_has_empty_phases(samples: int) -> None:
    sound = recording(tune(1.0)[:samples])
    assert [len(phase) for phase in phases_of(sound)] == [0] * (PHASES - 1)
