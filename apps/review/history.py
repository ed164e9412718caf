"""What happened to a track, told from the audit events, oldest first."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.accounts.models import User
from apps.audit.models import Event
from apps.review.models import Case

MOST = 200  # events shown; a track that has more is told by its newest
WORDS: dict[str, Any] = {
    "track.submitted": gettext_lazy("submitted"),
    "track.cleared": gettext_lazy("cleared"),
    "track.held": gettext_lazy("held"),
    "track.refused": gettext_lazy("refused"),
    "track.changes_asked": gettext_lazy("changes asked"),
    "track.withdrawn": gettext_lazy("withdrawn"),
    "track.draft": gettext_lazy("draft again"),
    "track.added": gettext_lazy("track added"),
    "track.edited": gettext_lazy("edited"),
    "track.audio_replaced": gettext_lazy("audio replaced"),
    "case.opened": gettext_lazy("case opened"),
    "case.renewed": gettext_lazy("case follows a newer decision"),
    "case.claimed": gettext_lazy("claimed"),
    "case.released": gettext_lazy("given back to the queue"),
    "case.taken_over": gettext_lazy("taken over"),
    "case.proposed": gettext_lazy("decision proposed, a second person looks"),
    "case.returned": gettext_lazy("proposal returned"),
    "case.decided": gettext_lazy("case decided"),
    "case.overtaken": gettext_lazy("case overtaken by a correction"),
}


@dataclass(frozen=True)
class Happening:
    """One line of the history; `who` is None where a worker did it."""

    at: datetime
    words: str
    who: User | None


def history(case: Case) -> list[Happening]:
    """Everything that was recorded about the track and its cases, and its screenings."""
    return sorted([*events(case), *screenings(case)], key=lambda line: line.at)


def events(case: Case) -> list[Happening]:
    """The audit events of the track and its cases; the newest, where there are very many."""
    cases = [str(pk) for pk in case.track.cases.values_list("pk", flat=True)]
    told = Event.objects.filter(
        Q(subject_type="catalogue.track", subject_id=str(case.track_id))
        | Q(subject_type="review.case", subject_id__in=cases)
    )
    newest = told.select_related("actor").order_by("-id")[:MOST]
    return [
        Happening(event.at, str(WORDS.get(event.kind, event.kind)), event.actor) for event in newest
    ]


def screenings(case: Case) -> list[Happening]:
    """Each finished run: how many checks, how long."""
    runs = case.track.runs.filter(finished_at__isnull=False).annotate(checks=Count("results"))
    return [
        Happening(
            run.finished_at,
            _("screened (%(checks)s checks, %(seconds)s s)")
            % {"checks": run.checks, "seconds": f"{run.wall_s or 0:.1f}"},
            None,
        )
        for run in runs
        if run.finished_at
    ]
