"""The JSON API: the gate, the state of a track, decisions; for training see `api_training`. Its
text is at /api/openapi.json.

Who asks is a person who is logged in, or a program with a token (`Authorization: Bearer …`). What
they may not see does not exist (404).
"""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import NinjaAPI, Query, Schema, Status
from ninja.errors import ValidationError

from apps.exports.decisions import about_ai
from apps.exports.formats import TooManyRows
from apps.exports.models import Export
from apps.exports.scope import (
    ALL,
    OF_LABELS,
    Filters,
)
from apps.policy.decisions import current_decision
from apps.policy.gate import clearance
from apps.policy.models import Outcome
from apps.portal.api_callers import BySession, ByToken, Refusal, caller_of, refuse
from apps.portal.api_references import router as references
from apps.portal.api_training import router as training
from apps.portal.api_wrong import say_what_is_wrong
from apps.portal.download import send_decisions
from apps.portal.signal_headers import signals_now


class GateAnswer(Schema):
    """Whether a track may leave, under which decision, and why not."""

    cleared: bool
    decision: UUID | None
    reasons: list[str]


class TrackAnswer(Schema):
    """Where a track stands, and the decision that stands about it."""

    id: UUID
    title: str
    state: str
    cleared: bool
    decision: UUID | None
    outcome: str | None
    decided_at: datetime | None
    destinations: dict[str, str]
    ruleset: str | None
    no_ai: bool
    content_usage: str
    tdm_reservation: str
    cawg_training_mining: dict[str, str]


class Asked(Schema):
    """Filters of the decisions; an empty one asks for everything."""

    format: Export.Format = Export.Format.JSON
    outcome: Outcome | None = None
    since: datetime | None = None
    until: datetime | None = None
    label: UUID | None = None
    latest: bool = False

    def filters(self) -> Filters:
        """The same, as exports know them."""
        return Filters(
            outcome=self.outcome or "",
            since=self.since,
            until=self.until,
            label=self.label,
            latest=self.latest,
        )


api = NinjaAPI(
    title="Soundcheck",
    version="1",
    description="Decisions of the clearance desk, their gate, and what training may use.",
    auth=[ByToken(), BySession()],
    docs_url=None,  # its page loads scripts from elsewhere, which our pages never do
    urls_namespace="api",
)
api.add_router("", training)
api.add_router("/references", references)
api.add_exception_handler(ValidationError, say_what_is_wrong)


@api.get("/tracks/{uuid:track_id}", response={200: TrackAnswer, 404: Refusal})
def track(request: HttpRequest, track_id: UUID) -> Any:
    """Where a track stands."""
    row = caller_of(request).tracks().filter(pk=track_id).first()
    if row is None:
        return _no_track()
    decision = current_decision(row)
    destinations = decision.destinations if decision else {}
    return {
        "id": row.pk,
        "title": row.title,
        "state": row.state,
        "cleared": clearance(track=row).cleared,
        "decision": decision.pk if decision else None,
        "outcome": decision.outcome if decision else None,
        "decided_at": decision.created_at if decision else None,
        "destinations": {slug: to["verdict"] for slug, to in destinations.items()},
        "ruleset": decision.ruleset_id if decision else None,
        **about_ai(signals_now(row)),
    }


@api.get("/tracks/{uuid:track_id}/gate", response={200: GateAnswer, 404: Refusal})
def gate(request: HttpRequest, track_id: UUID, destination: str | None = None) -> Any:
    """Whether a track may leave now: for one destination, or at all."""
    row = caller_of(request).tracks().filter(pk=track_id).first()
    if row is None:
        return _no_track()
    return clearance(track=row, destination=destination).as_dict()


@api.get("/decisions", response={400: Refusal, 404: Refusal})
def decisions(request: HttpRequest, asked: Annotated[Asked, Query()]) -> Any:
    """Decisions as a stream: JSON, CSV or XLSX. Every call is recorded."""
    caller = caller_of(request)
    if not (caller.user.has_perm(ALL) or caller.user.has_perm(OF_LABELS)):
        return refuse(404, "not_found", _("There is nothing for you here."))
    try:
        return send_decisions(
            by=caller.user,
            decisions=caller.decisions(),
            filters=asked.filters(),
            format=asked.format,
        )
    except TooManyRows as error:
        return refuse(400, "too_many_rows", str(error))


def _no_track() -> Status[dict[str, str]]:
    return refuse(404, "not_found", _("There is no such track for you."))
