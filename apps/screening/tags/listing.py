"""What the tag readers write into, and the bytes they read from; both keep to limits."""

from dataclasses import dataclass, field
from typing import IO, NamedTuple

MOST_TAGS = 500
MOST_ITEMS = 20_000  # frames, chunks or boxes looked at, tags or not
LONGEST_VALUE = 4_096
LONGEST_DOCUMENT = 65_536
LONGEST_FIELD = 200
MOST_CHARACTERS = 1_000_000
MOST_READ = 64 << 20
LONGEST_READ = 1 << 20
# Fields that hold whole documents: metadata in XML, and the graphs that workflow tools leave.
DOCUMENTS = frozenset({"xmp", "ixml", "prompt", "workflow"})


class Full(Exception):
    """A limit was reached; the message says which, for a reviewer."""


class Damaged(Exception):
    """A block of tags contradicts itself; the message says where, for a reviewer."""


class Found(NamedTuple):
    """One text field: the fields of `audio.Tag`, without needing it (and numpy) in the child."""

    field: str
    value: str
    offset: int | None
    origin: str


@dataclass
class Listing:
    """Everything found in one file. `problems` are sentences on what may be missing."""

    tags: list[Found] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    trailing_bytes: int = 0
    claimed_s: float | None = None
    characters: int = 0
    items: int = 0
    seen: set[tuple[str, str, str]] = field(default_factory=set)

    def add(self, name: str, value: str, offset: int | None, origin: str) -> None:
        """Adds a field, cut to its longest; the same field with the same value counts once."""
        longest = LONGEST_DOCUMENT if _is_document(name) else LONGEST_VALUE
        name, value = name[:LONGEST_FIELD], value.strip("\0")[:longest]
        if not value or (name, value, origin) in self.seen:
            return
        self.seen.add((name, value, origin))
        self.characters += len(name) + len(value)
        if len(self.tags) >= MOST_TAGS:
            raise Full(f"The file holds more than {MOST_TAGS} tags; the rest were not read")
        if self.characters > MOST_CHARACTERS:
            raise Full("The file holds more tag text than we read; the rest was not read")
        self.tags.append(Found(name, value, offset, origin))

    def count(self) -> None:
        """Counts one frame, chunk or box; raises Full when there are too many."""
        self.items += 1
        if self.items > MOST_ITEMS:
            raise Full(f"The file is made of more than {MOST_ITEMS:,} parts; not all were read")


def _is_document(name: str) -> bool:
    return name.rpartition(":")[2].lower() in DOCUMENTS


class Octets:
    """The bytes of a file, or of a part of one. Positions are always those of the whole file."""

    def __init__(self, file: IO[bytes], size: int) -> None:
        self.file = file
        self.size = size
        self.read = 0

    def at(self, offset: int, length: int) -> bytes:
        """At most `length` bytes (and at most 1 MiB) from a position; fewer at the end."""
        wanted = min(length, LONGEST_READ, self.size - offset)
        if offset < 0 or wanted <= 0:
            return b""
        self.read += wanted
        if self.read > MOST_READ:
            raise Full("The tags of this file are longer than we read; the rest was not read")
        self.file.seek(offset)
        return self.file.read(wanted)
