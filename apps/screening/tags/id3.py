"""ID3v2.2, 2.3 and 2.4, wherever a file keeps them, and ID3v1 at its end.

After id3.org's informal standards "ID3 tag version 2.2.0", "2.3.0" and "2.4.0".
"""

import zlib
from dataclasses import dataclass

from apps.screening.tags.id3_frames import VERSION_2_NAMES, is_wanted, read_frame
from apps.screening.tags.listing import Damaged, Full, Listing, Octets

LONGEST_FRAME = 1 << 18
LONGEST_INFLATED = 1 << 18
HEADER = 10


@dataclass(frozen=True)
class Header:
    """`start` and `end` are positions in the file, of the first frame and behind the last."""

    version: int
    flags: int
    start: int
    end: int

    @property
    def frame_header(self) -> int:
        return 6 if self.version == 2 else 10


def synchsafe(data: bytes) -> int:
    """An integer of seven bits a byte."""
    value = 0
    for byte in data:
        value = value << 7 | byte & 0x7F
    return value


def read_header(octets: Octets, at: int) -> Header | None:
    """The header of an ID3v2 tag at a position, or None where there is none."""
    head = octets.at(at, HEADER)
    if len(head) < HEADER or head[:3] != b"ID3" or head[3] not in (2, 3, 4) or max(head[6:]) > 127:
        return None
    return Header(head[3], head[5], at + HEADER, at + HEADER + synchsafe(head[6:]))


def read_id3(octets: Octets, listing: Listing, at: int) -> int:
    """Reads the ID3v2 tag at a position, if there is one; gives the position behind it.

    Raises Damaged when its frames do not fit it.
    """
    header = read_header(octets, at)
    if header is None:
        return at
    whole_unsynchronised = header.version < 4 and header.flags & 0x80
    source = _without_unsynchronisation(octets, header) if whole_unsynchronised else octets
    _read_frames(source, listing, header, exact=not whole_unsynchronised)
    return header.end + (HEADER if header.version == 4 and header.flags & 0x10 else 0)


class _Rewritten(Octets):
    """A tag whose stuffed zeros were taken out: positions are those before, as nearly as known."""

    def __init__(self, data: bytes, start: int) -> None:
        self.data = data
        self.start = start
        self.size = start + len(data)

    def at(self, offset: int, length: int) -> bytes:
        return self.data[offset - self.start : offset - self.start + length]


def _without_unsynchronisation(octets: Octets, header: Header) -> Octets:
    length, parts, at = header.end - header.start, [], header.start
    while at < header.end and (part := octets.at(at, min(length, header.end - at))):
        parts.append(part)
        at += len(part)
    return _Rewritten(b"".join(parts).replace(b"\xff\x00", b"\xff"), header.start)


def _read_frames(octets: Octets, listing: Listing, header: Header, *, exact: bool) -> None:
    at = header.start + _extended_length(octets, header)
    end = min(header.end, octets.size)
    while at + header.frame_header <= end:
        head = octets.at(at, header.frame_header)
        name = head[: 3 if header.version == 2 else 4]
        if not name.strip(b"\0"):
            return  # padding
        if not _is_name(name):
            raise Damaged(f"The ID3 tag is damaged at byte {at}")
        listing.count()
        length = _frame_length(octets, header, head, at)
        body = at + header.frame_header
        if body + length > end:
            raise Damaged(f"An ID3 frame at byte {at} is longer than its tag")
        frame = name.decode("ascii")
        frame = VERSION_2_NAMES.get(frame, frame)
        if is_wanted(frame):
            data = _unpack(octets.at(body, min(length, LONGEST_FRAME)), header, head)
            for field, value in read_frame(frame, data, length):
                listing.add(field, value, at if exact else None, "id3")
        at = body + length


def _extended_length(octets: Octets, header: Header) -> int:
    if not header.flags & 0x40 or header.version == 2:
        return 0
    head = octets.at(header.start, 4)
    return synchsafe(head) if header.version == 4 else 4 + int.from_bytes(head, "big")


def _is_name(name: bytes) -> bool:
    return all(byte in b"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789" for byte in name.rstrip(b"\0 "))


def _frame_length(octets: Octets, header: Header, head: bytes, at: int) -> int:
    if header.version == 2:
        return int.from_bytes(head[3:6], "big")
    plain = int.from_bytes(head[4:8], "big")
    if header.version == 3:
        return plain
    safe = synchsafe(head[4:8])
    if plain == safe or max(head[4:8]) > 127:
        return plain
    # Some writers of 2.4 state plain lengths: believe the one that leads to another frame.
    following = octets.at(at + HEADER + safe, 4)
    if at + HEADER + safe == header.end or not following.strip(b"\0") or _is_name(following):
        return safe
    return plain


def _unpack(data: bytes, header: Header, head: bytes) -> bytes:
    """A frame's contents without grouping, length, unsynchronisation and compression."""
    if header.version == 2:
        return data
    flags = head[9]
    if header.version == 3:
        packed, secret, grouped, counted, stuffed = 0x80, 0x40, 0x20, 0x80, 0
    else:
        packed, secret, grouped, counted, stuffed = 0x08, 0x04, 0x40, 0x01, 0x02
    if flags & secret:
        return b""
    data = data[(1 if flags & grouped else 0) + (4 if flags & counted else 0) :]
    if flags & stuffed:
        data = data.replace(b"\xff\x00", b"\xff")
    return _inflate(data) if flags & packed else data


def _inflate(data: bytes) -> bytes:
    inflater = zlib.decompressobj()
    try:
        text = inflater.decompress(data, LONGEST_INFLATED)
    except zlib.error as problem:
        raise Damaged("A compressed ID3 frame cannot be unpacked") from problem
    if inflater.unconsumed_tail:
        raise Full("A compressed ID3 frame unpacks to more than we read")
    return text


def read_id3v1(octets: Octets, listing: Listing) -> int:
    """Reads the ID3v1 tag in the last 128 bytes; gives the position where it begins, or the end."""
    start = octets.size - 128
    data = octets.at(start, 128)
    if data[:3] != b"TAG":
        return octets.size
    for field, first, last in (
        ("title", 3, 33),
        ("artist", 33, 63),
        ("album", 63, 93),
        ("year", 93, 97),
        ("comment", 97, 127),
    ):
        value = data[first:last].partition(b"\0")[0].decode("latin-1").strip()
        listing.add(field, value, start + first, "id3v1")
    return start
