"""Writing drafts: what artists type before they submit. Every function is one transaction.

A draft keeps whatever was typed, right or wrong; `metadata_rules` says what is wrong with it.
Each row carries a `revision`. A save names the revision that it started from, so that two windows
never overwrite each other without saying so.
"""

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar
from uuid import UUID

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.audit.record import record
from apps.catalogue.models import AudioFile, Contributor, Release, Track
from apps.catalogue.states import TrackState

MAX_TRACKS = 100
WORLDWIDE = "worldwide"
RELEASE_FIELDS = (
    "title",
    "version_title",
    "upc",
    "label",
    "label_name",
    "territories",
    "destinations",
    "artwork_ai",
)
TRACK_FIELDS = (
    "title",
    "version_title",
    "language",
    "isrc",
    "parental_advisory",
    "original_release_year",
    "answers",
)
Credit = tuple[str, str]  # name, role
Row = TypeVar("Row", Release, Track)


class DraftError(Exception):
    """A draft could not be changed. The message says why and what to do next."""

    message: Any = ""

    def __init__(self) -> None:
        super().__init__(str(self.message))


class DraftConflict(DraftError):
    """Saved elsewhere since this window was opened; nothing was overwritten."""

    message = _(
        "This was changed in another window after you opened it here. Nothing was overwritten. "
        "Copy what you typed, reload the page, and put it in again."
    )


class NotEditable(DraftError):
    """The row is being checked, cleared or withdrawn."""

    message = _(
        "This cannot be changed while it is being checked, or once it is cleared or withdrawn. "
        "Withdraw the track first if it has to change."
    )


class AlreadySubmitted(DraftError):
    """A track with a history cannot be deleted."""

    message = _(
        "This track was submitted, so its record stays. Withdraw it if it should not be released."
    )


class TooManyTracks(DraftError):
    """More tracks than a release may have."""

    message = _("A release has at most 100 tracks. Start another release for the rest.")


def create_release(*, owner: User, title: str = "") -> Release:
    """An empty release of this account, to be sold everywhere unless they say otherwise."""
    with transaction.atomic():
        release = Release.objects.create(owner=owner, title=title, territories=[WORLDWIDE])
        record(kind="release.created", subject=release, actor=owner)
    return release


def is_editable(release: Release) -> bool:
    """Whether what the tracks share may still change: no track yet, or one that is editable."""
    tracks = list(release.tracks.all())
    return not tracks or any(track.is_editable for track in tracks)


def save_release_draft(
    *, release: Release, by: User, revision: int, values: Mapping[str, Any]
) -> Release:
    """Saves what was typed about the release and returns the saved row.

    `values`: some of RELEASE_FIELDS. Raises DraftConflict, NotEditable.
    """
    with transaction.atomic():
        row = Release.objects.select_for_update().get(pk=release.pk)
        if not is_editable(row):
            raise NotEditable
        changed = _apply(row, values, RELEASE_FIELDS)
        return _keep(row, by=by, revision=revision, changed=changed, kind="release.edited")


def save_track_draft(
    *,
    track: Track,
    by: User,
    revision: int,
    values: Mapping[str, Any],
    credits: Sequence[Credit] | None = None,
) -> Track:
    """Saves what was typed about the track and returns the saved row.

    `values`: some of TRACK_FIELDS; `credits`: all contributors in order, None to leave them.
    Raises DraftConflict, NotEditable.
    """
    with transaction.atomic():
        row = _editable(track)
        changed = _apply(row, values, TRACK_FIELDS)
        if credits is not None and _replace_credits(row, credits):
            changed.append("contributors")
        return _keep(row, by=by, revision=revision, changed=changed, kind="track.edited")


def add_track(
    *, release: Release, by: User, audio: AudioFile | None = None, title: str = ""
) -> Track:
    """A new track at the end of the release. Raises TooManyTracks."""
    with transaction.atomic():
        row = Release.objects.select_for_update().get(pk=release.pk)
        if row.tracks.count() >= MAX_TRACKS:
            raise TooManyTracks
        last = row.tracks.aggregate(last=Max("position"))["last"] or 0
        track = Track.objects.create(release=row, position=last + 1, audio=audio, title=title)
        _credit_like_the_others(track)
        record(kind="track.added", subject=track, actor=by, release=str(row.pk))
    return track


def replace_audio(*, track: Track, by: User, audio: AudioFile) -> Track:
    """Another file for the same track; answers, proofs and history stay. Raises NotEditable."""
    with transaction.atomic():
        row = _editable(track)
        before = str(row.audio_id) if row.audio_id else None
        row.audio = audio
        row.revision += 1
        row.save(update_fields=["audio", "revision", "changed_at"])
        record(
            kind="track.audio_replaced",
            subject=row,
            actor=by,
            **{"from": before, "to": str(audio.pk)},
        )
    return row


def remove_track(*, track: Track, by: User) -> None:
    """Deletes a draft that was never submitted. Raises AlreadySubmitted."""
    with transaction.atomic():
        row = Track.objects.select_for_update().get(pk=track.pk)
        if row.state != TrackState.DRAFT or row.declarations.exists():
            raise AlreadySubmitted
        record(kind="track.removed", subject=row, actor=by, release=str(row.release_id))
        row.delete()


def remove_release(*, release: Release, by: User) -> None:
    """Deletes a release of which nothing was ever submitted. Raises AlreadySubmitted."""
    with transaction.atomic():
        row = Release.objects.select_for_update().get(pk=release.pk)
        for track in row.tracks.all():
            remove_track(track=track, by=by)
        record(kind="release.removed", subject=row, actor=by)
        row.delete()


def reorder_tracks(*, release: Release, by: User, order: Sequence[UUID]) -> None:
    """Numbers the tracks in this order; tracks that are not named keep their order behind them."""
    with transaction.atomic():
        row = Release.objects.select_for_update().get(pk=release.pk)
        place = {pk: index for index, pk in enumerate(order)}
        tracks = sorted(row.tracks.all(), key=lambda track: place.get(track.pk, len(place)))
        for number, track in enumerate(tracks, start=1):
            track.position = number
        Track.objects.bulk_update(tracks, ["position"])
        record(
            kind="release.reordered",
            subject=row,
            actor=by,
            order=[str(track.pk) for track in tracks],
        )


def _editable(track: Track) -> Track:
    row = Track.objects.select_for_update().get(pk=track.pk)
    if not row.is_editable:
        raise NotEditable
    return row


def _apply(row: Row, values: Mapping[str, Any], known: Sequence[str]) -> list[str]:
    """Sets the values on the row; returns the names of those that differ."""
    if unknown := set(values) - set(known):
        raise ValueError(f"Not a field of a draft: {', '.join(sorted(unknown))}")
    changed = [name for name, value in values.items() if getattr(row, name) != value]
    for name in changed:
        setattr(row, name, values[name])
    return changed


def _keep(row: Row, *, by: User, revision: int, changed: list[str], kind: str) -> Row:
    """Writes the row and the event if anything differs from what is stored."""
    if not changed:
        return row
    if row.revision != revision:
        raise DraftConflict
    row.revision += 1
    row.save()
    record(kind=kind, subject=row, actor=by, fields=sorted(changed))
    return row


def _replace_credits(track: Track, credits: Sequence[Credit]) -> bool:
    """Makes `credits` the contributors of the track; returns whether that changed anything."""
    if list(track.contributors.values_list("name", "role")) == list(credits):
        return False
    track.contributors.all().delete()
    Contributor.objects.bulk_create(
        Contributor(track=track, name=name, role=role, position=position)
        for position, (name, role) in enumerate(credits)
    )
    return True


def _credit_like_the_others(track: Track) -> None:
    """Nobody types the same artist twice: a new track starts with those of the one before it."""
    before = track.release.tracks.exclude(pk=track.pk).order_by("-position").first()
    if before is not None:
        _replace_credits(track, list(before.contributors.values_list("name", "role")))
