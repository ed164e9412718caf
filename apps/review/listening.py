"""What the player of a case is given: links to our own renditions, and the places to hear."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.catalogue.models import AudioFile
from apps.review.evidence import Exhibit, regions
from apps.review.matches import Recording, stretch_of
from apps.review.others import HEARS, Links, Other
from apps.review.visible import plain


@dataclass(frozen=True)
class Player:
    """The attributes of `<track-player>`. `may_listen`: whether this person may hear tracks."""

    own: Links
    duration_s: float
    regions: str
    others: str
    texts: str
    may_listen: bool


def player(
    audio: AudioFile, own: Links, shown: Iterable[Exhibit], others: Sequence[Other], user: User
) -> Player:
    """The player for a recording with its evidence, beside the recordings that share audio."""
    found = [one.found for one in others]
    told = [_region(region, found) for region in regions(shown)]
    heard = [_source(one) for one in others if one.links.audio]
    return Player(
        own=own,
        duration_s=audio.duration_s or 0.0,
        regions=json.dumps(told),
        others=json.dumps(heard),
        texts=json.dumps(player_texts()),
        may_listen=user.has_perm(HEARS),
    )


def _region(region: Any, found: Sequence[Recording]) -> dict[str, Any]:
    """A place as the player reads it; of a match with where it lies in the other recording."""
    told: dict[str, Any] = region.as_dict()
    shared = stretch_of(region.piece, found)
    if shared is None or shared[1].there is None:
        return told
    recording, stretch = shared
    return told | {
        "other": recording.key,
        "stretch": stretch.key,
        "compare_start": stretch.there,
        "compare_end": stretch.there_end,
    }


def _source(other: Other) -> dict[str, Any]:
    title = plain(other.found.detail.get("title"), short=80)
    return {
        "key": other.found.key,
        "title": title or _("the other recording"),
        "audio": other.links.audio,
        "peaks": other.links.peaks,
        "duration": other.duration_s,
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
