"""Private temporary directories that are always removed, even those of killed workers."""

import fcntl
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PREFIX = "soundcheck-scratch-"
LOCK = ".owner"
YOUNG_S = 60.0


@contextmanager
def private_directory(root: Path | None) -> Iterator[Path]:
    """A new directory only we can read, under `root` (None: the system's temporary directory).

    Its owner holds a lock for as long as it lives, which is how `remove_abandoned` tells.
    """
    place = Path(tempfile.mkdtemp(prefix=PREFIX, dir=root))
    try:
        with (place / LOCK).open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield place
    finally:
        shutil.rmtree(place, ignore_errors=True)


def remove_abandoned(root: Path | None) -> int:
    """Removes directories whose owner died; gives how many. Safe to call at any time."""
    parent = Path(root or tempfile.gettempdir())
    abandoned = [place for place in parent.glob(f"{PREFIX}*") if _is_abandoned(place)]
    for place in abandoned:
        shutil.rmtree(place, ignore_errors=True)
    return len(abandoned)


def _is_abandoned(place: Path) -> bool:
    try:
        # A young one may not have its lock yet.
        if time.time() - place.stat().st_mtime < YOUNG_S:
            return False
        with (place / LOCK).open("r") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False  # in use, another user's, or none of ours
    return True
