"""Tracks that hold a new reference are checked again (`rechecking.py`).

What a notice or a delivery brings may concern tracks that were cleared long ago: the same licences
explain there, and the match is evidence.
"""

from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet

from apps.audit.record import record
from apps.fingerprints.models import Reference, RetroFind, RetroSearch
from apps.pipeline.rechecking import ACTIVE, checked_since, locked

MOST_AT_ONCE = 200  # finds in one sweep; the rest waits for the next
WHY, TEXT = "reference", "A new reference came in; checked anew."


def waiting() -> QuerySet[RetroSearch]:
    """Searches that nobody has done yet, those for takedown notices first."""
    rows = RetroSearch.objects.filter(state=RetroSearch.State.WAITING)
    is_urgent = Q(reference__source=Reference.Source.TAKEDOWN)
    return rows.alias(is_urgent=is_urgent).order_by("-is_urgent", "asked_at")


def act_on_waiting(search: RetroSearch | None = None) -> int:
    """Finds whose track can be checked again by now: how many were. Part of the sweep."""
    finds = RetroFind.objects.filter(
        state=RetroFind.State.WAITING, track__state__in=ACTIVE, search__state="done"
    )
    some = finds.filter(search=search) if search else finds
    return sum(act_on(find) for find in some.order_by("pk")[:MOST_AT_ONCE])


@transaction.atomic
def act_on(find: RetroFind) -> bool:
    """Has the track of a find checked again; False where that has to wait, or was done."""
    track = locked(find.track_id)
    row = RetroFind.objects.select_for_update(of=("self",)).get(pk=find.pk)
    if row.state != row.State.WAITING:
        return False
    run = checked_since(track, since=row.found_at, why=WHY, text=TEXT)
    if run is None:
        return False
    row.state, row.run = row.State.CHECKED, run.pk
    row.save(update_fields=["state", "run"])
    told: dict[str, Any] = {"track": str(track.pk), "run": str(run.pk), "relation": row.relation}
    record(kind="reference.found", subject=row.search.reference, actor=None, **told)
    return True
