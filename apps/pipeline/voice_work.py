"""What workers and the clock do for enrolled voices: listen to stems, remind, delete."""

import logging
from datetime import timedelta
from functools import partial
from pathlib import Path
from smtplib import SMTPException
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from apps.audit.record import record
from apps.pipeline.originals import scratch
from apps.pipeline.voice_files import read_stem
from apps.registry.enrolled.ending import expire_due
from apps.registry.enrolled.enrolling import Stem, finish_enrolment
from apps.registry.enrolled.errors import VoiceRefusal
from apps.registry.enrolled.stems import drop_stems, stem_on_disk
from apps.registry.enrolled.tidying import try_each
from apps.registry.models import VoiceEnrolment, VoiceState, VoiceStem
from apps.registry.models.voices import KEPT
from apps.registry.voice.chosen import chosen_backend
from apps.registry.voice.encoder import VoiceBackend, VoiceModelError
from apps.screening.audio import UnusableAudio
from apps.screening.sandbox import CannotStart
from apps.screening.scratch import private_directory

log = logging.getLogger(__name__)

PATIENCE = timedelta(minutes=20)  # after that another worker may listen
MAX_ATTEMPTS = 3
STEMS_WAIT = timedelta(days=1)
REMIND_DAYS = (7, 30)
OUR_FAULT = "Listening failed three times on our side. Send the stems again, or ask us."


def enrol_voice(enrolment_id: UUID | str) -> None:
    """Activates the enrolment, or leaves a sentence on it. The stems are deleted either way.

    Trouble that is ours leaves them for the next attempt; after three it says so.
    """
    row = _claim(enrolment_id)
    if row is None:
        return
    try:
        if row.attempts > MAX_ATTEMPTS:
            raise VoiceRefusal(OUR_FAULT)
        _listen(row)
    except (VoiceRefusal, UnusableAudio) as error:
        _close(row, trouble=str(error)[:500])
    except (VoiceModelError, CannotStart, OSError) as error:
        log.error("Enrolment %s could not be listened to because of us: %s", row.pk, error)
        VoiceEnrolment.objects.filter(pk=row.pk).update(trouble=str(error)[:500])
    except Exception:  # MemoryError too: let out, it would end the worker
        log.exception("Listening to enrolment %s failed", row.pk)
    else:
        _close(row)


def waiting() -> QuerySet[VoiceEnrolment]:
    """Enrolments whose stems nobody listens to yet."""
    free = Q(claimed_at__isnull=True) | Q(claimed_at__lt=timezone.now() - PATIENCE)
    return VoiceEnrolment.objects.filter(free, state=VoiceState.CONSENTED, asked_at__isnull=False)


def tidy_voices() -> int:
    """Deletes voices and stems whose time is over, sends reminders: a count.

    Each part is tried though another failed; then raises LeftUndone, and the sweep tries again.
    """
    parts = (("voices", expire_due), ("stems", _drop_old_stems), ("reminders", remind))
    return try_each(parts)


def remind() -> int:
    """Mails people whose voice is deleted in 30 and in 7 days; returns how many mails."""
    return try_each(
        (f"reminder about {row.pk}", partial(_remind, row, days))
        for days in REMIND_DAYS
        for row in _to_remind(days)
    )


def _to_remind(days: int) -> QuerySet[VoiceEnrolment]:
    now = timezone.now()
    return VoiceEnrolment.objects.select_related("person").filter(
        Q(reminded_days__isnull=True) | Q(reminded_days__gt=days),
        state__in=KEPT,
        expires_at__gt=now,
        expires_at__lte=now + timedelta(days=days),
    )


def _remind(row: VoiceEnrolment, days: int) -> int:
    """1 when a mail went out. The row comes first, so that of many senders one sends."""
    mine = VoiceEnrolment.objects.filter(pk=row.pk, reminded_days=row.reminded_days)
    with transaction.atomic():
        if not mine.update(reminded_days=days):
            return 0
        record(kind="voice.reminded", subject=row, actor=None, days=days)
    if not row.person.contact_email:
        return 0
    try:
        _reminder(row).send()
    except (OSError, SMTPException) as error:
        log.warning("A reminder about enrolment %s was not sent: %s", row.pk, error)
        VoiceEnrolment.objects.filter(pk=row.pk).update(reminded_days=row.reminded_days)
        return 0
    return 1


def _reminder(row: VoiceEnrolment) -> EmailMessage:
    with override(settings.LANGUAGE_CODE):
        body = render_to_string("emails/voice_expiry.txt", {"row": row, "site": settings.SITE_NAME})
        subject = _("Your enrolled voice is deleted on %(day)s") % {
            "day": f"{row.expires_at:%Y-%m-%d}"
        }
    return EmailMessage(
        subject=subject,
        body=body,
        to=[row.person.contact_email],
        headers={"Auto-Submitted": "auto-generated"},
    )


def _claim(enrolment_id: UUID | str) -> VoiceEnrolment | None:
    taken = waiting().filter(pk=enrolment_id)
    if not taken.update(claimed_at=timezone.now(), attempts=F("attempts") + 1):
        return None
    return VoiceEnrolment.objects.get(pk=enrolment_id)


def _listen(row: VoiceEnrolment) -> None:
    backend = chosen_backend()
    with private_directory(scratch()) as folder:
        heard = [_decoded(stem, folder, backend) for stem in row.voicestems.order_by("created_at")]
    challenge = VoiceStem.Kind.CHALLENGE.value
    finish_enrolment(
        enrolment=row,
        by=row.challenge_by,
        stems=[stem for stem in heard if stem.kind != challenge],
        challenge=next((stem for stem in heard if stem.kind == challenge), None),
        backend=backend,
        speech_waived=row.speech_waived,
    )


def _decoded(stem: VoiceStem, folder: Path, backend: VoiceBackend) -> Stem:
    with stem_on_disk(stem, folder) as path:
        return read_stem(path, backend, name=stem.name, song=stem.song, kind=stem.kind)


@transaction.atomic
def _close(row: VoiceEnrolment, trouble: str = "") -> None:
    mine = VoiceEnrolment.objects.filter(pk=row.pk)
    mine.update(asked_at=None, claimed_at=None)
    # Another worker was faster, or the person withdrew: then this trouble is nobody's.
    mine.filter(state=VoiceState.CONSENTED).update(trouble=trouble)
    drop_stems(row)


def _drop_old_stems() -> int:
    old = VoiceStem.objects.filter(created_at__lt=timezone.now() - STEMS_WAIT)
    rows = VoiceEnrolment.objects.filter(pk__in=old.values("enrolment"))
    return try_each((f"stems of {row.pk}", partial(_dropped, row)) for row in rows)


@transaction.atomic
def _dropped(row: VoiceEnrolment) -> int:
    VoiceEnrolment.objects.filter(pk=row.pk).update(asked_at=None)
    return drop_stems(row)
