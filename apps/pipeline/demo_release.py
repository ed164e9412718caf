"""The demo release: three tracks that go through the real steps to three different ends."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from django.conf import settings

from apps.accounts.models import Label, User
from apps.catalogue.drafts import (
    create_release,
    remove_release,
    save_release_draft,
    save_track_draft,
)
from apps.catalogue.models import Release, Track
from apps.catalogue.states import TrackState
from apps.catalogue.terms import CURRENT
from apps.catalogue.uploads import receive_file
from apps.pipeline.demo import LABEL
from apps.pipeline.demo_sounds import piece, write_wav
from apps.pipeline.inspection import inspect_audio
from apps.pipeline.screening import screen
from apps.pipeline.steps import screen_and_decide, submit_release

TITLE = "Harbour Lights at Low Tide"
ARTIST = "Asha & the Pilots"
SECONDS = 30.0
NO_AI: dict[str, Any] = {
    "rights_in_result": "all_held",
    "instrumental": True,
    "ai": [],
    "voice": {"imitates": "nobody"},
    "likeness": [],
    "borrowed": [],
    "label_licensed": False,
    "previously_released": False,
}
CLONED: dict[str, Any] = {
    **NO_AI,
    "instrumental": False,
    "ai": [{"part": "vocals", "extent": "generated", "tool": "a voice changer"}],
    "voice": {"imitates": "real_person", "person": "A famous singer"},
}


@dataclass(frozen=True)
class Piece:
    """One track: what it sounds like (`seed`), what its file says, what the artist says."""

    title: str
    seed: int
    answers: Mapping[str, Any]
    comment: str = ""
    language: str = "zxx"
    expected: str = TrackState.CLEARED


PIECES = (
    Piece("Low Tide", 11, NO_AI),
    Piece(
        "Lantern Song",
        23,
        NO_AI,
        comment="made with suno; created=2026-10-02T08:15:00Z",
        expected=TrackState.HELD,
    ),
    Piece("Borrowed Throat", 37, CLONED, language="en", expected=TrackState.REFUSED),
)


def make_release(artist: User) -> Release:
    """The demo release of this account: made, submitted and decided, or the one that is there."""
    found = artist.releases.filter(title=TITLE).first()
    if found and not found.tracks.filter(state=TrackState.DRAFT).exists():
        return found
    if found:  # an earlier attempt that was cut off
        remove_release(release=found, by=artist)
    release = create_release(owner=artist, title=TITLE)
    values = {
        "label": Label.objects.get(name=LABEL),
        "label_name": LABEL,
        "territories": ["worldwide"],
        "destinations": ["spotify", "apple_music", "deezer", "youtube", "tidal", "bandcamp"],
        "artwork_ai": "none",
    }
    release = save_release_draft(release=release, by=artist, revision=0, values=values)
    for one in PIECES:
        _add(release, artist, one)
    runs = submit_release(
        release=release, by=artist, terms_version=CURRENT, submission_key=uuid4().hex
    )
    for run in runs:
        screen_and_decide(run.pk, screen=screen)
    return release


def _add(release: Release, artist: User, one: Piece) -> Track:
    settings.UPLOAD_DIR.mkdir(parents=True, exist_ok=True)
    name = f"{one.title.lower().replace(' ', '-')}.wav"
    path = settings.UPLOAD_DIR / f"incoming-{uuid4().hex}"
    write_wav(path, piece(SECONDS, one.seed), comment=one.comment)
    audio = receive_file(owner=artist, release=release, name=name, path=path)
    inspect_audio(audio.pk)
    track = release.tracks.get(audio=audio)
    return save_track_draft(
        track=track,
        by=artist,
        revision=track.revision,
        values={
            "title": one.title,
            "language": one.language,
            "parental_advisory": "none",
            "answers": dict(one.answers),
        },
        credits=[(ARTIST, "main"), ("Asha Demo", "composer")],
    )
