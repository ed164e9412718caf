"""What an index consists of at the moment, in one small file that is replaced by one rename."""

import fcntl
import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from apps.fingerprints.engine.files import BadSegment, open_segment, written_aside
from apps.fingerprints.engine.parts import Part
from apps.fingerprints.engine.segment import Segment

FORMAT = 1
MANIFEST, LOCK = "manifest.json", "lock"
KEPT = (MANIFEST, LOCK)
LEAST_KEY_BITS = 20
TRIES = 5  # another process may replace files while their names are read


class CannotFollow(Exception):
    """The manifest and the files do not fit each other; the index has to be made again."""


@dataclass(frozen=True)
class Position:
    """Up to where a log of changes was followed: the number of a change, and its mark."""

    seq: int = 0
    mark: str = ""


@dataclass
class State:
    """What a manifest says, opened. `stamp` tells this manifest from others; (0, 0) for none."""

    names: list[str] = field(default_factory=list)
    parts: list[Part] = field(default_factory=list)
    position: Position = field(default_factory=Position)
    key_bits: int = LEAST_KEY_BITS
    stamp: tuple[int, int] = (0, 0)


def read_state(folder: Path, kind: type[Segment] = Segment) -> State:
    """What is there; an empty state where there is no manifest. Raises CannotFollow."""
    for _ in range(TRIES):
        try:
            return _opened(folder, kind)
        except FileNotFoundError:
            if stamp_of(folder) == (0, 0):
                return State()
    raise CannotFollow("Files of the index are missing.")


def write_manifest(
    folder: Path, segments: Sequence[tuple[str, frozenset[int]]], position: Position, key_bits: int
) -> None:
    """From now on these segments are the index. Raises OSError, and then nothing has changed."""
    told = {
        "format": FORMAT,
        "key_bits": key_bits,
        "position": [position.seq, position.mark],
        "segments": [{"file": name, "dead": sorted(dead)} for name, dead in segments],
    }
    with written_aside(folder / MANIFEST) as file:
        file.write(json.dumps(told).encode("ascii"))


def stamp_of(folder: Path) -> tuple[int, int]:
    """Which manifest lies there."""
    try:
        told = (folder / MANIFEST).stat()
    except FileNotFoundError:
        return (0, 0)
    return told.st_ino, told.st_mtime_ns


@contextmanager
def writing(folder: Path) -> Iterator[bool]:
    """Holds the lock of writers while the block runs; False when somebody else has it."""
    descriptor = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            mine = True
        except BlockingIOError:
            mine = False
        yield mine
    finally:
        os.close(descriptor)


def _opened(folder: Path, kind: type[Segment]) -> State:
    stamp = stamp_of(folder)
    told = _told(folder)
    try:
        segments = [open_segment(folder / one["file"], kind) for one in told["segments"]]
    except BadSegment as error:
        raise CannotFollow(str(error)) from error
    dead = [frozenset(one["dead"]) for one in told["segments"]]
    parts = [Part.of(segment, gone) for segment, gone in zip(segments, dead, strict=True)]
    names = [one["file"] for one in told["segments"]]
    return State(names, parts, Position(*told["position"]), told["key_bits"], stamp)


def _told(folder: Path) -> dict[str, Any]:
    try:
        told: dict[str, Any] = json.loads((folder / MANIFEST).read_bytes())
        if told["format"] == FORMAT and told["key_bits"] and told["position"]:
            return told
    except (ValueError, KeyError, TypeError) as error:
        raise CannotFollow("The manifest cannot be read.") from error
    raise CannotFollow("The manifest is of another version.")
