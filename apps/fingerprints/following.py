"""This host's indexes, brought up to what the database says: what a search is made with.

One for prints, one for landmarks. Each follows the log for itself, by the same rules.
"""

import logging
import shutil
import time
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar, cast

from django.conf import settings
from django.db.models import F, Q, QuerySet

from apps.fingerprints.engine.index import Index
from apps.fingerprints.engine.manifest import CannotFollow
from apps.fingerprints.engine.store import Store
from apps.fingerprints.errors import IndexBusy
from apps.fingerprints.keys import Items
from apps.fingerprints.landmarks.marks import MarkStore
from apps.fingerprints.landmarks.packed import VERSION
from apps.fingerprints.log import (
    changes_after,
    continues,
    keys_of,
    number_of,
    numbers_of,
    standing,
)
from apps.fingerprints.models import RecordingPrint, Reference

log = logging.getLogger(__name__)

AT_ONCE = 500  # rows of one query
PATIENCE_S = 120.0  # while another process makes the index again
PAUSE_S = 0.25

LOOK_EVERY_S = 600.0  # for prints that went without a word in the log: purged, or with their track

Row = RecordingPrint | Reference
Kind = TypeVar("Kind", bound=Store)


@dataclass(frozen=True)
class Tier(Generic[Kind]):
    """What of a recording is indexed, and how.

    `rows`: those that have it; `read`: what they have. `flush_at`: changes that a process holds in
    memory before they are written down. `rebuild_at`: changes after which it is quicker, and keys
    fit better, to begin again. `words`: of one recording, about.
    """

    folder: str
    store: type[Kind]
    column: str
    rows: Q
    read: Callable[[Row], Items]
    flush_at: int
    rebuild_at: int
    words: int


PRINTS = Tier("prints", Index, "items", Q(), lambda row: row.read_items(), 256, 50_000, 1_500)
MARKS = Tier(
    "landmarks",
    MarkStore,
    "marks",
    Q(marks_version=VERSION),
    lambda row: row.read_marks(),
    64,
    5_000,
    3_700,
)

_opened: dict[Path, Store] = {}  # by folder; one process searches from one thread
_looked: dict[Path, float] = {}  # when, on the clock of this process


def index_folder(tier: Tier[Any] = PRINTS) -> Path:
    """Where this host keeps an index. It can be deleted; it is made again."""
    shards, name = settings.PRINT_SHARDS, tier.folder
    if shards > 1:
        name = f"{name}-{settings.PRINT_SHARD}-of-{shards}"
    return Path(settings.PRINT_INDEX_DIR) / name


def is_mine(number: int) -> bool:
    """Whether a print belongs to this host's part of the index (`shards.py`)."""
    shards: int = settings.PRINT_SHARDS
    return shards == 1 or number // 2 % shards == settings.PRINT_SHARD


def current_index(tier: Tier[Kind]) -> Kind:
    """The index with every change that was committed. Raises IndexBusy, OSError."""
    index = _open(tier)
    index.reload()
    if not continues(index.position):
        log.warning("The index of %s follows another history; it is made again", tier.folder)
        return rebuild(tier)
    changed, position = changes_after(index.position)
    changed = {number for number in changed if is_mine(number)} | _vanished(index)
    if len(changed) >= tier.rebuild_at:
        return rebuild(tier)
    if changed or position != index.position:
        gone: dict[int, Items | None] = dict.fromkeys(changed)
        index.apply(gone | dict(_prints(tier, changed)), position)
    if index.waiting >= tier.flush_at and not index.flush():
        return index  # another process is writing; what came is in memory
    return index


def rebuild(tier: Tier[Kind]) -> Kind:
    """Makes an index again from the database. Raises IndexBusy, OSError."""
    index = _opened[index_folder(tier)] = _afresh(tier)
    waited = 0.0
    while True:
        position = standing()  # before the prints: what comes in between is followed again
        count = RecordingPrint.objects.count() + Reference.objects.count()
        words = count * tier.words // settings.PRINT_SHARDS
        if index.replace_all(_all_prints(tier), words, position):
            return index
        if waited >= PATIENCE_S:
            raise IndexBusy
        time.sleep(PAUSE_S)
        waited += PAUSE_S


def _open(tier: Tier[Kind]) -> Kind:
    folder = index_folder(tier)
    if folder not in _opened:
        _opened[folder] = _afresh(tier)
    return cast(Kind, _opened[folder])


def _afresh(tier: Tier[Kind]) -> Kind:
    """What lies there; nothing where it cannot be used, which is then thrown away."""
    folder = index_folder(tier)
    try:
        return tier.store(folder)
    except CannotFollow as error:
        log.warning("The index of %s is made again: %s", tier.folder, error)
        shutil.rmtree(folder, ignore_errors=True)
        return tier.store(folder)


def _prints(tier: Tier[Any], numbers: Collection[int]) -> Iterator[tuple[int, Items]]:
    """What there is under these numbers."""
    for model in (RecordingPrint, Reference):
        keys = sorted(keys_of(model, numbers))
        for start in range(0, len(keys), AT_ONCE):
            some = model._default_manager.filter(pk__in=keys[start : start + AT_ONCE])
            yield from _read(tier, some)


def _vanished(index: Store) -> set[int]:
    """Numbers in the index of prints that are no more, looked for every ten minutes."""
    now = time.monotonic()
    if now - _looked.get(index.folder, now) < LOOK_EVERY_S:
        _looked.setdefault(index.folder, now)
        return set()
    _looked[index.folder] = now
    there = {*numbers_of(RecordingPrint.objects.all()), *numbers_of(Reference.objects.all())}
    return index.numbers() - there


def _all_prints(tier: Tier[Any]) -> Iterator[tuple[int, Items]]:
    yield from _read(tier, RecordingPrint.objects.order_by("pk"))
    yield from _read(tier, Reference.objects.order_by("pk"))


def _read(
    tier: Tier[Any], rows: "QuerySet[RecordingPrint] | QuerySet[Reference]"
) -> Iterator[tuple[int, Items]]:
    if settings.PRINT_SHARDS > 1:
        rows = rows.annotate(part=F("pk") % settings.PRINT_SHARDS).filter(part=settings.PRINT_SHARD)
    asked = rows.filter(tier.rows).only(tier.column, "marks_version")
    for row in asked.iterator(chunk_size=AT_ONCE):
        if len(words := tier.read(row)):
            yield number_of(row), words
