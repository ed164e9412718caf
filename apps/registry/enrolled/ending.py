"""What happens to an enrolment once it is active: suspension, renewal, deletion.

Deletion is real: vectors, clips, waiting stems and the key go in one transaction. What stays is
the receipt, the consent as it was signed, and the audit; nothing that was measured of the voice.
"""

from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.db import transaction
from django.utils import timezone

from apps.accounts.models import User
from apps.audit.record import record
from apps.registry.enrolled.errors import ForbiddenVoiceMove, MissingProof
from apps.registry.enrolled.states import locked, move
from apps.registry.enrolled.stems import drop_stems
from apps.registry.enrolled.steps import check_manager, needed
from apps.registry.enrolled.tidying import try_each
from apps.registry.models import VoiceClip, VoiceEnrolment, VoiceKey, Voiceprint, VoiceState
from apps.registry.models.voices import KEPT


def suspend(*, enrolment: VoiceEnrolment, by: User | None, note: str) -> None:
    """The voice is kept and compared with nothing."""
    check_manager(by)
    needed(note, "why the voice is suspended")
    move(enrolment=enrolment, to=VoiceState.SUSPENDED, actor=by, event={"note": note[:500]})


def resume(*, enrolment: VoiceEnrolment, by: User | None) -> None:
    """A suspended voice is compared again."""
    check_manager(by)
    if enrolment.state != VoiceState.SUSPENDED:
        raise ForbiddenVoiceMove("This voice is not suspended.")
    move(enrolment=enrolment, to=VoiceState.ACTIVE, actor=by, event={"resumed": True})


@transaction.atomic
def renew(*, enrolment: VoiceEnrolment, by: User | None, signed_by: str, note: str) -> None:
    """The person agreed again: kept for the days of their release from today on."""
    check_manager(by)
    needed(signed_by, "who agreed to the renewal")
    needed(note, "how they agreed to the renewal")
    row, now = locked(enrolment), timezone.now()
    if row.state not in KEPT or (row.expires_at or now) <= now:
        raise ForbiddenVoiceMove("There is no voice left to renew. Begin a new enrolment.")
    row.renewed_at, row.reminded_days = now, None
    row.expires_at = now + timedelta(days=row.retention_days)
    row.save(update_fields=["renewed_at", "reminded_days", "expires_at"])
    told = {"person": str(row.person_id), "signed_by": signed_by[:200], "note": note[:500]}
    record(kind="voice.renewed", subject=row, actor=by, **told)
    enrolment.refresh_from_db()


def withdraw(*, enrolment: VoiceEnrolment, by: User | None, reason: str) -> dict[str, Any]:
    """Deletes the voice because the person, or the law, asks for it; returns the receipt."""
    check_manager(by)
    if not isinstance(reason, str) or not reason.strip():
        raise MissingProof("It is missing: who withdrew, and how.")
    _delete(enrolment, VoiceState.WITHDRAWN, by, reason.strip()[:500])
    return dict(enrolment.receipt)


def expire_due(now: datetime | None = None) -> int:
    """Deletes every voice whose time is over; returns how many.

    One that cannot be deleted keeps no other; then raises LeftUndone at the end.
    """
    due = VoiceEnrolment.objects.filter(state__in=KEPT, expires_at__lte=now or timezone.now())
    return try_each((f"deletion of {row.pk}", partial(_expire, row, now)) for row in due)


def _expire(row: VoiceEnrolment, now: datetime | None) -> int:
    try:
        _delete(row, VoiceState.EXPIRED, None, "The time it was kept for is over.", now)
    except ForbiddenVoiceMove:  # renewed or withdrawn meanwhile
        return 0
    return 1


@transaction.atomic
def _delete(
    enrolment: VoiceEnrolment,
    to: VoiceState,
    by: User | None,
    reason: str,
    now: datetime | None = None,
) -> None:
    row, at = locked(enrolment), now or timezone.now()
    if to == VoiceState.EXPIRED and row.expires_at and row.expires_at > at:
        raise ForbiddenVoiceMove("This enrolment was renewed.")
    receipt = {"deleted_at": at.isoformat(), "reason": reason, **_destroy(row)}
    _forget_likeness(str(row.person_id))
    move(
        enrolment=enrolment,
        to=to,
        actor=by,
        event={"receipt": receipt},
        receipt=receipt,
        deleted_at=at,
        self_consistency=None,
        challenge_similarity=None,
        collisions=[],
        asked_at=None,
    )


def _destroy(row: VoiceEnrolment) -> dict[str, int]:
    """What was deleted, in numbers. The key last: what hangs on it is gone by then."""
    person = row.person_id
    prints, _each = Voiceprint.objects.filter(enrolment__person=person).delete()
    clips, _each = VoiceClip.objects.filter(enrolment__person=person).delete()
    stems = drop_stems(row)
    keys, _each = VoiceKey.objects.filter(person=person).delete()
    return {"voiceprints": prints, "clips": clips, "stems": stems, "keys": keys}


def _forget_likeness(person: str) -> None:
    """What others' enrolments say of being like this one."""
    for other in VoiceEnrolment.objects.exclude(collisions=[]):
        kept = [one for one in other.collisions if one["person"] != person]
        if kept != other.collisions:
            VoiceEnrolment.objects.filter(pk=other.pk).update(collisions=kept)
