"""Lossless files made from lossy ones, with real encoders, and lossless files that only look so."""

from pathlib import Path

import numpy as np
import pytest
from scipy.signal import butter, firwin, oaconvolve, sosfilt

from apps.screening.checks.base import Finding, Submission
from apps.screening.checks.technical import TechnicalCheck
from apps.screening.checks.technical.lossy_source import (
    FRAME,
    find_wall,
    lossy_source_findings,
)
from apps.screening.decoding import open_audio
from apps.screening.limits import Limits
from tests.screening.recordings import recording
from tests.sounds import Samples, encode, tune, write_wav

RATE = 44_100
LOSSY = {
    "mp3_128.mp3": ["-b:a", "128k"],
    "mp3_192.mp3": ["-b:a", "192k"],
    "mp3_320.mp3": ["-b:a", "320k"],
    "aac_128.m4a": ["-c:a", "aac", "-b:a", "128k"],
    "opus_96.opus": ["-b:a", "96k"],
    "vorbis_q4.ogg": ["-c:a", "libvorbis", "-q:a", "4"],
}


def band(seconds: float = 20.0, seed: int = 5) -> Samples:
    """A tune with cymbals, so that there is treble to cut off."""
    music = tune(seconds, seed=seed)
    rng = np.random.default_rng(seed)
    beats = np.exp(-(np.arange(len(music)) % (RATE // 3)) / RATE * 12)
    return (music + 0.05 * beats[:, None] * rng.normal(0, 1, music.shape)).astype(np.float32)


@pytest.fixture(scope="module")
def master(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_wav(tmp_path_factory.mktemp("master") / "master.wav", band() * 0.6)


def listen(path: Path, limits: Limits) -> Finding | None:
    with open_audio(path, filename=path.name, limits=limits) as audio:
        findings = TechnicalCheck().run(audio, Submission(None, path.name))
    return {finding.code: finding for finding in findings}.get("lossy_source")


@pytest.mark.parametrize("name", LOSSY)
def test_a_lossy_file_turned_into_a_wav(
    name: str, master: Path, tmp_path: Path, limits: Limits
) -> None:
    lossy = encode(master, tmp_path / name, *LOSSY[name])
    finding = listen(encode(lossy, tmp_path / "again.wav", "-ar", "44100"), limits)
    assert finding is not None
    assert finding.score > 0.6
    assert 15_500 < finding.evidence[0].detail["edge_hz"] < 20_300
    assert listen(lossy, limits) is None  # it does not pretend to be lossless


def test_24_bits_and_flac_do_not_hide_it(master: Path, tmp_path: Path, limits: Limits) -> None:
    lossy = encode(master, tmp_path / "x.mp3", "-b:a", "192k")
    options = ["-sample_fmt", "s32", "-ar", "48000"]
    assert listen(encode(lossy, tmp_path / "x.flac", *options), limits) is not None


INNOCENT = {
    "master": [],
    "48 kHz": ["-ar", "48000"],
    "from 96 kHz": ["-af", "aresample=96000,aresample=44100"],
    "quiet": ["-af", "volume=-30dB"],
    "dull": ["-af", "lowpass=f=9000"],
    "tape": ["-af", "lowpass=f=14000,lowpass=f=15000"],
    "24 bits": ["-c:a", "pcm_s24le"],
    "from 32 kHz": ["-af", "aresample=32000:resampler=soxr,aresample=44100:resampler=soxr"],
    "stored at 32 kHz": ["-ar", "32000"],
    "stored at 8 kHz": ["-ar", "8000"],
}


@pytest.mark.parametrize("name", INNOCENT)
def test_a_lossless_source_is_left_alone(
    name: str, master: Path, tmp_path: Path, limits: Limits
) -> None:
    assert listen(encode(master, tmp_path / "other.wav", *INNOCENT[name]), limits) is None


def test_a_steep_mastering_filter_at_16_khz_has_no_holes() -> None:
    taps = firwin(1023, 15_900, fs=RATE)
    cut = oaconvolve(band(), taps[:, None], mode="same", axes=0)
    assert lossy_source_findings(cut.astype(np.float32), RATE) == []


def test_white_noise_that_ends_slowly_is_no_wall() -> None:
    noise = np.random.default_rng(1).normal(0, 0.1, (10 * RATE, 2))
    for order in (1, 2, 4):
        filtered = sosfilt(butter(order, 16_500, fs=RATE, output="sos"), noise, axis=0)
        assert lossy_source_findings(filtered.astype(np.float32), RATE) == []


def test_a_wall_is_measured_where_it_stands() -> None:
    hertz = np.arange(FRAME // 2 + 1) * RATE / FRAME
    spectrum = np.where(hertz < 18_600, -50.0 - hertz / 2_000, -98.0).astype(np.float32)
    wall = find_wall(spectrum, RATE)
    assert wall is not None
    assert wall.stands
    assert wall.edge_hz == pytest.approx(18_600, abs=50)
    assert wall.drop_db == pytest.approx(39, abs=1)
    slope = np.where(hertz < 15_000, -50.0, -50.0 - (hertz - 15_000) / 100)
    hill = find_wall(slope.astype(np.float32), RATE)
    assert hill is not None
    assert not hill.stands
    assert find_wall(np.zeros(FRAME // 2 + 1, dtype=np.float32), RATE) is None


@pytest.mark.parametrize("seconds", [0.01, 0.5, 1.0])
def test_too_short_to_say(seconds: float) -> None:
    assert lossy_source_findings(band(2.0)[: int(seconds * RATE)], RATE) == []


def test_silence_and_one_channel_are_fine() -> None:
    silent = recording(np.zeros((5 * RATE, 1)))
    assert lossy_source_findings(silent.pcm, RATE) == []
    assert lossy_source_findings(band()[:, :1], RATE) == []
