"""The permissions pages: what is allowed with everything, with a release, with a track."""

from typing import cast
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from apps.accounts.models import User
from apps.catalogue.countries import COUNTRIES
from apps.catalogue.models import Track
from apps.consent.errors import ConsentError
from apps.consent.scopes import Target
from apps.portal.country_names import countries
from apps.portal.permission_access import (
    for_speakers,
    is_label,
    spoken_release,
    spoken_releases,
    spoken_track,
)
from apps.portal.permission_page import address_of, read_page
from apps.portal.permission_saying import NotUnderstood, SayForm, chosen_targets, read_said, say
from apps.portal.signal_headers import tell
from apps.portal.terms_news import read_news
from apps.portal.used_page import read_used

PER_PAGE = 30
COUNTRY = "permissions_country"  # in the session


@for_speakers
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def permissions(request: HttpRequest) -> HttpResponse:
    """What is allowed with everything of an artist; for label staff, the releases to choose."""
    user = cast(User, request.user)
    if not is_label(user):
        return _answer(request, user)
    page = Paginator(spoken_releases(user), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "portal/permissions_label.html", {"page": page})


@for_speakers
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def release_permissions(request: HttpRequest, release_id: UUID) -> HttpResponse:
    """What is allowed with one release."""
    return _answer(request, spoken_release(cast(User, request.user), release_id))


@for_speakers
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def track_permissions(request: HttpRequest, track_id: UUID) -> HttpResponse:
    """What is allowed with one track."""
    return _answer(request, spoken_track(cast(User, request.user), track_id))


def _answer(request: HttpRequest, of: Target) -> HttpResponse:
    if request.method != "POST":
        return _show(request, of)
    form = SayForm(request.POST)
    try:
        said = read_said(form, address=request.path)
        if said.country in COUNTRIES:
            request.session[COUNTRY] = said.country
        if said.act != "show":
            targets = chosen_targets(of, request.POST.getlist("only"))
            messages.success(request, say(said, by=cast(User, request.user), targets=targets))
    except (ConsentError, NotUnderstood) as error:
        messages.error(request, str(error))
        return _show(request, of, status=422)
    response = redirect(address_of(of))
    response["Location"] += f"#{said.code}" if said.code else ""
    return response


def _show(request: HttpRequest, of: Target, status: int = 200) -> HttpResponse:
    user = cast(User, request.user)
    page = read_page(of, by=user, country=request.session.get(COUNTRY, ""))
    context = {
        "page": page,
        "release": of.release if isinstance(of, Track) else of,
        "countries": countries(),
        "news": read_news(page.language),
        "typed": request.POST.get("authority", "")[:500],
        **(read_used(of, request.GET.get("model", "")) if isinstance(of, Track) else {}),
    }
    response = render(request, "portal/permissions.html", context, status=status)
    return response if isinstance(of, User) else tell(response, of)
