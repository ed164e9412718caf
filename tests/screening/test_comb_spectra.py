"""Spectrograms: streamed, yet as numpy and scipy make them at once; and the choice of frames."""

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy.signal import get_window

from apps.screening.comb import spectra
from apps.screening.comb.spectra import (
    FLOOR_DB,
    HIGHEST_HZ,
    LISTENED_S,
    LONG,
    LOWEST_HZ,
    SILENT_DB,
    Spectrogram,
    short_frame,
    spectrograms,
)

RATE = 8_000  # a short frame is 4,096 samples
few = settings(deadline=None, max_examples=12)
seeds = st.integers(0, 2**32 - 1)


def noise(seed: int, frames: int, channels: int = 2, level: float = 0.1) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return (level * rng.normal(size=(frames, channels))).astype(np.float32)


def reference(pcm: np.ndarray, rate: int, size: int) -> tuple[np.ndarray, np.ndarray]:
    """All frames at once, in double precision: levels in decibels, and where they start."""
    mono = pcm.astype(np.float64).mean(axis=1)
    starts = np.arange(0, max(0, len(mono) - size + 1), size // 2)
    window = get_window("hann", size)
    window /= window.sum()
    frames = np.array([mono[start : start + size] for start in starts]).reshape(-1, size)
    power = np.abs(np.fft.rfft(frames * window, axis=1)) ** 2
    return 10 * np.log10(np.maximum(power, 10 ** (FLOOR_DB / 10))), starts / rate


@few
@given(
    seed=seeds, frames=st.integers(1, 50_000), channels=st.integers(1, 3), batch=st.integers(1, 9)
)
@example(seed=1, frames=50_000, channels=2, batch=3)
def test_batches_of_any_size_give_what_all_at_once_would(
    seed: int, frames: int, channels: int, batch: int
) -> None:
    pcm = noise(seed, frames, channels)
    size = short_frame(RATE)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(spectra, "BATCH", batch * size)
        made = spectrograms(pcm, RATE)
    for found, length in zip(made, (size, size * LONG), strict=True):
        expected, starts = reference(pcm, RATE, length)
        step = RATE / length
        first, last = int(LOWEST_HZ / step), min(int(HIGHEST_HZ / step), length // 2)
        assert (found.first, found.step_hz, found.frame_s) == (first, step, length / RATE)
        assert found.taken == len(starts)
        assert found.starts_s == pytest.approx(starts)
        assert found.levels.shape == (len(starts), last - first)
        # As amplitudes: hundredths of a decibel, and single precision where a bin is nearly empty.
        exact, kept = (10 ** (db / 20) for db in (expected[:, first:last], found.levels / 100))
        assert kept == pytest.approx(exact, rel=1e-3, abs=1e-6 * exact.max(initial=0.0))


@few
@given(seed=seeds, loud=st.lists(st.booleans(), min_size=1, max_size=12))
def test_silent_frames_are_dropped_and_counted(seed: int, loud: list[bool]) -> None:
    size = short_frame(RATE)
    blocks = [noise(seed, size) * is_loud for is_loud in loud]
    pcm = np.concatenate(blocks)
    for found, length in zip(spectrograms(pcm, RATE), (size, size * LONG), strict=True):
        expected, starts = reference(pcm, RATE, length)
        heard = expected.max(axis=1) > SILENT_DB if len(starts) else np.zeros(0, bool)
        assert found.taken == len(starts)
        assert found.starts_s == pytest.approx(starts[heard])
        assert len(found.levels) == heard.sum()


def test_digital_silence_leaves_no_frame() -> None:
    short, long = spectrograms(np.zeros((5 * RATE, 2), np.float32), RATE)
    assert (len(short.levels), len(long.levels)) == (0, 0)
    assert short.taken > long.taken > 0


def numbered(frames: int) -> Spectrogram:
    """Each frame holds its own number; they start half a frame apart, as real ones do."""
    levels = np.repeat(np.arange(frames, dtype=np.int16)[:, None], 3, axis=1)
    return Spectrogram(levels, 5, 2.0, np.arange(frames) * 0.25, 0.5, frames + 2)


@few
@given(chosen=st.lists(st.booleans(), max_size=40))
def test_only_gives_exactly_the_chosen_frames(chosen: list[bool]) -> None:
    whole, mask = numbered(len(chosen)), np.array(chosen, dtype=bool)
    kept = whole.only(mask)
    wanted = np.flatnonzero(mask)
    assert kept.levels[:, 0].tolist() == wanted.tolist()
    assert kept.levels.shape == (len(wanted), 3)
    assert kept.starts_s.tolist() == (wanted * 0.25).tolist()
    same = (whole.first, whole.step_hz, whole.frame_s, whole.taken)
    assert (kept.first, kept.step_hz, kept.frame_s, kept.taken) == same


@few
@given(
    frames=st.integers(0, 40),
    start=st.integers(-4, 50).map(lambda quarter: quarter / 4),
    length=st.integers(0, 50).map(lambda quarter: quarter / 4),
)
def test_between_gives_the_frames_that_lie_inside(frames: int, start: float, length: float) -> None:
    """A frame may reach a quarter of its length beyond the end: here none does, or by a half."""
    end = start + length
    kept = numbered(frames).between(start, end)
    inside = [n for n in range(frames) if n * 0.25 >= start and n * 0.25 + 0.5 <= end]
    assert kept.levels[:, 0].tolist() == inside


@pytest.mark.parametrize("rate", [8_000, 44_100, 48_000])
@pytest.mark.parametrize("channels", [1, 2, 3])
@pytest.mark.parametrize("frames", [0, 1, 2, 5_000])
def test_sound_too_short_for_a_frame_gives_as_few_as_there_are(
    rate: int, channels: int, frames: int
) -> None:
    short, long = spectrograms(noise(1, frames, channels), rate)
    assert short.taken == len(short.levels) == (frames >= short_frame(rate))
    assert long.taken == len(long.levels) == 0
    assert len(short.between(0, 10).levels) == short.taken


@few
@given(
    level=st.floats(0, 1, width=32) | st.sampled_from([1e-45, 1e-30, 1.0, 4.0]),
    channels=st.integers(1, 3),
    sign=st.sampled_from([1.0, -1.0]),
)
def test_levels_from_the_least_to_far_too_loud_are_kept_in_range(
    level: float, channels: int, sign: float
) -> None:
    """The decoder lets nothing pass that is louder than 4 times full scale."""
    pcm = np.full((20_000, channels), np.float32(level * sign))
    pcm[::2] *= -1
    short, long = spectrograms(pcm, RATE)
    for made in (short, long):
        assert made.levels.size == 0 or made.levels.min() >= FLOOR_DB * 100
        assert made.levels.size == 0 or made.levels.max() <= 1_300


def test_the_loudest_numbers_there_are_end_nothing() -> None:
    """No decoded file holds them; what comes out means nothing, but it comes out."""
    pcm = np.full((20_000, 2), np.finfo(np.float32).max)
    pcm[::2] *= -1
    with np.errstate(all="ignore"):
        short, _long = spectrograms(pcm, RATE)
    assert short.taken == 8


def test_of_a_very_long_recording_stretches_are_heard_from_start_to_end() -> None:
    rate = 1_000
    pcm = np.broadcast_to(noise(3, 1, 1), (int((LISTENED_S + 600) * rate), 1)).copy()
    pcm[::2] *= -1
    short, _long = spectrograms(pcm, rate)
    assert short.taken * short.frame_s / 2 <= LISTENED_S
    assert short.starts_s[0] == 0
    assert short.starts_s[-1] > LISTENED_S + 590
    assert (np.diff(short.starts_s) > 0).all()
