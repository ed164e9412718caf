"""Chunks of AIFF, AIFF-C and CAF that hold text, after Apple's specifications of both."""

from apps.screening.tags.id3 import read_id3
from apps.screening.tags.listing import Damaged, Listing, Octets
from apps.screening.tags.text import guess

TEXTS = (b"NAME", b"AUTH", b"(c) ", b"ANNO")
CAF_HEADER = 8


def read_aiff(octets: Octets, listing: Listing, at: int = 0) -> None:
    """Tags and trailing bytes of an AIFF file that begins at a position."""
    end = at + 8 + int.from_bytes(octets.at(at + 4, 4), "big")
    listing.trailing_bytes = max(octets.size - (end + end % 2), 0)
    at += 12
    while at + 8 <= min(end, octets.size):
        listing.count()
        head = octets.at(at, 8)
        name, length = head[:4], int.from_bytes(head[4:], "big")
        _read_chunk(octets, listing, at, name, length)
        at += 8 + length + length % 2


def _read_chunk(octets: Octets, listing: Listing, at: int, name: bytes, length: int) -> None:
    if name in TEXTS:
        value = guess(octets.at(at + 8, length))
        listing.add(name.decode("ascii").strip(), value, at, "aiff")
    elif name in (b"ID3 ", b"id3 "):
        read_id3(octets, listing, at + 8)
    elif name == b"COMT":
        _read_comments(octets, listing, at, length)
    elif name == b"APPL" and octets.at(at + 8, 4) == b"XMP ":
        listing.add("XMP", guess(octets.at(at + 12, length - 4)), at, "aiff")


def _read_comments(octets: Octets, listing: Listing, at: int, length: int) -> None:
    data, position = octets.at(at + 8, length), 2
    for _ in range(int.from_bytes(data[:2], "big")):
        listing.count()
        size = int.from_bytes(data[position + 6 : position + 8], "big")
        text = data[position + 8 : position + 8 + size]
        if len(text) < size or position + 8 > len(data):
            raise Damaged(f"The AIFF comments at byte {at} are damaged")
        listing.add("COMT", guess(text), at + 8 + position, "aiff")
        position += 8 + size + size % 2


def read_caf(octets: Octets, listing: Listing, at: int = 0) -> None:
    """Tags of a CAF file. Its end is not always known, so trailing bytes are not counted."""
    at += CAF_HEADER
    while at + 12 <= octets.size:
        listing.count()
        head = octets.at(at, 12)
        length = int.from_bytes(head[4:], "big", signed=True)
        if head[:4] == b"info":
            _read_information(octets, listing, at + 12, length)
        if length < 0:
            return  # sound to the end of the file
        at += 12 + length


def _read_information(octets: Octets, listing: Listing, at: int, length: int) -> None:
    data = octets.at(at, length)
    position = 4
    for _ in range(int.from_bytes(data[:4], "big")):
        listing.count()
        key, mark, rest = data[position:].partition(b"\0")
        value, mark_too, _ = rest.partition(b"\0")
        if not mark or not mark_too:
            raise Damaged(f"The CAF information at byte {at} is damaged")
        listing.add(guess(key), guess(value), at + position, "caf")
        position += len(key) + len(value) + 2
