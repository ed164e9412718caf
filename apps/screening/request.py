"""Asking for a track to be screened."""

from django.db import transaction

from apps.accounts.models import User
from apps.audit.record import record
from apps.catalogue.models import Declaration, Track
from apps.catalogue.wake import wake
from apps.screening.models import ScreeningRun

OPEN = (ScreeningRun.State.QUEUED, ScreeningRun.State.RUNNING)


def request_run(*, track: Track, declaration: Declaration, by: User | None) -> ScreeningRun:
    """The open run of this declaration: a new row and a bell for the workers, or the one there is.

    Call it with the track locked: a track has one open run at most, and a second one for another
    declaration is an IntegrityError.
    """
    with transaction.atomic():
        run, made = ScreeningRun.objects.get_or_create(
            track=track,
            declaration=declaration,
            state__in=OPEN,
            defaults={"audio_id": declaration.audio_id, "state": ScreeningRun.State.QUEUED},
        )
        if made:
            record(kind="run.requested", subject=run, actor=by, track=str(track.pk))
            wake("pipeline.screen_run", str(run.pk))
    return run


def cancel_open_run(*, track: Track, by: User | None, code: str, text: str) -> bool:
    """Ends the open run of a track, if there is one; its worker finds its token gone.

    `code` and `text` stay on the row. Returns whether there was one.
    """
    with transaction.atomic():
        run = ScreeningRun.objects.select_for_update().filter(track=track, state__in=OPEN).first()
        if run is None:
            return False
        run.state, run.token, run.lease_until = ScreeningRun.State.FAILED, None, None
        run.error_code, run.error_text = code, text[:500]
        run.save(update_fields=["state", "token", "lease_until", "error_code", "error_text"])
        record(kind="run.cancelled", subject=run, actor=by, track=str(track.pk), code=code)
    return True
