"""This host's index, brought up to what the database says: what a search is made with."""

import logging
import shutil
import time
from collections.abc import Collection, Iterator
from pathlib import Path

from django.conf import settings
from django.db.models import QuerySet

from apps.fingerprints.engine.answers import Found
from apps.fingerprints.engine.index import Index
from apps.fingerprints.engine.manifest import CannotFollow
from apps.fingerprints.engine.verifying import Query
from apps.fingerprints.errors import IndexBusy
from apps.fingerprints.keys import Items
from apps.fingerprints.log import changes_after, continues, is_reference, number_of, standing
from apps.fingerprints.models import RecordingPrint, Reference

log = logging.getLogger(__name__)

FLUSH_AT = 256  # prints that a process holds in memory before they are written down
REBUILD_AT = 50_000  # changes after which it is quicker, and keys fit better, to begin again
AT_ONCE = 500  # rows of one query
PATIENCE_S = 120.0  # while another process makes the index again
PAUSE_S = 0.25

LOOK_EVERY_S = 600.0  # for prints that went without a word in the log: purged, or with their track

_opened: dict[Path, Index] = {}  # by folder; one process searches from one thread
_looked: dict[Path, float] = {}  # when, on the clock of this process


def index_folder() -> Path:
    """Where this host keeps its index. It can be deleted; it is made again."""
    return Path(settings.PRINT_INDEX_DIR)


def search(query: Query, hidden: Collection[int] = ()) -> list[Found]:
    """What shares audio with the query, best first, as of now. Raises IndexBusy, OSError."""
    return current_index().search(query, hidden)


def current_index() -> Index:
    """The index with every change that was committed. Raises IndexBusy, OSError."""
    index = _open()
    index.reload()
    if not continues(index.position):
        log.warning("The index of prints follows another history; it is made again")
        return rebuild()
    changed, position = changes_after(index.position)
    changed |= _vanished(index)
    if len(changed) >= REBUILD_AT:
        return rebuild()
    if changed:
        gone: dict[int, Items | None] = dict.fromkeys(changed)
        index.apply(gone | dict(_prints(changed)), position)
    if index.waiting >= FLUSH_AT and not index.flush():
        return index  # another process is writing; what came is in memory
    return index


def rebuild() -> Index:
    """Makes the index again from all prints. Raises IndexBusy, OSError."""
    folder = index_folder()
    index = _opened[folder] = _afresh(folder)
    waited = 0.0
    while True:
        position = standing()  # before the prints: what comes in between is followed again
        count = RecordingPrint.objects.count() + Reference.objects.count()
        if index.replace_all(_all_prints(), count * 1500, position):
            return index
        if waited >= PATIENCE_S:
            raise IndexBusy
        time.sleep(PAUSE_S)
        waited += PAUSE_S


def _open() -> Index:
    folder = index_folder()
    if folder not in _opened:
        _opened[folder] = _afresh(folder)
    return _opened[folder]


def _afresh(folder: Path) -> Index:
    """What lies there; nothing where it cannot be used, which is then thrown away."""
    try:
        return Index(folder)
    except CannotFollow as error:
        log.warning("The index of prints is made again: %s", error)
        shutil.rmtree(folder, ignore_errors=True)
        return Index(folder)


def _prints(numbers: Collection[int]) -> Iterator[tuple[int, Items]]:
    """The prints that there are under these numbers."""
    for model, odd in ((RecordingPrint, False), (Reference, True)):
        keys = sorted(number // 2 for number in numbers if is_reference(number) == odd)
        for start in range(0, len(keys), AT_ONCE):
            some = model._default_manager.filter(pk__in=keys[start : start + AT_ONCE])
            yield from _read(some)


def _vanished(index: Index) -> set[int]:
    """Numbers in the index of prints that are no more, looked for every ten minutes."""
    now = time.monotonic()
    if now - _looked.get(index.folder, now) < LOOK_EVERY_S:
        _looked.setdefault(index.folder, now)
        return set()
    _looked[index.folder] = now
    recordings = RecordingPrint.objects.values_list("pk", flat=True)
    references = Reference.objects.values_list("pk", flat=True)
    there = {2 * pk for pk in recordings.iterator()} | {2 * pk + 1 for pk in references.iterator()}
    return index.numbers() - there


def _all_prints() -> Iterator[tuple[int, Items]]:
    yield from _read(RecordingPrint.objects.order_by("pk"))
    yield from _read(Reference.objects.order_by("pk"))


def _read(rows: "QuerySet[RecordingPrint] | QuerySet[Reference]") -> Iterator[tuple[int, Items]]:
    for row in rows.iterator(chunk_size=AT_ONCE):
        if len(items := row.read_items()):
            yield number_of(row), items
