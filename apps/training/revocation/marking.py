"""Mark: datasets that hold the tracks are stale. What was sealed stays as it was: evidence."""

from typing import Any

from django.db import transaction
from django.utils import timezone

from apps.training.models import RevocationCase
from apps.training.revocation.reach import snapshots_affected
from apps.training.staleness import mark_stale


@transaction.atomic
def mark(case: RevocationCase) -> dict[str, Any]:
    """Marks each affected snapshot; the next one leaves the tracks out by itself."""
    row = RevocationCase.objects.select_for_update().get(pk=case.pk)
    if row.lifted_at:  # settled a moment ago: there is nothing to hold any more
        return {"snapshots": [], "lifted": True}
    held = snapshots_affected(case)
    now = timezone.now()
    for one in held:
        mark_stale(one.snapshot, at=now, tracks=one.tracks, case=str(case.pk))
    return {
        "snapshots": [{"uid": str(one.snapshot.uid), "tracks": one.tracks} for one in held],
    }
