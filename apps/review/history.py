"""What happened to a track, told from the audit events, oldest first."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext, gettext_lazy

from apps.accounts.models import User
from apps.audit.models import Event
from apps.review.models import Case
from apps.screening.models import ScreeningRun

MOST = 200  # events shown; a track that has more is told by its newest
AGAIN = ("voice", "reviewer", "complaint", "reference", "licence")  # why it was checked again
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
    "case.explained": gettext_lazy("the artist explained"),
    "case.overtaken": gettext_lazy("case overtaken"),
}


@dataclass(frozen=True)
class Happening:
    """One line of the history; `who` is None where a worker did it."""

    at: datetime
    words: str
    who: User | None


def history(case: Case, cases: Iterable[UUID], runs: Iterable[ScreeningRun]) -> list[Happening]:
    """What was recorded about the track and these cases of it, and these screenings."""
    lines = sorted([*events(case, cases), *screenings(runs)], key=lambda line: line.at)
    return list(_without_repeats(lines))


def events(case: Case, cases: Iterable[UUID]) -> list[Happening]:
    """The audit events of the track and its cases; the newest, where there are very many."""
    told = Event.objects.filter(
        Q(subject_type="catalogue.track", subject_id=str(case.track_id))
        | Q(subject_type="review.case", subject_id__in=map(str, cases))
    )
    newest = told.select_related("detail__actor").order_by("-id")[:MOST]
    return [Happening(event.at, _words(event), event.actor) for event in newest]


def _words(event: Event) -> str:
    """An event in words; a submission that somebody at the desk caused is none of the artist's."""
    if event.kind == "track.submitted" and event.data.get("why") in AGAIN:
        return gettext("checked again")
    return str(WORDS.get(event.kind, event.kind))


def _without_repeats(lines: Iterable[Happening]) -> Iterator[Happening]:
    """The same thing done by the same person many times in a row is told once, by the last."""
    for _key, same in groupby(lines, key=lambda line: (line.words, line.who)):
        *before, last = same
        times = len(before) + 1
        words = gettext("%(words)s, %(times)s times") % {"words": last.words, "times": times}
        yield replace(last, words=words) if before else last


def screenings(runs: Iterable[ScreeningRun]) -> list[Happening]:
    """Each finished run, and how long it took."""
    words = gettext("screened (%(seconds)s s)")
    return [
        Happening(run.finished_at, words % {"seconds": f"{run.wall_s or 0:.1f}"}, None)
        for run in runs
        if run.finished_at
    ]
