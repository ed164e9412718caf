"""Uploads in parts: begun, continued, finished, given up. Every function is one step.

The bytes on the disk are the truth (`upload_bytes`); the row says what they are to become. An
upload and the audio file that it becomes have the same id: finishing twice makes one file.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Sum
from django.utils import timezone

from apps.accounts.models import User
from apps.accounts.quota import WINDOW, Usage, require_room
from apps.audit.record import record
from apps.catalogue.drafts import MAX_TRACKS, NotEditable, TooManyTracks
from apps.catalogue.file_names import clean_file_name
from apps.catalogue.models import AudioFile, Release, Track, Upload, originals
from apps.catalogue.upload_bytes import (
    Checksum,
    Part,
    Readable,
    drop,
    drop_old_files,
    hold,
    old_uploads,
    require_disk,
)
from apps.catalogue.upload_errors import (
    EmptyFile,
    FileTooLarge,
    OffsetMismatch,
    TooManyBytes,
    UploadBusy,
    UploadExpired,
)
from apps.catalogue.upload_finish import is_moved, make_audio, place_of

KEPT = timedelta(hours=72)  # how long an upload waits for its next byte


def create_upload(
    *, owner: User, release: Release, name: str, length: int, track: Track | None = None
) -> Upload:
    """Begins an upload of `length` bytes: a new track of the release, or another file for `track`.

    Raises EmptyFile, FileTooLarge, QuotaReached, StorageFull, NotEditable, TooManyTracks.
    """
    if length <= 0:
        raise EmptyFile
    if length > settings.MAX_AUDIO_BYTES:
        raise FileTooLarge(limit=settings.MAX_AUDIO_BYTES)
    with transaction.atomic():
        User.objects.select_for_update().get(pk=owner.pk)  # one account, one count at a time
        _require_place(release, track)
        require_room(_usage(owner), size_bytes=length)
        require_disk(length + _bytes_to_come())
        upload = Upload.objects.create(
            owner=owner,
            release=release,
            track=track,
            original_name=clean_file_name(name),
            length=length,
            expires_at=timezone.now() + KEPT,
        )
        record(kind="upload.begun", subject=upload, actor=owner, release=str(release.pk))
    return upload


def read_upload(*, upload: Upload) -> Upload:
    """The row with its offset as the disk knows it; a finish that was cut off is finished here.

    Raises Upload.DoesNotExist, UploadExpired, UploadBusy.
    """
    with _held(upload) as (row, part):
        if not row.audio_id and is_moved(row, part):
            row.audio = make_audio(row, part)
        return row


def append_chunk(
    *, upload: Upload, offset: int, stream: Readable, size: int, checksum: Checksum | None = None
) -> Upload:
    """Adds `size` bytes that begin at `offset`; the last ones finish the upload.

    When the line breaks, what arrived is kept. Raises OffsetMismatch, TooManyBytes,
    ChecksumMismatch, StorageFull, Upload.DoesNotExist, UploadExpired, UploadBusy, NotEditable,
    TooManyTracks.
    """
    with _held(upload) as (row, part):
        if offset != row.offset:
            raise OffsetMismatch
        if size > row.length - offset:
            raise TooManyBytes
        if size:
            _receive(row, part, stream, checksum)
        if row.offset == row.length and not row.audio_id:
            row.audio = make_audio(row, part)
        return row


def finish_upload(*, upload: Upload) -> AudioFile:
    """Turns a complete upload into an audio file, once however often it is called.

    Raises OffsetMismatch while bytes are missing, NotEditable, TooManyTracks.
    """
    with _held(upload) as (row, part):
        if row.offset != row.length:
            raise OffsetMismatch
        row.audio = row.audio or make_audio(row, part)
        return row.audio


def receive_file(
    *, owner: User, release: Release, name: str, path: Path, track: Track | None = None
) -> AudioFile:
    """Takes a file that already lies, whole, on the disk of UPLOAD_DIR. Raises as the others do."""
    size = path.stat().st_size
    upload = create_upload(owner=owner, release=release, name=name, length=size, track=track)
    try:
        with hold(upload.pk) as part:
            part.adopt(path)
        return finish_upload(upload=upload)
    except Exception:
        cancel_upload(upload=upload)
        raise


def cancel_upload(*, upload: Upload) -> None:
    """Forgets an upload and its bytes. One that is finished stays what it became."""
    with hold(upload.pk):
        row = Upload.objects.filter(pk=upload.pk, audio=None).first()
        if row:
            _forget(row, kind="upload.cancelled", actor=row.owner)
    drop(upload.pk)


def drop_expired_uploads() -> int:
    """Lets go of uploads that waited longer than KEPT; returns how many. The sweep calls it."""
    expired = Upload.objects.filter(expires_at__lt=timezone.now())
    dropped = sum(_drop_expired(upload_id) for upload_id in expired.values_list("pk", flat=True))
    _drop_strays()
    return dropped


@contextmanager
def _held(upload: Upload) -> Iterator[tuple[Upload, Part]]:
    """The row and its bytes, in step, held by nobody else; in step again however the block ends."""
    with hold(upload.pk) as part:
        row = Upload.objects.filter(pk=upload.pk).first()
        if row and not row.audio_id:
            if row.expires_at < timezone.now():
                raise UploadExpired
            row.offset = _offset(row, part)
            try:
                yield row, part
            finally:
                Upload.objects.filter(pk=row.pk, audio=None).update(
                    offset=_offset(row, part), expires_at=row.expires_at
                )
        elif row:
            yield row, part
    if row is None or row.audio_id:
        drop(upload.pk)
    if row is None:
        raise Upload.DoesNotExist


def _offset(row: Upload, part: Part) -> int:
    return row.length if is_moved(row, part) else part.size


def _receive(row: Upload, part: Part, stream: Readable, checksum: Checksum | None) -> None:
    row.expires_at = timezone.now() + KEPT
    try:
        part.receive(stream, limit=row.length - row.offset, checksum=checksum)
    finally:
        row.offset = part.size


def _require_place(release: Release, track: Track | None) -> None:
    if track is not None and not track.is_editable:
        raise NotEditable
    coming = release.uploads.filter(audio=None, track=None, expires_at__gt=timezone.now()).count()
    if track is None and release.tracks.count() + coming >= MAX_TRACKS:
        raise TooManyTracks


def _usage(owner: User) -> Usage:
    since = timezone.now() - WINDOW
    files = AudioFile.objects.filter(owner=owner, created_at__gte=since)
    waiting = Upload.objects.filter(owner=owner, audio=None, created_at__gte=since)
    stored = files.aggregate(total=Sum("size_bytes"))["total"] or 0
    coming = waiting.aggregate(total=Sum("length"))["total"] or 0
    return Usage(files=files.count() + waiting.count(), size_bytes=stored + coming)


def _bytes_to_come() -> int:
    waiting = Upload.objects.filter(audio=None, expires_at__gt=timezone.now())
    sums = waiting.aggregate(length=Sum("length"), offset=Sum("offset"))
    return (sums["length"] or 0) - (sums["offset"] or 0)


def _forget(row: Upload, *, kind: str, actor: User | None) -> None:
    with transaction.atomic():
        if not row.audio_id:  # a finished one is safe; only the way it came is forgotten
            record(kind=kind, subject=row, actor=actor, stored=row.offset)
            originals().delete(place_of(row))
        row.delete()


def _drop_expired(upload_id: UUID) -> bool:
    try:
        with hold(upload_id):
            row = Upload.objects.filter(pk=upload_id, expires_at__lt=timezone.now()).first()
            if row:
                _forget(row, kind="upload.expired", actor=None)
    except UploadBusy:
        return False
    if row:
        drop(upload_id)
    return row is not None


def _drop_strays() -> None:
    """Folders whose row went with its release or track, and files of broken plain uploads."""
    before = time.time() - KEPT.total_seconds()
    old = old_uploads(before)
    known = set(Upload.objects.filter(pk__in=old).values_list("pk", flat=True))
    for upload_id in set(old) - known:
        drop(upload_id)
    drop_old_files(before)
