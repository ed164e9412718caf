"""APEv2 tags at the end of a file, after the specification on wiki.hydrogenaud.io."""

from apps.screening.tags.listing import Damaged, Listing, Octets

FOOTER = 32
MOST_ENTRIES = 1_000
LONGEST_KEY = 256


def read_ape(octets: Octets, listing: Listing, end: int) -> None:
    """Reads the APEv2 tag that ends at a position, if there is one; raises Damaged."""
    footer = octets.at(end - FOOTER, FOOTER)
    if footer[:8] != b"APETAGEX":
        return
    size, entries = (int.from_bytes(footer[at : at + 4], "little") for at in (12, 16))
    at = end - size
    if at < 0 or entries > MOST_ENTRIES:
        raise Damaged(f"The APE tag at byte {end - FOOTER} claims impossible lengths")
    for _ in range(entries):
        listing.count()
        head = octets.at(at, 8 + LONGEST_KEY)
        length, flags = (int.from_bytes(head[start : start + 4], "little") for start in (0, 4))
        key, mark, _ = head[8:].partition(b"\0")
        body = at + 8 + len(key) + 1
        if not mark or body + length > end - FOOTER:
            raise Damaged(f"The APE tag is damaged at byte {at}")
        if flags & 6 == 0:  # text, not binary
            value = octets.at(body, length).decode("utf-8", "replace")
            listing.add(key.decode("latin-1"), value, at, "ape")
        at = body + length
