"""What happened to a track, told from the audit events, oldest first."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.audit.models import Event
from apps.review.models import Case

MOST = 200  # events shown; a track that has more is told by its newest
WORDS: dict[str, Any] = {
    "track.submitted": _("submitted"),
    "track.cleared": _("cleared"),
    "track.held": _("held"),
    "track.refused": _("refused"),
    "track.changes_asked": _("changes asked"),
    "track.withdrawn": _("withdrawn"),
    "track.draft": _("draft again"),
    "case.opened": _("case opened"),
    "case.renewed": _("case follows a newer decision"),
    "case.claimed": _("claimed"),
    "case.released": _("given back to the queue"),
    "case.taken_over": _("taken over"),
    "case.proposed": _("decision proposed, a second person looks"),
    "case.returned": _("proposal returned"),
    "case.decided": _("case decided"),
    "case.overtaken": _("case overtaken by a correction"),
}


@dataclass(frozen=True)
class Happening:
    """One line of the history; `who` is None where a worker did it."""

    at: datetime
    words: str
    who: User | None


def history(case: Case) -> list[Happening]:
    """Everything that was recorded about the track and its cases, in one query and a half."""
    cases = [str(pk) for pk in case.track.cases.values_list("pk", flat=True)]
    events = Event.objects.filter(
        Q(subject_type="catalogue.track", subject_id=str(case.track_id))
        | Q(subject_type="review.case", subject_id__in=cases)
    )
    newest = events.select_related("actor").order_by("-id")[:MOST]
    return [
        Happening(event.at, str(WORDS.get(event.kind, event.kind)), event.actor)
        for event in reversed(newest)
    ]
