"""Tags of every container: the field, its text, and the byte where it stands."""

import io
import struct
import zlib
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.screening.audio import Audio, Tag
from apps.screening.decoding import open_audio
from apps.screening.limits import Limits
from apps.screening.tags.child import READERS, list_tags
from apps.screening.tags.listing import Found, Listing, Octets
from tests.hostile import (
    chunk,
    comfy_graph,
    frame,
    id3,
    id3_crowd,
    info_list,
    synchsafe,
    text_frame,
    wav,
)
from tests.sounds import encode

SUNO = "made with suno; created=2026-08-01T10:00:00Z; id=0d9f3c1e-5b1a-4a52-9b1e-2f3c4d5e6f70"
XMP = "<x:xmpmeta><rdf:RDF>trainedAlgorithmicMedia</rdf:RDF></x:xmpmeta>"


def read(data: bytes, container: str) -> Listing:
    return list_tags(Octets(io.BytesIO(data), len(data)), container)


def fields(listing: Listing) -> list[tuple[str, str]]:
    return [(tag.field, tag.value) for tag in listing.tags]


def only(listing: Listing, name: str) -> Found:
    (tag,) = [tag for tag in listing.tags if tag.field == name]
    return tag


def open_file(path: Path, limits: Limits) -> Audio:
    with open_audio(path, filename=path.name, limits=limits) as audio:
        return audio


# --- what other programs wrote ---------------------------------------------------------------

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


# --- ID3 -------------------------------------------------------------------------------------


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


# --- RIFF, AIFF ------------------------------------------------------------------------------


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


# --- Vorbis comments -------------------------------------------------------------------------


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


# --- MP4 -------------------------------------------------------------------------------------


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


# --- limits ----------------------------------------------------------------------------------


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
