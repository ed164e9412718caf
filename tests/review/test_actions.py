"""Decisions: each action from each state, the second reviewer, severe decisions, objections."""

from typing import Any

import pytest
from django.utils import timezone

from apps.audit.models import Event
from apps.catalogue.states import TrackState, move
from apps.policy.models import Decision, Outcome
from apps.policy.reasons import REASONS
from apps.review.actions import ACTIONS, confirm_proposal, decide_case, return_proposal
from apps.review.cases import object_to_decision, overtake_case
from apps.review.claim import claim_case, take_over
from apps.review.closing import Words
from apps.review.errors import (
    CaseChanged,
    CaseClosed,
    DecidedBefore,
    IncompleteRuling,
    NotPermitted,
    OwnProposal,
    OwnSubmission,
    SecondPersonNeeded,
)
from apps.review.models import Case, Proposal, Verb
from apps.review.severe import SEVERE_TO_APPROVE, is_severe
from tests.factories import (
    ComplianceOfficerFactory,
    DecisionFactory,
    ReviewerFactory,
    SeniorReviewerFactory,
)
from tests.review.scene import GENERATOR, held_case

pytestmark = pytest.mark.django_db
APPROVE = Words(["rights_proven"], note="Contract seen.")
REFUSE = Words(["refused_duplicate"], "This is Delta by Nile Records, from 0:41.")
ASK = Words(["ask_licence"], "Please send the licence for Delta, 0:41 to 1:07.")
WORDS = {Verb.APPROVE: APPROVE, Verb.REFUSE: REFUSE, Verb.ASK: ASK}


def again(case: Case) -> Case:
    return Case.objects.get(pk=case.pk)


def claimed(by: Any, *findings: dict[str, Any]) -> Case:
    return claim_case(case=again(held_case(*findings)), by=by)


@pytest.mark.parametrize(
    ("verb", "outcome", "state"),
    [
        (Verb.APPROVE, Outcome.ALLOWED, TrackState.CLEARED),
        (Verb.REFUSE, Outcome.NOT_ALLOWED, TrackState.REFUSED),
        (Verb.ASK, Outcome.NEEDS_REVIEW, TrackState.CHANGES_ASKED),
    ],
)
def test_each_action_rules_moves_and_closes(verb: str, outcome: str, state: str) -> None:
    reviewer = ReviewerFactory()
    case = decide_case(case=claimed(reviewer), by=reviewer, verb=verb, words=WORDS[verb])
    case = again(case)
    assert (case.state, case.track.state) == (Case.State.DECIDED, state)
    assert case.claimed_by is None
    ruling = case.ruling
    assert (ruling.outcome, ruling.made_by, ruling.supersedes) == (outcome, reviewer, case.decision)
    assert [r["code"] for r in ruling.reasons] == list(WORDS[verb].reason_codes)
    assert ruling.note_to_artist == WORDS[verb].note_to_artist
    assert ruling.note == WORDS[verb].note
    kinds = list(Event.objects.filter(detail__actor=reviewer).values_list("kind", flat=True))
    assert kinds == ["case.claimed", "decision.made", f"track.{state}", "case.decided"]


@pytest.mark.parametrize("state", [s for s in TrackState if s != TrackState.HELD])
@pytest.mark.parametrize("verb", list(Verb))
def test_actions_only_go_where_the_track_may_go(verb: str, state: str) -> None:
    """Whatever state the track is in, an action either follows the table or changes nothing."""
    reviewer = ReviewerFactory()
    case = claimed(reviewer)
    case.track.state = state
    case.track.save(update_fields=["state"])
    allowed = ACTIONS[verb].to in {
        TrackState.SUBMITTED: {TrackState.CLEARED, TrackState.REFUSED},
    }.get(state, set())
    assert ACTIONS[verb].available(again(case), reviewer) == allowed
    if allowed:
        return
    with pytest.raises(Exception, match="cannot become"):
        decide_case(case=again(case), by=reviewer, verb=verb, words=WORDS[verb])
    assert again(case).state == Case.State.OPEN
    assert Decision.objects.filter(track=case.track).count() == 1


@pytest.mark.parametrize("state", [Case.State.DECIDED, Case.State.OVERTAKEN])
@pytest.mark.parametrize("verb", list(Verb))
def test_a_closed_case_is_decided_no_more(verb: str, state: str) -> None:
    reviewer = ReviewerFactory()
    case = claimed(reviewer)
    Case.objects.update(state=state, closed_at=timezone.now())
    with pytest.raises(CaseClosed):
        decide_case(case=again(case), by=reviewer, verb=verb, words=WORDS[verb])


def test_the_second_of_two_reviewers_is_told_and_nothing_is_overwritten() -> None:
    first, senior = ReviewerFactory(), SeniorReviewerFactory()
    case = claimed(first)
    page_of_first = again(case)
    page_of_senior = take_over(case=again(case), by=senior)
    with pytest.raises(CaseChanged):
        decide_case(case=page_of_first, by=first, verb=Verb.REFUSE, words=REFUSE)
    decide_case(case=page_of_senior, by=senior, verb=Verb.APPROVE, words=APPROVE)
    with pytest.raises(CaseChanged):
        decide_case(case=page_of_first, by=first, verb=Verb.REFUSE, words=REFUSE)
    case = again(case)
    assert (case.track.state, case.ruling.made_by) == (TrackState.CLEARED, senior)
    assert Decision.objects.filter(track=case.track).count() == 2


def test_a_double_click_is_one_decision() -> None:
    reviewer = ReviewerFactory()
    case = claimed(reviewer)
    page = again(case)
    decide_case(case=again(case), by=reviewer, verb=Verb.APPROVE, words=APPROVE)
    with pytest.raises(CaseChanged):
        decide_case(case=page, by=reviewer, verb=Verb.APPROVE, words=APPROVE)


def test_a_claim_that_nobody_took_still_decides() -> None:
    reviewer = ReviewerFactory()
    case = claimed(reviewer)
    Case.objects.update(claimed_until=timezone.now())
    decide_case(case=again(case), by=reviewer, verb=Verb.APPROVE, words=APPROVE)
    assert again(case).state == Case.State.DECIDED


def test_without_a_claim_nothing_is_decided() -> None:
    case = again(held_case())
    with pytest.raises(CaseChanged):
        decide_case(case=case, by=ReviewerFactory(), verb=Verb.APPROVE, words=APPROVE)


def test_a_decision_made_beside_the_case_is_not_overruled_unseen() -> None:
    reviewer = ReviewerFactory()
    case = claimed(reviewer)
    DecisionFactory(declaration=case.decision.declaration, outcome="needs_review")
    with pytest.raises(CaseChanged):
        decide_case(case=again(case), by=reviewer, verb=Verb.APPROVE, words=APPROVE)
    case = again(case)
    assert (case.state, case.track.state) == (Case.State.OPEN, TrackState.HELD)


def test_a_correction_overtakes_the_reviewer() -> None:
    reviewer = ReviewerFactory()
    case = claimed(reviewer)
    page = again(case)
    overtake_case(track=case.track)
    move(track=case.track, to=TrackState.SUBMITTED, actor=case.track.release.owner)
    with pytest.raises(CaseChanged):
        decide_case(case=page, by=reviewer, verb=Verb.APPROVE, words=APPROVE)


@pytest.mark.parametrize(
    ("verb", "words"),
    [
        (Verb.APPROVE, Words([])),
        (Verb.APPROVE, Words(["refused_rights"])),
        (Verb.APPROVE, Words(["no_such_reason"])),
        (Verb.REFUSE, Words(["refused_rights"])),
        (Verb.REFUSE, Words(["refused_rights"], "   ")),
        (Verb.ASK, Words(["ask_rights"], "", "internal only")),
    ],
)
def test_a_decision_says_why(verb: str, words: Words) -> None:
    reviewer = ReviewerFactory()
    case = claimed(reviewer)
    with pytest.raises(IncompleteRuling):
        decide_case(case=case, by=reviewer, verb=verb, words=words)
    assert again(case).state == Case.State.OPEN


def test_one_who_may_only_read_decides_nothing() -> None:
    case = held_case()
    with pytest.raises(NotPermitted):
        decide_case(
            case=again(case), by=ComplianceOfficerFactory(), verb=Verb.APPROVE, words=APPROVE
        )


def test_nobody_decides_about_their_own_track() -> None:
    reviewer = ReviewerFactory()
    case = claimed(reviewer)
    case.track.release.owner = reviewer
    case.track.release.save()
    assert not any(a.available(again(case), reviewer) for a in ACTIONS.values())
    with pytest.raises(OwnSubmission):
        decide_case(case=again(case), by=reviewer, verb=Verb.APPROVE, words=APPROVE)


# --- Severe decisions ---


def test_severe_codes_are_codes_of_the_catalogue() -> None:
    assert set(REASONS) >= SEVERE_TO_APPROVE


def test_generator_evidence_makes_approving_severe_and_nothing_else() -> None:
    case = held_case(*GENERATOR)
    assert {verb: is_severe(case, verb) for verb in Verb} == {
        Verb.APPROVE: True,
        Verb.REFUSE: False,
        Verb.ASK: False,
    }
    assert not is_severe(held_case(), Verb.APPROVE)


def proposed(by: Any) -> Case:
    return again(
        decide_case(
            case=claimed(by, *GENERATOR),
            by=by,
            verb=Verb.APPROVE,
            words=Words(["trace_explained"], "Thank you for explaining.", "I heard the session."),
        )
    )


def test_a_severe_decision_waits_for_a_second_person() -> None:
    first = ReviewerFactory()
    case = proposed(first)
    assert (case.state, case.track.state) == (Case.State.OPEN, TrackState.HELD)
    assert case.claimed_by is None
    assert Decision.objects.filter(track=case.track).count() == 1
    assert case.proposals.get().state == Proposal.State.WAITING


def test_the_proposer_and_a_junior_cannot_confirm() -> None:
    first = SeniorReviewerFactory()
    case = proposed(first)
    with pytest.raises(OwnProposal):
        confirm_proposal(case=again(case), by=first)
    with pytest.raises(SecondPersonNeeded):
        confirm_proposal(case=again(case), by=ReviewerFactory())
    assert again(case).track.state == TrackState.HELD


def test_nobody_decides_past_a_waiting_proposal() -> None:
    case, senior = proposed(ReviewerFactory()), SeniorReviewerFactory()
    claim_case(case=case, by=senior)
    assert not any(action.available(again(case), senior) for action in ACTIONS.values())
    with pytest.raises(CaseChanged):
        decide_case(case=again(case), by=senior, verb=Verb.REFUSE, words=REFUSE)


def test_confirming_records_both_people() -> None:
    first, second = ReviewerFactory(), SeniorReviewerFactory()
    case = proposed(first)
    confirm_proposal(case=claim_case(case=case, by=second), by=second, answer="Heard it too.")
    case = again(case)
    assert (case.track.state, case.ruling.made_by) == (TrackState.CLEARED, second)
    assert case.ruling.note == "I heard the session.\n\nHeard it too."
    assert case.ruling.note_to_artist == "Thank you for explaining."
    proposal = case.proposals.get()
    assert (proposal.state, proposal.answered_by) == (Proposal.State.CONFIRMED, second)
    assert Event.objects.get(kind="case.decided").data["proposed_by"] == str(first.pk)


def test_returning_opens_the_case_again() -> None:
    first, second = ReviewerFactory(), SeniorReviewerFactory()
    case = claim_case(case=proposed(first), by=second)
    with pytest.raises(IncompleteRuling):
        return_proposal(case=again(case), by=second, answer=" ")
    return_proposal(case=again(case), by=second, answer="The tag is from this month.")
    case = again(case)
    assert case.proposals.get().state == Proposal.State.RETURNED
    decide_case(
        case=case, by=second, verb=Verb.REFUSE, words=Words(["refused_dishonest"], "The tag.")
    )
    assert again(case).track.state == TrackState.REFUSED


def test_two_seconds_answer_once() -> None:
    case = proposed(ReviewerFactory())
    one, other = SeniorReviewerFactory(), SeniorReviewerFactory()
    page_of_one = again(claim_case(case=again(case), by=one))
    page_of_other = take_over(case=again(case), by=other)
    with pytest.raises(CaseChanged):
        return_proposal(case=page_of_one, by=one, answer="No.")
    confirm_proposal(case=page_of_other, by=other)
    assert again(case).proposals.get().answered_by == other


# --- Objections ---


def refused_case() -> tuple[Case, Any]:
    refuser = SeniorReviewerFactory()
    case = decide_case(case=claimed(refuser), by=refuser, verb=Verb.REFUSE, words=REFUSE)
    return again(case), refuser


def test_an_objection_is_granted_by_somebody_else() -> None:
    case, refuser = refused_case()
    appeal = object_to_decision(track=case.track, by=case.track.release.owner, note="It is mine.")
    with pytest.raises(DecidedBefore):
        claim_case(case=again(appeal), by=refuser)
    judge = ReviewerFactory()
    claim_case(case=again(appeal), by=judge)
    decide_case(case=again(appeal), by=judge, verb=Verb.APPROVE, words=APPROVE)
    assert again(appeal).track.state == TrackState.CLEARED
    assert again(appeal).ruling.supersedes == case.ruling


def test_refusing_an_objection_takes_two() -> None:
    case, refuser = refused_case()
    appeal = object_to_decision(track=case.track, by=case.track.release.owner, note="It is mine.")
    judge, second = ReviewerFactory(), SeniorReviewerFactory()
    claim_case(case=again(appeal), by=judge)
    decide_case(case=again(appeal), by=judge, verb=Verb.REFUSE, words=REFUSE)
    assert again(appeal).track.state == TrackState.HELD
    with pytest.raises(DecidedBefore):
        confirm_proposal(case=again(appeal), by=refuser)
    confirm_proposal(case=claim_case(case=again(appeal), by=second), by=second)
    assert again(appeal).track.state == TrackState.REFUSED
