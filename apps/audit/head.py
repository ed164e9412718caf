"""The newest signed checkpoint, kept outside the database: it outlives a restored backup.

It is written after the checkpoint was committed: after a crash in between it lags behind the
database. It never leads, unless the database went back.
"""

import fcntl
import os
from collections.abc import Sequence
from pathlib import Path

from django.conf import settings

from apps.audit.errors import UnreadableHead
from apps.audit.notes import BadNote, Checkpoint, Verifier, open_checkpoint, read_checkpoint


def read_head(verifiers: Sequence[Verifier]) -> Checkpoint | None:
    """The head, its signature verified; None where there is no file. Raises UnreadableHead."""
    file = Path(settings.LEDGER_HEAD)
    try:
        return open_checkpoint(file.read_text("utf-8"), verifiers)
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError, BadNote) as error:
        raise UnreadableHead(file=file, why=error) from error


def write_head(note: str) -> None:
    """Replaces the head in one step, on the disk when it returns; never by a smaller one."""
    file = Path(settings.LEDGER_HEAD)
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.with_name(f"{file.name}.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if _size(note) >= _kept_size(file):
            _replace(file, note)


def _replace(file: Path, note: str) -> None:
    fresh = file.with_name(f"{file.name}.new")
    with fresh.open("w", encoding="utf-8") as opened:
        opened.write(note)
        opened.flush()
        os.fsync(opened.fileno())
    fresh.replace(file)
    folder = os.open(file.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _kept_size(file: Path) -> int:
    return _size(file.read_text("utf-8")) if file.exists() else 0


def _size(note: str) -> int:
    return read_checkpoint(note.partition("\n\n")[0] + "\n").size
