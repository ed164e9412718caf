"""The technical check on sounds with one fault each, and on sounds with none."""

import json
import tracemalloc
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest
from scipy.signal import butter, sosfilt

from apps.screening.audio import Audio
from apps.screening.checks.base import Finding, Submission
from apps.screening.checks.technical import TechnicalCheck
from apps.screening.checks.technical.blocks import BLOCK, find_runs, runs_of
from apps.screening.codes import TEXTS
from apps.screening.decoding import open_audio
from apps.screening.limits import Limits
from tests.screening.recordings import recording
from tests.sounds import Samples, encode, tune, write_wav

RATE = 44_100
ALWAYS = {"loudness", "short_recording"}


def check(audio: Audio, filename: str = "song.wav") -> dict[str, Finding]:
    findings = TechnicalCheck().run(audio, Submission(None, filename))
    assert {finding.code for finding in findings} <= set(TEXTS)
    assert all(0 <= finding.score <= 1 for finding in findings)
    assert (
        json.loads(json.dumps([asdict(finding) for finding in findings], allow_nan=False))
        is not None
    )
    return {finding.code: finding for finding in findings}


def faults(audio: Audio, filename: str = "song.wav") -> set[str]:
    return set(check(audio, filename)) - ALWAYS


def hall(seconds: float = 12.0, seed: int = 1, rate: int = RATE) -> Samples:
    """A tune as a good master: both sides differ, nothing is cut off."""
    return tune(seconds, rate=rate, seed=seed)


@pytest.mark.parametrize("seed", range(4))
def test_a_good_recording_has_no_fault(seed: int) -> None:
    assert faults(recording(hall(seed=seed))) == set()


@pytest.mark.parametrize("rate", [22_050, 44_100, 48_000])
def test_a_good_recording_of_another_rate_has_no_fault_of_sound(rate: int) -> None:
    assert faults(recording(hall(rate=rate), rate)) <= {"low_sample_rate"}


# --- silence


def test_a_silent_file() -> None:
    found = check(recording(np.zeros((40 * RATE, 2))))
    assert set(found) == {"silent_recording"}
    assert found["silent_recording"].score == 1.0
    [span] = found["silent_recording"].evidence
    assert (span.start_s, span.end_s) == (0.0, 40.0)


def test_hiss_below_the_floor_is_silence() -> None:
    hiss = np.random.default_rng(1).normal(0, 1e-4, (5 * RATE, 2))
    assert "silent_recording" in check(recording(hiss))


def test_silence_at_both_ends_and_in_between() -> None:
    gap = np.zeros((3 * RATE, 2), dtype=np.float32)
    first, second = hall(5.0), hall(5.0, seed=2)
    found = check(recording(np.concatenate([gap[: RATE * 2], first, gap, second, gap, gap])))
    start = found["silence_start"]
    assert start.evidence[0].start_s == 0.0
    assert start.evidence[0].end_s == pytest.approx(2.0, abs=0.02)
    assert start.score == pytest.approx(0.2, abs=0.01)
    middle = found["silence_middle"].evidence[0]
    assert (middle.start_s, middle.end_s) == pytest.approx((7.0, 10.0), abs=0.6)
    end = found["silence_end"]
    assert end.evidence[0].end_s == pytest.approx(21.0)
    assert end.evidence[0].detail["length_s"] == pytest.approx(6.0, abs=0.6)


def test_quiet_music_is_not_silence() -> None:
    quiet = np.concatenate([hall(4.0), hall(8.0, seed=2) * 0.004, hall(4.0)])
    assert faults(recording(quiet)) == set()
    assert faults(recording(hall() * 0.01)) == set()


def test_one_sounding_channel_is_no_silence() -> None:
    pcm = hall(6.0)
    pcm[: 3 * RATE, 0] = 0
    assert "silence_start" not in check(recording(pcm))


# --- gaps


def with_gaps(*spans: tuple[float, float]) -> Samples:
    t = np.arange(12 * RATE) / RATE
    noise = np.random.default_rng(1).normal(0, 0.02, (len(t), 2))
    pcm = 0.3 * np.cos(2 * np.pi * 330 * t)[:, None] + noise
    for start, length in spans:
        pcm[round(start * RATE) : round((start + length) * RATE)] = 0
    return pcm.astype(np.float32)


def test_lost_samples_are_gaps() -> None:
    # Cut at the top of the wave, as buffers are lost anywhere; 330 Hz fits 3 s exactly.
    found = check(recording(with_gaps((3.0, 0.02), (6.0, 0.1))))
    gaps = found["dropout"]
    assert gaps.score == 0.9
    assert [e.start_s for e in gaps.evidence] == pytest.approx([3.0, 6.0], abs=0.001)
    assert [e.detail["length_s"] for e in gaps.evidence] == pytest.approx([0.02, 0.1], abs=0.001)


def test_a_single_gap_may_be_an_edit() -> None:
    assert check(recording(with_gaps((3.0, 0.05))))["dropout"].score == 0.5


def test_many_gaps_may_be_an_effect() -> None:
    spans = [(1 + place / 4, 0.03) for place in range(40)]
    assert check(recording(with_gaps(*spans)))["dropout"].score == 0.5


def test_a_gap_across_blocks_is_one_gap() -> None:
    pcm = with_gaps()
    pcm[BLOCK - 300 : BLOCK + 300] = 0
    pcm[BLOCK - 301] = pcm[BLOCK + 300] = 0.3
    [gap] = check(recording(pcm))["dropout"].evidence
    assert gap.detail["length_s"] == pytest.approx(600 / RATE, abs=0.001)


def test_a_faded_pause_is_no_gap() -> None:
    pcm = with_gaps((3.0, 0.1), (6.0, 0.1))
    fade = np.linspace(1, 0, 441)[:, None]
    for start in (3.0, 6.0):
        first, last = round(start * RATE), round((start + 0.1) * RATE)
        pcm[first - 441 : first] *= fade
        pcm[last : last + 441] *= fade[::-1]
    assert "dropout" not in check(recording(pcm))


def test_a_pulse_wave_that_rests_at_zero_has_no_gaps() -> None:
    pulse = (np.arange(12 * RATE) % 900 < 100) * 0.4
    assert "dropout" not in check(recording(np.stack([pulse, pulse * 0.9], axis=1)))


# --- clipping


@pytest.mark.parametrize("ceiling", [1.0, 0.5])
def test_peaks_cut_flat_at_any_ceiling(ceiling: float) -> None:
    loud = np.clip(hall() * 6, -1, 1) * ceiling
    found = check(recording(np.round(loud * 32767) / 32768))["clipping"]
    assert found.score > 0.5
    measure, *spans = found.evidence
    assert measure.detail["runs"] > 20
    assert spans
    assert all(span.end_s - span.start_s <= 1.0 for span in spans)


def test_only_the_clipped_seconds_are_named() -> None:
    pcm = hall() * 0.9
    pcm[5 * RATE : 6 * RATE] = np.clip(pcm[5 * RATE : 6 * RATE] * 8, -0.8, 0.8)
    _, *spans = check(recording(pcm))["clipping"].evidence
    assert {span.start_s for span in spans} == {5.0}


def limited(pcm: Samples, ceiling: float) -> Samples:
    """A look-ahead limiter: the gain falls smoothly before each peak, none is cut."""
    loudest = np.abs(pcm).max(axis=1)
    reach = 256
    padded = np.pad(loudest, reach)
    held = np.lib.stride_tricks.sliding_window_view(padded, 2 * reach + 1).max(axis=1)
    gain = np.minimum(1.0, ceiling / np.maximum(held, 1e-9))
    kernel = np.hanning(2 * reach + 1)
    smooth = np.convolve(np.pad(gain, reach, mode="edge"), kernel / kernel.sum(), mode="valid")
    return (pcm * smooth[:, None]).astype(np.float32)


def test_a_limited_master_is_not_clipped() -> None:
    master = limited(hall() * 4, 0.98)
    assert np.abs(master).max() > 0.9
    assert "clipping" not in check(recording(np.round(master * 32767) / 32768))


@pytest.mark.parametrize("hertz", [20, 50, 440])
def test_a_full_scale_sine_is_not_clipped(hertz: float) -> None:
    wave = np.sin(2 * np.pi * hertz * np.arange(5 * RATE) / RATE)
    wave = np.round(wave * 32767) / 32768
    assert "clipping" not in check(recording(wave))


def test_square_waves_are_not_clipped() -> None:
    t = np.arange(10 * RATE)
    chip = 0.4 * np.sign(np.sin(t * 0.031)) + 0.2 * np.sign(np.sin(t * 0.047))
    assert "clipping" not in check(recording(chip))


# --- channels and offset


def test_an_offset_is_measured() -> None:
    found = check(recording(hall() * 0.5 + np.array([0.02, 0.0])))["dc_offset"]
    assert found.score == pytest.approx(0.4, abs=0.02)
    assert found.evidence[0].detail["offset_percent"] == pytest.approx([2.0, 0.0], abs=0.05)


@pytest.mark.parametrize(("side", "name"), [(0, "left"), (1, "right")])
def test_a_silent_side(side: int, name: str) -> None:
    pcm = hall()
    pcm[:, side] = 0
    found = check(recording(pcm))["one_sided"]
    assert found.score == 1.0
    assert found.evidence[0].detail["quiet_side"] == name
    pcm[:, side] = 0.01
    assert check(recording(pcm))["one_sided"].score == 1.0


def test_a_much_quieter_side_scores_less() -> None:
    pcm = hall() * np.array([1.0, 0.03], dtype=np.float32)
    assert check(recording(pcm))["one_sided"].score == pytest.approx(0.5, abs=0.03)


def test_both_sides_the_same() -> None:
    mono = hall()[:, :1]
    same = check(recording(np.repeat(mono, 2, axis=1)))
    assert same["fake_stereo"].score == 1.0
    noise = np.random.default_rng(1).normal(0, 2e-5, (len(mono), 2))
    nearly = check(recording(np.repeat(mono, 2, axis=1) + noise))
    assert nearly["fake_stereo"].score == 0.9


def test_a_side_turned_over() -> None:
    mono = hall()[:, :1]
    found = check(recording(np.concatenate([mono, -mono * 0.9], axis=1)))
    assert found["out_of_phase"].score == pytest.approx(1.0)
    assert "fake_stereo" not in found


def test_mono_is_no_fault() -> None:
    assert faults(recording(tune(12.0, channels=1))) == set()


# --- the file


def test_a_header_that_claims_more_than_there_is() -> None:
    found = check(recording(hall(77.0), claimed_s=200.0))["truncated"]
    assert found.score == 1.0
    assert found.summary == "The file says 3:20, but the audio stops at 1:17."
    assert found.evidence[0].start_s == 77.0


@pytest.mark.parametrize("claimed", [None, 12.0, 12.9, 3.0])
def test_a_header_that_fits(claimed: float | None) -> None:
    assert "truncated" not in check(recording(hall(), claimed_s=claimed))


FACTS = {
    "decode_errors": ({"decode_errors": 3}, 0.3),
    "trailing_data": ({"trailing_bytes": 1 << 21}, 1.0),
    "low_bit_depth": ({"bit_depth": 8}, 1.0),
    "extension_mismatch": ({"container": "mp3", "extension_expected": "mp3"}, 1.0),
}


@pytest.mark.parametrize("code", FACTS)
def test_facts_of_the_file(code: str) -> None:
    facts, score = FACTS[code]
    found = check(recording(hall(3.0), **facts))
    assert found[code].score == score
    assert set(found) - ALWAYS == {code}


def test_names_without_a_suffix_and_in_capitals_are_fine() -> None:
    assert faults(recording(hall(3.0)), "SONG.WAV") == set()
    assert faults(recording(hall(3.0)), "song") == set()


def test_a_short_recording() -> None:
    assert "short_recording" in check(recording(hall(12.0)))
    assert "short_recording" not in check(recording(hall(31.0)))


# --- inputs of every kind

KINDS = {
    "silent": (np.zeros((2 * RATE, 2)), RATE, {}),
    "mono": (tune(5.0, channels=1), RATE, {}),
    "8 kHz": (tune(5.0, rate=8_000), 8_000, {}),
    "1 s": (tune(1.0), RATE, {}),
    "384 kHz": (tune(5.0, rate=48_000), 48_000, {"sample_rate": 384_000}),
    "six channels": (np.repeat(tune(5.0, channels=1), 6, axis=1), RATE, {}),
    "one frame": (np.full((1, 2), 0.5), RATE, {}),
    "a click": (np.eye(1, 9_000, 4_000).T, RATE, {}),
    "over full scale": (tune(5.0) * 5, RATE, {}),
}


@pytest.mark.parametrize("name", KINDS)
@pytest.mark.parametrize("lossless", [True, False])
def test_any_kind_of_audio_gets_an_answer(name: str, lossless: bool) -> None:
    pcm, rate, facts = KINDS[name]
    found = check(recording(np.asarray(pcm), rate, lossless=lossless, **facts))
    assert ("low_sample_rate" in found) == (name == "8 kHz")
    assert ("not_stereo" in found) == (name == "six channels")


def test_real_files_are_decoded_and_judged(tmp_path: Path, limits: Limits) -> None:
    wav = write_wav(tmp_path / "song.wav", hall(8.0))
    half = tmp_path / "half.wav"
    half.write_bytes(wav.read_bytes()[: wav.stat().st_size // 2])
    with open_audio(wav, filename="song.wav", limits=limits) as audio:
        assert faults(audio) == set()
    with open_audio(half, filename="half.wav", limits=limits) as audio:
        assert "truncated" in faults(audio)
    mp3 = encode(wav, tmp_path / "song.mp3", "-b:a", "128k")
    with open_audio(mp3, filename="song.wav", limits=limits) as audio:
        assert faults(audio) == {"extension_mismatch"}


def test_memory_does_not_grow_with_the_recording() -> None:
    audio = recording(np.tile(hall(20.0), (9, 1)))
    TechnicalCheck().run(recording(hall(3.0)), Submission(None, "x.wav"))
    tracemalloc.start()
    TechnicalCheck().run(audio, Submission(None, "x.wav"))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 60e6


def test_runs_are_joined_across_blocks() -> None:
    pcm = np.zeros((3 * BLOCK + 10, 1), dtype=np.float32)
    spans = [(0, 4), (BLOCK - 2, BLOCK + 2), (2 * BLOCK - 5, 3 * BLOCK + 5), (3 * BLOCK + 9, None)]
    for start, end in spans:
        pcm[start:end] = 1
    runs = find_runs(pcm, lambda piece: piece[:, 0] > 0, 4)
    assert runs.tolist() == [list(span) for span in spans[:3]]
    assert runs_of(np.array([True, False, True, True])).tolist() == [[0, 1], [2, 4]]


def low_passed(pcm: Samples, hertz: float) -> Samples:
    return sosfilt(butter(4, hertz, fs=RATE, output="sos"), pcm, axis=0).astype(np.float32)


def test_dull_recordings_are_no_fault() -> None:
    assert faults(recording(low_passed(hall(), 6_000))) == set()
