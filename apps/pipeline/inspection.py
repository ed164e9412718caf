"""The first look at an upload: can it be read at all, and what does it claim to be?"""

import logging
from dataclasses import asdict
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Now

from apps.audit.record import record
from apps.catalogue.models import AudioFile
from apps.pipeline.originals import limits, local_path
from apps.screening.decoding import UnusableAudio, probe_audio
from apps.screening.probe import Probed
from apps.screening.sandbox import CannotStart

log = logging.getLogger(__name__)

S = AudioFile.State
LOOK_S = 90.0  # longer than the reader's own time limits; after that another worker may look
MAX_ATTEMPTS = 3
GIVEN_UP = (
    "We tried three times to read this file and our reader failed each time. "
    "Export it again, as WAV or FLAC, and upload it once more."
)


def inspect_audio(audio_id: UUID | str) -> None:
    """READY with what the container says, or REFUSED with code and sentence. Once.

    A file that kills its reader three times is refused; trouble that is ours (a full disk, a
    missing program) is not counted against it. The sweep asks again until there is an answer.
    """
    audio = _claim(audio_id)
    if audio is None:
        return
    if audio.attempts > MAX_ATTEMPTS:
        _refuse(audio, "unreadable_audio", GIVEN_UP)
        return
    try:
        with local_path(audio.file) as path:
            found = probe_audio(path, filename=audio.original_name, limits=limits())
    except UnusableAudio as error:
        _refuse(audio, error.code, error.text)
    except FileNotFoundError:
        log.exception("The original of upload %s is gone", audio.pk)
    except (CannotStart, OSError) as error:
        log.error("Upload %s could not be read because of us: %s", audio.pk, error)
        AudioFile.objects.filter(pk=audio.pk).update(attempts=F("attempts") - 1)
    except Exception:  # MemoryError too: let out, it would end the worker
        log.exception("Reading upload %s failed", audio.pk)
    else:
        _accept(audio, found)


def waiting() -> QuerySet[AudioFile]:
    """Uploads that nobody is looking at."""
    free = Q(inspected_at__isnull=True) | Q(inspected_at__lt=Now() - timedelta(seconds=LOOK_S))
    return AudioFile.objects.filter(free, state=S.RECEIVED)


def _claim(audio_id: UUID | str) -> AudioFile | None:
    taken = waiting().filter(pk=audio_id).update(inspected_at=Now(), attempts=F("attempts") + 1)
    return AudioFile.objects.get(pk=audio_id) if taken else None


@transaction.atomic
def _accept(audio: AudioFile, found: Probed) -> None:
    values = {"state": S.READY, "source": asdict(found.source), "duration_s": found.estimated_s}
    if _close(audio, **values):
        record(kind="audio.ready", subject=audio, actor=None)


@transaction.atomic
def _refuse(audio: AudioFile, code: str, text: str) -> None:
    if _close(audio, state=S.REFUSED, error_code=code[:40], error_text=text[:500]):
        record(kind="audio.refused", subject=audio, actor=None, code=code)


def _close(audio: AudioFile, **values: object) -> bool:
    """Writes the answer unless there is one."""
    row = AudioFile.objects.filter(pk=audio.pk, state=S.RECEIVED)
    return bool(row.update(inspected_at=Now(), **values))
