"""Files without rows and rows without files: found and shown, never removed by themselves."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
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
    named = {
        "originals": AudioFile.objects.values_list("pk", "file"),
        "proofs": Proof.objects.values_list("pk", "file"),
        "renditions": Rendition.objects.values_list("pk", "file"),
        "references": _sounds("preview").union(_sounds("peaks"), _handed_in(), all=True),
        "voices": VoiceStem.objects.values_list("pk", "file"),
        "features_ops": _features("ops"),
        "features_gen": _features("gen"),
        "features_share": _features("share"),
    }
    for place, rows in named.items():
        storage = storages[place]
        known: set[str] = set()
        for pk, name in rows.iterator():
            known.add(name)
            if not storage.exists(name):
                yield Orphan("row", place, name, str(pk))
        for name in _names(storage):
            if name not in known and not _is_young(storage, name):
                yield Orphan("file", place, name)


def _sounds(kind: str) -> "QuerySet[Reference, tuple[int, str]]":
    return Reference.objects.exclude(**{kind: ""}).order_by().values_list("pk", kind)


def _handed_in() -> "QuerySet[ReferenceDelivery, tuple[UUID, str]]":
    return ReferenceDelivery.objects.exclude(file="").order_by().values_list("pk", "file")


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
