"""`references` on files as they come: cut off, short, long, of any rate and layout."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from django.core.files.base import ContentFile

from apps.catalogue.states import TrackState
from apps.fingerprints.catalogue import store_print
from apps.fingerprints.landmarks.packed import VERSION
from apps.fingerprints.models import RecordingPrint, Reference
from apps.screening.decoding import open_audio
from apps.screening.limits import LIMITS
from tests.factories import AudioFileFactory, TrackFactory
from tests.pipeline.test_references_command import run
from tests.sounds import Samples, encode, tune, write_wav

pytestmark = pytest.mark.django_db
RATE = 44_100
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def own_index(settings, tmp_path: Path) -> None:
    settings.PRINT_INDEX_DIR = str(tmp_path / "index")


@pytest.fixture(scope="module")
def song(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_wav(tmp_path_factory.mktemp("song") / "song.wav", tune(24.0, seed=3))


LAYOUTS = {
    "8 kHz mono": ["-ar", "8000", "-ac", "1"],
    "22 kHz mono": ["-ar", "22050", "-ac", "1"],
    "96 kHz": ["-ar", "96000"],
}


@pytest.mark.parametrize("name", LAYOUTS)
def test_any_rate_and_layout_is_the_same_recording(song: Path, tmp_path: Path, name: str) -> None:
    [told], _, _ = run("add", song)
    assert told["files"][0]["peaks"] > 300
    other = encode(song, tmp_path / "other.wav", *LAYOUTS[name])
    [line], _, status = run("match", other)
    assert (line["error"], status) == (None, 0)
    assert [match["class"] for match in line["matches"]] == ["same_recording"]


def test_surround_sound_is_refused_in_words(song: Path, tmp_path: Path) -> None:
    pan = "pan=5.1|FL=c0|FR=c1|FC=0.5*c0+0.5*c1|LFE=0.1*c0|BL=0.3*c0|BR=0.3*c1"
    surround = encode(song, tmp_path / "surround.wav", "-af", pan)
    [told], said, status = run("add", surround)
    assert (told["added"], status) == ([], 1)
    assert "6 channels (5.1). Send a stereo or mono mix." in said
    [line], _, status = run("match", surround)
    assert (line["matches"], line["error"]["code"], status) == ([], "channels", 1)


def test_faster_on_the_command_line(song: Path, tmp_path: Path) -> None:
    run("add", song)
    other = encode(song, tmp_path / "other.flac", "-af", "asetrate=45600,aresample=44100")
    [line], _, _ = run("match", other)
    [match] = line["matches"]
    assert (match["class"], match["accepted"]) == ("same_recording_modified", True)
    assert match["tier"] == "landmarks"
    [piece] = match["segments"]
    assert piece["speed"] == pytest.approx(1.034, abs=0.003)
    assert piece["pitch_cents"] == pytest.approx(58, abs=6)
    assert (piece["bit_error"], piece["anchors"] > 100) == (None, True)


def test_a_file_that_is_cut_off_is_compared_by_what_is_there(song: Path, tmp_path: Path) -> None:
    run("add", song)
    whole = encode(song, tmp_path / "whole.mp3", "-b:a", "128k").read_bytes()
    cut = tmp_path / "cut.mp3"
    cut.write_bytes(whole[: len(whole) // 2])
    [line], _, status = run("match", cut)
    assert status == (1 if line["error"] else 0)
    if line["error"]:
        assert line["error"]["text"]
    else:
        assert [match["class"] for match in line["matches"]] == ["same_recording"]
    stump = tmp_path / "stump.flac"
    stump.write_bytes(encode(song, tmp_path / "whole.flac").read_bytes()[:90])
    [told], said, status = run("add", stump)
    assert (told["added"], status) == ([], 1)
    assert "stump.flac: " in said
    assert Reference.objects.count() == 1


@pytest.mark.parametrize("seconds", [1.0, 2.5, 4.4])
def test_what_is_too_short_for_a_print_is_found_by_its_hashes(
    tmp_path: Path, seconds: float
) -> None:
    """4.4 s are 15 items; each of them looks at 2.6 s."""
    short = write_wav(tmp_path / "short.wav", tune(seconds, seed=5))
    [told], _, status = run("add", short)
    assert (len(told["added"]), status) == (1, 0)
    [line], _, _ = run("match", encode(short, tmp_path / "short.flac"))
    assert [match["class"] for match in line["matches"]] == ["exact"]
    [other], _, _ = run("match", write_wav(tmp_path / "other.wav", tune(seconds, seed=6)))
    assert (other["matches"], other["error"]) == ([], None)


def test_a_short_loop_is_found_in_a_song_that_holds_it(tmp_path: Path) -> None:
    loop = tune(12.0, seed=8)[4 * RATE : int(8.2 * RATE)]
    [told], _, _ = run("add", write_wav(tmp_path / "loop.wav", loop))
    assert (told["files"][0]["items"], told["files"][0]["peaks"] > 50) == (0, True)
    host = tune(24.0, seed=40)
    at = 9 * RATE
    song = np.concatenate([host[:at], loop, host[at:]])
    [line], _, _ = run("match", write_wav(tmp_path / "song.wav", song))
    [match] = line["matches"]
    assert (match["reference"], match["tier"]) == (told["added"][0], "landmarks")
    assert match["segments"][0]["q_start"] == pytest.approx(9.0, abs=0.7)


def test_nothing_is_found_in_silence_and_tones_however_long(song: Path, tmp_path: Path) -> None:
    run("add", song)
    t = np.arange(20 * RATE) / RATE
    sounds: dict[str, Samples] = {
        "silence": np.zeros(len(t), np.float32),
        "tone": (0.5 * np.sin(2 * np.pi * 440 * t)).astype(np.float32),
        "clicks": ((t % 0.5) < 0.001).astype(np.float32),
    }
    paths = [write_wav(tmp_path / f"{name}.wav", pcm) for name, pcm in sounds.items()]
    run("add", *paths)
    again = [encode(path, path.with_suffix(".mp3"), "-b:a", "128k") for path in paths]
    lines, _, status = run("match", "--deep", *again)
    assert ([line["matches"] for line in lines], status) == ([[], [], []], 0)
    [line], _, _ = run("match", paths[0])  # the very file is told, by its bytes
    assert [match["class"] for match in line["matches"]] == ["exact"]


MEASURE = """
import resource
import numpy as np
from apps.screening.peaks import peaks_of
from tests.screening.recordings import recording
from tests.sounds import tune

minutes = {minutes}
pcm = np.tile(tune(60.0, rate=8_000, channels=1), (minutes, 1))
audio = recording(pcm, 8_000)
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
peaks = peaks_of(audio)
print(peaks.frames, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""


def test_an_hour_takes_hardly_more_memory_than_ten_minutes() -> None:
    told = []
    for minutes in (10, 60):
        out = subprocess.run(
            [sys.executable, "-c", MEASURE.format(minutes=minutes)],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
        )
        told.append([int(word) for word in out.stdout.split()])
    (short, less), (long, more) = told
    assert long == pytest.approx(6 * short, abs=20)
    assert more - less < 100_000  # kB


def test_tracks_from_before_get_their_landmarks(song: Path, tmp_path: Path) -> None:
    pcm_sha256 = {}
    for name in ("song.wav", "other.wav"):
        path = song if name == "song.wav" else write_wav(tmp_path / name, tune(12.0, seed=9))
        held = AudioFileFactory(file=ContentFile(path.read_bytes(), name=name), original_name=name)
        track = TrackFactory(audio=held, state=TrackState.CLEARED)
        with open_audio(path, filename=name, limits=LIMITS) as audio:
            pcm_sha256[name] = audio.pcm_sha256
        store_print(track=track, sha256=name, pcm_sha256=name, items=(), duration_s=24.0)
    before = RecordingPrint.objects.get(sha256="song.wav")
    RecordingPrint.objects.filter(pk=before.pk).update(pcm_sha256=pcm_sha256["song.wav"])
    old = {"sha256": "a", "pcm_sha256": "b", "items": b"", "duration_s": 9.0}
    Reference.objects.create(source="delivery", title="Old", **old)
    assert run("stats")[0][0]["without_landmarks"] == 3
    [told], said, status = run("renew")
    assert (told["renewed"], told["references"], status) == (1, 1, 1)
    assert "another than the one that was screened" in said
    row = RecordingPrint.objects.get(pk=before.pk)
    assert (row.marks_version, len(row.read_marks()) > 300) == (VERSION, True)
    faster = encode(song, tmp_path / "faster.flac", "-af", "asetrate=45600,aresample=44100")
    [line], _, _ = run("match", faster)
    assert [match["reference"] for match in line["matches"]] == [str(row.track_id)]
    RecordingPrint.objects.exclude(pk=row.pk).delete()
    assert run("renew")[0] == [{"renewed": 0, "failed": [], "references": 1}]
