"""The list of releases; beginning one and throwing an unsubmitted one away."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Max
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from apps.catalogue.drafts import AlreadySubmitted, create_release, remove_release
from apps.catalogue.models import Release, Track
from apps.catalogue.states import TrackState
from apps.portal.access import ArtistRequest, for_artists, own_release

PER_PAGE = 30
# What needs the artist comes first, what is over last.
_ORDER = (
    TrackState.CHANGES_ASKED,
    TrackState.REFUSED,
    TrackState.HELD,
    TrackState.DRAFT,
    TrackState.SUBMITTED,
    TrackState.CLEARED,
    TrackState.WITHDRAWN,
)


@dataclass(frozen=True)
class StateCount:
    """How many tracks are in one state, with its word."""

    state: TrackState
    count: int


@for_artists
@require_safe
def releases(request: ArtistRequest) -> HttpResponse:
    """Every release of the account, newest first, with how its tracks stand."""
    rows = Release.objects.owned_by(request.user)
    wanted = request.GET.get("state", "")
    if wanted in TrackState.values:
        rows = rows.filter(tracks__state=wanted).distinct()
    rows = rows.annotate(touched=Max("tracks__changed_at")).order_by("-created_at")
    rows = rows.prefetch_related("tracks")
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": [(release, count_states(release.tracks.all())) for release in page],
        "totals": _totals(request),
        "wanted": TrackState(wanted) if wanted in TrackState.values else None,
    }
    return render(request, "portal/releases.html", context)


@for_artists
@require_POST
def release_new(request: ArtistRequest) -> HttpResponse:
    """An empty release, opened at once."""
    return redirect("release", create_release(owner=request.user).pk)


@for_artists
@require_POST
def release_remove(request: ArtistRequest, release_id: UUID) -> HttpResponse:
    """Throws a release away of which nothing was ever submitted."""
    release = own_release(request.user, release_id)
    try:
        remove_release(release=release, by=request.user)
    except AlreadySubmitted as error:
        messages.error(request, str(error))
        return redirect("release", release_id)
    messages.success(request, _("The draft is gone."))
    return redirect("releases")


def count_states(tracks: Iterable[Track]) -> list[StateCount]:
    """How the tracks stand, what needs the artist first."""
    found = Counter(track.state for track in tracks)
    return [StateCount(state, found[state]) for state in _ORDER if found[state]]


def _totals(request: ArtistRequest) -> list[StateCount]:
    states = Track.objects.filter(release__owner=request.user).values_list("state", flat=True)
    found = Counter(states)
    return [StateCount(state, found[state]) for state in _ORDER if found[state]]
