"""What the release page shows: how far each track is, what is left to finish, where it may go."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import prefetch_related_objects
from django.http import HttpRequest
from django.template.loader import render_to_string

from apps.catalogue.drafts import is_editable
from apps.catalogue.models import Release, Track
from apps.catalogue.states import TrackState
from apps.portal.readiness import Standing, stand
from apps.portal.stores import law_in_force
from apps.portal.todos import Todo, release_todos


@dataclass(frozen=True)
class ReleasePage:
    """A release with the standing of each track, in order; `chosen` is the track that is open.

    `shared`: what is unfinished in the fields that all tracks share.
    """

    release: Release
    standings: Sequence[Standing]
    shared: Sequence[Todo]
    chosen: Track | None

    @property
    def going(self) -> list[Standing]:
        """The tracks that a submission would take along."""
        return [one for one in self.standings if one.goes]

    @property
    def todos(self) -> list[Todo]:
        """Everything that is left to finish."""
        return [*self.shared, *(todo for one in self.going for todo in one.todos)]

    @property
    def ready(self) -> list[Standing]:
        """The tracks that can be submitted now; none while the release itself is unfinished."""
        if any(todo.blocks for todo in self.shared):
            return []
        return [one for one in self.standings if one.is_ready]

    @property
    def standing(self) -> Standing | None:
        """The standing of the chosen track."""
        return next((one for one in self.standings if one.track == self.chosen), None)


def read_release_page(release: Release, chosen: Track | None = None) -> ReleasePage:
    """Everything about one release in a fixed number of queries, however many tracks it has."""
    tracks = list(release.tracks.select_related("audio", "declaration"))
    prefetch_related_objects(tracks, "contributors", "proofs")
    for track in tracks:
        track.release = release
    law = law_in_force()
    standings = [stand(track, law) for track in tracks]
    chosen = next((track for track in tracks if chosen and track.pk == chosen.pk), None)
    return ReleasePage(release, standings, release_todos(release, tracks), chosen)


def finish_context(page: ReleasePage) -> dict[str, Any]:
    """What `_finish.html` and `_track_list.html` need."""
    states = [one.track.state for one in page.standings]
    ready, going = page.ready, page.going
    return {
        "release": page.release,
        "track": page.chosen,
        "standings": page.standings,
        "shared": page.shared if going or not page.standings else [],
        "going": going,
        "todo_count": len(page.todos) if going or not page.standings else 0,
        "ready_count": len(ready),
        "waiting_count": len(going) - len(ready),
        "can_change": any(one.track.is_editable for one in page.standings) and not going,
        "has_submitted": any(state != TrackState.DRAFT for state in states),
        "release_locked": not is_editable(page.release),
    }


def panels(request: HttpRequest, page: ReleasePage) -> dict[str, str]:
    """The parts of the page that change with every save, as HTML by the id they replace."""
    context = finish_context(page)
    parts: dict[str, str] = {"finish": render_to_string("portal/_finish.html", context, request)}
    parts["track-list-box"] = render_to_string("portal/_track_list.html", context, request)
    if standing := page.standing:
        shown = {"standing": standing, "track": standing.track}
        parts["destinations"] = render_to_string("portal/_destinations.html", shown, request)
    return parts


def field_problems(page: ReleasePage) -> Iterable[Todo]:
    """What stands beside the fields of the form that is open."""
    return page.standing.problems if page.standing else page.shared
