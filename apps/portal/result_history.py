"""What happened to a track, as its artist reads it: roles, never names."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.accounts.models import User
from apps.audit.models import Event
from apps.catalogue.models import Track

MOST = 60
_WORDS = {
    "track.added": gettext_lazy("added"),
    "track.audio_replaced": gettext_lazy("audio replaced"),
    "track.submitted": gettext_lazy("submitted"),
    "track.cleared": gettext_lazy("cleared"),
    "track.held": gettext_lazy("held"),
    "track.refused": gettext_lazy("refused"),
    "track.changes_asked": gettext_lazy("changes asked for"),
    "track.withdrawn": gettext_lazy("withdrawn"),
    "track.draft": gettext_lazy("draft again"),
}


@dataclass(frozen=True)
class Step:
    """One step; `who` is "you", a role, or "" where a machine did it."""

    at: datetime
    words: str
    who: str


def steps_of(track: Track, reader: User) -> list[Step]:
    """The newest steps, oldest first, in one query."""
    events = Event.objects.filter(
        subject_type="catalogue.track", subject_id=str(track.pk), kind__in=_WORDS
    )
    newest = list(events.select_related("detail__actor").order_by("-id")[:MOST])
    return [
        Step(event.at, str(_WORDS[event.kind]), _who(event.actor, reader))
        for event in reversed(newest)
    ]


def _who(actor: User | None, reader: User) -> str:
    if actor is None:
        return _("by machine")
    return (
        _("by you") if actor == reader else _("by a %(role)s") % {"role": actor.get_role_display()}
    )
