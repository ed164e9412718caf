"""The release gate: is this track cleared, for this destination, now? There is no other way out."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from apps.catalogue.models import Track
from apps.catalogue.states import TrackState
from apps.policy.decide import UNDECIDED
from apps.policy.decisions import current_decision, is_about
from apps.policy.law import VERDICTS
from apps.policy.models import Decision, Outcome
from apps.policy.reasons import UnknownReason, reason_text

OPEN = frozenset(VERDICTS) - {"refused", UNDECIDED}


@dataclass(frozen=True)
class Clearance:
    """The answer. `reasons` are sentences, empty where cleared; `decision_id` may be missing."""

    cleared: bool
    decision_id: UUID | None
    reasons: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        """JSON values, as the `gate` command and the API print them."""
        decision = str(self.decision_id) if self.decision_id else None
        return {"cleared": self.cleared, "decision": decision, "reasons": list(self.reasons)}


def clearance(*, track: Track, destination: str | None = None) -> Clearance:
    """Whether the track may leave for the destination, or at all where none is named.

    Read afresh from the database on every call. Anything missing, changed since the decision or
    not understood means no.
    """
    row = Track.objects.select_related("declaration").get(pk=track.pk)
    return _answer(row, current_decision(row), destination)


def clearances(*, track_ids: Collection[UUID]) -> dict[UUID, Clearance]:
    """The same answer for many tracks at once, in two queries; a track that is gone has none."""
    tracks = Track.objects.select_related("declaration").filter(pk__in=track_ids)
    current = Decision.objects.current().filter(track__in=track_ids).select_related("ruleset")
    decisions = {found.track_id: found for found in current.defer("facts", "ruleset__text")}
    return {row.pk: _answer(row, decisions.get(row.pk), None) for row in tracks}


def _answer(row: Track, decision: Decision | None, destination: str | None) -> Clearance:
    if decision is None:
        return Clearance(False, None, (_("No decision has been made about this track."),))
    reasons = [*_against_track(decision, row)]
    if destination is not None:
        reasons += _against_destination(decision, row, destination)
    return Clearance(not reasons, decision.pk, tuple(reasons))


def _against_track(decision: Decision, track: Track) -> Iterator[str]:
    if decision.outcome == Outcome.NEEDS_REVIEW:
        yield _("The track is held: %(why)s") % {"why": _titles(decision.reasons)}
    elif decision.outcome != Outcome.ALLOWED:
        yield _("The track was refused: %(why)s") % {"why": _titles(decision.reasons)}
    if not is_about(decision, track):
        yield _("The track was changed after the decision. Submit it again.")
    if track.state != TrackState.CLEARED:
        yield _("The track is not cleared now; its state is: %(state)s.") % {
            "state": track.get_state_display()
        }
    if decision.ruleset_sha256 != decision.ruleset.sha256:
        yield _("The ruleset of the decision is not the one that is stored under its name.")


def _against_destination(decision: Decision, track: Track, slug: str) -> Iterator[str]:
    document = track.declaration.document if track.declaration else {}
    found = decision.destinations.get(slug)
    if not isinstance(found, dict):
        yield _("No decision was made for the destination “%(slug)s”.") % {"slug": slug}
        return
    if slug not in (document.get("destinations") or ()):
        yield _("The artist did not choose this destination.")
    if found.get("verdict") not in OPEN:
        yield _("This destination is not open to the track: %(why)s") % {
            "why": _titles(found.get("reasons", ()))
        }


def _titles(reasons: Any) -> str:
    titles = dict.fromkeys(_title(reason["code"]) for reason in reasons)
    return "; ".join(titles) or _("no reason was recorded")


def _title(code: str) -> str:
    """The reason's title; the bare code of an old decision whose words are gone."""
    try:
        return _(reason_text(code).title)
    except UnknownReason:
        return code
