"""What time alone takes away: yeses that ran out, and terms that a class of models left behind.

Nobody says a word then, so the sweep writes one: an event that says what ended, from which a case
begins like from any other.
"""

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from apps.accounts.models import User
from apps.audit.models import Event
from apps.audit.record import record
from apps.catalogue.models import Track
from apps.consent.clock import ledger_now
from apps.consent.entries import GRANTED
from apps.consent.envelopes_reading import UnknownEnvelope, envelope_of
from apps.consent.models import ConsentEvent, ConsentState
from apps.consent.projection import project_tracks
from apps.training.models import LedgerCursor, Snapshot
from apps.training.revocation.triggers import EXPIRED, TERMS_ENDED
from apps.training.staleness import mark_stale, tracks_reached

CURSOR = "yeses that ran out"


@transaction.atomic
def expire_yeses() -> int:
    """Writes an event for every holder and permission whose yes ran out since the last time.

    Returns how many. Only tracks that no newer yes covers. Any number of processes may call it.
    """
    now = ledger_now()
    LedgerCursor.objects.get_or_create(name=CURSOR)
    cursor = LedgerCursor.objects.select_for_update().get(name=CURSOR)
    ended = ConsentEvent.objects.filter(status=GRANTED, effective_to__lte=now)
    if cursor.at:
        ended = ended.filter(effective_to__gt=cursor.at)
    pairs = ended.order_by("subject_ref", "use_case", "verb")
    found = sum(
        _expire(ended.filter(subject_ref=ref, use_case=use_case, verb=verb), now)
        for ref, use_case, verb in set(pairs.values_list("subject_ref", "use_case", "verb"))
    )
    cursor.at = now
    cursor.save(update_fields=["at"])
    return found


def end_old_terms() -> int:
    """Writes an event for every dataset whose class asks for newer terms now; returns how many.

    The datasets of one class are older than the envelope that asks: nobody's old yes reaches it.
    """
    sealed = Snapshot.objects.filter(state__in=(Snapshot.State.SEALED, Snapshot.State.STALE))
    return sum(_end_terms(one) for one in sealed.order_by("pk") if _asked_epoch(one))


def _expire(ended: QuerySet[ConsentEvent], now: datetime) -> int:
    """One event for one holder and permission; 0 where newer yeses cover all of it."""
    first = ended[:1].get()
    tracks = tracks_reached(ended)
    project_tracks(Track.objects.filter(pk__in=tracks), first.permission)
    states = ConsentState.objects.filter(
        track__in=tracks, use_case=first.use_case, verb=first.verb, reason="expired"
    )
    gone = sorted(set(states.values_list("track", flat=True)))
    holder = User.objects.filter(consent_party__ref=first.subject_ref).first()
    if not gone or holder is None:
        return 0
    record(
        kind=EXPIRED,
        subject=holder,
        actor=None,
        permission=first.permission,
        subject_ref=first.subject_ref,
        until=now.isoformat(),
        tracks=[str(key) for key in gone],
    )
    return 1


def _asked_epoch(snapshot: Snapshot) -> int:
    """The epoch that the class asks for now, where the dataset is older; otherwise 0."""
    try:
        asked = envelope_of(snapshot.model_class, ledger_now()).min_epoch
    except UnknownEnvelope:
        return 0
    return asked if asked > snapshot.policy_epoch else 0


@transaction.atomic
def _end_terms(snapshot: Snapshot) -> int:
    row = Snapshot.objects.select_for_update().get(pk=snapshot.pk)
    told = Event.objects.filter(
        kind=TERMS_ENDED, subject_type=row._meta.label_lower, subject_id=str(row.pk)
    )
    if told.exists():
        return 0
    record(
        kind=TERMS_ENDED,
        subject=row,
        actor=None,
        uid=str(row.uid),
        min_epoch=_asked_epoch(row),
    )
    mark_stale(row, at=ledger_now(), tracks=row.asset_count)
    return 1
