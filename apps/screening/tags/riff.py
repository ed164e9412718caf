"""Chunks of WAV (RIFF, RIFX, RF64, BW64), Wave64 and what they say in text.

After Microsoft's RIFF, EBU Tech 3285 (bext), EBU Tech 3306 (RF64), iXML and Adobe's XMP part 3.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from apps.screening.tags.id3 import read_id3
from apps.screening.tags.listing import Damaged, Listing, Octets
from apps.screening.tags.text import guess

Order = Literal["big", "little"]

UNKNOWN = 0xFFFFFFFF
UNCOMPRESSED = (1, 3, 6, 7, 0xFFFE)  # integer, float, A-law, mu-law, integer or float
BEXT = (("Description", 0, 256), ("Originator", 256, 288), ("OriginatorReference", 288, 320))
BEXT_HISTORY = 602
W64_TAIL = bytes.fromhex("f3acd3118cd100c04f8edb8a")
# Chunks whose presence tells, whatever they hold: content credentials, and Logic's own.
MARKS = (b"C2PA", b"LGWV")


@dataclass(frozen=True)
class Chunk:
    """`at` is where its header stands, `start` its contents; `length` may reach beyond the file."""

    name: bytes
    at: int
    start: int
    length: int


@dataclass(frozen=True)
class Layout:
    """Where the chunks of a WAV file begin and should end (0: unknown), and how to read sizes."""

    start: int
    end: int
    order: Order
    sizes: dict[bytes, int]


@dataclass
class Sound:
    """What the header says about the sound: sizes in bytes, `rate` in hertz."""

    kind: int = 0
    rate: int = 0
    frame_length: int = 0
    frames: int = 0
    length: int = 0

    def read_format(self, data: bytes, order: Order) -> None:
        self.kind = int.from_bytes(data[:2], order)
        self.rate = int.from_bytes(data[4:8], order)
        self.frame_length = int.from_bytes(data[12:14], order)

    def claimed_s(self) -> float | None:
        """Seconds by the amount of data, or for compressed sound by the count of frames."""
        frames = self.frames
        if self.kind in UNCOMPRESSED:
            frames = self.length // self.frame_length if self.frame_length else 0
        return frames / self.rate if frames and self.rate else None


def read_wav(octets: Octets, listing: Listing, at: int = 0) -> None:
    """Tags, claimed duration and trailing bytes of a WAV file that begins at a position."""
    head = octets.at(at, 12)
    order: Order = "big" if head[:4] == b"RIFX" else "little"
    total, sizes = int.from_bytes(head[4:8], order), _read_sizes(octets, at)
    if total == UNKNOWN:
        total = sizes.get(b"riff", 0)
    stated = at + 8 + total + total % 2 if total else 0
    layout = Layout(at + 12, stated, order, sizes)
    chunks = _wav_chunks(octets, listing, layout)
    _read_chunks(octets, listing, chunks, order, max(stated, at + 12))


def read_w64(octets: Octets, listing: Listing, at: int = 0) -> None:
    """Tags, claimed duration and trailing bytes of a Wave64 file."""
    stated = at + int.from_bytes(octets.at(at + 16, 8), "little")
    chunks = _w64_chunks(octets, listing, at + 40, stated)
    _read_chunks(octets, listing, chunks, "little", stated)


def _read_chunks(
    octets: Octets, listing: Listing, chunks: Iterator[Chunk], order: Order, end: int
) -> None:
    sound = Sound()
    for chunk in chunks:
        end = max(end, chunk.start + chunk.length)
        if chunk.name == b"fmt ":
            sound.read_format(octets.at(chunk.start, 16), order)
        elif chunk.name == b"fact":
            sound.frames = int.from_bytes(octets.at(chunk.start, 4), order)
        elif chunk.name == b"data":
            sound.length = chunk.length
        else:
            _read_chunk(octets, listing, chunk, order)
    listing.trailing_bytes = max(octets.size - end, 0)
    listing.claimed_s = sound.claimed_s()


def _read_sizes(octets: Octets, at: int) -> dict[bytes, int]:
    """The 64-bit sizes of RF64, whose 32-bit fields say that they do not know."""
    head = octets.at(at + 12, 8 + 16)
    if head[:4] != b"ds64":
        return {}
    return {
        b"riff": int.from_bytes(head[8:16], "little"),
        b"data": int.from_bytes(head[16:24], "little"),
    }


def _wav_chunks(octets: Octets, listing: Listing, layout: Layout) -> Iterator[Chunk]:
    """Chunks to the stated end, and behind it only those that fit: some writers forget them."""
    at = layout.start
    while at + 8 <= octets.size:
        head = octets.at(at, 8)
        name, length = head[:4], int.from_bytes(head[4:], layout.order)
        length = layout.sizes.get(name, length) if length == UNKNOWN else length
        fits = at + 8 + length <= octets.size
        if not _is_name(name) or (at >= layout.end > 0 and not fits):
            return
        listing.count()
        if name == b"data" and length == UNKNOWN:
            yield Chunk(name, at, at + 8, 0)  # written to a pipe: the rest is sound
            return
        yield Chunk(name, at, at + 8, length)
        at += 8 + length + length % 2


def _w64_chunks(octets: Octets, listing: Listing, at: int, stated: int) -> Iterator[Chunk]:
    while at + 24 <= min(octets.size, stated):
        head = octets.at(at, 24)
        length = int.from_bytes(head[16:], "little")
        if length < 24 or not _is_name(head[:4]):
            return
        listing.count()
        yield Chunk(head[:4], at, at + 24, length - 24)
        at += length + -length % 8


def _is_name(name: bytes) -> bool:
    return all(32 <= byte < 127 for byte in name)


def _read_chunk(octets: Octets, listing: Listing, chunk: Chunk, order: Order) -> None:
    if chunk.name in (b"LIST", b"list"):
        _read_info(octets, listing, chunk, order)
    elif chunk.name == b"bext":
        _read_bext(octets, listing, chunk)
    elif chunk.name in (b"id3 ", b"ID3 "):
        read_id3(octets, listing, chunk.start)
    elif chunk.name in (b"_PMX", b"iXML"):
        name = "XMP" if chunk.name == b"_PMX" else "iXML"
        listing.add(name, guess(octets.at(chunk.start, chunk.length)), chunk.at, "riff")
    elif chunk.name in MARKS:
        listing.add(chunk.name.decode(), f"{chunk.length} bytes", chunk.at, "riff")


def _read_info(octets: Octets, listing: Listing, chunk: Chunk, order: Order) -> None:
    if octets.at(chunk.start, 4) != b"INFO":
        return
    at, end = chunk.start + 4, chunk.start + chunk.length
    while at + 8 <= min(end, octets.size):
        listing.count()
        head = octets.at(at, 8)
        name, length = head[:4], int.from_bytes(head[4:], order)
        if not name.strip(b"\0"):
            return
        if not _is_name(name) or at + 8 + length > end:
            raise Damaged(f"The INFO list is damaged at byte {at}")
        listing.add(name.decode("ascii"), guess(octets.at(at + 8, length)), at, "riff_info")
        at += 8 + length + length % 2


def _read_bext(octets: Octets, listing: Listing, chunk: Chunk) -> None:
    data = octets.at(chunk.start, chunk.length)
    for field, first, last in BEXT:
        value = guess(data[first:last].partition(b"\0")[0])
        listing.add(field, value, chunk.start + first, "bext")
    listing.add("CodingHistory", guess(data[BEXT_HISTORY:]), chunk.start + BEXT_HISTORY, "bext")
