"""Tags of every container as other programs write them; limits; damage; hostile bytes."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.screening.audio import Audio, Tag
from apps.screening.decoding import open_audio
from apps.screening.limits import Limits
from apps.screening.tags.child import READERS
from tests.hostile import frame, id3, id3_crowd, text_frame
from tests.screening.tag_reading import SUNO, fields, read
from tests.sounds import encode


def open_file(path: Path, limits: Limits) -> Audio:
    with open_audio(path, filename=path.name, limits=limits) as audio:
        return audio


WRITTEN = [
    ("a.mp3", ("-id3v2_version", "3"), "id3", {"TIT2": "Größe 音", "TXXX:workflow": "{}"}),
    ("a.mp3", ("-id3v2_version", "4"), "id3", {"TIT2": "Größe 音", "TXXX:workflow": "{}"}),
    ("a.flac", (), "vorbis", {"title": "Größe 音", "workflow": "{}"}),
    ("a.ogg", ("-c:a", "libvorbis"), "vorbis", {"title": "Größe 音", "workflow": "{}"}),
    ("a.opus", (), "vorbis", {"title": "Größe 音", "workflow": "{}"}),
    ("a.oga", ("-c:a", "flac"), "vorbis", {"title": "Größe 音", "workflow": "{}"}),
    ("a.m4a", (), "mp4", {"©nam": "Größe 音"}),
    ("a.wav", (), "riff_info", {"INAM": "Größe 音"}),
    ("a.aiff", ("-write_id3v2", "1"), "id3", {"TIT2": "Größe 音", "TXXX:workflow": "{}"}),
    ("a.caf", (), "caf", {"title": "Größe 音", "workflow": "{}"}),
]
COMMENT = {"id3": ("COMM", "TXXX:comment"), "mp4": ("©cmt",), "riff_info": ("ICMT",)}


@pytest.mark.parametrize(("name", "options", "origin", "expected"), WRITTEN)
def test_tags_that_ffmpeg_wrote(
    tmp_path: Path, limits: Limits, melody: Path, name, options, origin, expected
) -> None:
    metadata = {"title": "Größe 音", "comment": SUNO, "workflow": "{}"}
    arguments = [word for pair in metadata.items() for word in ("-metadata", "=".join(pair))]
    path = encode(melody, tmp_path / name, *options, *arguments)
    data = path.read_bytes()
    audio = open_file(path, limits)
    found = {tag.field: tag for tag in audio.tags}
    for field, value in expected.items():
        assert (found[field].value, found[field].origin) == (value, origin)
    names = COMMENT.get(origin, ("comment", "description"))
    comments = [tag for tag in audio.tags if {tag.field, tag.field.lower()} & set(names)]
    assert comments
    for tag in comments:
        assert tag.value == SUNO
        assert tag.offset is not None
        assert SUNO.encode()[:20] in data[tag.offset : tag.offset + 200].replace(b"\0", b"")
    assert audio.tags_error is None


def test_values_are_cut_and_documents_less_so() -> None:
    frames = text_frame(b"TIT2", "a" * 10_000) + text_frame(b"TXXX", "prompt\0" + "b" * 100_000)
    listing = read(id3(frames), "mp3")
    assert [len(value) for _, value in fields(listing)] == [4_096, 65_536]


def test_repetition_counts_once() -> None:
    listing = read(id3(text_frame(b"TIT2", "Title") * 1_000), "mp3")
    assert fields(listing) == [("TIT2", "Title")]
    assert listing.problems == []


def test_too_many_tags_are_told_never_dropped_silently() -> None:
    listing = read(id3_crowd(600), "mp3")
    assert len(listing.tags) == 500
    assert "more than 500 tags" in listing.problems[0]
    empty = read(id3(b"".join(frame(b"APIC", b"x") for _ in range(30_000))), "mp3")
    assert "more than 20,000 parts" in empty.problems[0]


def test_reader_that_fails_is_told(tmp_path: Path, limits: Limits, melody: Path) -> None:
    flac = encode(melody, tmp_path / "a.flac")
    hasty = replace(limits, tagging=replace(limits.tagging, wall_s=0.001))
    audio = open_file(flac, hasty)
    assert (audio.tags, audio.tags_error) == (
        (),
        "The tags could not be read: it took too long.",
    )


def test_problems_reach_the_audio(tmp_path: Path, limits: Limits, melody: Path) -> None:
    mp3 = encode(melody, tmp_path / "a.mp3", "-id3v2_version", "0").read_bytes()
    path = tmp_path / "b.mp3"
    path.write_bytes(id3(text_frame(b"TIT2", "Title") + b"????" + bytes(40)) + mp3)
    audio = open_file(path, limits)
    assert audio.tags == (Tag("TIT2", "Title", 10, "id3"),)
    assert audio.tags_error == "The ID3 tag is damaged at byte 26."


STARTS = [
    b"",
    b"ID3\4\0\0\0\0\1\0",
    b"RIFF\xff\xff\xff\xffWAVE",
    b"FORM\xff\xff\xff\xffAIFF",
    b"fLaC\4\0\1\0",
    b"OggS\0\2" + bytes(20) + b"\1\xffOpusTags",
    b"\0\0\1\0moov\0\0\0\x80udta\0\0\0\x70meta",
    b"caff\0\1\0\0info\0\0\0\0\0\0\1\0",
]


@settings(max_examples=400, deadline=None)
@given(
    start=st.sampled_from(STARTS),
    rest=st.binary(max_size=600),
    container=st.sampled_from(sorted(READERS)),
)
def test_any_bytes_give_a_listing(start: bytes, rest: bytes, container: str) -> None:
    data = start + rest
    listing = read(data, container)
    assert listing.trailing_bytes <= len(data)
    for tag in listing.tags:
        assert tag.offset is None or 0 <= tag.offset < len(data)
        assert len(tag.value) <= 65_536


@settings(max_examples=200, deadline=None)
@given(at=st.integers(0, 400), value=st.binary(min_size=1, max_size=4))
def test_a_harmed_tag_is_read_or_told(at: int, value: bytes) -> None:
    frames = text_frame(b"TIT2", "Title") + text_frame(b"TXXX", "key\0value") * 3
    data = bytearray(id3(frames + frame(b"COMM", b"\0eng\0" + SUNO.encode())))
    data[at : at + len(value)] = value[: max(len(data) - at, 0)]
    read(bytes(data), "mp3")
