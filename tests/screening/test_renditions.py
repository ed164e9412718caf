"""Previews, peaks and spectrograms, made from real decoded sound and read back."""

import json
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from apps.screening.audio import Audio
from apps.screening.colours import COLOURS
from apps.screening.decoding import open_audio
from apps.screening.limits import Limits
from apps.screening.renditions import (
    HEIGHT,
    WIDTH,
    RenditionFailed,
    make_peaks,
    make_preview,
    make_spectrogram,
    spectrogram_range,
)
from tests.sounds import Samples, encode, write_wav

RATE = 44_100


def steps() -> Samples:
    """Two seconds of 440 Hz on the left, two of silence, two of 5 kHz on the right."""
    t = np.arange(2 * RATE) / RATE
    low, high = np.sin(2 * np.pi * 440 * t), 0.5 * np.sin(2 * np.pi * 5_000 * t)
    quiet = np.zeros_like(t)
    left, right = np.concatenate([low, quiet, quiet]), np.concatenate([quiet, quiet, high])
    return np.stack([left, right], axis=1).astype(np.float32)


@pytest.fixture
def audio(tmp_path: Path, limits: Limits) -> Iterator[Audio]:
    sound = write_wav(tmp_path / "steps.wav", steps())
    tagged = encode(sound, tmp_path / "steps.flac", "-metadata", "title=Secret title")
    with open_audio(tagged, filename="steps.flac", limits=limits) as opened:
        yield opened


def test_preview_is_a_playable_mp3_without_metadata(
    tmp_path: Path, limits: Limits, audio: Audio
) -> None:
    out = tmp_path / "preview.mp3"
    make_preview(audio, out, limits)
    data = out.read_bytes()
    assert b"Secret title" not in data
    assert data[:3] != b"ID3"
    assert len(data) < 6 * 128_000 / 8 * 1.1
    decoded = np.frombuffer(_decode(out), "<f4").reshape(-1, 2)
    assert len(decoded) / RATE == pytest.approx(6.0, abs=0.1)
    loudness = [float(np.abs(decoded[int(s * RATE) :][:4_000]).max()) for s in (1, 3, 5)]
    assert loudness == [
        pytest.approx(1.0, abs=0.1),
        pytest.approx(0, abs=0.01),
        pytest.approx(0.5, abs=0.1),
    ]
    assert list(tmp_path.glob(".*")) == []


def _decode(path: Path) -> bytes:
    command = ["ffmpeg", "-v", "error", "-i", str(path), "-f", "f32le", "-ar", str(RATE), "pipe:1"]
    return subprocess.run(command, check=True, capture_output=True).stdout


def test_preview_is_the_same_every_time(tmp_path: Path, limits: Limits, audio: Audio) -> None:
    make_preview(audio, tmp_path / "a.mp3", limits)
    make_preview(audio, tmp_path / "b.mp3", limits)
    assert (tmp_path / "a.mp3").read_bytes() == (tmp_path / "b.mp3").read_bytes()


@pytest.mark.parametrize(("rate", "channels"), [(8_000, 1), (35_467, 1), (48_000, 2), (96_000, 2)])
def test_preview_of_any_rate(tmp_path: Path, limits: Limits, rate: int, channels: int) -> None:
    noise = np.random.default_rng(1).normal(0, 0.1, (rate * 2, channels)).astype(np.float32)
    path = write_wav(tmp_path / "r.wav", noise, rate)
    with open_audio(path, filename="r.wav", limits=limits) as audio:
        make_preview(audio, tmp_path / "r.mp3", limits)
    assert len(_decode(tmp_path / "r.mp3")) / 4 / channels / RATE == pytest.approx(2.0, abs=0.2)


def test_preview_that_fails_leaves_nothing(tmp_path: Path, limits: Limits, audio: Audio) -> None:
    out = tmp_path / "preview.mp3"
    out.write_bytes(b"the one before")
    hasty = replace(limits, previewing=replace(limits.previewing, wall_s=0.01))
    with pytest.raises(RenditionFailed, match="could not be made"):
        make_preview(audio, out, hasty)
    assert out.read_bytes() == b"the one before"
    assert list(tmp_path.glob(".*")) == []


def test_peaks_follow_the_sound(audio: Audio) -> None:
    peaks = make_peaks(audio)
    assert json.loads(json.dumps(peaks)) == peaks
    assert peaks["seconds"] == pytest.approx(0.05)
    assert len(peaks["low"]) == len(peaks["high"]) == 120
    assert (peaks["low"][20], peaks["high"][20]) == (-127, 127)
    assert (peaks["low"][60], peaks["high"][60]) == (0, 0)
    assert peaks["high"][100] == pytest.approx(64, abs=1)


def test_peaks_miss_no_sample(audio: Audio) -> None:
    samples = np.zeros((RATE * 300 + 17, 1), dtype=np.float32)
    samples[-1], samples[12_345_67] = -1.0, 1.0
    peaks = make_peaks(replace(audio, pcm=samples, duration_s=len(samples) / RATE))
    assert len(peaks["low"]) <= 4_000
    assert min(peaks["low"]) == peaks["low"][-1] == -127
    assert peaks["high"].index(127) * peaks["seconds"] == pytest.approx(1_234_567 / RATE, abs=0.1)
    assert len(peaks["low"]) * peaks["seconds"] == pytest.approx(300, abs=0.1)


def test_spectrogram_shows_pitch_and_time(tmp_path: Path, audio: Audio) -> None:
    make_spectrogram(audio, tmp_path / "s.png")
    with Image.open(tmp_path / "s.png") as image:
        assert (image.format, image.size) == ("PNG", (WIDTH, HEIGHT))
        assert image.info == {}
        shades = np.asarray(image)
    assert list(tmp_path.glob(".*")) == []
    for second, hertz in ((1, 440), (5, 5_000)):
        column = shades[:, int(second / 6 * WIDTH)]
        assert int(column.argmax()) == pytest.approx(_row(hertz), abs=3)
    assert shades[:, WIDTH // 2].max() == 0


def _row(hertz: float) -> float:
    low, high = (2595 * np.log10(1 + f / 700) for f in spectrogram_range(RATE))
    return HEIGHT * (1 - (2595 * np.log10(1 + hertz / 700) - low) / (high - low))


def test_spectrogram_level_is_the_same_for_short_and_long(tmp_path: Path, audio: Audio) -> None:
    shades = []
    for seconds in (1.0, 60.0):
        t = np.arange(int(seconds * 8_000)) / 8_000
        sine = (0.1 * np.sin(2 * np.pi * 1_000 * t)).astype(np.float32)[:, None]
        short = replace(audio, pcm=sine, rate=8_000, duration_s=seconds)
        make_spectrogram(short, tmp_path / "s.png")
        with Image.open(tmp_path / "s.png") as image:
            shades.append(int(np.asarray(image)[:, WIDTH // 2].max()))
    assert abs(shades[0] - shades[1]) <= 1
    assert shades[0] > 60


def test_spectrogram_that_cannot_be_written(tmp_path: Path, audio: Audio) -> None:
    with pytest.raises(RenditionFailed, match="could not be written"):
        make_spectrogram(audio, tmp_path / "missing" / "s.png")


def test_colours_grow_lighter_evenly() -> None:
    luminance = COLOURS.astype(float) @ [0.2126, 0.7152, 0.0722]
    assert np.all(np.diff(luminance) > -0.5)
    assert luminance[0] < 15
    assert luminance[-1] > 230
