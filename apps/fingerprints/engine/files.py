"""Segments as files: written aside, brought to the disk, renamed; read through the page cache.

A file is a header of one page and the arrays, little-endian, each from a multiple of 64 bytes on.
The table is left out where it would be more than half a byte for each item, and is made from the
items when the file is opened; so an item costs 8 to 8.5 bytes on disk.
"""

import json
import os
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt

from apps.fingerprints.engine.segment import Segment, table_of

HEADER_BYTES = 4096
ALIGNED = 64
ARRAYS = {"table": "<u4", "postings": "<u4", "items": "<u4", "starts": "<i8", "numbers": "<i8"}


class BadSegment(Exception):
    """A file is no segment, or not all of it is there; the index has to be rebuilt."""


def write_segment(path: Path, segment: Segment) -> int:
    """Writes the file so that it is there whole or not at all; its size in bytes.

    Raises OSError.
    """
    arrays = {
        name: np.ascontiguousarray(getattr(segment, name), dtype) for name, dtype in ARRAYS.items()
    }
    if segment.TABLE_CAN_BE_REMADE and arrays["table"].nbytes > len(segment.items) / 2:
        arrays["table"] = np.empty(0, np.uint32)
    with written_aside(path) as file:
        file.write(_header(segment, arrays))
        for array in arrays.values():
            file.seek(_aligned(file.tell()))
            file.write(array.data.cast("B") if array.size else b"")
        return file.tell()


@contextmanager
def written_aside(path: Path) -> Iterator[BinaryIO]:
    """A file to write; it takes its name once all of it is on the disk. Raises OSError."""
    fresh = path.with_name(f"{path.name}.new")
    try:
        with fresh.open("wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
        _sync_folder(path.parent)
    finally:
        fresh.unlink(missing_ok=True)


def open_segment(path: Path, kind: type[Segment] = Segment) -> Segment:
    """The segment in a file, memory-mapped. Raises BadSegment, FileNotFoundError."""
    told, data = _read_header(path, kind), np.memmap(path, dtype=np.uint8, mode="r")
    arrays: dict[str, npt.NDArray[Any]] = {}
    at = HEADER_BYTES
    for name, dtype in ARRAYS.items():
        size = told["lengths"][name] * np.dtype(dtype).itemsize
        if size and at + size > len(data):
            raise BadSegment(f"{path.name} is cut off.")
        arrays[name] = np.asarray(data[at : at + size]).view(dtype)
        at = _aligned(at + size)
    if kind.TABLE_CAN_BE_REMADE and not len(arrays["table"]):
        arrays["table"] = table_of(arrays["items"], arrays["starts"], told["key_bits"])
    return kind(key_bits=told["key_bits"], **arrays)


def check_segment(path: Path, kind: type[Segment] = Segment) -> None:
    """Reads all of a file and compares it with its checksum. Raises BadSegment."""
    told, data = _read_header(path, kind), np.memmap(path, dtype=np.uint8, mode="r")
    at = HEADER_BYTES
    for name, dtype in ARRAYS.items():
        size = told["lengths"][name] * np.dtype(dtype).itemsize
        if zlib.crc32(data[at : at + size].data) != told["crc32"][name]:
            raise BadSegment(f"{path.name} holds other bytes than were written.")
        at = _aligned(at + size)


def _header(segment: Segment, arrays: dict[str, npt.NDArray[Any]]) -> bytes:
    told = {
        "format": segment.FORMAT,
        "key_bits": segment.key_bits,
        "lengths": {name: len(array) for name, array in arrays.items()},
        "crc32": {name: zlib.crc32(array.data) for name, array in arrays.items()},
    }
    return json.dumps(told).encode("ascii").ljust(HEADER_BYTES)


def _read_header(path: Path, kind: type[Segment]) -> dict[str, Any]:
    with path.open("rb") as file:
        text = file.read(HEADER_BYTES)
    try:
        told: dict[str, Any] = json.loads(text)
        if len(text) == HEADER_BYTES and told["format"] == kind.FORMAT:
            return told
    except (ValueError, KeyError, TypeError):
        pass
    raise BadSegment(f"{path.name} is no segment of this version.")


def _aligned(at: int) -> int:
    return -(-at // ALIGNED) * ALIGNED


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
