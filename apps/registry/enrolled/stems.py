"""Stems on their way to a worker: encrypted files, gone when it has listened to them."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone

from apps.accounts.models import User
from apps.audit.record import record
from apps.catalogue.wake import wake
from apps.registry.enrolled.errors import VoiceUnreadable
from apps.registry.enrolled.sealing import DAMAGED, key_of, seal, unseal
from apps.registry.enrolled.steps import check_manager, consented, needed, take_challenge
from apps.registry.models import VoiceEnrolment, VoiceStem

TASK = "pipeline.enrol_voice"
KINDS = VoiceStem.Kind


@transaction.atomic
def add_stem(
    *, enrolment: VoiceEnrolment, by: User | None, data: bytes, name: str, song: str, kind: str
) -> VoiceStem:
    """Keeps one recording for the worker, encrypted. A challenge recording replaces the last."""
    check_manager(by)
    row, key, kind = consented(enrolment), key_of(enrolment.person), KINDS(kind)
    if kind != KINDS.CHALLENGE:
        needed(song, "the song that the stem belongs to")
    digest = hashlib.sha256(data).hexdigest()
    if kind == KINDS.CHALLENGE:
        take_challenge(enrolment=enrolment, by=by, recording_sha256=digest)
        _remove(list(row.voicestems.filter(kind=kind)))
    stem = VoiceStem(enrolment=row, key=key, name=name[:200], song=song.strip()[:200], kind=kind)
    stem.sha256 = digest
    stem.nonce, sealed = seal(data, key, f"stem {stem.pk}")
    stem.file.save(f"{stem.pk}", ContentFile(sealed), save=False)
    stem.save()
    record(kind="voice.stem_added", subject=row, actor=by, sha256=digest, stem_kind=str(kind))
    return stem


@transaction.atomic
def ask_to_finish(*, enrolment: VoiceEnrolment, by: User | None, speech_waived: str = "") -> None:
    """All stems are there: a worker listens to them. The row first, then the bell."""
    check_manager(by)
    row = consented(enrolment)
    row.asked_at, row.claimed_at, row.attempts, row.trouble = timezone.now(), None, 0, ""
    row.speech_waived = speech_waived.strip()[:500]
    row.save()
    record(kind="voice.stems_sent", subject=row, actor=by)
    wake(TASK, str(row.pk))
    enrolment.refresh_from_db()


@contextmanager
def stem_on_disk(stem: VoiceStem, folder: Path) -> Iterator[Path]:
    """The recording in the clear, in a private folder, for as long as it is read."""
    place = folder / str(stem.pk)
    try:
        with stem.file.open("rb") as file:
            sealed = file.read()
    except OSError:
        raise VoiceUnreadable(DAMAGED) from None
    try:
        place.write_bytes(unseal(sealed, stem.nonce, stem.key, f"stem {stem.pk}"))
        yield place
    finally:
        place.unlink(missing_ok=True)


def drop_stems(enrolment: VoiceEnrolment) -> int:
    """Deletes what waits; the files once the transaction is committed."""
    return _remove(list(enrolment.voicestems.all()))


def _remove(stems: list[VoiceStem]) -> int:
    for stem in stems:
        name, storage = stem.file.name, stem.file.storage
        stem.delete()
        transaction.on_commit(lambda storage=storage, name=name: storage.delete(name))  # type: ignore[misc]
    return len(stems)
