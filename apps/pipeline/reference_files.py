"""References in files: recordings printed for the register, and compared with it."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from apps.accounts.models import User
from apps.fingerprints.landmarks.packed import VERSION
from apps.fingerprints.models import RecordingPrint, Reference
from apps.fingerprints.references import Heard, add_reference, change_reference
from apps.fingerprints.sounds import Sounds, keep_sounds
from apps.fingerprints.telling import matches_of
from apps.pipeline.offline import answer, shown_name
from apps.pipeline.originals import limits, local_path, scratch
from apps.pipeline.screening import keep_print
from apps.pipeline.troubles import Spent
from apps.screening.audio import Audio
from apps.screening.containers import check_size
from apps.screening.decoding import UnusableAudio, open_audio
from apps.screening.peaks import Taken, samples_of, take
from apps.screening.prints import PHASES, phases_of
from apps.screening.renditions import make_peaks, make_preview
from apps.screening.scratch import private_directory

DEEP_PHASES = 2 * PHASES
MOST_TITLE = 300  # characters
FIELDS = ("title", "artist", "owner", "isrc", "rights_note")
KBIT = 96  # of the copy that is kept to be heard: 0.7 MB a minute
# How containers call a title and an artist.
TAGS = {
    "title": {"title", "tit2", "inam", "©nam", "tt2"},
    "artist": {"artist", "tpe1", "iart", "©art", "tp1"},
}


@dataclass(frozen=True)
class Listened:
    """What was heard in a file, what its tags say, and the small copy where one is wanted."""

    heard: Heard
    title: str
    artist: str
    sounds: Sounds | None


def listen(path: Path, *, name: str, keep: bool) -> Listened:
    """Decodes a file and prints it. No database, so that several can be heard at once.

    `name`: what the file is called. Raises UnusableAudio, OSError, RenditionFailed.
    """
    with open_audio(path, filename=name, limits=limits()) as audio:
        heard = _heard(audio, take(audio))
        title, artist = (
            _tag(audio, "title") or shown_name(Path(Path(name).stem)),
            _tag(audio, "artist"),
        )
        sounds = _sounds(audio) if keep else None
        return Listened(heard, title[:MOST_TITLE], artist[:MOST_TITLE], sounds)


def already_there(path: Path, told: Mapping[str, str]) -> Reference | None:
    """The reference of the same source and owner that this very file is already.

    Raises OSError, and UnusableAudio for what is no file, empty or too large.
    """
    check_size(path, limits().max_bytes)  # a pipe or a device would be read for ever
    with path.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    owner = " ".join(told.get("owner", "").split())
    rows = Reference.objects.filter(sha256=sha256, source=told["source"], owner=owner)
    return rows.defer("items", "marks").first()


def is_complete(row: Reference, *, keep: bool) -> bool:
    """Whether hearing its file again would tell nothing new."""
    return row.marks_version == VERSION and bool(row.preview or not keep)


def change_words(row: Reference, told: Mapping[str, str], by: User | None) -> bool:
    """Changes what is said of a reference where something new is told; whether it was."""
    words = {name: told[name] for name in FIELDS if told.get(name) and name != "owner"}
    before = row.changed_at
    return change_reference(reference_id=row.pk, by=by, **words).changed_at != before


def add_listened(
    found: Listened, told: Mapping[str, str], by: User | None, before: Reference | None = None
) -> tuple[Reference, bool]:
    """The reference of what was heard, and whether it is new. Raises ReferenceRefusal.

    What nobody tells is taken from `before`, the row that is there, then from the file's tags.
    """
    told = {name: told.get(name) or getattr(before, name, "") for name in FIELDS} | {
        "source": told["source"]
    }
    same = {"source": told["source"], "owner": " ".join(told["owner"].split())}
    is_new = not Reference.objects.filter(pcm_sha256=found.heard.pcm_sha256, **same).exists()
    told["title"] = told["title"] or found.title
    told["artist"] = told["artist"] or found.artist
    row = add_reference(heard=found.heard, by=by, **told)
    if found.sounds or row.preview:
        keep_sounds(reference_id=row.pk, sounds=found.sounds)
    return row, is_new


def renew_track(row: RecordingPrint) -> str:
    """Listens again to a track from before there were landmarks; why not, or "" where it did.

    Its row is written only where the file still holds the samples that the row knows.
    """
    held = row.track.audio
    if held is None:
        return "There is no file any more."
    try:
        with (
            local_path(held.file) as path,
            open_audio(path, filename=held.original_name, limits=limits()) as audio,
        ):
            if audio.pcm_sha256 != row.pcm_sha256:
                return "The file is another than the one that was screened. Check the track again."
            keep_print(row.track, audio)
    except UnusableAudio as error:
        return error.text
    except OSError as error:
        return f"The file cannot be read: {error.strerror or error}."
    return ""


def match_path(path: Path, *, deep: bool) -> dict[str, Any]:
    """The line for one file: what shares audio with it, best first; nothing is raised."""
    spent = Spent()

    def match() -> dict[str, Any]:
        with open_audio(path, filename=path.name, limits=limits()) as audio:
            taken = take(audio)
            heard = replace(_heard(audio, taken), pcm_sha256=samples_of(audio, taken))
            count = DEEP_PHASES if deep else PHASES
            phases = phases_of(audio, count) if taken.print.speaks else []
        return {"matches": matches_of(heard, phases, taken.peaks, deep=deep), "error": None}

    line = answer(path, match)
    matches = [] if line["error"] else line["matches"]
    return {
        "file": shown_name(path),
        "matches": matches,
        "error": line["error"],
        "cpu_s": round(spent.cpu_s, 3),
    }


def _heard(audio: Audio, taken: Taken) -> Heard:
    return Heard(audio.sha256, audio.pcm_sha256, taken.items, audio.duration_s, taken.marks)


def _sounds(audio: Audio) -> Sounds:
    with private_directory(scratch()) as place:
        make_preview(audio, place / "copy.mp3", limits(), kbit=KBIT)
        peaks = json.dumps(make_peaks(audio), separators=(",", ":")).encode()
        return Sounds((place / "copy.mp3").read_bytes(), peaks)


def _tag(audio: Audio, name: str) -> str:
    values = (tag.value for tag in audio.tags if tag.field.casefold() in TAGS[name])
    return " ".join(next(values, "").split())
