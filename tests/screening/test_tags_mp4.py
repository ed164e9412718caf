"""Tags of MP4: the field, its text, and the byte where it stands."""

import struct

from tests.screening.tag_reading import SUNO, XMP, fields, only, read


def box(name: bytes, *parts: bytes) -> bytes:
    data = b"".join(parts)
    return struct.pack(">I", len(data) + 8) + name + data


def data_box(text: bytes, kind: int = 1) -> bytes:
    return box(b"data", struct.pack(">II", kind, 0), text)


def test_every_text_of_an_mp4_file() -> None:
    free = box(
        b"----",
        box(b"mean", bytes(4), b"com.apple.iTunes"),
        box(b"name", bytes(4), b"SUNO_ID"),
        data_box(b"abc"),
    )
    items = box(
        b"ilst",
        box(b"\xa9cmt", data_box(SUNO.encode())),
        box(b"\xa9too", data_box("名".encode("utf-16-be"), kind=2)),
        box(b"covr", data_box(b"\xff\xd8\xff", kind=13)),
        box(b"trkn", data_box(bytes(8), kind=0)),
        free,
    )
    meta = box(b"meta", bytes(4), box(b"hdlr", bytes(25)), items)
    keys = box(
        b"keys", bytes(4), struct.pack(">I", 1), box(b"mdta", b"com.apple.quicktime.comment")
    )
    numbered = box(b"ilst", box(struct.pack(">I", 1), data_box(b"note")))
    quicktime = box(b"meta", box(b"hdlr", bytes(24)), keys, numbered)
    old = box(b"\xa9swr", struct.pack(">HH", 5, 0) + b"Logic")
    data = b"".join(
        [
            box(b"ftyp", b"M4A \0\0\0\0"),
            box(b"uuid", bytes.fromhex("be7acfcb97a942e89c71999491e3afac"), XMP.encode()),
            box(b"uuid", bytes.fromhex("d8fec3d61b0e483c92975828877ec481"), bytes(100)),
            box(b"moov", box(b"udta", meta, old), quicktime),
            box(b"mdat", bytes(50)),
        ]
    )
    listing = read(data + b"PK\3\4 archive", "mp4")
    assert fields(listing) == [
        ("XMP", XMP),
        ("C2PA", "124 bytes"),
        ("©cmt", SUNO),
        ("©too", "名"),
        ("----:com.apple.iTunes:SUNO_ID", "abc"),
        ("©swr", "Logic"),
        ("com.apple.quicktime.comment", "note"),
    ]
    offset = only(listing, "©cmt").offset
    assert offset is not None
    assert data[offset + 4 : offset + 8] == b"\xa9cmt"
    assert listing.trailing_bytes == len(b"PK\3\4 archive")


def test_boxes_in_boxes_end_somewhere() -> None:
    data = b""
    for _ in range(5_000):
        data = box(b"udta", data)
    assert read(box(b"moov", data), "mp4").tags == []
