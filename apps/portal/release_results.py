"""How each track of a release stands, in a few lines."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, OuterRef, Subquery
from django.utils.translation import gettext as _

from apps.catalogue.models import Release, Track
from apps.policy.models import Decision
from apps.policy.reasons import reason_text
from apps.screening.check_titles import CHECK_TITLES
from apps.screening.models import ScreeningRun


@dataclass(frozen=True)
class Row:
    """One track: how far its checks are, or why it was decided so."""

    track: Track
    run: ScreeningRun | None
    done: int
    total: int
    reasons: tuple[str, ...]

    @property
    def stage(self) -> str:
        """What goes on now."""
        if self.run is None or self.run.state == ScreeningRun.State.QUEUED:
            return _("waiting in line")
        return _("%(done)s of %(total)s checks") % {"done": self.done, "total": self.total}


def read_release_results(release: Release) -> list[Row]:
    """One row per track, in their order, in a fixed number of queries."""
    tracks = list(release.tracks.select_related("audio"))
    runs = _latest_runs(tracks)
    decisions = {one.track_id: one for one in _current(tracks)}
    return [
        Row(
            track,
            run := runs.get(track.pk),
            getattr(run, "done", 0),
            len(CHECK_TITLES),
            _titles(decisions.get(track.pk)),
        )
        for track in tracks
    ]


def _latest_runs(tracks: Iterable[Track]) -> dict[object, ScreeningRun]:
    newest = ScreeningRun.objects.filter(track=OuterRef("track")).order_by("-created_at")
    rows = ScreeningRun.objects.filter(track__in=tracks, pk=Subquery(newest.values("pk")[:1]))
    return {run.track_id: run for run in rows.annotate(done=Count("results"))}


def _current(tracks: Iterable[Track]) -> Iterable[Decision]:
    return Decision.objects.current().filter(track__in=tracks)


def _titles(decision: Decision | None) -> tuple[str, ...]:
    reasons = decision.reasons if decision else ()
    against = [one["code"] for one in reasons if one.get("outcome") != "allowed"]
    return tuple(dict.fromkeys(_(reason_text(code).title) for code in against))
