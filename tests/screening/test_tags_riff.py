"""Tags of WAV and AIFF: the field, its text, and the byte where it stands."""

import struct

import pytest

from tests.hostile import chunk, id3, info_list, text_frame, wav
from tests.screening.tag_reading import SUNO, XMP, fields, read


def test_every_text_of_a_wav_file() -> None:
    bext = b"Scene 1".ljust(256, b"\0") + b"Logic Pro X".ljust(32, b"\0") + b"REF".ljust(32, b"\0")
    chunks = [
        info_list(ICMT=SUNO, ISFT="Tool"),
        chunk(b"bext", bext.ljust(602, b"\0") + b"A=PCM"),
        chunk(b"iXML", b"<BWFXML><NOTE>n</NOTE></BWFXML>"),
        chunk(b"_PMX", XMP.encode()),
        chunk(b"id3 ", id3(text_frame(b"TIT2", "Title"))),
        chunk(b"LGWV", b"1234"),
        chunk(b"C2PA", bytes(321)),
        chunk(b"adtl", b"note"),
    ]
    data = wav(bytes(400), chunks=b"".join(chunks))
    listing = read(data, "wav")
    assert [(tag.field, tag.value, tag.origin) for tag in listing.tags] == [
        ("ICMT", SUNO, "riff_info"),
        ("ISFT", "Tool", "riff_info"),
        ("Description", "Scene 1", "bext"),
        ("Originator", "Logic Pro X", "bext"),
        ("OriginatorReference", "REF", "bext"),
        ("CodingHistory", "A=PCM", "bext"),
        ("iXML", "<BWFXML><NOTE>n</NOTE></BWFXML>", "riff"),
        ("XMP", XMP, "riff"),
        ("TIT2", "Title", "id3"),
        ("LGWV", "4 bytes", "riff"),
        ("C2PA", "321 bytes", "riff"),
    ]
    for tag in listing.tags:
        start = tag.value.encode()[:4] if tag.origin == "bext" else tag.field.encode()[-4:]
        if tag.field != "XMP":
            assert data[tag.offset :].startswith(start)
    assert listing.claimed_s == pytest.approx(100 / 44_100)
    assert listing.trailing_bytes == 0


def test_latin_1_where_no_encoding_is_stated() -> None:
    item = chunk(b"IART", "Café".encode("latin-1"))
    data = wav(b"", chunks=chunk(b"LIST", b"INFO" + item))
    assert fields(read(data, "wav")) == [("IART", "Café")]


def test_damaged_info_list_is_told() -> None:
    data = wav(b"", chunks=chunk(b"LIST", b"INFO" + b"ICMT\xff\xff\0\0hello"))
    assert read(data, "wav").problems == ["The INFO list is damaged at byte 56"]


def test_every_text_of_an_aiff_file() -> None:
    def part(name: bytes, data: bytes) -> bytes:
        return name + struct.pack(">I", len(data)) + data + b"\0" * (len(data) % 2)

    comment = struct.pack(">HIHH", 1, 0, 0, 5) + b"later"
    body = b"AIFF" + b"".join(
        [
            part(b"NAME", b"Song"),
            part(b"(c) ", b"2026 Me"),
            part(b"ANNO", SUNO.encode()),
            part(b"COMT", comment),
            part(b"ID3 ", id3(text_frame(b"TIT2", "Title"))),
            part(b"APPL", b"XMP " + XMP.encode()),
        ]
    )
    listing = read(b"FORM" + struct.pack(">I", len(body)) + body + b"extra", "aiff")
    assert fields(listing) == [
        ("NAME", "Song"),
        ("(c)", "2026 Me"),
        ("ANNO", SUNO),
        ("COMT", "later"),
        ("TIT2", "Title"),
        ("XMP", XMP),
    ]
    assert listing.trailing_bytes in (4, 5)
