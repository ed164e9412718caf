"""Which snapshots and models hold given tracks: the way from an upload to all that learned from it.

A model version is touched by a track when one of its inputs holds it, whatever the input was for,
or when its base was touched: a fine-tune knows what its base knows, however long the chain.
"""

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Count
from django.db.models.expressions import RawSQL

from apps.accounts.batching import batched
from apps.training.models import ModelInput, ModelVersion, Snapshot, SnapshotMember

CHUNK = 5000  # tracks asked for in one statement
TOUCHED = """
WITH RECURSIVE touched(id) AS (
    SELECT model_version_id FROM training_modelinput WHERE snapshot_id IN ({given})
    UNION SELECT tuned.id FROM training_modelversion AS tuned
          JOIN touched ON tuned.base_id = touched.id)
SELECT id FROM touched"""


def snapshots_holding(track_ids: Iterable[UUID]) -> dict[int, int]:
    """The key of each snapshot → how many of these tracks it holds. An index probe per track."""
    found: dict[int, int] = {}
    for chunk in batched(dict.fromkeys(track_ids), CHUNK):
        held = SnapshotMember.objects.filter(track_id__in=chunk).order_by().values("snapshot_id")
        for snapshot, count in held.annotate(tracks=Count("pk")).values_list(
            "snapshot_id", "tracks"
        ):
            found[snapshot] = found.get(snapshot, 0) + count
    return found


def models_affected_by(track_ids: Iterable[UUID]) -> list[ModelVersion]:
    """Every model version that learned from any of these tracks, oldest first."""
    return models_touched(snapshots_holding(track_ids))


def models_touched(snapshot_ids: Iterable[int]) -> list[ModelVersion]:
    """Every model version that these snapshots went into, and all that was fine-tuned from it: one
    statement. Manifests and cards are read when they are looked at.
    """
    wanted = list(snapshot_ids)
    if not wanted:
        return []
    keys = RawSQL(TOUCHED.format(given=", ".join(["%s"] * len(wanted))), wanted)  # noqa: S611
    found = ModelVersion.objects.filter(pk__in=keys).defer("manifest", "card")
    return list(found.order_by("pk"))


def with_fine_tunes(model_ids: Iterable[int]) -> set[int]:
    """These, their fine-tunes, the fine-tunes of those: a query for each link of the chain.

    A chain that bites its own tail cannot be registered; it would end all the same.
    """
    found, newest = set[int](), set(model_ids)
    while newest:
        found |= newest
        tuned = ModelVersion.objects.filter(base__in=newest).order_by()
        newest = set(tuned.values_list("pk", flat=True)) - found
    return found


def with_bases(model: ModelVersion) -> list[ModelVersion]:
    """The model version and everything below it that it was fine-tuned from, itself first."""
    found = [model]
    while (base := found[-1].base) is not None and base not in found:
        found.append(base)
    return found


def snapshots_behind(model: ModelVersion) -> list[Snapshot]:
    """All snapshots that a model version learned from, by itself or through its bases."""
    used = ModelInput.objects.filter(model_version__in=with_bases(model)).values("snapshot")
    return list(Snapshot.objects.filter(pk__in=used).order_by("pk"))
