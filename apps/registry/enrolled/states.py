"""The life of an enrolment: the moves between its states, and the one function that moves it."""

from typing import Any

from django.db import transaction

from apps.accounts.models import User
from apps.audit.record import record
from apps.registry.enrolled.errors import ForbiddenVoiceMove
from apps.registry.models import VoiceEnrolment, VoiceState

S = VoiceState
MOVES: dict[str, frozenset[str]] = {
    S.DRAFT: frozenset({S.IDENTITY_VERIFIED, S.WITHDRAWN}),
    S.IDENTITY_VERIFIED: frozenset({S.RIGHTS_VERIFIED, S.WITHDRAWN}),
    S.RIGHTS_VERIFIED: frozenset({S.CONSENTED, S.WITHDRAWN}),
    S.CONSENTED: frozenset({S.ACTIVE, S.WITHDRAWN}),
    S.ACTIVE: frozenset({S.SUSPENDED, S.EXPIRED, S.WITHDRAWN}),
    S.SUSPENDED: frozenset({S.ACTIVE, S.EXPIRED, S.WITHDRAWN}),
    S.EXPIRED: frozenset(),
    S.WITHDRAWN: frozenset(),
}


def can_move(before: str, to: str) -> bool:
    """Whether the table allows the step."""
    return to in MOVES[S(before)]


def move(
    *, enrolment: VoiceEnrolment, to: VoiceState, actor: User | None, event: Any, **values: Any
) -> None:
    """Locks the row, checks the table, saves state and `values`, writes the event's data.

    `event`: what the audit keeps beside the two states; nothing that was measured of a voice.
    Raises ForbiddenVoiceMove. The instance that was given is brought up to date.
    """
    with transaction.atomic():
        row = locked(enrolment)
        before = row.state
        if not can_move(before, to):
            raise ForbiddenVoiceMove(
                f"This enrolment is: {S(before).label}. It cannot become: {to.label}."
            )
        VoiceEnrolment.objects.filter(pk=row.pk).update(state=to, **values)
        told = {"from": before, "to": str(to), "person": str(row.person_id), **event}
        record(kind=f"voice.{to}", subject=row, actor=actor, **told)
    enrolment.refresh_from_db()


def locked(enrolment: VoiceEnrolment) -> VoiceEnrolment:
    """The row as it is now, held until the transaction ends."""
    return VoiceEnrolment.objects.select_for_update().get(pk=enrolment.pk)
