"""ID3 of every version, and the tags at the end of an MP3."""

import struct
import zlib

import pytest

from apps.screening.tags.listing import Found
from tests.hostile import frame, id3, synchsafe, text_frame
from tests.screening.tag_reading import XMP, fields, only, read


@pytest.mark.parametrize("version", [2, 3, 4])
def test_id3_frames_of_every_version(version: int) -> None:
    short = version == 2
    utf16 = "Ä comment".encode("utf-16")
    frames = [
        text_frame(b"TT2" if short else b"TIT2", "Title", version=version),
        frame(b"TSS" if short else b"TSSE", b"\0Lavf60", version=version),
        frame(b"TXX" if short else b"TXXX", b"\0SUNO_ID\0abc", version=version),
        frame(b"COM" if short else b"COMM", b"\1engd\0\0\0" + utf16, version=version),
        frame(b"WAS" if short else b"WOAS", b"https://suno.com/song/1\0junk", version=version),
        frame(b"WXX" if short else b"WXXX", b"\0home\0https://udio.com", version=version),
        frame(b"ULT" if short else b"USLT", b"\0eng\0la la", version=version),
    ]
    data = id3(b"".join(frames), version=version)
    listing = read(data + bytes(2_000), "mp3")
    assert fields(listing) == [
        ("TIT2", "Title"),
        ("TSSE", "Lavf60"),
        ("TXXX:SUNO_ID", "abc"),
        ("COMM", "Ä comment"),
        ("WOAS", "https://suno.com/song/1"),
        ("WXXX:home", "https://udio.com"),
        ("USLT", "la la"),
    ]
    offset = only(listing, "COMM").offset
    assert offset is not None
    assert data[offset : offset + 3] == b"COM"
    assert listing.problems == []


def test_id3_description_in_utf_16() -> None:
    body = b"\1" + "prompt".encode("utf-16") + b"\0\0" + "値".encode("utf-16")
    assert fields(read(id3(frame(b"TXXX", body)), "mp3")) == [("TXXX:prompt", "値")]
    unmarked = b"\1" + "prompt".encode("utf-16-le") + b"\0\0" + "値".encode("utf-16-le")
    assert fields(read(id3(frame(b"TXXX", unmarked)), "mp3")) == [("TXXX:prompt", "値")]


def test_id3_frame_with_several_values() -> None:
    data = id3(frame(b"TPE1", b"\3One\0Two\0"))
    assert fields(read(data, "mp3")) == [("TPE1", "One"), ("TPE1", "Two")]


def test_id3_objects_are_described_not_read() -> None:
    body = b"\0application/c2pa\0c2pa\0c2pa manifest store\0" + bytes(5_000)
    tag = only(read(id3(frame(b"GEOB", body)), "mp3"), "GEOB")
    assert tag.value == f"application/c2pa; c2pa; c2pa manifest store; {len(body)} bytes"


def test_id3_xmp_stands_in_a_private_frame() -> None:
    data = id3(frame(b"PRIV", b"XMP\0" + XMP.encode()) + frame(b"PRIV", b"www.x.com\0\1\2"))
    assert fields(read(data, "mp3")) == [("XMP", XMP), ("PRIV", "www.x.com")]


def test_id3_whole_tag_unsynchronised() -> None:
    body = b"\0\xff\xe0loud"  # Latin-1 that looks like an MPEG frame
    frames = frame(b"TXXX", b"\0key\0" + body[1:], version=3)
    stuffed = frames.replace(b"\xff", b"\xff\0")
    listing = read(id3(stuffed, version=3, flags=0x80), "mp3")
    assert listing.tags == [Found("TXXX:key", "ÿàloud", None, "id3")]


def test_id3_compressed_counted_and_stuffed_frame() -> None:
    packed = zlib.compress(b"\3key\0value")
    body = synchsafe(11) + packed
    stuffed = body.replace(b"\xff", b"\xff\0")
    assert fields(read(id3(frame(b"TXXX", stuffed, flags=0x000B)), "mp3")) == [
        ("TXXX:key", "value")
    ]


def test_id3_plain_lengths_in_version_4() -> None:
    long = b"\3" + b"a" * 300
    first = b"TIT2" + struct.pack(">I", len(long)) + b"\0\0" + long
    listing = read(id3(first + text_frame(b"TPE1", "Artist")), "mp3")
    assert fields(listing) == [("TIT2", "a" * 300), ("TPE1", "Artist")]


def test_id3_extended_headers_are_skipped() -> None:
    extended = {3: struct.pack(">IHI", 6, 0, 0), 4: synchsafe(6) + b"\1\0"}
    for version, header in extended.items():
        frames = header + text_frame(b"TIT2", "Title", version=version)
        data = id3(frames, version=version, flags=0x40)
        assert fields(read(data, "mp3")) == [("TIT2", "Title")]


def test_id3_damage_is_told_and_the_rest_kept() -> None:
    damaged = text_frame(b"TIT2", "Title") + b"????" + bytes(40)
    listing = read(id3(damaged) + id3(text_frame(b"TPE1", "Artist")), "mp3")
    assert fields(listing) == [("TIT2", "Title"), ("TPE1", "Artist")]
    assert listing.problems == ["The ID3 tag is damaged at byte 26"]
    assert "longer than its tag" in read(id3(b"TIT2\0\0\7\0\0\0\3x"), "mp3").problems[0]


def test_id3v1_and_ape_at_the_end() -> None:
    item = struct.pack("<II", 5, 0) + b"Comment\0" + b"by me"
    cover = struct.pack("<II", 4, 2) + b"Cover Art\0" + b"\0\1\2\3"
    sizes = struct.pack("<IIII", 2_000, len(item + cover) + 32, 2, 0)
    ape = item + cover + b"APETAGEX" + sizes + bytes(8)
    v1 = b"TAG" + b"Old title".ljust(30, b"\0") + bytes(60) + b"1999" + b"Old comment".ljust(30)
    listing = read(bytes(1_000) + ape + v1 + b"\x11", "mp3")
    assert fields(listing) == [
        ("title", "Old title"),
        ("year", "1999"),
        ("comment", "Old comment"),
        ("Comment", "by me"),
    ]
    assert [tag.origin for tag in listing.tags] == ["id3v1"] * 3 + ["ape"]
    assert only(listing, "Comment").offset == 1_000
