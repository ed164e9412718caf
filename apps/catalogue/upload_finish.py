"""The last step of an upload: its bytes become an original, and a row says so.

The file goes first, synced to the disk; the row follows in one transaction. A cut between the two
is found by `is_moved` and mended by finishing again.
"""

from pathlib import Path

from django.core.files import File
from django.core.files.storage import Storage
from django.db import transaction

from apps.audit.record import record
from apps.catalogue.drafts import add_track, reorder_tracks, replace_audio
from apps.catalogue.file_names import title_from
from apps.catalogue.models import AudioFile, Track, Upload, originals
from apps.catalogue.upload_bytes import Part, sync
from apps.catalogue.wake import wake


class _Received(File):  # type: ignore[type-arg]
    """A file that the storage may take over by renaming it, when both lie on one disk."""

    def __init__(self, path: Path) -> None:
        super().__init__(path.open("rb"), name=path.name)
        self._path = path

    def temporary_file_path(self) -> str:
        """Where the bytes lie: Django's file storage moves such a file instead of copying it."""
        return str(self._path)


def place_of(upload: Upload) -> str:
    """The name under which the originals keep this upload: from its id, never from its name."""
    return f"{upload.pk.hex[:2]}/{upload.pk.hex}"


def is_moved(upload: Upload, part: Part) -> bool:
    """Whether a finish that was cut off has already moved every byte to the originals."""
    storage, name = originals(), place_of(upload)
    return not part.size and storage.exists(name) and storage.size(name) == upload.length


def make_audio(upload: Upload, part: Part) -> AudioFile:
    """The audio file with the upload's own id, made once. Call it while holding `part`.

    Raises NotEditable, TooManyTracks; the bytes then wait for another try.
    """
    if not is_moved(upload, part):
        _move(part, originals(), place_of(upload))
    with transaction.atomic():
        row = Upload.objects.select_for_update().get(pk=upload.pk)
        if row.audio is not None:
            return row.audio
        audio = AudioFile.objects.create(
            id=row.pk,
            owner=row.owner,
            original_name=row.original_name,
            file=place_of(row),
            size_bytes=row.length,
        )
        row.audio, row.offset, row.track = audio, row.length, _attach(row, audio)
        row.save(update_fields=["audio", "offset", "track"])
        record(kind="audio.received", subject=audio, actor=row.owner, track=str(row.track.pk))
        wake("pipeline.inspect_audio", str(audio.pk))
    return audio


def _move(part: Part, storage: Storage, name: str) -> None:
    storage.delete(name)  # a copy that was cut off
    with _Received(part.path) as file:
        storage.save(name, file)
    try:
        path = Path(storage.path(name))
    except NotImplementedError:  # stored elsewhere, and safe there
        return
    sync(path)


def _attach(row: Upload, audio: AudioFile) -> Track:
    if row.track is not None:
        return replace_audio(track=row.track, by=row.owner, audio=audio)
    track = add_track(
        release=row.release, by=row.owner, audio=audio, title=title_from(row.original_name)
    )
    _keep_order(row, track)
    return track


def _keep_order(row: Upload, track: Track) -> None:
    """Files sent together finish in any order; their tracks stand in the order of their beginning.

    The new track goes before those at the end whose upload was begun later.
    """
    order = [pk for pk in row.release.tracks.values_list("pk", flat=True) if pk != track.pk]
    later = Upload.objects.filter(release=row.release, created_at__gt=row.created_at)
    overtaken = set(later.values_list("track", flat=True))
    place = len(order)
    while place and order[place - 1] in overtaken:
        place -= 1
    if place < len(order):
        order.insert(place, track.pk)
        reorder_tracks(release=row.release, by=row.owner, order=order)
