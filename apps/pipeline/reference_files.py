"""References in files: recordings printed for the register, and compared with it."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from apps.accounts.models import User
from apps.accounts.refusal import Refusal
from apps.fingerprints.landmarks.packed import Words
from apps.fingerprints.references import Heard, add_reference
from apps.fingerprints.telling import matches_of
from apps.pipeline.offline import answer, shown_name
from apps.pipeline.originals import limits
from apps.pipeline.troubles import Spent
from apps.screening.audio import Audio
from apps.screening.decoding import open_audio
from apps.screening.peaks import marks_of, peaks_of
from apps.screening.prints import PHASES, Print, phases_of, print_of

DEEP_PHASES = 2 * PHASES
MOST_TITLE = 300  # characters
FIELDS = ("title", "artist", "owner", "isrc", "rights_note")


def add_path(path: Path, told: Mapping[str, str], by: User | None) -> dict[str, Any]:
    """The line for one file: the id of its reference, or why there is none.

    `told`: source, and title, artist, owner, isrc, rights_note as far as they are known; the title
    and the artist are otherwise taken from the file's tags, and the title from its name. Raises
    ReferenceRefusal, in which case nothing was written.
    """
    refused: list[Exception] = []

    def add() -> dict[str, Any]:
        with open_audio(path, filename=path.name, limits=limits()) as audio:
            taken = print_of(audio)
            marks = marks_of(audio) if taken.lets_peaks_speak else ()
            heard = _heard(audio, taken, marks)
            fields = {name: told.get(name, "") for name in FIELDS}
            fields["title"] = (fields["title"] or _tag(audio, "title") or path.stem)[:MOST_TITLE]
            fields["artist"] = (fields["artist"] or _tag(audio, "artist"))[:MOST_TITLE]
        try:
            row = add_reference(heard=heard, by=by, source=told["source"], **fields)
        except Refusal as error:
            refused.append(error)
            raise
        return {
            "id": row.pk,
            "title": row.title,
            "items": len(heard.items),
            "peaks": max(0, len(heard.marks) - 1),
            "error": None,
        }

    line = answer(path, add)
    if refused:
        raise refused[0]
    if line["error"]:
        line = {"id": None, "title": None, "items": 0, "peaks": 0, "error": line["error"]}
    return {"file": shown_name(path), **line}


def match_path(path: Path, *, deep: bool) -> dict[str, Any]:
    """The line for one file: what shares audio with it, best first; nothing is raised."""
    spent = Spent()

    def match() -> dict[str, Any]:
        with open_audio(path, filename=path.name, limits=limits()) as audio:
            taken = print_of(audio)
            phases = phases_of(audio, DEEP_PHASES if deep else PHASES) if taken.speaks else []
            peaks = peaks_of(audio) if taken.lets_peaks_speak else None
        heard = _heard(audio, taken)
        return {"matches": matches_of(heard, phases, peaks, deep=deep), "error": None}

    line = answer(path, match)
    matches = [] if line["error"] else line["matches"]
    return {
        "file": shown_name(path),
        "matches": matches,
        "error": line["error"],
        "cpu_s": round(spent.cpu_s, 3),
    }


def _heard(audio: Audio, taken: Print, marks: Sequence[int] | Words = ()) -> Heard:
    """What a recording is known by; without a print that cannot tell it from others."""
    items = taken.items if taken.speaks else ()
    return Heard(audio.sha256, audio.pcm_sha256, items, audio.duration_s, marks)


def _tag(audio: Audio, name: str) -> str:
    values = (tag.value for tag in audio.tags if tag.field.casefold() in TAGS[name])
    return " ".join(next(values, "").split())


# How containers call a title and an artist.
TAGS = {
    "title": {"title", "tit2", "inam", "©nam", "tt2"},
    "artist": {"artist", "tpe1", "iart", "©art", "tp1"},
}
