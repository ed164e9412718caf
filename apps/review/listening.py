"""What the player of a case is given: links to our own renditions, and the places to hear."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.catalogue.models import AudioFile, Track
from apps.review.evidence import Exhibit, regions
from apps.review.visible import plain
from apps.screening.links import rendition_url
from apps.screening.models import Rendition


@dataclass(frozen=True)
class Links:
    """Signed addresses of one recording's renditions; "" where there is none."""

    audio: str = ""
    peaks: str = ""
    spectrogram: str = ""


@dataclass(frozen=True)
class Player:
    """The attributes of `<track-player>`."""

    own: Links
    other: Links
    other_title: str
    duration_s: float
    regions: str
    texts: str


def player(audio: AudioFile, shown: Iterable[Exhibit], user: User) -> Player:
    """The player for a recording with its evidence, beside the recording it matches, if any."""
    shown = list(shown)
    match = matched_track(shown)
    other_audio = match.audio if match else None
    links = links_of([audio, other_audio], user)
    return Player(
        own=links[audio.pk],
        other=links[other_audio.pk] if other_audio else Links(),
        other_title=plain(str(match), short=80) if match else "",
        duration_s=audio.duration_s or 0.0,
        regions=json.dumps([region.as_dict() for region in regions(shown)]),
        texts=json.dumps(player_texts()),
    )


def matched_track(shown: Iterable[Exhibit]) -> Track | None:
    """The track of the strongest match among the evidence that is still in the catalogue."""
    named = [
        piece.detail.get("reference")
        for exhibit in shown
        for piece in exhibit.pieces
        if piece.kind == "match"
    ]
    wanted = [found for name in named if (found := _uuid(name))]
    tracks = Track.objects.filter(pk__in=wanted, audio__isnull=False).select_related("audio")
    return min(tracks, key=lambda track: wanted.index(track.pk), default=None)


def links_of(files: Iterable[AudioFile | None], user: User) -> dict[UUID, Links]:
    """Links to everything that can be heard or seen of these recordings, in one query."""
    wanted = [file.pk for file in files if file is not None]
    made: dict[UUID, dict[str, str]] = {pk: {} for pk in wanted}
    for rendition in Rendition.objects.filter(audio__in=wanted):
        made[rendition.audio_id][rendition.kind] = rendition_url(rendition, user=user)
    kind = Rendition.Kind
    return {
        pk: Links(had.get(kind.PREVIEW, ""), had.get(kind.PEAKS, ""), had.get(kind.SPECTROGRAM, ""))
        for pk, had in made.items()
    }


def player_texts() -> dict[str, str]:
    """The player's words in the reader's language."""
    return {
        "play": _("Play"),
        "pause": _("Pause"),
        "position": _("Position in the track"),
        "places": _("Places to hear"),
        "spectrogram": _("Spectrogram"),
        "compare": _("A/B"),
        "compareTitle": _("Hear the other recording at this place"),
        "hearing": _("You hear the other recording"),
        "hearingOwn": _("You hear the upload"),
        "noPeaks": _("The waveform could not be loaded. You can still listen."),
        "noSound": _("The preview could not be played. Reload the page and try again."),
    }


def _uuid(value: object) -> UUID | None:
    try:
        return UUID(str(value))
    except ValueError:
        return None
