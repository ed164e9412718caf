"""Lists the tags of one file and prints them as JSON. Runs as a limited child."""

import json
import sys
from collections.abc import Callable
from pathlib import Path

from apps.screening.mpeg import AAC, count_claimed_frames, find_frames
from apps.screening.tags.aiff import read_aiff, read_caf
from apps.screening.tags.ape import read_ape
from apps.screening.tags.id3 import read_header, read_id3, read_id3v1
from apps.screening.tags.listing import Damaged, Full, Listing, Octets
from apps.screening.tags.mp4 import read_mp4
from apps.screening.tags.riff import read_w64, read_wav
from apps.screening.tags.vorbis import read_flac, read_ogg

Reader = Callable[[Octets, Listing, int], None]

TAGS_IN_FRONT = 8
WINDOW = 65_536


def read_frames(octets: Octets, listing: Listing, at: int) -> None:
    """The claimed duration of an MP3 stream, from the header that some writers put first."""
    data = octets.at(at, WINDOW)
    found = find_frames(data, whole=False)
    if found is None or found[1].layer == AAC:
        return
    frames = count_claimed_frames(data, *found)
    if frames is not None:
        listing.claimed_s = frames * found[1].samples / found[1].rate


READERS: dict[str, Reader] = {
    "wav": read_wav,
    "w64": read_w64,
    "aiff": read_aiff,
    "caf": read_caf,
    "flac": read_flac,
    "ogg": read_ogg,
    "mp4": read_mp4,
    "mp3": read_frames,
    "aac": read_frames,
}


def list_tags(octets: Octets, container: str) -> Listing:
    """Everything found in a file whose container is known; what went wrong is in `problems`."""
    listing = Listing()
    try:
        at = _read_front(octets, listing)
        _attempt(listing, lambda: READERS[container](octets, listing, at))
        end = read_id3v1(octets, listing)
        _attempt(listing, lambda: read_ape(octets, listing, end))
    except Full as limit:
        listing.problems.append(str(limit))
    return listing


def _read_front(octets: Octets, listing: Listing) -> int:
    """Reads the ID3v2 tags in front; gives the position behind them."""
    at = 0
    for _ in range(TAGS_IN_FRONT):
        header = read_header(octets, at)
        if header is None:
            break
        here = at
        _attempt(listing, lambda: read_id3(octets, listing, here))  # noqa: B023 - called at once
        at = header.end + (10 if header.flags & 0x10 else 0)
    return at


def _attempt(listing: Listing, read: Callable[[], object]) -> None:
    """One damaged block does not hide the others."""
    try:
        read()
    except Damaged as damage:
        listing.problems.append(str(damage))


def main() -> None:
    """Prints the listing for CONTAINER PATH; exit status 3 when memory runs out."""
    container, path = sys.argv[1], Path(sys.argv[2])
    try:
        with path.open("rb") as file:
            listing = list_tags(Octets(file, path.stat().st_size), container)
    except MemoryError:
        sys.exit(3)
    report = {
        "tags": listing.tags,
        "problems": listing.problems,
        "trailing_bytes": listing.trailing_bytes,
        "claimed_s": listing.claimed_s,
    }
    sys.stdout.write(json.dumps(report))


if __name__ == "__main__":
    main()
