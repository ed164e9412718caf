"""Cases open once per track, follow the newest decision, and are overtaken by a correction."""

import pytest
from django.conf import settings

from apps.audit.models import Event
from apps.catalogue.states import TrackState
from apps.review.cases import CannotObject, object_to_decision, open_case, overtake_case
from apps.review.models import Case, Proposal
from tests.factories import DecisionFactory, ProposalFactory, ReviewerFactory, reason

pytestmark = pytest.mark.django_db


def held(**fields: object) -> object:
    return DecisionFactory(declaration__track__state=TrackState.HELD, **fields)


def codes(case: Case) -> list[str]:
    return list(case.reasons.values_list("code", flat=True))


def test_opens_with_reasons_in_order_and_a_due_time() -> None:
    decision = held(reasons=[reason("b"), reason("a"), reason("b", "other.O1")])
    case = open_case(track=decision.track, decision=decision)
    assert codes(case) == ["b", "a"]
    assert case.due_at.hour == settings.REVIEW_DUE_HOUR
    assert case.due_at > case.opened_at
    assert Event.objects.get(kind="case.opened").data["track"] == str(decision.track.pk)


def test_opening_twice_is_one_case_and_one_event() -> None:
    decision = held()
    first = open_case(track=decision.track, decision=decision)
    second = open_case(track=decision.track, decision=decision)
    assert first == second
    assert second.version == 0
    assert Event.objects.filter(kind="case.opened").count() == 1


def test_a_new_decision_replaces_the_reasons_and_drops_a_proposal() -> None:
    first = held(reasons=[reason("a")])
    case = open_case(track=first.track, decision=first)
    proposal = ProposalFactory(case=case)
    newer = DecisionFactory(declaration=first.declaration, reasons=[reason("c")])
    same = open_case(track=first.track, decision=newer)
    assert (same.pk, same.decision, same.due_at) == (case.pk, newer, case.due_at)
    assert codes(same) == ["c"]
    proposal.refresh_from_db()
    assert proposal.state == Proposal.State.OVERTAKEN
    assert same.version == case.version + 1


def test_overtaking_closes_once() -> None:
    decision = held()
    case = open_case(track=decision.track, decision=decision)
    proposal = ProposalFactory(case=case)
    closed = overtake_case(track=decision.track)
    proposal.refresh_from_db()
    assert closed.state == Case.State.OVERTAKEN
    assert closed.closed_at is not None
    assert proposal.state == Proposal.State.OVERTAKEN
    assert overtake_case(track=decision.track) is None


def refused(**fields: object) -> object:
    return DecisionFactory(
        declaration__track__state=TrackState.REFUSED, outcome="not_allowed", **fields
    )


def test_an_objection_holds_the_track_again() -> None:
    decision = refused()
    track, owner = decision.track, decision.track.release.owner
    case = object_to_decision(track=track, by=owner, note="  The voice is mine.  ")
    track.refresh_from_db()
    assert track.state == TrackState.HELD
    assert (case.kind, case.decision) == (Case.Kind.APPEAL, decision)
    assert case.artist_note == "The voice is mine."
    assert Event.objects.filter(kind="track.held", detail__actor=owner).count() == 1


def test_one_objection_per_decision() -> None:
    decision = refused()
    owner = decision.track.release.owner
    object_to_decision(track=decision.track, by=owner, note="It is mine.")
    with pytest.raises(CannotObject, match="before"):
        object_to_decision(track=decision.track, by=owner, note="Really.")
    assert Case.objects.count() == 1


def test_the_judgement_on_an_objection_stands() -> None:
    decision = refused()
    owner = decision.track.release.owner
    case = object_to_decision(track=decision.track, by=owner, note="It is mine.")
    upheld = DecisionFactory(
        declaration=decision.declaration, outcome="not_allowed", made_by=ReviewerFactory()
    )
    Case.objects.filter(pk=case.pk).update(
        state=Case.State.DECIDED, closed_at=case.opened_at, ruling=upheld
    )
    decision.track.state = TrackState.REFUSED
    decision.track.save()
    with pytest.raises(CannotObject, match="Somebody else judged"):
        object_to_decision(track=decision.track, by=owner, note="Once more.")


@pytest.mark.parametrize("outcome", ["allowed", "needs_review"])
def test_only_a_refusal_can_be_objected_to(outcome: str) -> None:
    decision = held(outcome=outcome)
    with pytest.raises(CannotObject, match="not refused"):
        object_to_decision(track=decision.track, by=decision.track.release.owner, note="No.")


def test_an_objection_says_something() -> None:
    decision = refused()
    with pytest.raises(CannotObject, match="sentence"):
        object_to_decision(track=decision.track, by=decision.track.release.owner, note="  ")
    decision.track.refresh_from_db()
    assert decision.track.state == TrackState.REFUSED
