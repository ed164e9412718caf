"""Uploads beside tus: the plain form for browsers without JavaScript, and how a file fares."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_GET, require_POST

from apps.accounts.models import User
from apps.accounts.quota import QuotaReached
from apps.catalogue.drafts import DraftError
from apps.catalogue.models import AudioFile, Release, Track, Upload
from apps.catalogue.upload_errors import UploadError
from apps.catalogue.uploads import receive_file
from apps.portal.access import ArtistRequest, for_artists, own_release
from apps.portal.receiving import AudioFiles, refused_files
from apps.portal.templatetags.look import clock, sound
from apps.portal.tus import limit_silence, track_of


@csrf_exempt  # the token is checked below, once it is settled where the files of the form go
@require_POST
@for_artists
def upload_plain(request: ArtistRequest, release_id: UUID) -> HttpResponse:
    """Takes one or several files from an ordinary form."""
    release = own_release(request.user, release_id)
    limit_silence(request)
    request.upload_handlers = [AudioFiles(request)]
    return _take_files(request, release)


@csrf_protect
def _take_files(request: ArtistRequest, release: Release) -> HttpResponse:
    files: list[Any] = request.FILES.getlist("files")
    track = track_of(release, request.POST.get("track", ""))
    for file in files:
        _take(request, release, track, file)
    for name, text in refused_files(request):
        messages.error(request, f"{name}: {text}")
    if not files and not refused_files(request):
        messages.error(request, _("Choose a file first."))
    return redirect("release", release.pk)


def _take(request: ArtistRequest, release: Release, track: Track | None, file: Any) -> None:
    path = Path(file.temporary_file_path())
    try:
        receive_file(owner=request.user, release=release, name=file.name, path=path, track=track)
    except (UploadError, QuotaReached, DraftError) as error:
        messages.error(request, f"{file.name}: {error}")
    else:
        messages.success(request, _("%(name)s is uploaded.") % {"name": file.name})


@require_GET
@never_cache
@for_artists
def upload_status(request: ArtistRequest, upload_id: UUID) -> JsonResponse:
    """How one file fares, as JSON: `state` (uploading, received, ready, refused) and `text`."""
    rows = Upload.objects.select_related("audio")
    upload = get_object_or_404(rows, pk=upload_id, owner=request.user)
    return JsonResponse(
        {
            "state": upload.audio.state if upload.audio else "uploading",
            "text": describe(upload.audio) if upload.audio else "",
            "track": str(upload.track_id) if upload.track_id else None,
        }
    )


def describe(audio: AudioFile) -> str:
    """What we know of a file in one line: "3:41 · FLAC · stereo · 24-bit · 48 kHz"."""
    if audio.state == AudioFile.State.READY:
        return f"{clock(audio.duration_s)} · {sound(audio.source)}"
    return audio.error_text or audio.get_state_display()


@dataclass(frozen=True)
class UploadList:
    """The uploads of a release as its page shows them; `limit` is the most bytes a file may have.

    `open` still need something: bytes, a look by a worker, another file. `done` are ready.
    """

    open: list[Upload]
    done: list[Upload]
    limit: int


def own_uploads(user: User, release: Release) -> UploadList:
    """What this account has sent into the release lately, oldest first."""
    rows = release.uploads.filter(owner=user, expires_at__gt=timezone.now())
    listed = [row for row in rows.select_related("audio", "track") if not _is_replaced(row)]
    done = [row for row in listed if _is_ready(row)]
    return UploadList([row for row in listed if row not in done], done, settings.MAX_AUDIO_BYTES)


def _is_ready(upload: Upload) -> bool:
    return upload.audio is not None and upload.audio.state == AudioFile.State.READY


def _is_replaced(upload: Upload) -> bool:
    """Whether its track has another file by now."""
    track, audio_id = upload.track, upload.audio_id
    return bool(audio_id and track and track.audio_id != audio_id)
