"""Resumable uploads over HTTP: tus 1.0.0 with creation, expiration, checksum and termination.

Speaks for `catalogue.uploads` and adds nothing of its own. Every refusal is JSON
`{"code": …, "text": …}`: a stable code for programs, a sentence for the person.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.http import http_date
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from apps.accounts.quota import QuotaReached
from apps.catalogue import upload_errors as errors
from apps.catalogue.drafts import DraftError
from apps.catalogue.models import Release, Track, Upload
from apps.catalogue.uploads import append_chunk, cancel_upload, create_upload, read_upload
from apps.portal import tus_headers as headers
from apps.portal.access import own_release

SILENCE_S = 20.0  # a sender that says nothing for so long is taken to be gone
STATUS: dict[type[errors.UploadError], int] = {
    errors.EmptyFile: 400,
    errors.OffsetMismatch: 409,
    errors.UploadExpired: 410,
    errors.FileTooLarge: 413,
    errors.TooManyBytes: 413,
    errors.UploadBusy: 423,
    errors.ChecksumMismatch: 460,
    errors.StorageFull: 507,
}
View = Callable[..., HttpResponse]


def speaks_tus(*methods: str) -> Callable[[View], View]:
    """For accounts that may upload; answers OPTIONS, and turns named errors into answers."""

    def decorate(view: View) -> View:
        @wraps(view)
        def answer(request: HttpRequest, **kwargs: Any) -> HttpResponse:
            response = _guarded(view, request, methods, kwargs)
            response["Tus-Resumable"] = headers.VERSION
            return response

        return never_cache(answer)

    return decorate


def _guarded(
    view: View, request: HttpRequest, methods: tuple[str, ...], kwargs: dict[str, Any]
) -> HttpResponse:
    method = _method(request)
    if not request.user.is_authenticated:
        return refusal(401, "signed_out", _("Log in again. Your upload goes on where it stopped."))
    if not request.user.has_perm("catalogue.submit_release"):
        return refusal(403, "not_an_artist", _("Only artists can upload."))
    if method == "OPTIONS":
        return _options()
    if method not in methods:
        return refusal(405, "wrong_method", _("Nothing is done that way here."))
    try:
        headers.require_version(request)
        return view(request, method=method, **kwargs)
    except (headers.BadHeader, errors.UploadError, DraftError, QuotaReached) as error:
        return _explain(error)


def _method(request: HttpRequest) -> str:
    """The method, or the one that a POST says it stands for, where a proxy knows only POST."""
    if request.method == "POST":
        return request.headers.get("X-HTTP-Method-Override", "POST").upper()
    return str(request.method)


def _options() -> HttpResponse:
    response = HttpResponse(status=204)
    response["Tus-Version"] = headers.VERSION
    response["Tus-Extension"] = headers.EXTENSIONS
    response["Tus-Max-Size"] = str(settings.MAX_AUDIO_BYTES)
    response["Tus-Checksum-Algorithm"] = ",".join(headers.ALGORITHMS)
    return response


def refusal(status: int, code: str, text: str) -> HttpResponse:
    """A refusal as JSON."""
    response = JsonResponse({"code": code, "text": text}, status=status)
    if status == 412:
        response["Tus-Version"] = headers.VERSION
    return response


def _explain(error: Exception) -> HttpResponse:
    if isinstance(error, headers.BadHeader):
        return refusal(error.status, error.code, str(error))
    if isinstance(error, errors.UploadError):
        return refusal(STATUS[type(error)], error.code, str(error))
    if isinstance(error, QuotaReached):
        return refusal(413, error.code, str(error))
    return refusal(409, "not_editable", str(error))


@speaks_tus("POST")
def begin(request: HttpRequest, *, method: str, release_id: UUID) -> HttpResponse:
    """POST: begins an upload into a release, and takes the first bytes when they come along."""
    user: Any = request.user
    release = own_release(user, release_id)
    wanted = headers.read_creation(request)
    checksum = headers.read_checksum(request)
    size = headers.read_size(request) if headers.has_body(request) else 0
    upload = create_upload(
        owner=user,
        release=release,
        name=wanted.metadata.get("filename", ""),
        length=wanted.length,
        track=track_of(release, wanted.metadata.get("track", "")),
    )
    if size:
        limit_silence(request)
        upload = append_chunk(upload=upload, offset=0, stream=request, size=size, checksum=checksum)
    response = HttpResponse(status=201)
    response["Location"] = reverse("upload", args=[upload.pk])
    return _progress(response, upload)


@speaks_tus("HEAD", "PATCH", "DELETE")
def resume(request: HttpRequest, *, method: str, upload_id: UUID) -> HttpResponse:
    """HEAD: where to go on. PATCH: more bytes. DELETE: forget it."""
    upload = get_object_or_404(Upload, pk=upload_id, owner=request.user)
    if method == "DELETE":
        cancel_upload(upload=upload)
        return HttpResponse(status=204)
    if method == "PATCH":
        return _progress(HttpResponse(status=204), _append(request, upload))
    return _progress(HttpResponse(status=200), read_upload(upload=upload))


def _append(request: HttpRequest, upload: Upload) -> Upload:
    headers.require_body_type(request)
    limit_silence(request)
    return append_chunk(
        upload=upload,
        offset=headers.read_offset(request),
        stream=request,
        size=headers.read_size(request),
        checksum=headers.read_checksum(request),
    )


def track_of(release: Release, track_id: str) -> Track | None:
    """The track whose file is replaced, None where none is named; raises Http404."""
    if not track_id:
        return None
    try:
        return release.tracks.get(pk=UUID(track_id))
    except (ValueError, Track.DoesNotExist):
        raise Http404 from None


def _progress(response: HttpResponse, upload: Upload) -> HttpResponse:
    response["Upload-Offset"] = str(upload.offset)
    response["Upload-Length"] = str(upload.length)
    response["Upload-Expires"] = http_date(upload.expires_at.timestamp())
    return response


def limit_silence(request: HttpRequest) -> None:
    """Lets go of a thread whose sender fell silent; gunicorn itself would wait for ever."""
    socket = request.META.get("gunicorn.socket")
    if socket is not None:
        socket.settimeout(SILENCE_S)
