"""Landmarks: peaks, pairs, and what is found of a recording that was changed and mixed."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.fingerprints.landmarks.finding import CHUNK_S, Marked, find_marked
from apps.fingerprints.landmarks.hashing import CODES, FIRST_DT, LAST_DT, MOST_DF, pair_up
from apps.fingerprints.landmarks.marks import MarkIndex
from apps.fingerprints.landmarks.peaks import FRAME, FRAMES_S, HOP, RATE, Peaks, find_peaks, to_rate
from apps.fingerprints.landmarks.scoring import heard_of, score
from apps.fingerprints.landmarks.warps import FAR, GRID, UNCHANGED, Warp
from tests.fingerprints.peaks_at_random import part_of, scatter, together, warped
from tests.sounds import tune


@pytest.fixture(scope="module")
def index() -> MarkIndex:
    return MarkIndex.of(range(100, 130), [scatter(seed) for seed in range(30)])


CHANGES = {
    "as it is": (1.0, 1.0),
    "faster": (1.0343, 1.0343),
    "slower": (0.9472, 0.9472),
    "higher": (1.0, 1.0871),
    "lower": (1.0, 0.9137),
    "quicker": (1.0437, 1.0),
    "much faster": (1.2741, 1.2741),
    "much slower": (0.7633, 0.7633),
    "somewhat faster": (1.1049, 1.1049),
    "half time": (0.5, 1.0),
    "double time": (2.0, 1.0),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_part_under_other_sound_is_found_however_it_was_changed(
    index: MarkIndex, name: str
) -> None:
    speed, pitch = CHANGES[name]
    part = warped(part_of(scatter(7), 20.0, 12.0), speed, pitch)
    [found] = find_marked(index, together(scatter(77, 30.0), part, 8.0))
    assert (found.number, found.accepted) == (107, True)
    assert found.speed == pytest.approx(speed, rel=0.009)
    assert found.pitch_cents == pytest.approx(1200 * np.log2(pitch), abs=8)
    assert found.q_start == pytest.approx(8.0, abs=0.7)
    assert found.q_end == pytest.approx(8.0 + 12.0 / speed, abs=0.7)
    there = 20.0 + (found.q_start - 8.0) * speed
    assert found.r_start == pytest.approx(there, abs=0.1)


def test_two_recordings_in_one_are_both_found(index: MarkIndex) -> None:
    first = together(scatter(78, 40.0), part_of(scatter(3), 10.0, 12.0), 5.0)
    query = together(first, part_of(scatter(4), 30.0, 12.0), 22.0)
    assert {one.number for one in find_marked(index, query)} == {103, 104}


def test_strangers_are_not_found(index: MarkIndex) -> None:
    assert [find_marked(index, scatter(seed)) for seed in range(500, 510)] == [[]] * 10


def test_what_lies_far_into_a_long_query_is_found_at_its_time(index: MarkIndex) -> None:
    long = scatter(79, CHUNK_S + 300.0, per_s=10.0)
    query = together(long, part_of(scatter(5), 5.0, 20.0), CHUNK_S - 12.0, kept=0.9)
    [found] = find_marked(index, query, changed=False)
    assert (found.number, round(found.r_start)) == (105, 5)
    assert found.q_start == pytest.approx(CHUNK_S - 12.0, abs=0.7)


def test_the_same_query_gives_the_same_answer(index: MarkIndex) -> None:
    query = together(scatter(80, 30.0), part_of(scatter(6), 1.0, 12.0), 3.0)
    first: list[Marked] = find_marked(index, query)
    assert first == find_marked(index, query)


@pytest.mark.parametrize("seconds", [0.0, 0.05, 0.5])
def test_nothing_is_found_in_nothing(index: MarkIndex, seconds: float) -> None:
    silence = find_peaks(np.zeros(round(seconds * RATE), dtype=np.float32))
    assert find_marked(index, silence) == []
    assert find_marked(MarkIndex.of([], []), scatter(1)) == []
    assert find_marked(MarkIndex.of([1], [silence]), scatter(1)) == []


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 12), st.floats(0.5, 60))
def test_pairs_are_near_and_codes_tell_them(seed: int, fan: int, per_s: float) -> None:
    peaks = scatter(seed, 8.0, per_s)
    codes, begins = pair_up(peaks.times, peaks.bins, fan)
    assert len(codes) <= fan * len(peaks.times)
    assert (codes < CODES).all()
    dt, df = codes & 63, ((codes >> 6) & 127).astype(int) - MOST_DF - 1
    assert ((dt >= FIRST_DT) & (dt <= LAST_DT)).all()
    assert (abs(df) <= MOST_DF).all()
    known = set(peaks.times.tolist())
    assert set(begins.tolist()) <= known
    assert {begin + step for begin, step in zip(begins.tolist(), dt.tolist(), strict=True)} <= known


def test_the_grid_reaches_as_far_as_is_said() -> None:
    speeds = [one.time for one in GRID if one.time == one.pitch]
    pitches = [one.cents for one in GRID if one.time == 1.0]
    tempos = [one.time for one in GRID if one.pitch == 1.0]
    assert (min(speeds), max(speeds)) == (0.94, 1.06)
    assert (min(pitches), max(pitches)) == (-208, 208)
    assert (min(tempos), max(tempos)) == (0.94, 1.06)
    assert UNCHANGED not in GRID
    assert len(set(GRID)) == len(GRID) == 42
    far = sorted(one.time for one in FAR if one.time == one.pitch)
    assert far[0] < 0.72
    assert far[-1] > 1.4
    assert np.diff(np.log([one for one in far if one > 1])) == pytest.approx(0.02)
    assert not set(FAR) & set(GRID)


def test_a_peak_is_found_between_bins() -> None:
    t = np.arange(5 * RATE) / RATE
    for hertz in (440.0, 1003.7, 2500.0):
        burst = np.sin(2 * np.pi * hertz * t) * np.exp(-((t - 2.5) ** 2) / 0.02)
        peaks = find_peaks(burst.astype(np.float32))
        loudest = int(np.argmin(abs(peaks.times - (2.5 * RATE - FRAME / 2) / HOP)))
        assert peaks.bins[loudest] == pytest.approx(hertz * FRAME / RATE, abs=0.15)
        assert peaks.times[loudest] == pytest.approx((2.5 * RATE - FRAME / 2) / HOP, abs=1)


@pytest.mark.parametrize("rate", [8_000, 11_025, 16_000, 44_100, 48_000, 96_000])
def test_any_rate_gives_the_same_peaks(rate: int) -> None:
    t = np.arange(4 * rate) / rate
    sound = (np.sin(2 * np.pi * 700 * t) * (np.sin(2 * np.pi * 1.3 * t) > 0.9)).astype(np.float32)
    peaks = find_peaks(to_rate(sound, rate))
    strongest = peaks.bins[np.argsort(-peaks.salience)[:4]]
    assert strongest == pytest.approx(700 * FRAME / RATE, abs=2.0)


def test_the_strongest_are_kept_in_every_second() -> None:
    kept = scatter(1).strongest(5)
    counts = np.bincount((kept.times / FRAMES_S).astype(int), minlength=60)
    assert counts.max() == 5
    assert counts.min() > 0
    assert (np.diff(kept.times) >= 0).all()


def test_what_is_faint_in_a_silent_band_does_not_stand_out() -> None:
    rng = np.random.default_rng(3)
    t = np.arange(20 * RATE) / RATE
    music = np.convolve(rng.standard_normal(len(t)), np.ones(12) / 12, "same")  # below 900 Hz
    drum = np.sin(2 * np.pi * 600 * t) * (t % 1.0 < 0.05)
    tick = np.sin(2 * np.pi * 4200 * t) * ((t + 0.5) % 1.0 < 0.05)
    peaks = find_peaks((0.1 * music + 0.3 * drum + 0.004 * tick).astype(np.float32)).strongest(1)
    assert (abs(peaks.bins - 600 * FRAME / RATE) < 3).sum() >= 19


def test_a_hit_on_a_tone_is_worth_nothing() -> None:
    frames = round(20 * FRAMES_S)
    times = np.arange(0, frames, 2, dtype=np.float32)
    tone = Peaks(
        times, np.full(len(times), 100.0, np.float32), np.ones(len(times), np.float32), frames
    )
    told = score(heard_of(tone), tone.times[::20], tone.bins[::20], Warp(), 0.0)
    assert told.s < 3.0
    assert told.cells <= 1
    music = scatter(1, 20.0)
    assert score(heard_of(music), music.times[::5], music.bins[::5], Warp(), 0.0).s > 50.0


SIGNALS = {
    "tone": lambda t: np.sin(2 * np.pi * 440 * t),
    "harmonics": lambda t: sum(np.sin(2 * np.pi * 110 * k * t) / k for k in range(1, 20)),
    "sweep": lambda t: np.sin(2 * np.pi * (50 * t + 60 * t**2)),
    "square": lambda t: np.sign(np.sin(2 * np.pi * 220 * t)),
    "clicks": lambda t: (t % 0.5 < 0.001) * 1.0,
    "noise": lambda t: np.random.default_rng(1).standard_normal(len(t)),
}


@pytest.fixture(scope="module")
def sounds() -> list[Peaks]:
    return [peaks_of_tune(seed) for seed in range(1, 5)]


def peaks_of_tune(seed: int) -> Peaks:
    return find_peaks(to_rate(tune(20.0, seed=seed).mean(axis=1), 44_100))


@pytest.mark.parametrize("name", SIGNALS)
def test_tones_sweeps_clicks_and_noise_match_neither_music_nor_another(
    sounds: list[Peaks], name: str
) -> None:
    t = np.arange(20 * RATE) / RATE
    signal = find_peaks((0.3 * SIGNALS[name](t)).astype(np.float32))
    index = MarkIndex.of(range(len(sounds)), sounds)
    assert [one for one in find_marked(index, signal) if one.accepted] == []


def test_a_tune_faster_under_another_is_found(sounds: list[Peaks]) -> None:
    index = MarkIndex.of(range(len(sounds)), sounds)
    guest = tune(20.0, seed=2).mean(axis=1)[5 * 44_100 : 15 * 44_100]
    faster = np.interp(np.arange(0, len(guest) - 1, 1.0327), np.arange(len(guest)), guest)
    host = tune(25.0, seed=50).mean(axis=1).astype(np.float64)
    at = 6 * 44_100
    host[at : at + len(faster)] += faster * np.sqrt(np.mean(host**2) / np.mean(faster**2))
    found = find_marked(index, find_peaks(to_rate(host.astype(np.float32), 44_100)))
    assert found[0].number == 1
    assert found[0].accepted
    assert found[0].speed == pytest.approx(1.0327, abs=0.006)
