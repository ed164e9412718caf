"""The fingerprint check on real encodes, against a catalogue of prints in memory."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest

from apps.fingerprints.keys import Items
from apps.fingerprints.landmarks.peaks import Peaks
from apps.fingerprints.matching import Match, align
from apps.screening.audio import Audio
from apps.screening.checks.base import Finding, NotAssessable, Submission
from apps.screening.checks.fingerprint import FingerprintCheck, print_of
from apps.screening.codes import TEXTS
from apps.screening.decoding import open_audio
from apps.screening.limits import Limits
from tests.screening.recordings import recording
from tests.sounds import Samples, encode, tune, write_wav

RATE = 44_100
ENCODES = {
    "mp3_64.mp3": ["-b:a", "64k"],
    "mp3_320.mp3": ["-b:a", "320k"],
    "aac.m4a": ["-b:a", "96k"],
    "vorbis.ogg": ["-c:a", "libvorbis", "-q:a", "1"],
    "opus.opus": ["-b:a", "48k"],
    "quiet.flac": ["-af", "volume=-30dB"],
    "padded.mp3": ["-af", "adelay=5137:all=1,apad=pad_dur=4", "-b:a", "128k"],
    "cut.wav": ["-ss", "4.37", "-t", "12"],
    "low.wav": ["-ar", "16000", "-ac", "1"],
    "noise.wav": ["-filter_complex", "anoisesrc=a=0.02:d=20:r=44100[n];[0][n]amix=weights=1 1"],
}


class Shelf:
    """A catalogue that holds recordings in a list and compares each of them."""

    def __init__(self, *held: Audio, same_owner: bool = False, isrc: str | None = None) -> None:
        self.held = [(audio, print_of(audio)) for audio in held]
        self.same_owner, self.isrc = same_owner, isrc
        self.asked: list[int] = []

    def find(
        self,
        *,
        sha256: str,
        pcm_sha256: str,
        items: Sequence[int],
        duration_s: float,
        phases: Sequence[Sequence[int]] = (),
        peaks: Peaks | None = None,
    ) -> list[Match]:
        self.asked.append(len(items))
        array = np.array(items, dtype=np.uint32)
        found = [self._compare(place, sha256, pcm_sha256, array) for place in range(len(self.held))]
        return [match for match in found if match]

    def _compare(self, place: int, sha256: str, pcm_sha256: str, items: Items) -> Match | None:
        audio, held = self.held[place]
        alignment = align(items, held.items)
        if audio.sha256 == sha256:
            relation, error, spans = "same_file", 0.0, (0.0, 1.0, 0.0, 1.0)
        elif audio.pcm_sha256 == pcm_sha256:
            relation, error, spans = "same_samples", 0.0, (0.0, 1.0, 0.0, 1.0)
        elif alignment and alignment.same_recording:
            relation, error = "same_recording", alignment.bit_error
            spans = (*alignment.query_span_s, *alignment.reference_span_s)
        else:
            return None
        owner = self.same_owner
        return Match(f"r{place}", "Song", "Asha", self.isrc, owner, relation, error, *spans)


def check(audio: Audio, shelf: Shelf) -> list[Finding]:
    findings = FingerprintCheck().run(audio, Submission(None, "x.wav", shelf))
    json.dumps([asdict(finding) for finding in findings], allow_nan=False)
    return findings


@pytest.fixture(scope="module")
def shelf() -> Shelf:
    return Shelf(*(recording(tune(20.0, seed=seed)) for seed in range(1, 6)))


@pytest.fixture(scope="module")
def song(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_wav(tmp_path_factory.mktemp("song") / "song.wav", tune(20.0, seed=3))


@pytest.mark.parametrize("name", ENCODES)
def test_a_changed_copy_is_the_same_recording(
    name: str, shelf: Shelf, song: Path, tmp_path: Path, limits: Limits
) -> None:
    path = encode(song, tmp_path / name, *ENCODES[name])
    with open_audio(path, filename=name, limits=limits) as audio:
        [finding] = check(audio, shelf)
    assert finding.code == "same_recording"
    assert finding.score > 0.7
    [evidence] = finding.evidence
    assert evidence.detail["reference"] == "r2"
    assert evidence.start_s is not None
    assert evidence.end_s is not None
    shift = evidence.detail["reference_start_s"] - evidence.start_s
    expected = {"padded.mp3": -5.14, "cut.wav": 4.37}.get(name, 0.0)
    assert shift == pytest.approx(expected, abs=0.2)


def test_another_piece_is_not_found(shelf: Shelf) -> None:
    for seed in range(20, 24):
        assert check(recording(tune(12.0, seed=seed)), shelf) == []


def test_the_same_samples_in_another_container(
    shelf: Shelf, song: Path, tmp_path: Path, limits: Limits
) -> None:
    flac = encode(song, tmp_path / "song.flac")
    with open_audio(song, filename="song.wav", limits=limits) as original:
        kept = Shelf(original)
        with open_audio(flac, filename="song.flac", limits=limits) as copy:
            [finding] = check(copy, kept)
        [same] = check(original, kept)
    assert (finding.code, finding.score) == ("same_file", 1.0)
    assert finding.evidence[0].detail["relation"] == "same_samples"
    assert same.evidence[0].detail["relation"] == "same_file"


def test_an_own_earlier_release_is_an_isrc_to_use_again() -> None:
    audio = recording(tune(20.0, seed=3))
    [finding] = check(audio, Shelf(audio, same_owner=True, isrc="QZABC2600001"))
    assert finding.code == "own_earlier_release"
    assert "QZABC2600001" in finding.summary


def test_every_code_has_a_text() -> None:
    assert {"same_file", "same_recording", "own_earlier_release"} <= set(TEXTS)


def sweep(seconds: float, top: float) -> Samples:
    t = np.arange(int(seconds * RATE)) / RATE
    phase = 2 * np.pi * 50 * seconds / np.log(top / 50) * ((top / 50) ** (t / seconds) - 1)
    return (0.5 * np.sin(phase)).astype(np.float32)


t30 = np.arange(30 * RATE) / RATE
EMPTY_SOUNDS = {
    "silence": np.zeros(30 * RATE, dtype=np.float32),
    "tone": 0.5 * np.sin(2 * np.pi * 440 * t30),
    "hum": 0.2 * sum(np.sin(2 * np.pi * 50 * n * t30) / n for n in range(1, 20)),
    "white noise": np.random.default_rng(1).normal(0, 0.1, len(t30)),
    "sweep": sweep(30.0, 8_000),
    "quick sweeps": np.tile(sweep(5.0, 12_000), 6),
    "clicks": (np.arange(len(t30)) % 22_050 == 0) * 0.9,
}


@pytest.mark.parametrize("name", EMPTY_SOUNDS)
def test_sounds_that_say_nothing_match_nothing(name: str, shelf: Shelf) -> None:
    pcm = np.asarray(EMPTY_SOUNDS[name], dtype=np.float32)
    others = [recording(pcm[RATE // 3 :]), recording(sweep(40.0, 4_000))]
    with pytest.raises(NotAssessable, match="too little varied sound"):
        check(recording(pcm), Shelf(*others))
    with pytest.raises(NotAssessable):
        check(recording(pcm), shelf)


def test_the_same_file_is_found_even_when_its_print_says_nothing() -> None:
    silent = recording(np.zeros(10 * RATE))
    shelf = Shelf(silent)
    [finding] = check(silent, shelf)
    assert finding.code == "same_file"
    assert shelf.asked == [0]


@pytest.mark.parametrize("seconds", [0.5, 1.0, 3.0])
def test_a_clip_too_short_for_a_print_is_compared_by_its_hashes(seconds: float) -> None:
    clip = recording(tune(seconds))
    with pytest.raises(NotAssessable):
        check(clip, Shelf(recording(tune(20.0))))
    assert [finding.code for finding in check(clip, Shelf(clip))] == ["same_file"]


def test_a_clip_of_six_seconds_is_found(shelf: Shelf) -> None:
    pcm = tune(20.0, seed=3)[int(7.31 * RATE) : int(13.31 * RATE)]
    [finding] = check(recording(pcm), shelf)
    assert finding.evidence[0].detail["reference"] == "r2"


def test_without_a_catalogue_nothing_can_be_said() -> None:
    with pytest.raises(NotAssessable, match="Not compared"):
        FingerprintCheck().run(recording(tune(6.0)), Submission(None, "x.wav"))


def test_turning_one_channel_over_does_not_hide_a_recording(shelf: Shelf) -> None:
    pcm = tune(20.0, seed=3).mean(axis=1)
    [finding] = check(recording(np.stack([pcm, -pcm], axis=1)), shelf)
    assert finding.evidence[0].detail["reference"] == "r2"


@pytest.mark.parametrize("gain_db", [-50, -20, 5])
def test_level_does_not_change_the_print(gain_db: float) -> None:
    pcm = tune(20.0, seed=4)
    found = align(
        print_of(recording(pcm)).items, print_of(recording(pcm * 10 ** (gain_db / 20))).items
    )
    assert found is not None
    assert found.bit_error < 0.01


@pytest.mark.parametrize(("rate", "channels"), [(8_000, 1), (48_000, 2), (44_100, 6)])
def test_prints_of_any_rate_and_layout(rate: int, channels: int) -> None:
    mono = tune(20.0, rate=rate, seed=3, channels=1)
    taken = print_of(recording(np.repeat(mono, channels, axis=1), rate))
    reference = print_of(recording(tune(20.0, seed=3, channels=1)))
    assert taken.items.dtype == np.uint32
    assert taken.speaks
    assert len(taken.items) == pytest.approx(len(reference.items), abs=2)


def test_a_melody_of_single_notes_is_no_test_tone() -> None:
    rng = np.random.default_rng(3)
    t = 2 * np.pi * np.arange(RATE // 3) / RATE
    pitches = 220 * 2 ** (rng.integers(0, 24, (60, 2)) / 12)
    notes = [np.sin(low * t) + 0.4 * np.sin(2 * high * t) for low, high in pitches]
    assert print_of(recording(0.3 * np.concatenate(notes))).speaks
