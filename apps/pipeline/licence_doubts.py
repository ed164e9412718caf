"""Tracks that rest on a licence which does not count any more are checked again (`rechecking.py`).

A licence that was taken back has explained matches of tracks that are out by now. The next
screening asks the register again: another licence may explain the same, and otherwise the match is
a question for a person, as if the licence had never been there.
"""

from django.db import transaction
from django.db.models import QuerySet

from apps.audit.record import record
from apps.catalogue.models import Track
from apps.fingerprints.models import LicenceUse
from apps.pipeline.rechecking import ACTIVE, checked_since, locked
from apps.screening.models import ScreeningRun

MOST_AT_ONCE = 200  # uses in one sweep; the rest waits for the next
WHY, TEXT = "licence", "A licence was taken back; checked anew."


def waiting() -> QuerySet[LicenceUse]:
    """Uses in doubt whose track nobody has checked again, the newest first."""
    return LicenceUse.objects.filter(asked_at__isnull=False, rerun=None).order_by("-pk")


def act_on_waiting(licence_id: int | None = None) -> int:
    """Uses whose track can be checked again by now: how many were. Part of the sweep."""
    uses = waiting().filter(track__state__in=ACTIVE)
    some = uses.filter(licence=licence_id) if licence_id else uses
    return sum(act_on(use) for use in some[:MOST_AT_ONCE])


@transaction.atomic
def act_on(use: LicenceUse) -> bool:
    """Has the track of a use checked again; False where that has to wait, or was done.

    A track that was screened since without this use does not rest on it: it is left as it is.
    """
    track = locked(use.track_id)
    rows = LicenceUse.objects.select_for_update(of=("self",)).select_related("licence")
    row = rows.get(pk=use.pk)
    if row.asked_at is None or row.rerun is not None:
        return False
    newer = _newer_run(track, row)
    run = newer or checked_since(track, since=row.asked_at, why=WHY, text=TEXT)
    if run is None:
        return False
    row.rerun = run.pk
    row.save(update_fields=["rerun"])
    if newer is None:
        told = {"track": str(track.pk), "run": str(run.pk)}
        record(kind="licence.rechecked", subject=row.licence, actor=None, **told)
    return newer is None


def _newer_run(track: Track, use: LicenceUse) -> ScreeningRun | None:
    """A finished screening of what the track is now, after the one that used the licence."""
    used = track.runs.filter(pk=use.run).first()
    if used is None:
        return None
    done = track.runs.filter(declaration=track.declaration, state=ScreeningRun.State.DONE)
    return done.filter(created_at__gt=used.created_at).first()
