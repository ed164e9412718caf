"""The bytes of an unfinished upload on disk. Knows no rows: a folder per upload, one holder each.

UPLOAD_DIR/<id>/part     what has arrived so far; its size is the truth after a crash
UPLOAD_DIR/<id>/lock     held (flock) by the one request that may touch `part`
UPLOAD_DIR/<id>/wanted   put there by a request that waits; asks the holder to let go
"""

import errno
import fcntl
import hashlib
import os
import re
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Protocol
from uuid import UUID

from django.conf import settings

from apps.catalogue.upload_errors import ChecksumMismatch, StorageFull, TooManyBytes, UploadBusy

BLOCK = 256 * 1024  # bytes read at a time: the most that an upload keeps in memory
LOCK_WAIT_S = 5.0  # how long a request waits for another one to let go
KEPT_FREE = 1024**3  # bytes that stay free for decoding and for the database
INCOMING = "incoming-"  # how the files of plain uploads begin
_ID = re.compile(r"[0-9a-f]{32}")
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


class Readable(Protocol):
    """Where bytes come from: a request, or a file."""

    def read(self, size: int, /) -> bytes:
        """At most `size` bytes; none at the end. Raises OSError when the line breaks."""


@dataclass(frozen=True)
class Checksum:
    """What the sender says about one part: algorithm "sha1" or "sha256", and the digest."""

    algorithm: str
    digest: bytes


class Part:
    """What has arrived of one upload, held by nobody else."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "part"
        self._wanted = folder / "wanted"

    @property
    def size(self) -> int:
        """Bytes stored, as the file system counts them."""
        return self.path.stat().st_size if self.path.exists() else 0

    def receive(self, stream: Readable, *, limit: int, checksum: Checksum | None = None) -> None:
        """Appends what the stream gives, up to `limit` bytes, and syncs it to the disk.

        A line that breaks is no error: what arrived stays. With a checksum it stays only when it
        is right. Raises TooManyBytes, ChecksumMismatch, StorageFull, UploadBusy.
        """
        before = self.size
        digest = hashlib.new(checksum.algorithm, usedforsecurity=False) if checksum else None
        with self.path.open("ab", buffering=0) as file:
            try:
                for block in self._blocks(stream, limit):
                    _write_all(file, block)
                    if digest:
                        digest.update(block)
            finally:
                os.fsync(file.fileno())
                if checksum and digest and digest.digest() != checksum.digest:
                    file.truncate(before)
        if checksum and digest and digest.digest() != checksum.digest:
            raise ChecksumMismatch

    def adopt(self, path: Path) -> None:
        """Takes a file on the same disk as the whole upload."""
        os.replace(path, self.path)
        sync(self.path)

    def _blocks(self, stream: Readable, limit: int) -> Iterator[bytes]:
        while limit and (block := _read(stream, min(BLOCK, limit))):
            yield block
            limit -= len(block)
            if self._wanted.exists():
                raise UploadBusy
        if not limit and _read(stream, 1):
            raise TooManyBytes


def _read(stream: Readable, size: int) -> bytes:
    try:
        return stream.read(size)
    except OSError:  # the line broke, or was silent for too long
        return b""


def _write_all(file: IO[bytes], block: bytes) -> None:
    rest = memoryview(block)
    while rest:
        try:
            rest = rest[file.write(rest) :]
        except OSError as error:
            if error.errno in _FULL:
                raise StorageFull from error
            raise


def sync(path: Path) -> None:
    """Puts a file, and its name in the folder, on the disk for good."""
    for each in (path, path.parent):
        descriptor = os.open(each, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


@contextmanager
def hold(upload_id: UUID) -> Iterator[Part]:
    """The upload's bytes, for this request alone. Raises UploadBusy.

    Another holder is asked to let go, which it does at its next block.
    """
    folder = folder_of(upload_id)
    with _open_lock(folder) as lock:
        _wait_for(lock, folder / "wanted")
        yield Part(folder)


def _open_lock(folder: Path) -> IO[bytes]:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return (folder / "lock").open("ab")
    except FileNotFoundError as error:  # dropped between the two
        raise UploadBusy from error


def _wait_for(lock: IO[bytes], wanted: Path) -> None:
    end = time.monotonic() + LOCK_WAIT_S
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            break
        except BlockingIOError:
            if time.monotonic() > end:
                raise UploadBusy from None
            with suppress(FileNotFoundError):  # the holder has just dropped the folder
                wanted.touch()
            time.sleep(0.05)
    wanted.unlink(missing_ok=True)


def folder_of(upload_id: UUID) -> Path:
    """Where the bytes of this upload lie."""
    return Path(settings.UPLOAD_DIR) / upload_id.hex


def old_uploads(before: float) -> list[UUID]:
    """Ids of upload folders that were made before that time (seconds since 1970)."""
    folders = (path for path in Path(settings.UPLOAD_DIR).glob("*") if _ID.fullmatch(path.name))
    return [UUID(hex=path.name) for path in folders if path.stat().st_mtime < before]


def drop_old_files(before: float) -> None:
    """Removes files that a plain upload left behind when its request was cut off."""
    for path in Path(settings.UPLOAD_DIR).glob(f"{INCOMING}*"):
        if path.stat().st_mtime < before:
            path.unlink(missing_ok=True)


def drop(upload_id: UUID) -> None:
    """Removes what is left of the upload from the disk."""
    shutil.rmtree(folder_of(upload_id), ignore_errors=True)


def require_disk(size_bytes: int) -> None:
    """Passes when so many more bytes leave KEPT_FREE on the disk. Raises StorageFull."""
    Path(settings.UPLOAD_DIR).mkdir(mode=0o700, parents=True, exist_ok=True)
    if shutil.disk_usage(settings.UPLOAD_DIR).free < size_bytes + KEPT_FREE:
        raise StorageFull
