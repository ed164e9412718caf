"""What people hear and look at: our own re-encodings, by signed links. Never an upload itself."""

from typing import cast

from django.contrib.auth.decorators import login_required
from django.db.models.fields.files import FieldFile
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from apps.accounts.models import User
from apps.fingerprints.models import Reference
from apps.portal.private_files import seal
from apps.portal.ranges import send_file
from apps.portal.signal_headers import tell
from apps.review.others import HEARS
from apps.screening.links import BadLink, ExpiredLink, read_link, read_reference_link
from apps.screening.models import Rendition

_CONTAINERS = ((b"RIFF", "audio/wav"), (b"OggS", "audio/ogg"), (b"fLaC", "audio/flac"))
_PICTURES = {
    Rendition.Kind.PEAKS: (b"{", "application/json"),
    Rendition.Kind.SPECTROGRAM: (b"\x89PNG", "image/png"),
}


@login_required
@require_safe
def rendition(request: HttpRequest, token: str) -> HttpResponseBase:
    """A preview, waveform or spectrogram, whole or in part."""
    user = cast(User, request.user)
    try:
        row = _find(user, token)
    except ExpiredLink:
        return _run_out()
    etag = f'"{row.pk}-{int(row.created_at.timestamp())}"'
    return tell(_send(request, row.file, row.kind, etag), row.audio)


@login_required
@require_safe
def reference_sound(request: HttpRequest, sound: str) -> HttpResponseBase:
    """The small copy of a reference or its waveform, for reviewers."""
    user = cast(User, request.user)
    try:
        reference_id, kind = read_reference_link(sound, user=user)
    except ExpiredLink:
        return _run_out()
    except BadLink:
        raise Http404 from None
    row = Reference.objects.filter(pk=reference_id).only("preview", "peaks").first()
    file = getattr(row, kind) if row and user.has_perm(HEARS) else None
    if not file or not file.storage.exists(str(file.name)):
        raise Http404
    return _send(request, file, kind, f'"{str(file.name).rsplit("/", 1)[-1]}"')


def _send(request: HttpRequest, stored: FieldFile, kind: str, etag: str) -> HttpResponseBase:
    size = stored.size
    file = stored.open("rb")
    media_type = content_type(kind, file.read(12))
    if not size or media_type is None:
        file.close()
        raise Http404
    response = send_file(request, file, size=size, content_type=media_type, etag=etag)
    response["Content-Disposition"] = "inline"
    patch_cache_control(response, private=True, max_age=300)
    return seal(response)


def _find(user: User, token: str) -> Rendition:
    try:
        rendition_id = read_link(token, user=user)
        row = Rendition.objects.select_related("audio").get(pk=rendition_id)
    except ExpiredLink:
        raise
    except (BadLink, Rendition.DoesNotExist):
        raise Http404 from None
    if not may_hear(user, row) or not row.file.storage.exists(str(row.file.name)):
        raise Http404
    return row


def may_hear(user: User, row: Rendition) -> bool:
    """The artist who sent it, and whoever may listen to tracks under review; nobody else."""
    return row.audio.owner_id == user.pk or user.has_perm(HEARS)


def content_type(kind: str, head: bytes) -> str | None:
    """The media type of something we made, by its first bytes; None when it is nothing we make."""
    if kind in _PICTURES:
        magic, media_type = _PICTURES[Rendition.Kind(kind)]
        return media_type if head.startswith(magic) else None
    if len(head) > 1 and head[0] == 0xFF and head[1] & 0xE0 == 0xE0:  # an MPEG audio frame
        return "audio/mpeg"
    return next((found for magic, found in _CONTAINERS if head.startswith(magic)), None)


def _run_out() -> HttpResponse:
    text = _("This link has run out. Load the page again and play it from there.")
    return HttpResponse(text, status=410, content_type="text/plain; charset=utf-8")
