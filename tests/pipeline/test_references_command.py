"""`references`, and `screen` against them, on sounds that we make."""

import json
import os
from io import StringIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.core.management import CommandError, call_command

from apps.accounts.command_base import WrongUsage
from apps.fingerprints.models import Reference
from tests.sounds import Samples, encode, tune, write_wav

pytestmark = pytest.mark.django_db
RATE = 44_100


def run(*arguments: Any) -> tuple[list[dict[str, Any]], str, int]:
    """JSON lines, standard error, exit status."""
    out, told, status = StringIO(), StringIO(), 0
    try:
        call_command("references", *map(str, arguments), "--json", stdout=out, stderr=told)
    except SystemExit as end:
        status = int(str(end.code))
    return [json.loads(line) for line in out.getvalue().splitlines()], told.getvalue(), status


@pytest.fixture(scope="module")
def songs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("songs")
    for seed in (1, 2, 3):
        write_wav(folder / f"song {seed}.wav", song(seed))
    return folder


def song(seed: int, seconds: float = 24.0) -> Samples:
    return tune(seconds, seed=seed)


def placed(host: Samples, guest: Samples, at_s: float) -> Samples:
    """The host, interrupted by the guest."""
    at = int(at_s * RATE)
    return np.concatenate([host[:at], guest, host[at:]])


def test_a_folder_is_added_and_a_part_of_one_is_found(songs: Path, tmp_path: Path) -> None:
    [told], _, status = run("add", songs, "--owner", "Label", "--note", "Delivered in May")
    assert (len(told["added"]), status) == (3, 0)
    assert [line["title"] for line in told["files"]] == ["song 1", "song 2", "song 3"]
    again, _, _ = run("add", songs, "--owner", "Label", "--note", "Delivered in May")
    assert again[0]["added"] == told["added"]
    guest = song(2)[int(6.3 * RATE) : int(16.3 * RATE)]
    host = write_wav(tmp_path / "host.wav", placed(song(40), guest, 10.0))
    mp3 = encode(host, tmp_path / "host.mp3", "-b:a", "128k")
    [line], _, status = run("match", mp3)
    assert (line["error"], status) == (None, 0)
    [match] = line["matches"]
    assert (match["reference"], match["class"]) == (told["added"][1], "partial")
    [piece] = match["segments"]
    assert piece["r_start"] - piece["q_start"] == pytest.approx(-3.7, abs=0.1)
    assert piece["q_start"] == pytest.approx(10.0, abs=0.7)
    assert piece["q_end"] == pytest.approx(20.0, abs=0.7)


def test_screen_holds_a_recording_that_holds_a_part_of_a_reference(
    songs: Path, tmp_path: Path
) -> None:
    run("add", songs / "song 3.wav", "--title", "Monsoon", "--source", "takedown")
    guest = song(3)[8 * RATE : 14 * RATE]
    host = write_wav(tmp_path / "host.wav", placed(song(41), guest, 8.0))
    out = StringIO()
    call_command("screen", str(host), "--against-catalogue", "--json", stdout=out, stderr=out)
    line = json.loads(out.getvalue().splitlines()[-1])
    [finding] = [one for one in line["findings"] if one["check"] == "fingerprint"]
    assert finding["code"] == "takedown_match"
    assert "s of audio with “Monsoon”" in finding["summary"]
    detail = finding["evidence"][0]["detail"]
    assert (detail["relation"], detail["source"]) == ("partial", "takedown")
    assert line["outcome"] == "needs_review"


def test_what_is_in_the_file_is_exact(songs: Path, tmp_path: Path) -> None:
    [told], _, _ = run("add", songs / "song 1.wav", "--title", "One", "--isrc", "QZABC2600001")
    flac = encode(songs / "song 1.wav", tmp_path / "one.flac")
    [line], _, _ = run("match", flac, "--deep")
    [match] = line["matches"]
    assert (match["reference"], match["class"]) == (told["added"][0], "exact")
    assert match["isrc"] == "QZABC2600001"


def test_another_piece_and_silence_match_nothing(songs: Path, tmp_path: Path) -> None:
    silence = write_wav(tmp_path / "silence.wav", np.zeros((8 * RATE, 2), dtype=np.float32))
    run("add", songs, silence)
    other = write_wav(tmp_path / "other.wav", song(77))
    quiet = write_wav(tmp_path / "quiet.wav", np.zeros((9 * RATE, 2), dtype=np.float32))
    lines, _, status = run("match", other, quiet)
    assert [line["matches"] for line in lines] == [[], []]
    assert status == 0


def test_files_that_cannot_be_read_are_named_and_the_others_are_done(
    songs: Path, tmp_path: Path
) -> None:
    bad = tmp_path / "bad.mp3"
    bad.write_bytes(b"this is no music")
    [told], said, status = run("add", bad, tmp_path / "nowhere.wav", songs / "song 1.wav")
    assert (len(told["added"]), status) == (1, 1)
    assert [line["id"] is None for line in told["files"]] == [True, True, False]
    assert "nowhere.wav: There is no file of this name." in said
    lines, _, status = run("match", bad, songs / "song 1.wav")
    assert (lines[0]["matches"], lines[0]["error"] is None) == ([], False)
    assert (lines[1]["matches"][0]["class"], status) == ("exact", 1)


def test_pipes_devices_and_loops_are_named_and_nobody_waits_for_them(tmp_path: Path) -> None:
    pipe, loop = tmp_path / "pipe.wav", tmp_path / "loop.wav"
    os.mkfifo(pipe)
    loop.symlink_to(loop)
    for command in ("add", "match"):
        _lines, said, status = run(command, pipe, "/dev/zero", loop)
        assert status == 1
        if command == "add":
            assert said.count("This is a folder or a device") == 2
            assert "loop.wav: This file cannot be read: Too many levels of symbolic links." in said


def test_a_name_that_is_no_text_can_be_added(songs: Path, tmp_path: Path) -> None:
    odd = tmp_path / os.fsdecode(b"b\xffd.wav")
    odd.write_bytes((songs / "song 1.wav").read_bytes())
    [told], _said, status = run("add", odd)
    assert (status, told["files"][0]["title"]) == (0, "b\ufffdd")


def test_stats_rebuild_and_remove(songs: Path) -> None:
    [told], _, _ = run("add", songs)
    [stats], _, _ = run("rebuild")
    assert (stats["prints"], stats["segments"]) == (3, 1)
    [counted], _, _ = run("stats")
    assert (counted["references"], counted["references_delivery"], counted["tracks"]) == (3, 3, 0)
    assert counted["items"] == stats["items"] > 300
    assert counted["bytes"] > 8 * counted["items"]
    run("remove", told["added"][0])
    assert Reference.objects.count() == 2
    assert run("stats")[0][0]["prints"] == 2
    with pytest.raises(WrongUsage, match="no reference"):
        run("remove", told["added"][0])


def test_wrong_usage_is_one_line(songs: Path) -> None:
    with pytest.raises(WrongUsage, match="name one file"):
        run("add", songs, "--title", "All of them")
    with pytest.raises(WrongUsage, match="12 characters"):
        run("add", songs / "song 1.wav", "--isrc", "nonsense")
    with pytest.raises(WrongUsage, match="at least one file"):
        run("add", songs / "song 1.wav", "--workers", "0")
    with pytest.raises(CommandError):
        run("add")
    assert not Reference.objects.exists()
