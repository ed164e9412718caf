"""Maps of a spectrum: ranks that loudness does not change."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.screening.comb.maps import (
    Surface,
    quiet_spectra,
    residual,
    steady_spectra,
    surface,
)
from apps.screening.comb.spectra import Spectrogram

few = settings(deadline=None, max_examples=25)
seeds = st.integers(0, 2**32 - 1)
# Whole sixteenths of a decibel up to 128: a constant is added without rounding.
steps = st.integers(-1024, 1024).map(lambda sixteenths: sixteenths / 16)


def levels_of(seed: int, bins: int) -> np.ndarray:
    """A spectrum in decibels, in sixteenths, with a tone in it."""
    rng = np.random.default_rng(seed)
    levels = np.round(rng.normal(-60, 9, bins) * 16) / 16
    levels[bins // 3] = 0  # far above what chance makes
    return levels.astype(np.float32)


def mapped(*spectra: np.ndarray, width: int = 9, reach: int = 15) -> Surface:
    return surface(spectra, 100, 2.5, width, reach)


def spectrogram(levels: np.ndarray, first: int = 0, step_hz: float = 2.5) -> Spectrogram:
    frames = len(levels)
    return Spectrogram(
        levels.astype(np.int16), first, step_hz, np.arange(frames) * 0.2, 0.4, frames
    )


@few
@given(seed=seeds, bins=st.integers(2, 300), gain_db=steps)
def test_gain_changes_no_rank(seed: int, bins: int, gain_db: float) -> None:
    levels = levels_of(seed, bins)
    quieter = levels + np.float32(gain_db)
    assert np.array_equal(residual(quieter, 9), residual(levels, 9))
    assert np.array_equal(mapped(quieter).values, mapped(levels).values)


@few
@given(seed=seeds, gains=st.tuples(steps, steps))
def test_each_spectrum_may_have_a_gain_of_its_own(seed: int, gains: tuple[float, float]) -> None:
    pair = levels_of(seed, 120), levels_of(seed + 1, 120)
    louder = [levels + np.float32(gain) for levels, gain in zip(pair, gains, strict=True)]
    assert np.array_equal(mapped(*louder).values, mapped(*pair).values)


@few
@given(seed=seeds, louder_db=st.integers(0, 100))
def test_a_single_tone_counts_for_its_rank_and_not_for_its_level(seed: int, louder_db: int) -> None:
    levels = levels_of(seed, 200)
    place = int(np.argmax(levels))
    louder = levels.copy()
    louder[place] += louder_db
    assert mapped(louder).values[2 * place] == pytest.approx(mapped(levels).values[2 * place])


@few
@given(seed=seeds, bins=st.integers(2, 120), reach=st.integers(1, 200))
def test_a_map_has_a_place_for_each_bin_and_each_gap(seed: int, bins: int, reach: int) -> None:
    made = mapped(levels_of(seed, bins), reach=reach)
    assert len(made.values) == 2 * bins - 1
    assert np.isfinite(made.values).all()
    assert made.span_hz == (100 * 2.5, (100 + bins - 1) * 2.5)


@pytest.mark.parametrize("levels", [[-150.0] * 2, [-150.0] * 50, [-3e38, 3e38] * 25, [0.0, -3e38]])
def test_flat_tiny_and_extreme_spectra_are_survived(levels: list[float]) -> None:
    """A level that no sound has overflows; it may say so, and gives a map all the same."""
    with np.errstate(over="ignore", invalid="ignore"):
        made = mapped(np.array(levels, dtype=np.float32))
    assert len(made.values) == 2 * len(levels) - 1


@few
@given(seed=seeds, frames=st.integers(1, 40), gain=st.integers(-2_000, 2_000))
def test_quiet_and_steady_spectra_move_with_the_gain(seed: int, frames: int, gain: int) -> None:
    rng = np.random.default_rng(seed)
    levels = rng.integers(-12_000, -2_000, (frames, 60))
    plain, moved = spectrogram(levels), spectrogram(levels + gain)
    for spectra in (quiet_spectra, steady_spectra):
        for before, after in zip(spectra(plain), spectra(moved), strict=True):
            assert after - before == pytest.approx(np.full(60, gain / 100), abs=1e-3)


@few
@given(seed=seeds, frames=st.integers(1, 40))
def test_the_quietest_frames_and_the_steady_level_are_plain_numpy(seed: int, frames: int) -> None:
    rng = np.random.default_rng(seed)
    levels = rng.integers(-12_000, -2_000, (frames, 60))
    quarter, half = quiet_spectra(spectrogram(levels))
    order = np.argsort(levels.mean(axis=1), kind="stable")
    for found, share in ((quarter, 4), (half, 2)):
        chosen = levels[order[: int(np.ceil(frames / share))]]
        assert found == pytest.approx(chosen.mean(axis=0) / 100, abs=1e-3)
    steady, mean = steady_spectra(spectrogram(levels))
    lower = np.sort(levels, axis=0)[(frames - 1) * 25 // 100] / 100
    assert steady == pytest.approx(lower, abs=1e-3)
    assert mean == pytest.approx(levels.mean(axis=0) / 100, abs=1e-3)
