"""One piece of news about one track, in the words of a mail."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.audit.models import Event
from apps.catalogue.models import Track
from apps.catalogue.states import TrackState
from apps.policy.decide import Reason
from apps.policy.models import Decision, Outcome
from apps.policy.publish import law_of
from apps.policy.reasons import Explained, explain
from apps.screening.models import ScreeningRun

HEADLINES = {
    TrackState.CLEARED: gettext_lazy("cleared"),
    TrackState.HELD: gettext_lazy("held: a person will look"),
    TrackState.REFUSED: gettext_lazy("refused"),
    TrackState.CHANGES_ASKED: gettext_lazy("we need something from you"),
}


@dataclass(frozen=True)
class Notice:
    """What happened to `track`, why, and who decided. `failure`: why it could not be screened."""

    track: Track
    state: str
    reasons: tuple[Explained, ...]
    by_machine: bool
    note: str
    failure: str
    due: datetime | None

    @property
    def headline(self) -> str:
        """The news in a few words."""
        return str(HEADLINES[TrackState(self.state)])

    @property
    def template(self) -> str:
        """The part of the mail that tells it."""
        return f"emails/track.{self.state}.txt"


def notice_of(event: Event) -> Notice:
    """The news in an event "track.cleared", "track.held", "track.refused" or "…changes_asked"."""
    track = Track.objects.select_related("release").get(pk=event.subject_id)
    state = event.kind.partition(".")[2]
    decision = _decision(event, track)
    due = track.cases.filter(state="open").values_list("due_at", flat=True).first()
    return Notice(
        track=track,
        state=state,
        reasons=_reasons(decision),
        by_machine=decision is not None and decision.automated_decision,
        note=decision.note_to_artist if decision else "",
        failure=_failure(decision),
        due=due if state == TrackState.HELD else None,
    )


def _decision(event: Event, track: Track) -> Decision | None:
    """The decision that the event names; otherwise the latest that was there when it happened."""
    rows = Decision.objects.of_track(track).select_related("ruleset", "run")
    named = event.data.get("decision")
    if named and (found := rows.filter(pk=UUID(str(named))).first()):
        return found
    return rows.filter(created_at__lte=event.at).last()


def _reasons(decision: Decision | None) -> tuple[Explained, ...]:
    """Why it is held or refused. What is only unclear is no news once it is refused."""
    if decision is None or decision.outcome == Outcome.ALLOWED:
        return ()
    ruleset = law_of(decision.ruleset)
    rows = [row for row in decision.reasons if row["outcome"] == decision.outcome]
    return tuple(explain(_reason(row), ruleset, _) for row in rows)


def _reason(row: dict[str, object]) -> Reason:
    cite, facts = row.get("cite") or (), row.get("facts") or ()
    return Reason(
        rule=str(row["rule"]),
        code=str(row["code"]),
        outcome=str(row["outcome"]),
        cite=tuple(map(str, cite)) if isinstance(cite, list) else (),
        facts=tuple(map(str, facts)) if isinstance(facts, list) else (),
    )


def _failure(decision: Decision | None) -> str:
    if decision is None or decision.run is None or not decision.automated_decision:
        return ""
    failed = decision.run.state == ScreeningRun.State.FAILED
    return decision.run.error_text if failed else ""
