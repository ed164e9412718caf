"""How a match names the recording that was found: "reference 7", or the id of a track."""

from uuid import UUID

from apps.accounts.uuids import read_uuid

KIND = "reference"
DIGITS = 18  # of a key: what a database takes


def reference_name(key: int) -> str:
    """The name of a reference from outside; that of a track is its id."""
    return f"{KIND} {key}"


def reference_key(name: str) -> int | None:
    """The key of the reference with this name; None where it names a track, or nothing."""
    kind, _space, key = name.partition(" ")
    return int(key) if kind == KIND and key.isdecimal() and len(key) <= DIGITS else None


def track_key(name: str) -> UUID | None:
    """The id of the track with this name; None where it names a reference, or nothing."""
    return read_uuid(name)
