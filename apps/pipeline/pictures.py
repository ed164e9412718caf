"""What people hear and look at while they judge: preview, waveform and spectrogram."""

import json
import logging
from collections.abc import Callable
from pathlib import Path

from django.core.files import File

from apps.catalogue.models import AudioFile
from apps.pipeline.originals import limits, scratch
from apps.screening.audio import Audio
from apps.screening.models import Rendition, renditions
from apps.screening.renditions import make_peaks, make_preview, make_spectrogram
from apps.screening.scratch import private_directory

log = logging.getLogger(__name__)
Kind = Rendition.Kind
SUFFIX = {Kind.PREVIEW: "mp3", Kind.PEAKS: "json", Kind.SPECTROGRAM: "png"}


def make_renditions(row: AudioFile, audio: Audio) -> list[Rendition]:
    """Makes whichever are missing. One that fails is logged and left out."""
    there = set(row.renditions.values_list("kind", flat=True))
    made = []
    for kind, write in _writers(audio).items():
        if kind in there:
            continue
        try:
            made.append(_make(row, kind, write))
        except Exception:  # MemoryError too; without a picture a person can still judge
            log.exception("The %s of upload %s could not be made", kind, row.pk)
    return made


def _writers(audio: Audio) -> dict[Rendition.Kind, Callable[[Path], object]]:
    return {
        Kind.PREVIEW: lambda path: make_preview(audio, path, limits()),
        Kind.PEAKS: lambda path: path.write_text(json.dumps(make_peaks(audio)), "utf-8"),
        Kind.SPECTROGRAM: lambda path: make_spectrogram(audio, path),
    }


def _make(row: AudioFile, kind: Rendition.Kind, write: Callable[[Path], object]) -> Rendition:
    name = f"{row.pk.hex[:2]}/{row.pk.hex}/{kind}.{SUFFIX[kind]}"
    storage = renditions()
    with private_directory(scratch()) as place:
        path = place / "made"
        write(path)
        storage.delete(name)  # what a worker left that died before it wrote the row
        with path.open("rb") as made:
            stored = storage.save(name, File(made))
    return Rendition.objects.get_or_create(audio=row, kind=kind, defaults={"file": stored})[0]
