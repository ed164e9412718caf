"""Vorbis comments in Ogg and FLAC: the field, its text, and the byte where it stands."""

import struct

from tests.hostile import comfy_graph
from tests.screening.tag_reading import SUNO, fields, only, read


def comment_header(*comments: str, vendor: str = "Lavf") -> bytes:
    texts = [text.encode() for text in comments]
    head = struct.pack("<I", len(vendor)) + vendor.encode() + struct.pack("<I", len(texts))
    return head + b"".join(struct.pack("<I", len(text)) + text for text in texts)


def ogg_pages(packets: list[bytes], serial: int, *, longest: int = 255) -> bytes:
    """Packets laid out on Ogg pages of at most `longest` segments; checksums left empty."""
    segments: list[tuple[bytes, int]] = []
    for packet in packets:
        parts = [packet[at : at + 255] for at in range(0, len(packet), 255)]
        if len(packet) % 255 == 0:
            parts.append(b"")
        segments += [(part, len(part)) for part in parts]
    pages, first = [], True
    for at in range(0, len(segments), longest):
        run = segments[at : at + longest]
        head = struct.pack("<4sBBqIIIB", b"OggS", 0, 2 if first else 0, 0, serial, 0, 0, len(run))
        pages.append(head + bytes(size for _, size in run) + b"".join(part for part, _ in run))
        first = False
    return b"".join(pages)


def opus_stream(*comments: str, serial: int = 1, longest: int = 255) -> bytes:
    head = b"OpusHead\1\2" + bytes(9)
    return ogg_pages(
        [head, b"OpusTags" + comment_header(*comments), bytes(90)], serial, longest=longest
    )


def test_comments_over_many_pages_keep_their_places() -> None:
    graph = comfy_graph()
    assert len(graph) > 10_000
    data = opus_stream("title=T", f"prompt={graph}", f"comment={SUNO}", longest=7)
    listing = read(data, "ogg")
    assert fields(listing) == [
        ("vendor", "Lavf"),
        ("title", "T"),
        ("prompt", graph),
        ("comment", SUNO),
    ]
    offset = only(listing, "prompt").offset
    assert offset is not None
    assert data[offset + 4 : offset + 12] == b"prompt={"


def test_chained_streams_are_all_read_and_junk_behind_is_counted() -> None:
    data = opus_stream("a=1", serial=1) + opus_stream("b=2", serial=2) + b"PK\3\4junk"
    listing = read(data, "ogg")
    assert [field for field, _ in fields(listing)] == ["vendor", "a", "b"]
    assert listing.trailing_bytes == 8


def test_flac_blocks_up_to_the_last() -> None:
    def block(kind: int, data: bytes, *, last: bool = False) -> bytes:
        return bytes([kind | (0x80 if last else 0)]) + len(data).to_bytes(3, "big") + data

    data = b"fLaC" + block(0, bytes(34)) + block(4, comment_header("comment=" + SUNO))
    data += block(4, comment_header("METADATA_BLOCK_PICTURE=" + "A" * 9_999), last=True)
    data += block(4, comment_header("never=read"))
    assert fields(read(data, "flac")) == [("vendor", "Lavf"), ("comment", SUNO)]


def test_damaged_comments_are_told() -> None:
    data = comment_header("a=1")
    for cut in (data[:-1], data[:9], b"\xff\xff\xff\xff"):
        flac = b"fLaC" + bytes([0x84]) + len(cut).to_bytes(3, "big") + cut
        assert "damaged" in read(flac, "flac").problems[0]
