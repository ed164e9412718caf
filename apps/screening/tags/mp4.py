"""Boxes of MP4, M4A and QuickTime that hold text.

After ISO/IEC 14496-12 and Apple's QuickTime File Format specification (metadata).
"""

from collections.abc import Iterator
from dataclasses import dataclass

from apps.screening.tags.listing import Listing, Octets
from apps.screening.tags.text import guess

DEEPEST = 8
CONTAINERS = frozenset({b"moov", b"udta", b"ilst", b"trak"})
TO_DESCRIPTIONS = frozenset({b"trak", b"mdia", b"minf", b"stbl"})
TOP = frozenset(
    b"ftyp moov mdat free skip wide uuid meta moof mfra sidx styp pdin pnot udta ssix prft emsg "
    b"junk beam".split()
)
XMP = bytes.fromhex("be7acfcb97a942e89c71999491e3afac")
C2PA = bytes.fromhex("d8fec3d61b0e483c92975828877ec481")
TEXT_TYPES = {1: "utf-8", 2: "utf-16-be", 4: "utf-8", 5: "utf-16-be"}
LONGEST = 1 << 18


@dataclass(frozen=True)
class Box:
    """`at` is where its header stands; contents from `start` to `end`, which the file has."""

    name: bytes
    at: int
    start: int
    end: int


def read_mp4(octets: Octets, listing: Listing, at: int = 0) -> None:
    """Tags of an MP4 file, and what follows the last box that may stand at the top."""
    end = at
    for box in _boxes(octets, listing, at, octets.size):
        if box.name not in TOP:
            break
        end = box.end
        _read_box(octets, listing, box, 0)
    listing.trailing_bytes = octets.size - end


def sample_entries(octets: Octets, listing: Listing, at: int) -> Iterator[bytes]:
    """The four letters of every sample description: what each track says it is coded in."""
    for box in _boxes(octets, listing, at, octets.size):
        if box.name == b"moov":
            yield from _descend(octets, listing, box, 0)


def _descend(octets: Octets, listing: Listing, box: Box, depth: int) -> Iterator[bytes]:
    for inner in _boxes(octets, listing, box.start, box.end):
        if inner.name == b"stsd":
            entries = _boxes(octets, listing, inner.start + 8, inner.end)
            yield from (entry.name for entry in entries)
        elif inner.name in TO_DESCRIPTIONS and depth < DEEPEST:
            yield from _descend(octets, listing, inner, depth + 1)


def _boxes(octets: Octets, listing: Listing, at: int, end: int) -> Iterator[Box]:
    while at + 8 <= end:
        head = octets.at(at, 16)
        length, start = int.from_bytes(head[:4], "big"), at + 8
        if length == 1:
            length, start = int.from_bytes(head[8:16], "big"), at + 16
        elif length == 0:
            length = end - at
        if length < start - at:
            return
        listing.count()
        yield Box(head[4:8], at, start, min(at + length, end))
        at += length


def _read_box(octets: Octets, listing: Listing, box: Box, depth: int) -> None:
    if box.name == b"uuid":
        _read_uuid(octets, listing, box)
    elif box.name == b"meta":
        _read_meta(octets, listing, box)
    elif box.name[:1] == b"\xa9":
        _read_quicktime_text(octets, listing, box)
    elif box.name in CONTAINERS and depth < DEEPEST:
        for inner in _boxes(octets, listing, box.start, box.end):
            _read_box(octets, listing, inner, depth + 1)


def _read_uuid(octets: Octets, listing: Listing, box: Box) -> None:
    kind = octets.at(box.start, 16)
    if kind == XMP:
        text = octets.at(box.start + 16, box.end - box.start - 16)
        listing.add("XMP", guess(text), box.at, "mp4")
    elif kind == C2PA:
        listing.add("C2PA", f"{box.end - box.at} bytes", box.at, "mp4")


def _read_quicktime_text(octets: Octets, listing: Listing, box: Box) -> None:
    length = int.from_bytes(octets.at(box.start, 2), "big")
    value = guess(octets.at(box.start + 4, min(length, box.end - box.start - 4)))
    listing.add(_name(box.name), value, box.at, "mp4")


def _read_meta(octets: Octets, listing: Listing, box: Box) -> None:
    # A full box in MP4 (version and flags in front), a plain one in QuickTime.
    plain = octets.at(box.start + 4, 4) == b"hdlr"
    keys: list[str] = []
    for inner in _boxes(octets, listing, box.start + (0 if plain else 4), box.end):
        if inner.name == b"keys":
            keys = _read_keys(octets, listing, inner)
        elif inner.name == b"ilst":
            for item in _boxes(octets, listing, inner.start, inner.end):
                _read_item(octets, listing, item, keys)
        elif inner.name == b"uuid":
            _read_uuid(octets, listing, inner)


def _read_keys(octets: Octets, listing: Listing, box: Box) -> list[str]:
    """The names of QuickTime's numbered items: length, namespace, name."""
    return [
        guess(octets.at(key.start, min(key.end - key.start, 200)))
        for key in _boxes(octets, listing, box.start + 8, box.end)
    ]


def _read_item(octets: Octets, listing: Listing, item: Box, keys: list[str]) -> None:
    name, parts = _name(item.name), {b"mean": "", b"name": ""}
    number = int.from_bytes(item.name, "big")
    if 1 <= number <= len(keys):
        name = keys[number - 1]
    for box in _boxes(octets, listing, item.start, item.end):
        if box.name in parts:
            parts[box.name] = guess(octets.at(box.start + 4, min(box.end - box.start - 4, 200)))
        elif box.name == b"data":
            field = ":".join([name, *filter(None, parts.values())])
            _read_data(octets, listing, item, box, field)


def _read_data(octets: Octets, listing: Listing, item: Box, box: Box, field: str) -> None:
    kind = int.from_bytes(octets.at(box.start, 4), "big")
    encoding = TEXT_TYPES.get(kind & 0xFFFFFF)
    length = min(box.end - box.start - 8, LONGEST)
    if encoding is not None:
        value = octets.at(box.start + 8, length).decode(encoding, "replace")
        listing.add(field, value, item.at, "mp4")
    elif kind == 0 and field.startswith("----"):
        listing.add(field, guess(octets.at(box.start + 8, length)), item.at, "mp4")


def _name(name: bytes) -> str:
    return name.decode("latin-1")
