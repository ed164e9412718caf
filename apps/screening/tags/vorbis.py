"""Vorbis comments in FLAC and in Ogg (Vorbis, Opus, FLAC).

After RFC 9639 (FLAC), RFC 3533 (Ogg), RFC 7845 (Opus) and the Vorbis I specification, section 5.
"""

from bisect import bisect_right

from apps.screening.tags.listing import Damaged, Full, Listing, Octets

COMMENTS = 4
PICTURES = frozenset({"METADATA_BLOCK_PICTURE", "COVERART"})
PACKET_STARTS = {b"\x03vorbis": 7, b"OpusTags": 8}
LONGEST_PACKET = 16 << 20
MOST_PAGES = 2_000_000
PAGE_HEADER = 27
FIRST_PACKETS = 4


class Packet:
    """The bytes of one Ogg packet, and where in the file each run of them stands."""

    def __init__(self) -> None:
        self.data = bytearray()
        self.starts: list[int] = []
        self.positions: list[int] = []

    def extend(self, data: bytes, position: int) -> None:
        if len(self.data) + len(data) > LONGEST_PACKET:
            raise Full("The Ogg comments are longer than we read")
        self.starts.append(len(self.data))
        self.positions.append(position)
        self.data += data

    def position(self, index: int) -> int:
        """The file position of one byte of the packet."""
        run = bisect_right(self.starts, index) - 1
        return self.positions[run] + index - self.starts[run]


def read_comments(packet: Packet, listing: Listing, start: int) -> None:
    """The comment header in a packet, from `start` on; raises Damaged when lengths do not fit."""
    data = packet.data
    vendor, at = _take(data, start)
    listing.add("vendor", vendor, packet.position(start), "vorbis")
    count, at = int.from_bytes(data[at : at + 4], "little"), at + 4
    for _ in range(count):
        listing.count()
        place = packet.position(min(at, len(data) - 1))
        comment, at = _take(data, at)
        key, _, value = comment.partition("=")
        if key.upper() not in PICTURES:
            listing.add(key, value, place, "vorbis")


def _take(data: bytearray, at: int) -> tuple[str, int]:
    head = data[at : at + 4]
    length = int.from_bytes(head, "little")
    if len(head) < 4 or at + 4 + length > len(data):
        raise Damaged("The Vorbis comments are damaged: a length points beyond them")
    text = data[at + 4 : at + 4 + length].decode("utf-8", "replace")
    return text, at + 4 + length


def read_flac(octets: Octets, listing: Listing, at: int) -> None:
    """The comments among the metadata blocks of the FLAC stream that begins at a position."""
    at += 4
    last = False
    while not last and at + 4 <= octets.size:
        listing.count()
        head = octets.at(at, 4)
        last, kind, length = bool(head[0] & 0x80), head[0] & 0x7F, int.from_bytes(head[1:], "big")
        if kind == COMMENTS and length:
            read_comments(_block(octets, at + 4, length), listing, 0)
        at += 4 + length


def _block(octets: Octets, at: int, length: int) -> Packet:
    packet = Packet()
    while length > 0 and (data := octets.at(at, length)):
        packet.extend(data, at)
        at, length = at + len(data), length - len(data)
    return packet


def read_ogg(octets: Octets, listing: Listing, at: int = 0) -> None:
    """The comments of every stream in an Ogg file, chained ones too, and its trailing bytes."""
    streams: dict[bytes, _Stream] = {}
    for _ in range(MOST_PAGES):
        head = octets.at(at, PAGE_HEADER)
        if head[:4] != b"OggS" or len(head) < PAGE_HEADER:
            break
        serial = head[14:18]
        if head[5] & 2:  # a stream begins
            listing.count()
            streams[serial] = _Stream()
        lacing = octets.at(at + PAGE_HEADER, head[26])
        body = at + PAGE_HEADER + head[26]
        if serial in streams and not streams[serial].done:
            streams[serial].read_page(octets, listing, lacing, body)
        at = body + sum(lacing)
    listing.trailing_bytes = max(octets.size - at, 0)


class _Stream:
    """Puts the first packets of one Ogg stream together and reads the comments among them."""

    def __init__(self) -> None:
        self.packet = Packet()
        self.packets = 0
        self.done = False

    def read_page(self, octets: Octets, listing: Listing, lacing: bytes, at: int) -> None:
        for length in lacing:
            self.packet.extend(octets.at(at, length), at)
            at += length
            if length == 255:
                continue
            self._read_packet(listing)
            self.packet = Packet()
            self.packets += 1
            if self.packets == FIRST_PACKETS:
                self.done = True
            if self.done:
                return

    def _read_packet(self, listing: Listing) -> None:
        data = self.packet.data
        for magic, start in PACKET_STARTS.items():
            if data.startswith(magic):
                read_comments(self.packet, listing, start)
                self.done = True
        if self.packets == 1 and data[:1] and data[0] & 0x7F == COMMENTS and len(data) > 4:
            read_comments(self.packet, listing, 4)  # FLAC in Ogg
            self.done = True
