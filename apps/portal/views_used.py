"""What has used somebody's music: the list of everything, and receipts of what was taken back."""

from typing import cast
from uuid import UUID

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from apps.accounts.models import User
from apps.catalogue.models import Track
from apps.portal.permission_access import for_speakers, spoken_releases, spoken_track
from apps.portal.training_access import model_called
from apps.portal.used_page import case_of, cases_about, proofs_of, used_by
from apps.training.errors import TrainingError

PER_PAGE = 20


@for_speakers
@never_cache
@require_safe
def used(request: HttpRequest) -> HttpResponse:
    """Every dataset and model that holds any track of the person, and what was taken back."""
    tracks = Track.objects.filter(release__in=spoken_releases(cast(User, request.user)))
    page = Paginator(used_by(tracks), PER_PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "cases": cases_about(tracks)}
    return render(request, "portal/used.html", context)


@for_speakers
@never_cache
@require_safe
def case_receipt(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """The signed receipt of one case, to keep: what was undone, and what could not be."""
    case = case_of(case_id, cast(User, request.user))
    if case is None:
        raise Http404(_("There is no such case for you."))
    if not case.receipt:
        raise Http404(_("This case is still open. Its receipt comes when it is closed."))
    response = HttpResponse(case.receipt, content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="receipt-{case.pk}.txt"'
    return response


@for_speakers
@never_cache
@require_safe
def track_model_proof(
    request: HttpRequest, track_id: UUID, name: str, version: str
) -> HttpResponse:
    """The proof that a track is in a model, or is not, to keep and to have checked by others."""
    track = spoken_track(cast(User, request.user), track_id)
    try:
        told = proofs_of(model_called(name, version), track)
    except TrainingError as error:
        raise Http404(str(error)) from error
    response = JsonResponse(told, json_dumps_params={"indent": 1, "ensure_ascii": False})
    response["Content-Disposition"] = f'attachment; filename="proof-{track.pk}.json"'
    return response
