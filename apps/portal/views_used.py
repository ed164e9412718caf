"""What has used somebody's music: the list of everything, and receipts of what was taken back."""

from typing import cast
from uuid import UUID

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from apps.accounts.models import User
from apps.catalogue.models import Track
from apps.portal.permission_access import for_speakers, spoken_releases
from apps.portal.used_page import case_of, cases_about, used_by

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
    tracks = Track.objects.filter(release__in=spoken_releases(cast(User, request.user)))
    case = case_of(case_id, tracks)
    if case is None:
        raise Http404(_("There is no such case for you."))
    if not case.receipt:
        raise Http404(_("This case is still open. Its receipt comes when it is closed."))
    response = HttpResponse(case.receipt, content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="receipt-{case.pk}.txt"'
    return response
