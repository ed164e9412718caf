"""Opening and overtaking cases: what the pipeline and the artist do to the queue."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.audit.record import record
from apps.catalogue.models import Track
from apps.catalogue.states import TrackState, move
from apps.policy.decide import ENGINE_REASONS
from apps.policy.models import Decision, Outcome
from apps.review.due import Promise
from apps.review.models import Case, CaseReason, Proposal


class CannotObject(Exception):
    """There is nothing to object to, or an objection was made already."""


def promise() -> Promise:
    """How soon we answer, from the settings."""
    return Promise(
        days=settings.REVIEW_WORKING_DAYS,
        hour=settings.REVIEW_DUE_HOUR,
        zone=ZoneInfo(settings.REVIEW_TIME_ZONE),
        holidays=frozenset(date.fromisoformat(day) for day in settings.REVIEW_HOLIDAYS),
    )


@transaction.atomic
def open_case(
    *, track: Track, decision: Decision, kind: str = Case.Kind.HELD, artist_note: str = ""
) -> Case:
    """The one open case of a track: made now, or the one that is there, brought up to date.

    Called twice for the same decision it changes nothing. A later decision about the same track
    replaces the reasons; the case keeps its due time and loses a proposal that judged the old one.
    """
    Track.objects.select_for_update().get(pk=track.pk)
    case = Case.objects.filter(track=track, state=Case.State.OPEN).first()
    if case is None:
        return _new_case(track, decision, kind, artist_note)
    if case.decision_id != decision.pk:
        _follow(case, decision)
    return case


@transaction.atomic
def overtake_case(*, track: Track) -> Case | None:
    """Closes the open case of a track that the artist corrected or withdrew; None without one."""
    Track.objects.select_for_update().get(pk=track.pk)
    case = Case.objects.select_for_update().filter(track=track, state=Case.State.OPEN).first()
    if case is None:
        return None
    Case.objects.filter(pk=case.pk).update(
        state=Case.State.OVERTAKEN,
        closed_at=timezone.now(),
        claimed_by=None,
        claimed_until=None,
        version=F("version") + 1,
    )
    _drop_proposal(case)
    record(kind="case.overtaken", subject=case, actor=None, track=str(track.pk))
    case.refresh_from_db()
    return case


@transaction.atomic
def object_to_decision(*, track: Track, by: User, note: str) -> Case:
    """The artist's objection to a refusal: the track is held again, for somebody else to judge.

    One objection per decision. Raises CannotObject with the sentence to show.
    """
    Track.objects.select_for_update().get(pk=track.pk)
    decision = check_may_object(track, note)
    move(track=track, to=TrackState.HELD, actor=by, why="objection", decision=str(decision.pk))
    return _new_case(track, decision, Case.Kind.APPEAL, note.strip())


def check_may_object(track: Track, note: str) -> Decision:
    """The refusal that can be objected to; raises CannotObject where there is nothing to judge."""
    decision = track.decisions.current().first()
    if decision is None or decision.outcome != Outcome.NOT_ALLOWED:
        raise CannotObject(_("You can object to a refusal. This track is not refused."))
    if not note.strip():
        raise CannotObject(_("Say in a sentence or two why the decision is wrong."))
    if track.cases.filter(kind=Case.Kind.APPEAL, decision=decision).exists():
        raise CannotObject(_("You objected to this decision before. We are looking at it."))
    if Case.objects.filter(kind=Case.Kind.APPEAL, ruling=decision).exists():
        raise CannotObject(
            _("Somebody else judged your objection. Correct the track and submit it again.")
        )
    return decision


def reason_codes(reasons: Iterable[Mapping[str, Any]]) -> list[str]:
    """The codes of a decision's reasons, each once: strictest first, unknowns last."""
    codes = dict.fromkeys(str(reason["code"]) for reason in reasons)
    return sorted(codes, key=ENGINE_REASONS.__contains__)


def _new_case(track: Track, decision: Decision, kind: str, artist_note: str) -> Case:
    case = Case.objects.create(
        track=track,
        decision=decision,
        kind=kind,
        artist_note=artist_note,
        due_at=promise().due_after(timezone.now()),
    )
    _write_reasons(case, decision)
    told = {"track": str(track.pk), "decision": str(decision.pk), "case_kind": str(kind)}
    record(kind="case.opened", subject=case, actor=None, **told)
    return case


def _follow(case: Case, decision: Decision) -> None:
    case.reasons.all().delete()
    _write_reasons(case, decision)
    _drop_proposal(case)
    Case.objects.filter(pk=case.pk).update(decision=decision, version=F("version") + 1)
    record(kind="case.renewed", subject=case, actor=None, decision=str(decision.pk))
    case.refresh_from_db()


def _write_reasons(case: Case, decision: Decision) -> None:
    CaseReason.objects.bulk_create(
        CaseReason(case=case, code=code, position=place)
        for place, code in enumerate(reason_codes(decision.reasons))
    )


def _drop_proposal(case: Case) -> None:
    waiting = case.proposals.filter(state=Proposal.State.WAITING)
    waiting.update(state=Proposal.State.OVERTAKEN)
