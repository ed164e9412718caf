"""Files without rows and rows without files: found and shown, never removed by themselves."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import chain
from typing import Any
from uuid import UUID

from django.core.files.storage import Storage, storages
from django.db.models import QuerySet
from django.utils import timezone

from apps.catalogue.models import AudioFile, Proof
from apps.consent.models import DerivedFeature
from apps.fingerprints.models import Reference, ReferenceDelivery
from apps.registry.models import VoiceStem
from apps.screening.models import Rendition

YOUNG = timedelta(hours=1)  # a file is written before its row


@dataclass(frozen=True)
class Orphan:
    """`kind`: "file" (no row names it) or "row" (its file is gone). `place`: the storage."""

    kind: str
    place: str
    name: str
    row: str = ""


def find_orphans() -> Iterator[Orphan]:
    """Every mismatch between the private storages and the rows that name their files."""
    named: dict[str, list[QuerySet[Any, Any]]] = {
        "originals": [AudioFile.objects.values_list("pk", "file")],
        "proofs": [Proof.objects.values_list("pk", "file")],
        "renditions": [Rendition.objects.values_list("pk", "file")],
        "references": [
            Reference.objects.exclude(preview="").values_list("pk", "preview"),
            Reference.objects.exclude(peaks="").values_list("pk", "peaks"),
            ReferenceDelivery.objects.exclude(file="").values_list("pk", "file"),
        ],
        "voices": [VoiceStem.objects.values_list("pk", "file")],
        "features_ops": [_features("ops")],
        "features_gen": [_features("gen")],
        "features_share": [_features("share")],
    }
    for place, rows in named.items():
        storage = storages[place]
        known: set[str] = set()
        for pk, name in chain.from_iterable(some.iterator() for some in rows):
            known.add(name)
            if not storage.exists(name):
                yield Orphan("row", place, name, str(pk))
        for name in _names(storage):
            if name not in known and not _is_young(storage, name):
                yield Orphan("file", place, name)


def _features(zone: str) -> "QuerySet[DerivedFeature, tuple[UUID, str]]":
    """Those with bytes of their own. What has no row is noise that a rollback left."""
    rows = DerivedFeature.objects.filter(zone=zone, table="", purged_at=None)
    return rows.values_list("pk", "place")


def _names(storage: Storage, folder: str = "") -> Iterable[str]:
    try:
        folders, files = storage.listdir(folder)
    except FileNotFoundError:  # nothing was ever stored there
        return
    for name in files:
        yield f"{folder}{name}"
    for name in folders:
        yield from _names(storage, f"{folder}{name}/")


def _is_young(storage: Storage, name: str) -> bool:
    try:
        return timezone.now() - storage.get_modified_time(name) < YOUNG
    except FileNotFoundError:
        return True
