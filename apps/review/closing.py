"""Closing a case: the row as the reviewer saw it, the ruling, the track, the events.

Used inside the transaction of an action.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import F
from django.utils import timezone

from apps.accounts.models import User
from apps.audit.record import record
from apps.catalogue.models import Track
from apps.catalogue.states import TrackState, move
from apps.policy.decisions import RulingConflict, record_ruling
from apps.policy.models import Decision, Outcome
from apps.review.errors import CaseChanged
from apps.review.models import Case


@dataclass(frozen=True)
class Words:
    """What a reviewer says with a decision: codes of the catalogue, and two separate notes."""

    reason_codes: Sequence[str]
    note_to_artist: str = ""
    note: str = ""


def hold_case(case: Case, by: User) -> None:
    """Makes sure that the case is as this person saw it, and that nobody else writes meanwhile.

    Raises CaseChanged. The track's row is locked first, as everywhere, so that nobody waits in a
    circle.
    """
    Track.objects.select_for_update().get(pk=case.track_id)
    seen = Case.objects.filter(pk=case.pk, version=case.version, state=Case.State.OPEN)
    if not seen.filter(claimed_by=by).update(version=F("version") + 1):
        raise CaseChanged
    case.version += 1


def settle_case(
    case: Case, by: User, outcome: Outcome, to: TrackState, words: Words, **told: str
) -> Case:
    """Records the ruling, moves the track, closes the case; `hold_case` came before.

    Raises CaseChanged where the track was decided or changed beside the case.
    """
    ruling = _rule(case, by, outcome, words)
    move(track=case.track, to=to, actor=by, case=str(case.pk), decision=str(ruling.pk))
    case.state, case.ruling, case.closed_at = Case.State.DECIDED, ruling, timezone.now()
    case.claimed_by = case.claimed_until = None
    case.save()
    record(kind="case.decided", subject=case, actor=by, decision=str(ruling.pk), **told)
    return case


def _rule(case: Case, by: User, outcome: Outcome, words: Words) -> Decision:
    try:
        return record_ruling(
            track=case.track,
            by=by,
            outcome=outcome,
            reason_codes=list(words.reason_codes),
            note=words.note.strip(),
            note_to_artist=words.note_to_artist.strip(),
            expected_decision=case.decision_id,
        )
    except RulingConflict as conflict:
        raise CaseChanged from conflict


def let_go(case: Case) -> None:
    """Gives the case back to the queue without closing it."""
    Case.objects.filter(pk=case.pk).update(claimed_by=None, claimed_until=None)
    case.refresh_from_db()
