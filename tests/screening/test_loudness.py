"""Loudness against the test signals of EBU Tech 3341 and 3342, made here after their tables."""

import numpy as np
import pytest

from apps.screening.checks.technical.loudness import (
    loudness_findings,
    measure_loudness,
    weighting,
)
from tests.sounds import Samples, tune

RATE = 48_000
TOLERANCE = 0.1  # LU, as Tech 3341 asks


def sine(
    level_db: float,
    seconds: float,
    hertz: float = 1_000.0,
    rate: int = RATE,
    channels: int = 2,
    degrees: float = 0.0,
) -> Samples:
    phase = 2 * np.pi * hertz * np.arange(round(seconds * rate)) / rate + np.deg2rad(degrees)
    wave = 10 ** (level_db / 20) * np.sin(phase)
    return np.repeat(wave[:, None], channels, axis=1).astype(np.float32)


def steps(*parts: tuple[float, float]) -> Samples:
    """Level in dBFS and seconds, one after the other."""
    return np.concatenate([sine(level, seconds) for level, seconds in parts])


def surround(*levels: float) -> Samples:
    lanes = [sine(level, 20.0, channels=1) for level in levels]
    return np.concatenate(lanes, axis=1)


INTEGRATED = {
    "1: -23": (steps((-23, 20)), -23.0),
    "2: -33": (steps((-33, 20)), -33.0),
    "3: gated between -36": (steps((-36, 10), (-23, 60), (-36, 10)), -23.0),
    "4: and -72": (steps((-72, 10), (-36, 10), (-23, 60), (-36, 10), (-72, 10)), -23.0),
    "5: around": (steps((-26, 20), (-20, 20.1), (-26, 20)), -23.0),
    "6: five channels": (surround(-28, -28, -24, -30, -30), -23.0),
    "LFE does not count": (surround(-28, -28, -24, -6, -30, -30), -23.0),
}


@pytest.mark.parametrize("name", INTEGRATED)
def test_integrated_loudness(name: str) -> None:
    signal, expected = INTEGRATED[name]
    measured = measure_loudness(signal, RATE)
    assert measured.integrated == pytest.approx(expected, abs=TOLERANCE)


@pytest.mark.parametrize("rate", [8_000, 11_025, 22_050, 32_000, 44_100, 48_000])
def test_every_rate_reads_the_same(rate: int) -> None:
    measured = measure_loudness(sine(-23, 20, rate=rate), rate)
    assert measured.integrated == pytest.approx(-23.0, abs=TOLERANCE)


def test_one_full_scale_channel_reads_minus_three() -> None:
    measured = measure_loudness(sine(0, 10, hertz=997, channels=1), RATE)
    assert measured.integrated == pytest.approx(-3.01, abs=0.05)


def test_the_filter_is_the_one_that_bs_1770_tabulates_for_48_khz() -> None:
    shelf = [1.53512485958697, -2.69169618940638, 1.19839281085285, 1]
    shelf += [-1.69065929318241, 0.73248077421585]
    high_pass = [1.0, -2.0, 1.0, 1.0, -1.99004745483398, 0.99007225036621]
    assert weighting(48_000) == pytest.approx(np.array([shelf, high_pass]), abs=1e-8)


RANGES = {
    "1": (steps((-20, 20), (-30, 20)), 10.0),
    "2": (steps((-20, 20), (-15, 20)), 5.0),
    "3": (steps((-40, 20), (-20, 20)), 20.0),
    "4": (steps((-50, 20), (-35, 20), (-20, 20), (-35, 20), (-50, 20)), 15.0),
}


@pytest.mark.parametrize("name", RANGES)
def test_loudness_range(name: str) -> None:
    signal, expected = RANGES[name]
    assert measure_loudness(signal, RATE).range_lu == pytest.approx(expected, abs=1.0)


def faded(signal: Samples, seconds: float = 0.05) -> Samples:
    """So that the signal stays band-limited where it starts and ends."""
    count = round(seconds * RATE)
    window = np.ones(len(signal))
    window[:count] = np.sin(np.linspace(0, np.pi / 2, count)) ** 2
    window[-count:] = window[:count][::-1]
    return (signal * window[:, None]).astype(np.float32)


TRUE_PEAKS = {  # amplitude, rate over frequency, phase, dBTP
    "15": (0.5, 4, 0, -6.0),
    "16": (0.5, 4, 45, -6.0),
    "17": (0.5, 6, 60, -6.0),
    "18": (0.5, 8, 67.5, -6.0),
    "19": (1.41, 4, 45, 3.0),
}


@pytest.mark.parametrize("name", TRUE_PEAKS)
def test_true_peak_between_the_samples(name: str) -> None:
    amplitude, part, degrees, expected = TRUE_PEAKS[name]
    level = 20 * np.log10(amplitude)
    signal = faded(sine(level, 1.0, hertz=RATE / part, degrees=degrees))
    measured = measure_loudness(signal, RATE).true_peak
    assert expected - 0.4 <= measured <= expected + 0.2


@pytest.mark.parametrize("hertz", [1_000, 10_000, 15_000, 18_000])
def test_treble_peaks_are_not_read_too_low(hertz: float) -> None:
    signal = faded(sine(-1.0, 1.0, hertz=hertz, degrees=17))
    assert measure_loudness(signal, RATE).true_peak == pytest.approx(-1.0, abs=0.1)


def test_a_true_peak_is_found_wherever_it_lies() -> None:
    for place in (0, 1, 31, 32, 262_143, 262_144, 262_145, 300_000 - 1):
        signal = np.zeros((300_000, 2), dtype=np.float32)
        signal[place, 1] = 0.5
        measured = measure_loudness(signal, RATE)
        assert measured.true_peak == pytest.approx(-6.02, abs=0.01)
        assert measured.true_peak_s == pytest.approx(place / RATE, abs=0.001)


def test_block_edges_do_not_change_the_true_peak() -> None:
    wave = faded(sine(-1.0, 7.0, hertz=12_000, degrees=45))
    assert measure_loudness(wave, RATE).true_peak == pytest.approx(-1.0, abs=0.05)


@pytest.mark.parametrize("seconds", [0.01, 0.3])
def test_too_short_for_a_gate_has_a_peak_only(seconds: float) -> None:
    measured = measure_loudness(sine(-6, seconds), RATE)
    assert measured.integrated is None
    assert measured.range_lu is None
    assert measured.true_peak > -7


def test_silence_has_no_loudness() -> None:
    silent = np.zeros((RATE, 2), dtype=np.float32)
    assert measure_loudness(silent, RATE).integrated is None
    assert loudness_findings(silent, RATE) == []


def test_findings_name_the_measures() -> None:
    [finding] = loudness_findings(tune(10.0), 44_100)
    assert finding.code == "loudness"
    detail = finding.evidence[0].detail
    assert -40 < detail["integrated_lufs"] < -5
    assert detail["true_peak_dbtp"] == pytest.approx(-6.0, abs=0.3)


def test_a_true_peak_over_full_scale_says_where() -> None:
    signal = np.concatenate([sine(-20, 2), faded(sine(2, 1.0, hertz=12_000, degrees=45))])
    over = {finding.code: finding for finding in loudness_findings(signal, RATE)}["true_peak_over"]
    assert over.score == pytest.approx(2 / 3, abs=0.05)
    [evidence] = over.evidence
    assert evidence.start_s is not None
    assert 1.4 < evidence.start_s < 3.0
