"""Who may open an artist's page, and whose rows it shows."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required, permission_required
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404

from apps.accounts.models import User
from apps.catalogue.models import Release, Track

View = Callable[..., HttpResponseBase]


class ArtistRequest(HttpRequest):
    """A request behind `for_artists`: the user is known."""

    user: User


def for_artists(view: Callable[..., HttpResponseBase]) -> View:
    """Only accounts that may submit releases; everybody else logs in, or is told why not."""
    allowed: Any = permission_required("catalogue.submit_release", raise_exception=True)(view)
    guarded: View = login_required(allowed)
    return guarded


def own_release(user: User, release_id: UUID) -> Release:
    """A release of this account; anybody else's does not exist (404)."""
    return get_object_or_404(Release.objects.owned_by(user), pk=release_id)


def own_track(user: User, track_id: UUID) -> Track:
    """A track of this account with its release and audio; anybody else's does not exist (404)."""
    rows = Track.objects.select_related("release", "audio").filter(release__owner=user)
    return get_object_or_404(rows, pk=track_id)
