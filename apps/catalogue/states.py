"""The life of a track: its states, the moves between them, and the one function that moves it."""

from typing import Any

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.audit.record import record


class TrackState(models.TextChoices):
    """Where a track stands."""

    DRAFT = "draft", _("draft")
    SUBMITTED = "submitted", _("being checked")
    CLEARED = "cleared", _("cleared")
    HELD = "held", _("held")
    CHANGES_ASKED = "changes_asked", _("waiting for you")
    REFUSED = "refused", _("refused")
    WITHDRAWN = "withdrawn", _("withdrawn")


S = TrackState
MOVES: dict[str, frozenset[str]] = {
    S.DRAFT: frozenset({S.SUBMITTED, S.WITHDRAWN}),
    S.SUBMITTED: frozenset({S.CLEARED, S.HELD, S.REFUSED, S.WITHDRAWN}),
    S.HELD: frozenset({S.CLEARED, S.REFUSED, S.CHANGES_ASKED, S.SUBMITTED, S.WITHDRAWN}),
    S.CHANGES_ASKED: frozenset({S.SUBMITTED, S.WITHDRAWN}),
    S.REFUSED: frozenset({S.SUBMITTED, S.HELD, S.WITHDRAWN}),
    S.CLEARED: frozenset({S.HELD, S.WITHDRAWN}),
    S.WITHDRAWN: frozenset({S.DRAFT}),
}
EDITABLE = frozenset({S.DRAFT, S.HELD, S.CHANGES_ASKED, S.REFUSED})


class ForbiddenMove(Exception):
    """A track was asked to go where its state does not lead."""

    def __init__(self, track: models.Model, before: str, to: str) -> None:
        super().__init__(f"This track is {S(before).label}; it cannot become {S(to).label} now.")
        self.track, self.before, self.to = track, before, to


def can_move(before: str, to: str) -> bool:
    """Whether the table allows the step."""
    return to in MOVES[S(before)]


def move(*, track: Any, to: TrackState, actor: User | None, **why: Any) -> None:
    """Locks the row, checks the table, saves the new state and writes the event.

    Raises ForbiddenMove. Updates `track.state` on the instance that was given.
    """
    with transaction.atomic():
        row = type(track).objects.select_for_update().get(pk=track.pk)
        before = row.state
        if not can_move(before, to):
            raise ForbiddenMove(track, before, to)
        row.state = to
        row.save(update_fields=["state", "changed_at"])
        record(
            kind=f"track.{to}", subject=row, actor=actor, **{"from": before, "to": str(to)}, **why
        )
    track.state = to
