"""Tracks that hold a new reference are checked again.

What a notice or a delivery brings may concern tracks that were cleared long ago. Each is put on
hold and screened anew, so that its gate is closed until it is decided: by the same checks, the same
rulebook, the same licences, and where that asks for it by a person, with the match as evidence.
"""

from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet

from apps.audit.record import record
from apps.catalogue.models import Track
from apps.catalogue.states import TrackState
from apps.fingerprints.models import Reference, RetroFind, RetroSearch
from apps.review.again import screen_again
from apps.review.models import Case
from apps.review.standing import waiting_proposal
from apps.screening.models import ScreeningRun
from apps.screening.request import cancel_open_run, request_run

MOST_AT_ONCE = 200  # finds in one sweep; the rest waits for the next
ACTIVE = (TrackState.CLEARED, TrackState.HELD, TrackState.SUBMITTED)
WHY = "reference"


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
    """Has the track of a find checked again; False where that has to wait, or was done.

    Where a person judges an objection or a second person a proposal, nothing is taken from them:
    the find waits. So it does while the track is refused: an objection could still clear it.
    """
    track = Track.objects.select_for_update(of=("self",)).get(pk=find.track_id)
    row = RetroFind.objects.select_for_update(of=("self",)).get(pk=find.pk)
    if row.state != row.State.WAITING or track.state not in ACTIVE or _is_judged(track):
        return False
    run = _checked_since(track, row) or _check_again(track)
    if run is None:
        return False
    row.state, row.run = row.State.CHECKED, run.pk
    row.save(update_fields=["state", "run"])
    told: dict[str, Any] = {"track": str(track.pk), "run": str(run.pk), "relation": row.relation}
    record(kind="reference.found", subject=row.search.reference, actor=None, **told)
    return True


def _is_judged(track: Track) -> bool:
    case = track.cases.filter(state=Case.State.OPEN).first()
    return case is not None and (
        case.kind == Case.Kind.APPEAL or waiting_proposal(case) is not None
    )


def _checked_since(track: Track, find: RetroFind) -> ScreeningRun | None:
    """A screening of what the track is now that began after the find: it has seen the reference."""
    runs = track.runs.filter(declaration=track.declaration, created_at__gte=find.found_at)
    return runs.exclude(state=ScreeningRun.State.FAILED).first()


def _check_again(track: Track) -> ScreeningRun | None:
    if track.declaration is None:
        return None
    if track.state != TrackState.SUBMITTED:
        return screen_again(track=track, by=None, why=WHY)
    # It is being checked, and may have been compared before the reference came: begin anew.
    cancel_open_run(track=track, by=None, code=WHY, text="A new reference came in; checked anew.")
    return request_run(track=track, declaration=track.declaration, by=None)
