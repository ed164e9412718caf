"""The view of even phase: lines far below the sound are found, music's own are told apart."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.screening.comb.listen import cut_up, hear
from apps.screening.comb.phase import FRAME, Stretch, locked_surface, stretches
from apps.screening.comb.search import Comb, measure, orders_in, z_of
from apps.screening.comb.veto import strength
from tests.screening.decoder_sounds import RATE, Mono, comb, loop, music, pink, stereo

BAND = (4_000.0, 16_000.0)


def locked_z(mono: Mono, spacing: float) -> float:
    surface = locked_surface(stretches(stereo(mono), RATE))
    return z_of(surface, orders_in((3_000.0, 16_000.0), spacing), spacing)


def measured(mono: Mono, spacing: float) -> tuple[Comb, float]:
    """The comb at that spacing, and how strong what lies between its lines is."""
    heard = hear(cut_up(stereo(mono), RATE), BAND)
    found = measure(heard.views, spacing)
    assert found is not None
    return found, strength(heard, found).between


def test_lines_that_levels_do_not_show_are_found_by_their_phase() -> None:
    sound = pink(60) + comb(60, 200.0, level=0.0006)
    found, _ = measured(sound, 200.0)
    assert max(found.short, found.long) < 3
    assert found.locked > 2 * max(found.short, found.long)


def test_noise_and_music_keep_no_phase() -> None:
    for sound in (pink(40), music(40)):
        assert all(locked_z(sound, f0) < 4 for f0 in (50.0, 86.1328125, 200.0, 1378.125))


def test_a_loop_keeps_its_phase_between_the_lines_as_well() -> None:
    _, between = measured(loop(40.0), 50.0)
    assert between > 0.75
    _, between = measured(pink(40) + comb(40, 50.0, level=0.004), 50.0)
    assert between < 0.5


@given(gain_db=st.floats(-30, 0), seed=st.integers(0, 3))
@settings(max_examples=6, deadline=None)
def test_loudness_changes_nothing(gain_db: float, seed: int) -> None:
    sound = stereo(pink(12, seed=seed) + comb(12, 200.0))
    quieter = (sound * 10 ** (gain_db / 20)).astype(np.float32)
    first = locked_surface(stretches(sound, RATE)).values
    second = locked_surface(stretches(quieter, RATE)).values
    assert np.abs(first - second).mean() < 0.02


@given(
    frames=st.integers(1, 40),
    channels=st.integers(1, 6),
    kind=st.sampled_from(["zeros", "ones", "wild"]),
)
@settings(max_examples=25, deadline=None)
def test_no_shape_and_no_value_breaks_it(frames: int, channels: int, kind: str) -> None:
    length = frames * FRAME + 17
    made = {
        "zeros": np.zeros(length),
        "ones": np.ones(length),
        "wild": np.resize([1e9, -1e9, 1e-30, 0.0, 3.0], length),
    }[kind]
    pcm = np.repeat(made.astype(np.float32)[:, None], channels, axis=1)
    found = stretches(pcm, 48_000)
    assert len({len(stretch.power) for stretch in found}) <= 1
    assert np.isfinite(locked_surface(found).values).all()


@pytest.mark.parametrize(
    ("seconds", "count"), [(1.0, 0), (6.0, 1), (14.0, 1), (95.0, 9), (3_600.0, 30)]
)
def test_how_it_is_cut_up(seconds: float, count: int) -> None:
    pcm = np.broadcast_to(np.zeros((1, 1), np.float32), (int(seconds * 16_000), 1))
    found = stretches(pcm, 16_000)
    assert len(found) == count
    _follow_each_other(found, seconds)


def _follow_each_other(found: tuple[Stretch, ...], seconds: float) -> None:
    for before, after in pairwise(found):
        assert after.start_s >= before.end_s - 1e-6
    assert all(0 <= s.start_s < s.end_s <= seconds + 1e-6 for s in found)
