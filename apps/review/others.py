"""The other side of a match as it is now: whose recording, from where, and where to hear it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.catalogue.models import AudioFile, Track
from apps.fingerprints.match_names import reference_key, reference_name, track_key
from apps.fingerprints.models import Reference
from apps.review.matches import MOST_RECORDINGS, Recording
from apps.screening.links import reference_url, rendition_url
from apps.screening.models import Rendition

HEARS = "catalogue.play_track"


@dataclass(frozen=True)
class Links:
    """Signed addresses of one recording's renditions; "" where there is none."""

    audio: str = ""
    peaks: str = ""
    spectrogram: str = ""


@dataclass(frozen=True)
class Other:
    """A recording that shares audio, and what is known of it today.

    `whose`, `source`, `note`: in words, "" where nothing is known. `href`: its page at the desk.
    """

    found: Recording
    whose: str = ""
    source: str = ""
    isrc: str = ""
    note: str = ""
    href: str = ""
    is_there: bool = False
    duration_s: float | None = None
    links: Links = Links()

    @property
    def can_be_drawn(self) -> bool:
        """Whether both waveforms can be laid on each other."""
        return bool(self.links.peaks)


def others_of(
    found: Sequence[Recording], own: AudioFile, user: User, rows: Iterable[Track]
) -> tuple[list[Other], Links]:
    """What is known of recordings that share audio, and links to the upload: two queries.

    `rows`: tracks, those of `matched_tracks` among them. No links for people who may not listen.
    """
    keys = [one.reference for one in found]
    tracks = {str(row.pk): row for row in rows}
    references = {reference_name(row.pk): row for row in _references(keys)}
    told = [_told(one, tracks.get(one.reference), references.get(one.reference)) for one in found]
    if not user.has_perm(HEARS):
        return told, Links()
    drawn = [one.found.reference for one in told[:MOST_RECORDINGS]]
    files = {key: tracks[key].audio for key in drawn if key in tracks}
    links = links_of([own, *files.values()], user)
    heard = {key: links[file.pk] for key, file in files.items() if file}
    heard |= {key: _links(references[key], user) for key in drawn if key in references}
    with_links = [replace(one, links=heard.get(one.found.reference, Links())) for one in told]
    return with_links, links[own.pk]


def links_of(files: Iterable[AudioFile | None], user: User) -> dict[UUID, Links]:
    """Links to everything that can be heard or seen of these recordings, in one query."""
    wanted = [file.pk for file in files if file is not None]
    made: dict[UUID, dict[str, str]] = {pk: {} for pk in wanted}
    for rendition in Rendition.objects.filter(audio__in=wanted) if wanted else ():
        made[rendition.audio_id][rendition.kind] = rendition_url(rendition, user=user)
    kind = Rendition.Kind
    return {
        pk: Links(had.get(kind.PREVIEW, ""), had.get(kind.PEAKS, ""), had.get(kind.SPECTROGRAM, ""))
        for pk, had in made.items()
    }


def _links(row: Reference, user: User) -> Links:
    return Links(*(reference_url(row, kind, user=user) for kind in ("preview", "peaks")))


def matched_tracks(found: Iterable[Recording]) -> Q:
    """Which tracks these recordings are."""
    return Q(pk__in=[key for one in found if (key := track_key(one.reference))])


def with_names(tracks: QuerySet[Track]) -> QuerySet[Track]:
    """Tracks with what `others_of` tells of them."""
    return tracks.select_related("audio", "release__owner", "release__label")


def _references(keys: Iterable[str]) -> list[Reference]:
    wanted = [key for name in keys if (key := reference_key(name)) is not None]
    return list(Reference.objects.filter(pk__in=wanted).defer("items", "marks")) if wanted else []


def _told(found: Recording, track: Track | None, reference: Reference | None) -> Other:
    detail = found.detail
    kept: dict[str, Any] = {"isrc": str(detail.get("isrc") or ""), "note": _text(detail, "note")}
    if track is not None:
        return Other(found, **kept | _of_track(found, track))
    if reference is not None:
        return Other(found, **kept | _of_reference(reference))
    return Other(found, whose=_text(detail, "owner"), source=_text(detail, "source"), **kept)


def _of_track(found: Recording, track: Track) -> dict[str, Any]:
    release = track.release
    whose = " · ".join(str(one) for one in (release.owner, release.label) if one)
    if found.detail.get("same_owner"):
        whose = _("the same account as this upload")
    return {
        "whose": whose,
        "source": _("our catalogue, %(state)s") % {"state": track.get_state_display()},
        "isrc": track.isrc or "",
        "href": reverse("admin:catalogue_track_change", args=[track.pk]),
        "is_there": True,
        "duration_s": track.audio.duration_s if track.audio else None,
    }


def _of_reference(reference: Reference) -> dict[str, Any]:
    return {
        "whose": reference.owner,
        "source": reference.get_source_display(),
        "isrc": reference.isrc,
        "note": reference.rights_note,
        "href": reverse("admin:fingerprints_reference_change", args=[reference.pk]),
        "is_there": True,
        "duration_s": reference.duration_s,
    }


def _text(detail: Any, name: str) -> str:
    value = detail.get(name)
    return value if isinstance(value, str) else ""
