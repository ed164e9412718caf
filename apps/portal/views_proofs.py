"""Proofs: sent by the artist, taken back, and read by the artist and by reviewers."""

from typing import cast
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from apps.accounts.models import User
from apps.catalogue.drafts import DraftError
from apps.catalogue.models import Proof
from apps.catalogue.proofs import add_proof, remove_proof
from apps.catalogue.upload_errors import UploadError
from apps.portal.access import ArtistRequest, for_artists, own_track
from apps.portal.private_files import seal
from apps.portal.receiving import refused_files


@for_artists
@require_POST
def proof_add(request: ArtistRequest, track_id: UUID) -> HttpResponse:
    """Takes one file (`file`) as proof of one part of the declaration (`concerns`)."""
    track = own_track(request.user, track_id)
    file = request.FILES.get("file")
    back = _back(track_id)
    if file is None:
        refused = [text for _name, text in refused_files(request)] or [_("Choose a file first.")]
        messages.error(request, refused[0])
        return back
    try:
        add_proof(
            track=track,
            by=request.user,
            concerns=request.POST.get("concerns", ""),
            name=str(file.name),
            file=file,
        )
    except (UploadError, DraftError) as error:
        messages.error(request, f"{file.name}: {error}")
    except ValueError:
        messages.error(request, _("Say first what the file proves."))
    else:
        messages.success(request, _("%(name)s is added as proof.") % {"name": file.name})
    return back


@for_artists
@require_POST
def proof_remove(request: ArtistRequest, proof_id: UUID) -> HttpResponse:
    """Takes a proof back."""
    rows = Proof.objects.select_related("track")
    proof = get_object_or_404(rows, pk=proof_id, track__release__owner=request.user)
    try:
        remove_proof(proof=proof, by=request.user)
    except DraftError:
        messages.error(
            request,
            _("This proof was submitted, so it stays with the record. Add a better one beside it."),
        )
    return _back(proof.track_id)


def _back(track_id: UUID) -> HttpResponse:
    return redirect(f"{reverse('track', args=[track_id])}#proofs")


@login_required
@require_safe
@never_cache
def proof_download(request: HttpRequest, proof_id: UUID) -> FileResponse:
    """The file, to be saved and never shown in the page: for its owner and for reviewers."""
    proof = get_object_or_404(Proof.objects.select_related("track__release"), pk=proof_id)
    if not may_read(cast(User, request.user), proof):
        raise Http404
    response = FileResponse(proof.file.open("rb"), as_attachment=True, filename=proof.original_name)
    response["Content-Type"] = "application/octet-stream"
    return seal(response)


def may_read(user: User, proof: Proof) -> bool:
    """The artist whose track it is, and whoever may listen to tracks under review."""
    return proof.track.release.owner_id == user.pk or user.has_perm("catalogue.play_track")
