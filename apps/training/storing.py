"""Where the files of datasets lie: a storage of its own, a folder for each snapshot."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from django.core.files.base import File
from django.core.files.storage import Storage, storages

from apps.training.errors import FilesMissing, FileTaken
from apps.training.models import Snapshot

MEMBERS = "members.jsonl"
DESCRIPTOR = "croissant.json"
FILES = (MEMBERS, DESCRIPTOR)


def datasets() -> Storage:
    """The storage, private."""
    return storages["datasets"]


def place_of(snapshot: Snapshot, name: str) -> str:
    """Where one file of a snapshot lies."""
    return f"{snapshot.uid}/{name}"


def keep_file(snapshot: Snapshot, name: str, source: Path) -> None:
    """Copies a file into the storage; raises FileTaken where there is one already."""
    wanted = place_of(snapshot, name)
    with source.open("rb") as opened:
        kept = datasets().save(wanted, File(opened))
    if kept != wanted:
        datasets().delete(kept)
        raise FileTaken(place=wanted)


@contextmanager
def open_file(snapshot: Snapshot, name: str) -> Iterator[IO[Any]]:
    """A file of a snapshot, for reading bytes; raises FilesMissing."""
    try:
        opened = datasets().open(place_of(snapshot, name), "rb")
    except FileNotFoundError as error:
        raise FilesMissing(place=place_of(snapshot, name)) from error
    with opened:
        yield opened


def drop_files(snapshot: Snapshot) -> None:
    """Deletes what an unfinished snapshot left; nothing there is fine."""
    for name in FILES:
        datasets().delete(place_of(snapshot, name))
