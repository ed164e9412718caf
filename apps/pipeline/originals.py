"""Originals as files on this machine, wherever they are stored."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from django.conf import settings
from django.db.models.fields.files import FieldFile

from apps.screening.limits import LIMITS, Limits
from apps.screening.scratch import private_directory


def scratch() -> Path:
    """Where decoded samples lie while they are needed: beside the data, not in memory."""
    place = Path(settings.DATA_DIR) / "scratch"
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    return place


def _path_on_this_disk(stored: FieldFile) -> Path | None:
    """None where the storage keeps its files elsewhere."""
    try:
        return Path(stored.path)
    except NotImplementedError:  # how Django's storages say so
        return None


def limits() -> Limits:
    """The limits for uploads on this site."""
    return replace(LIMITS, scratch=scratch(), max_bytes=settings.MAX_AUDIO_BYTES)


@contextmanager
def local_path(stored: FieldFile) -> Iterator[Path]:
    """A stored file as a local one; a temporary copy where it is stored elsewhere.

    Raises FileNotFoundError when the file is gone, OSError when the storage fails.
    """
    if path := _path_on_this_disk(stored):
        yield path
        return
    with private_directory(scratch()) as place:
        copy = place / "original"
        with stored.open("rb") as source, copy.open("wb") as target:
            shutil.copyfileobj(source, target, 1 << 20)
        yield copy
