"""The result pages: of one track, and of a whole release, alive while checks run."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from apps.catalogue.states import TrackState
from apps.portal.access import ArtistRequest, for_artists, own_release, own_track
from apps.portal.release_results import read_release_results
from apps.portal.result_page import read_result
from apps.portal.signal_headers import tell


@for_artists
@never_cache
@require_safe
def track_result(request: ArtistRequest, track_id: UUID) -> HttpResponse:
    """The result of one track; with `?part` only what changes, for the script that looks again."""
    track = own_track(request.user, track_id)
    result = read_result(track, request.user)
    template = "portal/_result.html" if "part" in request.GET else "portal/result.html"
    response = render(request, template, {"result": result, "track": track})
    return tell(_tell(response, result.is_running), track)


@for_artists
@never_cache
@require_safe
def release_result(request: ArtistRequest, release_id: UUID) -> HttpResponse:
    """How each track of a release stands; with `?part` only what changes."""
    release = own_release(request.user, release_id)
    rows = read_release_results(release)
    is_running = any(row.track.state == TrackState.SUBMITTED for row in rows)
    part = "part" in request.GET
    template = "portal/_release_result.html" if part else "portal/release_result.html"
    context = {"release": release, "rows": rows, "is_running": is_running}
    return tell(_tell(render(request, template, context), is_running), release)


def _tell(response: HttpResponse, is_running: bool) -> HttpResponse:
    """Says whether looking again is worth it."""
    response["X-Running"] = "yes" if is_running else "no"
    return response
