"""Peaks of whole recordings: the same in blocks as at once, and where they are worth taking."""

import numpy as np
import pytest

from apps.fingerprints.landmarks.marks import PER_S_KEPT, keep
from apps.fingerprints.landmarks.packed import pack, unpack
from apps.fingerprints.landmarks.peaks import FRAMES_S, Peaks, find_peaks, to_rate
from apps.screening import peaks as taking
from apps.screening.peaks import peaks_of, take
from tests.screening.recordings import recording
from tests.sounds import tune

RATE = 44_100


def places(peaks: Peaks) -> set[tuple[int, int]]:
    return {(round(t), round(b)) for t, b in zip(peaks.times, peaks.bins, strict=True)}


@pytest.mark.parametrize("rate", [RATE, 48_000])
def test_blocks_hardly_show(monkeypatch: pytest.MonkeyPatch, rate: int) -> None:
    pcm = tune(30.0, rate=rate, seed=4)
    at_once = find_peaks(to_rate(pcm.mean(axis=1), rate))
    monkeypatch.setattr(taking, "BLOCK", 400)
    in_blocks = peaks_of(recording(pcm, rate))
    assert in_blocks.frames == at_once.frames
    assert (np.diff(in_blocks.times) >= 0).all()
    both = places(at_once) & places(in_blocks)
    assert len(both) > 0.97 * max(len(at_once.times), len(in_blocks.times))


def test_a_recording_of_one_block_is_as_at_once() -> None:
    pcm = tune(12.0, seed=4, channels=1)
    taken = peaks_of(recording(pcm))
    at_once = find_peaks(to_rate(0.9 / np.abs(pcm).max() * pcm[:, 0], RATE))
    assert places(taken) == places(at_once)
    assert taken.frames == at_once.frames


@pytest.mark.parametrize("seconds", [0.01, 0.1, 1.0])
def test_very_little_sound_has_few_peaks_or_none(seconds: float) -> None:
    taken = take(recording(tune(seconds)))
    assert taken.peaks is not None
    assert taken.peaks.frames == max(0, int((seconds * 11_025 - 1024) // 256 + 1))
    assert len(taken.marks) <= 1 + PER_S_KEPT * (1 + seconds)


def test_what_is_kept_stands_where_the_sound_stands() -> None:
    t = np.arange(8 * RATE) / RATE
    pulses = np.zeros(len(t))
    for second in range(1, 8):
        pulses += np.sin(2 * np.pi * 200 * second * t) * np.exp(-((t - second) ** 2) / 0.002)
    sound = recording(0.3 * pulses + 1e-4 * tune(8.0).mean(axis=1))
    kept = unpack(pack(keep(peaks_of(sound))))
    for second in range(1, 8):
        near = abs(kept.times / FRAMES_S + 0.046 - second) < 0.06
        assert (abs(kept.bins[near] - 200 * second * 1024 / 11_025) < 1.0).any()


def test_silence_and_tones_have_none() -> None:
    t = np.arange(10 * RATE) / RATE
    for pcm in (np.zeros(len(t)), 0.5 * np.sin(2 * np.pi * 440 * t)):
        assert take(recording(pcm)).peaks is None
