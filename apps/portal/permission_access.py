"""Who opens the pages about permissions, and whose music they speak about there."""

from collections.abc import Callable
from typing import Any, cast
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404

from apps.accounts.models import User
from apps.accounts.roles import Role
from apps.catalogue.models import Release, Track
from apps.consent.finding import SELECTED
from apps.portal.access import View

SPEAKERS = (Role.ARTIST, Role.LABEL_STAFF)


def for_speakers(view: Callable[..., HttpResponseBase]) -> View:
    """Only artists and label staff: our own staff decides for nobody here."""

    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if cast(User, request.user).role not in SPEAKERS:
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return login_required(guarded)


def is_label(user: User) -> bool:
    """Whether this person speaks for a label, who has to prove that it may say yes."""
    return user.role == Role.LABEL_STAFF


def spoken_releases(user: User) -> QuerySet[Release]:
    """An artist's own releases; for label staff those of their labels."""
    rows = Release.objects.select_related("owner", "label")
    return rows.of_labels(user) if is_label(user) else rows.owned_by(user)


def spoken_release(user: User, release_id: UUID) -> Release:
    """One of them; any other does not exist (404)."""
    return get_object_or_404(spoken_releases(user), pk=release_id)


def spoken_track(user: User, track_id: UUID) -> Track:
    """A track of one of them; any other does not exist (404)."""
    rows = Track.objects.select_related(*SELECTED)
    return get_object_or_404(rows.filter(release__in=spoken_releases(user)), pk=track_id)
