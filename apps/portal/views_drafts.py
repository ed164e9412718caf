"""The release page: what was typed is saved at once, by script or by the Save button."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from apps.catalogue import drafts
from apps.catalogue.models import Contributor, Track
from apps.portal.access import ArtistRequest, for_artists, own_release, own_track
from apps.portal.question_page import question_context, read_panel
from apps.portal.release_form import ReleaseForm
from apps.portal.release_page import (
    ReleasePage,
    field_problems,
    finish_context,
    read_release_page,
)
from apps.portal.saving import save_release, save_track
from apps.portal.signal_headers import tell
from apps.portal.stores import store_names
from apps.portal.track_form import TrackForm
from apps.portal.views_uploads import own_uploads


@for_artists
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def release(request: ArtistRequest, release_id: UUID) -> HttpResponse:
    """A release and the fields that its tracks share."""
    row = own_release(request.user, release_id)
    form = ReleaseForm(sent(request), release=row, user=request.user, stores=store_names())
    if request.method == "POST":
        return save_release(request, row, form)
    page = read_release_page(row)
    extra = {
        "form": form,
        "locked": not drafts.is_editable(row),
        "touched": row.changed_at,
        "removable": all(not one.track.declaration_id for one in page.standings),
    }
    return tell(_show(request, page, extra), row)


@for_artists
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def track(request: ArtistRequest, track_id: UUID) -> HttpResponse:
    """The release page with one track open."""
    row = own_track(request.user, track_id)
    form = TrackForm(sent(request), track=row)
    if request.method == "POST":
        return save_track(request, row, form)
    page = read_release_page(row.release, row)
    standing = page.standing
    if standing is None:  # removed this very moment
        raise Http404
    chosen, places = standing.track, [one.track for one in page.standings]
    extra = {
        "form": TrackForm(track=chosen),
        "credits": _credit_rows(request, chosen),
        "blank_credit": ("", Contributor.Role.MAIN),
        "roles": Contributor.Role.choices,
        "locked": not chosen.is_editable,
        "touched": chosen.changed_at,
        "is_first": chosen == places[0],
        "is_last": chosen == places[-1],
        **question_context(read_panel(standing, request.GET.get("question"))),
    }
    return tell(_show(request, page, extra), row)


def _show(request: ArtistRequest, page: ReleasePage, extra: Mapping[str, Any]) -> HttpResponse:
    context = {
        **finish_context(page),
        "problems": list(field_problems(page)),
        "standing": page.standing,
        "uploads": own_uploads(request.user, page.release),
        **extra,
    }
    return render(request, "portal/release.html", context)


def _credit_rows(request: HttpRequest, chosen: Track) -> list[tuple[str, str]]:
    """The saved rows, and an empty one where there is none or one was asked for."""
    rows = [(one.name, one.role) for one in chosen.contributors.all()]
    blank = [("", str(Contributor.Role.MAIN))]
    return rows + blank if not rows or "add" in request.GET else rows


def sent(request: ArtistRequest) -> QueryDict | None:
    """What the form holds: something even where a strange client sent nothing at all."""
    return request.POST if request.method == "POST" else None
