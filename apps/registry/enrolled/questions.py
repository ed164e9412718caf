"""Asking that a track's voice be compared: with one person, or with everybody."""

from uuid import UUID

from django.db import transaction

from apps.accounts.models import User
from apps.audit.record import record
from apps.registry.enrolled.errors import NotAllowed, VoiceRefusal
from apps.registry.enrolled.steps import MANAGE
from apps.registry.models import Person, VoiceQuestion

ASK = "registry.ask_about_voice"


@transaction.atomic
def ask_about_voice(
    *,
    track_id: UUID,
    by: User,
    reason: str,
    person: Person | None,
    sweep: bool = False,
    note: str = "",
) -> VoiceQuestion:
    """The next screening of the track compares with `person`, or ranks everybody (`sweep`)."""
    if not (by.has_perm(ASK) or by.has_perm(MANAGE)):
        raise NotAllowed("Only reviewers and compliance officers ask for comparisons.")
    if (person is None) is not sweep:
        raise VoiceRefusal("Name one person, or ask for the ranking of everybody.")
    if reason not in VoiceQuestion.Reason.values:
        raise VoiceRefusal("A comparison is asked for after a complaint or by a reviewer.")
    row = VoiceQuestion.objects.create(
        track=track_id, person=person, is_sweep=sweep, asked_by=by, reason=reason, note=note[:2000]
    )
    about = str(person.pk) if person else "everybody"
    record(kind="voice.asked", subject=row, actor=by, track=str(track_id), about=about)
    return row
