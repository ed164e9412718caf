"""The sound of enrolled stretches, for reviewers to compare by ear. Every hearing is audited."""

from django.db import transaction

from apps.accounts.models import User
from apps.audit.record import record
from apps.registry.enrolled.errors import NotAllowed
from apps.registry.enrolled.sealing import seal, unseal
from apps.registry.models import VoiceClip, VoiceEnrolment, VoiceKey

HEAR = "registry.hear_voice"


def make_clip(
    enrolment: VoiceEnrolment, key: VoiceKey, wav: bytes, *, segment: int, start_s: float
) -> VoiceClip:
    """The row of one stretch, not saved yet."""
    nonce, sealed = seal(wav, key, f"clip {segment}")
    return VoiceClip(
        enrolment=enrolment, key=key, nonce=nonce, sealed=sealed, segment=segment, start_s=start_s
    )


def read_clip(row: VoiceClip) -> bytes:
    """The WAV of one stretch. Raises VoiceUnreadable."""
    return unseal(row.sealed, row.nonce, row.key, f"clip {row.segment}")


@transaction.atomic
def hear_clip(*, clip: VoiceClip, by: User) -> bytes:
    """The WAV, for an account that may hear it. Raises NotAllowed, VoiceUnreadable."""
    if not by.has_perm(HEAR):
        raise NotAllowed("Only reviewers and compliance officers hear enrolled voices.")
    wav = read_clip(clip)
    told = {"person": str(clip.enrolment.person_id), "clip": str(clip.pk)}
    record(kind="voice.heard", subject=clip.enrolment, actor=by, **told)
    return wav
