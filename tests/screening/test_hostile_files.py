"""Whatever is sent, the answer is a recording or one clear sentence; nothing else, nothing left."""

import os
import re
import struct
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from apps.screening.audio import Audio
from apps.screening.codecs import input_options, link_input
from apps.screening.containers import ADTS, AIFF, CAF, FLAC, MP3, MP4, OGG, W64, WAV
from apps.screening.decoding import UnusableAudio, open_audio, probe_audio
from apps.screening.limits import Limits
from apps.screening.sandbox import Bounds, run
from tests.hostile import (
    chunk,
    damage,
    float_wav,
    id3,
    id3_bomb,
    id3_cover_claim,
    id3_crowd,
    imposters,
    info_list,
    playlists,
    text_frame,
    wav,
    zip_archive,
)
from tests.sounds import encode, tune, write_wav

NAN, INFINITY = float("nan"), float("inf")


def refusal(path: Path, limits: Limits) -> UnusableAudio:
    """How a file is refused; the text must be a sentence for a person."""
    with pytest.raises(UnusableAudio) as refused, open_audio(path, filename="a", limits=limits):
        pass
    text = refused.value.text
    assert re.match(r"[A-Z].*[.]$", text, re.DOTALL)
    assert "%(" not in text
    assert "Traceback" not in text
    return refused.value


def refuse_bytes(data: bytes, tmp_path: Path, limits: Limits) -> UnusableAudio:
    path = tmp_path / "upload"
    path.write_bytes(data)
    return refusal(path, limits)


@pytest.fixture
def mp3(tmp_path: Path, melody: Path) -> bytes:
    return encode(melody, tmp_path / "m.mp3", "-id3v2_version", "0").read_bytes()


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty_file"),
        (b"R", "empty_file"),
        (b"RIFF", "corrupt"),
        (b"RIFF\0\0\0\0WAVE", "corrupt"),
        (wav(b""), "corrupt"),
        (b"fLaC", "corrupt"),
        (b"OggS", "corrupt"),
        (b"ID3\4\0\0\0\0\0\0", "corrupt"),
        (b"\0\0\0\x14ftypM4A \0\0\0\0M4A mp42", "corrupt"),
        (b"FORM\0\0\0\4AIFF", "corrupt"),
        (b"caff\0\1\0\0", "corrupt"),
        (bytes(5_000), "corrupt"),
        (os.urandom(0) + bytes(range(256)) * 20, "not_audio"),
    ],
)
def test_fragments(tmp_path: Path, limits: Limits, data: bytes, code: str) -> None:
    assert refuse_bytes(data, tmp_path, limits).code == code


@pytest.mark.parametrize(("name", "data", "word"), [pytest.param(*i, id=i[0]) for i in imposters()])
def test_other_things_are_called_by_their_name(
    tmp_path: Path, limits: Limits, name: str, data: bytes, word: str
) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    refused = refusal(path, limits)
    assert refused.code == "not_audio"
    assert word in refused.text
    assert "Send WAV, FLAC, AIFF, MP3, M4A or Ogg/Opus." in refused.text


@pytest.mark.parametrize(
    ("head", "word"),
    [
        (b"\x30\x26\xb2\x75\x8e\x66\xcf\x11\xa6\xd9", "WMA"),
        (b"wvpk\0\0\0\0", "WavPack"),
        (b"MThd\0\0\0\6\0\1\0\1", "MIDI"),
        (b"DSD \x1c\0\0\0", "DSD"),
        (b"FRM8\0\0\0\0", "DSD"),
        (b"MAC \x96\x0f\0\0", "Monkey"),
        (b"\x1a\x45\xdf\xa3\x9fB", "Matroska"),
        (b"RIFF\0\0\0\0AVI LIST", "AVI"),
        ((b"\xff\xfd\x80\xc4" + bytes(413)) * 3, "MP2"),
    ],
)
def test_formats_we_do_not_take_are_named(
    tmp_path: Path, limits: Limits, head: bytes, word: str
) -> None:
    refused = refuse_bytes(head + bytes(2_000), tmp_path, limits)
    assert refused.code == "unsupported_format"
    assert word in refused.text


def test_codecs_we_do_not_take_are_named(tmp_path: Path, limits: Limits, melody: Path) -> None:
    path = encode(melody, tmp_path / "a.wav", "-c:a", "ac3")
    refused = refusal(path, limits)
    assert (refused.code, "ac3" in refused.text) == ("unsupported_format", True)


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    """A file that nobody may read: whoever opens it waits for ever, and that shows."""
    path = tmp_path / "secret.wav"
    os.mkfifo(path)
    return path


KINDS = sorted(playlists(Path("x")))


@pytest.mark.parametrize("kind", KINDS)
def test_playlists_are_refused_unread(
    tmp_path: Path, limits: Limits, secret: Path, kind: str
) -> None:
    refused = refuse_bytes(playlists(secret)[kind], tmp_path, limits)
    assert refused.code == "playlist"
    assert str(secret) not in refused.text


@pytest.mark.parametrize("container", [WAV, W64, AIFF, FLAC, MP3, ADTS, MP4, OGG, CAF])
def test_forced_demuxers_follow_no_playlist(tmp_path: Path, secret: Path, container) -> None:
    """The second wall: had a playlist passed for a recording, ffmpeg would still not follow it."""
    within = Bounds(wall_s=5, cpu_s=5, memory_bytes=1 << 30)
    for kind, data in playlists(secret).items():
        (tmp_path / kind).write_bytes(data)
        (tmp_path / "input").unlink(missing_ok=True)
        link_input(tmp_path / kind, tmp_path)
        argv = ["ffmpeg", "-nostdin", "-v", "error", *input_options(container, 0)]
        finished = run([*argv, "-f", "f32le", "pipe:1"], within=within, cwd=tmp_path)
        assert finished.stdout == b""


def test_playlist_behind_a_tag_is_refused(tmp_path: Path, limits: Limits, secret: Path) -> None:
    data = id3(text_frame(b"TIT2", "x")) + playlists(secret)["hls"]
    assert refuse_bytes(data, tmp_path, limits).code == "playlist"


SAMPLES = struct.pack("<4h", 0, 9_000, 0, -9_000) * 50_000


@pytest.mark.parametrize(
    ("header", "code"),
    [
        ({"rate": 0}, "corrupt"),
        ({"rate": 1}, "sample_rate"),
        ({"rate": 7_999}, "sample_rate"),
        ({"rate": 768_000}, "sample_rate"),
        ({"rate": 0xFFFFFFFF}, "corrupt"),
        ({"channels": 0}, "corrupt"),
        ({"channels": 65_535}, "corrupt"),
        ({"channels": 6}, "channels"),
        ({"channels": 8}, "channels"),
        ({"bits": 0}, "corrupt"),
        ({"bits": 9_999}, "corrupt"),
        ({"tag": 0x4321}, "unsupported_format"),
    ],
)
def test_absurd_headers(tmp_path: Path, limits: Limits, header: dict, code: str) -> None:
    refused = refuse_bytes(wav(SAMPLES, **header), tmp_path, limits)
    assert refused.code in {code, "corrupt"} if code == "unsupported_format" else {code}


@pytest.mark.parametrize("size", [0xFFFFFFFF, 0xFFFFFFFE, 0x7FFFFFFF, 0])
def test_absurd_lengths_decode_what_is_there(tmp_path: Path, limits: Limits, size: int) -> None:
    path = tmp_path / "a.wav"
    path.write_bytes(wav(SAMPLES, data_size=size, riff_size=size))
    with open_audio(path, filename="a.wav", limits=limits) as audio:
        assert audio.duration_s == pytest.approx(100_000 / 44_100, abs=0.01)


def test_surround_is_named(tmp_path: Path, limits: Limits, melody: Path) -> None:
    refused = refusal(encode(melody, tmp_path / "a.flac", "-ac", "6"), limits)
    assert refused.code == "channels"
    assert "it has 6 channels (5.1)" in refused.text


@pytest.mark.parametrize("value", [NAN, INFINITY, -INFINITY, 1e30, -5.0])
def test_samples_that_cannot_be_real(tmp_path: Path, limits: Limits, value: float) -> None:
    data = float_wav([0.1, -0.1] * 40_000 + [value, 0.0])
    assert refuse_bytes(data, tmp_path, limits).code == "invalid_samples"


def test_hours_of_silence_are_cut_short(tmp_path: Path, limits: Limits) -> None:
    """Six hours in four megabytes: what is decoded stops just behind the limit."""
    silence = ("-f", "lavfi", "-t", "21600", "-i", "anullsrc=r=8000:cl=mono", "-map", "1:a")
    one = write_wav(tmp_path / "one.wav", tune(1.0, channels=1))
    path = encode(one, tmp_path / "bomb.flac", *silence)
    assert path.stat().st_size < 5_000_000
    started = time.monotonic()
    assert refusal(path, replace(limits, max_s=60.0)).code == "too_long"
    assert time.monotonic() - started < 10


def test_more_bytes_than_allowed(tmp_path: Path, limits: Limits, melody: Path) -> None:
    refused = refusal(melody, replace(limits, max_bytes=100_000))
    assert refused.code == "too_large"
    huge = tmp_path / "huge.wav"
    with huge.open("wb") as file:
        file.truncate(limits.max_bytes + 1)
    assert refusal(huge, limits).code == "too_large"


def test_decoder_that_runs_out(tmp_path: Path, limits: Limits, melody: Path) -> None:
    poor = replace(limits, decoding=replace(limits.decoding, memory_bytes=60 << 20))
    with pytest.raises(Exception, match=r"memory|could not be started|played") as failed:
        _open(melody, poor)
    assert type(failed.value).__name__ in {"UnusableAudio", "CannotStart"}
    hasty = replace(limits, decoding=replace(limits.decoding, wall_s=0.01))
    assert refusal(melody, hasty).code == "timed_out"


def _open(path: Path, limits: Limits) -> Audio:
    with open_audio(path, filename=path.name, limits=limits) as audio:
        return audio


def test_folders_and_devices(tmp_path: Path, limits: Limits) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path, tmp_path / "pipe", Path("/dev/zero")):
        assert refusal(path, limits).code == "not_audio"


def test_video_without_sound(tmp_path: Path, limits: Limits, melody: Path) -> None:
    video = ("-f", "lavfi", "-i", "testsrc=size=64x64:rate=10:duration=2", "-map", "1:v")
    path = encode(melody, tmp_path / "clip.mp4", *video, "-c:v", "mpeg4")
    assert refusal(path, limits).code == "no_audio_stream"


def test_two_recordings_side_by_side(tmp_path: Path, limits: Limits, melody: Path) -> None:
    path = encode(melody, tmp_path / "two.m4a", "-map", "0:a", "-map", "0:a")
    refused = refusal(path, limits)
    assert refused.code == "several_streams"
    assert "2 recordings" in refused.text


def test_copy_protection_is_named(tmp_path: Path, limits: Limits, melody: Path) -> None:
    key = "00112233445566778899aabbccddeeff"
    scheme = ("-encryption_scheme", "cenc-aes-ctr", "-encryption_key", key)
    path = encode(melody, tmp_path / "a.mp4", *scheme, "-encryption_kid", key)
    assert refusal(path, limits).code == "protected"
    old = encode(melody, tmp_path / "b.m4a").read_bytes().replace(b"mp4a", b"drms", 1)
    assert refuse_bytes(old, tmp_path, limits).code == "protected"


@pytest.mark.parametrize(
    "tag",
    [id3_bomb(), id3_crowd(), id3_cover_claim()],
    ids=["bomb", "crowd", "cover"],
)
def test_hostile_tags_cost_only_the_tags(
    tmp_path: Path, limits: Limits, mp3: bytes, tag: bytes
) -> None:
    path = tmp_path / "a.mp3"
    path.write_bytes(tag + mp3)
    with open_audio(path, filename="a.mp3", limits=limits) as audio:
        assert audio.duration_s == pytest.approx(3.0, abs=0.1)
        assert audio.tags_error is not None
        assert len(audio.tags) <= 500


def test_tag_longer_than_the_file(tmp_path: Path, limits: Limits, mp3: bytes) -> None:
    refused = refuse_bytes(id3(b"", size=0x0FFFFFFF) + mp3, tmp_path, limits)
    assert refused.code == "corrupt"
    assert "claims to be longer than the file" in refused.text


def test_huge_picture_is_not_decoded(tmp_path: Path, limits: Limits, mp3: bytes) -> None:
    """A PNG of 30,000 x 30,000 in a few bytes: decoding it would take gigabytes."""
    header = b"\0\0\0\rIHDR" + struct.pack(">II", 30_000, 30_000) + b"\x08\x02\0\0\0"
    png = b"\x89PNG\r\n\x1a\n" + header + bytes(4) + b"\0\0\0\0IDAT" + bytes(4)
    cover = b"\0image/png\0\3\0" + png
    frame = b"APIC" + struct.pack(">I", len(cover)) + b"\0\0" + cover
    path = tmp_path / "a.mp3"
    path.write_bytes(id3(frame, version=3) + mp3)
    with open_audio(path, filename="a.mp3", limits=limits) as audio:
        assert audio.source.decode_errors == 0
        assert audio.tags_error is None


def test_two_files_in_one_are_noticed(tmp_path: Path, limits: Limits, melody: Path) -> None:
    archive = zip_archive()
    for name in ("a.wav", "a.aiff", "a.m4a", "a.ogg"):
        path = encode(melody, tmp_path / name)
        with path.open("ab") as file:
            file.write(archive)
        with open_audio(path, filename=name, limits=limits) as audio:
            assert audio.source.trailing_bytes == len(archive)


def test_chunks_behind_the_end_of_riff_are_read(tmp_path: Path, limits: Limits) -> None:
    """Some writers append chunks without mending the length in front; players read them."""
    whole = wav(SAMPLES)
    path = tmp_path / "a.wav"
    path.write_bytes(whole + info_list(ICMT="late") + chunk(b"LGWV", b"1234"))
    with open_audio(path, filename="a.wav", limits=limits) as audio:
        assert ("ICMT", "late") in [(tag.field, tag.value) for tag in audio.tags]
        assert audio.source.trailing_bytes == 0


NAMES = [
    "-i.wav",
    "concat:a|b.wav",
    "http:.wav",
    "a\nb\r.wav",
    "gnp.\u202evaw.wav",
    "zero\u200bwidth\ufeff.wav",
    "%d%s%(name)s.wav",
    "'; rm -rf $HOME; '.wav",
    "\u0928\u092e\u0938\u094d\u0924\u0947.wav",
    "n" * 251 + ".wav",
    b"\xff\xfe\x80.wav".decode("utf-8", "surrogateescape"),
]


@pytest.mark.parametrize("name", NAMES, ids=range(len(NAMES)))
def test_names_are_only_names(tmp_path: Path, limits: Limits, melody: Path, name: str) -> None:
    path = tmp_path / "names" / name
    path.parent.mkdir()
    path.write_bytes(melody.read_bytes())
    with open_audio(path, filename=name, limits=limits) as audio:
        assert audio.duration_s == 3.0
        assert audio.source.extension_expected == "wav"
    assert probe_audio(path, filename=name * 9, limits=limits).estimated_s == 3.0
    assert [found.name for found in path.parent.iterdir()] == [name]


def test_relative_paths_work(limits: Limits, melody: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(melody.parent)
    assert _open(Path(melody.name), limits).duration_s == 3.0


def _seeds(tmp_path: Path) -> Iterator[bytes]:
    sound = write_wav(tmp_path / "seed.wav", tune(1.3, rate=22_050), 22_050)
    tags = ("-metadata", "title=Title", "-metadata", "comment=Comment")
    yield wav(sound.read_bytes()[44:], rate=22_050, chunks=info_list(ICMT="Comment", ISFT="Tool"))
    for name in ("s.flac", "s.mp3", "s.aiff", "s.ogg", "s.opus", "s.m4a", "s.aac", "s.caf"):
        extra = ("-write_id3v2", "1") if name == "s.aiff" else ()
        yield encode(sound, tmp_path / name, *tags, *extra).read_bytes()


def test_damaged_files_decode_or_are_refused(tmp_path: Path, limits: Limits) -> None:
    """150 accidents in nine formats: audio or UnusableAudio, never anything else."""
    path, decoded, refused = tmp_path / "upload", 0, 0
    for number, seed in enumerate(_seeds(tmp_path)):
        for accident in range(17):
            path.write_bytes(damage(seed, 1_000 * number + accident))
            try:
                _open(path, limits)
                decoded += 1
            except UnusableAudio:
                refused += 1
    assert decoded > 20
    assert refused > 20
