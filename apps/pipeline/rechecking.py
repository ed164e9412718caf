"""Having a track checked again because something it was judged by has changed.

A track is put on hold and screened anew, so that its gate is closed until it is decided: by the
same checks, the same rulebook, and where that asks for it by a person. Where a person judges an
objection or a second person a proposal, nothing is taken from them: it has to wait. So it does
while the track is refused: an objection could still clear it.
"""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from apps.catalogue.models import Track
from apps.catalogue.states import TrackState
from apps.review.again import screen_again
from apps.review.models import Case
from apps.review.standing import waiting_proposal
from apps.screening.models import ScreeningRun
from apps.screening.request import cancel_open_run, request_run

ACTIVE = (TrackState.CLEARED, TrackState.HELD, TrackState.SUBMITTED)


def locked(track_id: UUID) -> Track:
    """The track, which nobody moves until the transaction ends."""
    return Track.objects.select_for_update(of=("self",)).get(pk=track_id)


def checked_since(track: Track, *, since: datetime, why: str, text: str) -> ScreeningRun | None:
    """A screening of a locked track that began after a moment: one there is, or a new one.

    None where that has to wait. `why`: as events tell it; `text`: what is said of a run that is
    broken off because it may have looked too early.
    """
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("Lock the track first.")
    if track.state not in ACTIVE or _is_judged(track):
        return None
    runs = track.runs.filter(declaration=track.declaration, created_at__gte=since)
    there = runs.exclude(state=ScreeningRun.State.FAILED).first()
    return there or _check_again(track, why, text)


def _is_judged(track: Track) -> bool:
    case = track.cases.filter(state=Case.State.OPEN).first()
    return case is not None and (
        case.kind == Case.Kind.APPEAL or waiting_proposal(case) is not None
    )


def _check_again(track: Track, why: str, text: str) -> ScreeningRun | None:
    if track.declaration is None:
        return None
    if track.state != TrackState.SUBMITTED:
        return screen_again(track=track, by=None, why=why)
    cancel_open_run(track=track, by=None, code=why, text=text)
    return request_run(track=track, declaration=track.declaration, by=None)
