"""The steps before a voice is heard: switch, identity, rights, release, challenge phrase.

`by` None is whoever runs a command on the server. Nothing here touches a voice.
"""

import hashlib
import secrets
from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone

from apps.accounts.models import User
from apps.audit.record import record
from apps.registry.enrolled.challenge_words import WORDS
from apps.registry.enrolled.errors import (
    ChallengeFailed,
    ForbiddenVoiceMove,
    MissingProof,
    NotAllowed,
    VoiceRefusal,
)
from apps.registry.enrolled.states import locked, move
from apps.registry.models import Person, VoiceEnrolment, VoiceRegister, VoiceState
from apps.registry.models.voices import RETENTION_DAYS

MANAGE = "registry.manage_voices"
CHALLENGE_WORDS = 6
CHALLENGE_MINUTES = 10


def register() -> VoiceRegister:
    """The one row; off until somebody turned it on."""
    return VoiceRegister.objects.first() or VoiceRegister()


def turn_register(*, on: bool, by: User | None) -> None:
    """Turns the comparison of uploads with enrolled voices on or off."""
    if by is None:
        raise NotAllowed("A compliance officer turns the register of voices on or off.")
    check_manager(by)
    with transaction.atomic():
        values = {"is_on": on, "changed_by": by, "changed_at": timezone.now()}
        row, _made = VoiceRegister.objects.update_or_create(id=1, defaults=values)
        record(kind=f"voices.turned_{'on' if on else 'off'}", subject=row, actor=by)


def start_enrolment(*, person: Person, by: User | None) -> VoiceEnrolment:
    """A draft; refused while the person has an enrolment that has not ended."""
    check_manager(by)
    try:
        with transaction.atomic():
            row = VoiceEnrolment.objects.create(person=person, started_by=by)
            record(kind="voice.started", subject=row, actor=by, person=str(person.pk))
    except IntegrityError:
        raise VoiceRefusal(
            f"{person} has an enrolment already. Withdraw it before another begins."
        ) from None
    return row


def verify_identity(
    *, enrolment: VoiceEnrolment, by: User | None, provider: str, reference: str, checked_on: date
) -> None:
    """Who they are was checked: by whom, under which number, when. Never the document."""
    check_manager(by)
    needed(provider, "who checked the identity")
    needed(reference, "the number of the identity check")
    if checked_on > timezone.localdate():
        raise MissingProof("The identity check is dated in the future.")
    move(
        enrolment=enrolment,
        to=VoiceState.IDENTITY_VERIFIED,
        actor=by,
        event={},
        identity_provider=provider.strip()[:120],
        identity_reference=reference.strip()[:200],
        identity_date=checked_on,
        identity_by=by,
        identity_at=timezone.now(),
    )


def verify_rights(
    *, enrolment: VoiceEnrolment, by: User | None, reference: str, is_adult: bool
) -> None:
    """They may speak for the voice (themselves, a mandate), and are of age."""
    check_manager(by)
    needed(reference, "what shows the right to this voice")
    if is_adult is not True:
        raise MissingProof("Only the voices of adults are enrolled.")
    move(
        enrolment=enrolment,
        to=VoiceState.RIGHTS_VERIFIED,
        actor=by,
        event={},
        rights_reference=reference.strip()[:1000],
        is_adult=True,
        rights_by=by,
        rights_at=timezone.now(),
    )


def record_release(
    *,
    enrolment: VoiceEnrolment,
    by: User | None,
    signed_by: str,
    signed_at: datetime,
    text_version: str,
    text: str,
    purpose: str,
    retention_days: int = RETENTION_DAYS,
    training_opt_in: bool = False,
) -> None:
    """The written release as signed; its exact text is kept with its SHA-256."""
    check_manager(by)
    asked = {
        "who signed the release": signed_by,
        "the version of the release": text_version,
        "the text of the release": text,
        "the purpose of the release": purpose,
    }
    for name, value in asked.items():
        needed(value, name)
    if signed_at > timezone.now():
        raise MissingProof("The release is signed in the future.")
    if not 1 <= retention_days <= register().retention_days:
        most = register().retention_days
        raise MissingProof(f"A voice is kept from 1 to {most} days, then asked for again.")
    digest = hashlib.sha256(text.encode()).hexdigest()
    move(
        enrolment=enrolment,
        to=VoiceState.CONSENTED,
        actor=by,
        event={"text_sha256": digest, "text_version": text_version[:40]},
        signed_by=signed_by.strip()[:200],
        signed_at=signed_at,
        text_version=text_version.strip()[:40],
        text=text,
        text_sha256=digest,
        purpose=purpose.strip()[:1000],
        retention_days=retention_days,
        training_opt_in=training_opt_in is True,
    )


@transaction.atomic
def issue_challenge(*, enrolment: VoiceEnrolment, by: User | None) -> str:
    """A phrase of random words, to be said or sung live within ten minutes."""
    check_manager(by)
    row = consented(enrolment)
    row.challenge_phrase = " ".join(secrets.choice(WORDS) for _ in range(CHALLENGE_WORDS))
    row.challenge_until = timezone.now() + timedelta(minutes=CHALLENGE_MINUTES)
    row.challenge_at = row.challenge_by = row.challenge_similarity = None
    row.challenge_sha256 = row.challenge_note = ""
    row.save()
    record(kind="voice.challenge_issued", subject=row, actor=by)
    enrolment.refresh_from_db()
    return row.challenge_phrase


@transaction.atomic
def take_challenge(*, enrolment: VoiceEnrolment, by: User | None, recording_sha256: str) -> None:
    """The phrase was heard in time; whether it is the voice of the stems is measured with them."""
    check_manager(by)
    row = consented(enrolment)
    now = timezone.now()
    needed(recording_sha256, "the recording of the challenge phrase")
    if row.challenge_until is None or row.challenge_until < now:
        raise ChallengeFailed(
            f"The phrase was not said within {CHALLENGE_MINUTES} minutes. Give a new one."
        )
    row.challenge_at, row.challenge_by, row.challenge_sha256 = now, by, recording_sha256
    row.save()
    record(kind="voice.challenge_taken", subject=row, actor=by)
    enrolment.refresh_from_db()


@transaction.atomic
def attest_challenge(
    *, enrolment: VoiceEnrolment, by: User | None, taken_at: datetime, note: str
) -> None:
    """A challenge passed elsewhere, under somebody's word: when, and what they found."""
    check_manager(by)
    row = consented(enrolment)
    needed(note, "the result of the challenge")
    if taken_at > timezone.now():
        raise ChallengeFailed("The challenge is dated in the future.")
    row.challenge_at, row.challenge_by, row.challenge_note = taken_at, by, note.strip()[:500]
    row.save()
    record(kind="voice.challenge_attested", subject=row, actor=by)
    enrolment.refresh_from_db()


def consented(enrolment: VoiceEnrolment) -> VoiceEnrolment:
    """The locked row, where the release is signed and no voice is enrolled yet."""
    row = locked(enrolment)
    if row.state != VoiceState.CONSENTED:
        raise ForbiddenVoiceMove(
            f"This enrolment is: {row.get_state_display()}. The voice is heard once the release "
            "is signed, and not again."
        )
    return row


def check_manager(by: User | None) -> None:
    """Raises NotAllowed for accounts that may not manage voices."""
    if by is not None and not by.has_perm(MANAGE):
        raise NotAllowed("Only a compliance officer manages enrolled voices.")


def needed(value: object, name: str) -> None:
    """Raises MissingProof with the name of what is not there."""
    if not isinstance(value, str) or not value.strip():
        raise MissingProof(f"It is missing: {name}.")
