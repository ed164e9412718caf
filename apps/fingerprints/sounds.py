"""What of a reference can be heard and seen: a small copy and its waveform, kept and forgotten.

A file is written before the row names it, and deleted only when the change that forgot it is there
for good: what is lost in between is found by `find_orphans`.
"""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial

from django.conf import settings
from django.core.files.base import ContentFile
from django.db import transaction

from apps.fingerprints.errors import NotAReference
from apps.fingerprints.models import Reference, reference_sounds

FOLDER_OF = 1000  # references in one folder


@dataclass(frozen=True)
class Sounds:
    """The bytes of an MP3 and of a JSON of peaks, both made by us."""

    preview: bytes
    peaks: bytes


def may_keep(source: str) -> bool:
    """Whether copies of recordings from there may be kept (`REFERENCE_AUDIO`)."""
    return source in settings.REFERENCE_AUDIO


def keep_sounds(*, reference_id: int, sounds: Sounds | None) -> None:
    """Keeps a copy and its waveform in place of earlier ones; with None forgets what was kept.

    Raises NotAReference where it was removed meanwhile; then nothing is kept.
    """
    names = _store(reference_id, sounds) if sounds else {"preview": "", "peaks": ""}
    try:
        with transaction.atomic():
            row = Reference.objects.select_for_update().filter(pk=reference_id).first()
            if row is None:
                raise NotAReference(given=reference_id)
            forget_files([row.preview.name, row.peaks.name])
            Reference.objects.filter(pk=row.pk).update(**names)
    except BaseException:
        for name in filter(None, names.values()):
            reference_sounds().delete(name)
        raise


def forget_files(names: Iterable[str | None]) -> None:
    """Deletes files of references once the transaction is there for good."""
    for name in filter(None, names):
        transaction.on_commit(partial(reference_sounds().delete, name), robust=True)


def _store(reference_id: int, sounds: Sounds) -> dict[str, str]:
    place = f"{reference_id // FOLDER_OF}/{reference_id}-{secrets.token_hex(8)}"
    contents = {"preview": (sounds.preview, "mp3"), "peaks": (sounds.peaks, "json")}
    return {
        kind: reference_sounds().save(f"{place}.{suffix}", ContentFile(content))
        for kind, (content, suffix) in contents.items()
    }
