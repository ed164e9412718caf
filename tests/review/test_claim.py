"""Claims: one holder at a time, ending by themselves, never on one's own submission."""

from datetime import timedelta

import pytest
import time_machine
from django.conf import settings
from django.utils import timezone

from apps.audit.models import Event
from apps.review.claim import claim_case, holder, release_claim, renew_claim, take_over
from apps.review.errors import (
    CaseChanged,
    CaseClosed,
    CaseTaken,
    DecidedBefore,
    NotPermitted,
    OwnProposal,
    OwnSubmission,
    SecondPersonNeeded,
)
from apps.review.models import Case
from tests.factories import (
    AdministratorFactory,
    ArtistFactory,
    CaseFactory,
    ComplianceOfficerFactory,
    DecisionFactory,
    LabelStaffFactory,
    ProposalFactory,
    ReviewerFactory,
    SeniorReviewerFactory,
)

pytestmark = pytest.mark.django_db
CLAIM = timedelta(minutes=settings.REVIEW_CLAIM_MINUTES)


def again(case: Case) -> Case:
    """The same case as another request reads it."""
    return Case.objects.get(pk=case.pk)


def test_claiming_holds_the_case_for_a_while() -> None:
    case, reviewer = CaseFactory(), ReviewerFactory()
    claim_case(case=case, by=reviewer)
    assert holder(again(case)) == reviewer
    assert timezone.now() < again(case).claimed_until <= timezone.now() + CLAIM
    assert Event.objects.filter(kind="case.claimed", detail__actor=reviewer).count() == 1


def test_the_second_reviewer_is_told_who_has_it() -> None:
    case, first = CaseFactory(), ReviewerFactory(name="Ana")
    claim_case(case=case, by=first)
    with pytest.raises(CaseTaken, match="Ana has this case until"):
        claim_case(case=again(case), by=ReviewerFactory())
    assert holder(again(case)) == first


def test_two_who_read_the_same_row_are_served_once() -> None:
    case, first, second = CaseFactory(), ReviewerFactory(), ReviewerFactory()
    one, other = again(case), again(case)
    claim_case(case=one, by=first)
    with pytest.raises(CaseTaken):
        claim_case(case=other, by=second)
    assert holder(again(case)) == first


def test_a_claim_ends_by_itself() -> None:
    case, first, second = CaseFactory(), ReviewerFactory(), ReviewerFactory()
    claim_case(case=case, by=first)
    with time_machine.travel(timezone.now() + CLAIM + timedelta(seconds=1), tick=False):
        assert holder(again(case)) is None
        claim_case(case=again(case), by=second)
        assert holder(again(case)) == second
        with pytest.raises(CaseTaken):
            renew_claim(case=again(case), by=first)


def test_renewing_moves_the_end_and_keeps_the_version() -> None:
    case, reviewer = CaseFactory(), ReviewerFactory()
    claim_case(case=case, by=reviewer)
    version, until = case.version, case.claimed_until
    with time_machine.travel(timezone.now() + timedelta(minutes=5), tick=False):
        renew_claim(case=again(case), by=reviewer)
        assert again(case).claimed_until > until
        assert again(case).version == version


def test_a_claim_that_ran_out_is_renewed_while_nobody_else_came() -> None:
    case, reviewer = CaseFactory(), ReviewerFactory()
    claim_case(case=case, by=reviewer)
    with time_machine.travel(timezone.now() + 2 * CLAIM, tick=False):
        renew_claim(case=again(case), by=reviewer)
        assert holder(again(case)) == reviewer


def test_releasing_gives_it_back() -> None:
    case, reviewer = CaseFactory(), ReviewerFactory()
    claim_case(case=case, by=reviewer)
    release_claim(case=again(case), by=reviewer)
    assert holder(again(case)) is None
    claim_case(case=again(case), by=ReviewerFactory())


def test_releasing_needs_the_claim_or_the_permission() -> None:
    case, reviewer = CaseFactory(), ReviewerFactory()
    claim_case(case=case, by=reviewer)
    with pytest.raises(NotPermitted):
        release_claim(case=again(case), by=ReviewerFactory())
    release_claim(case=again(case), by=AdministratorFactory())
    assert holder(again(case)) is None


def test_a_senior_takes_over_and_it_is_written_down() -> None:
    case, first, senior = CaseFactory(), ReviewerFactory(), SeniorReviewerFactory()
    claim_case(case=case, by=first)
    take_over(case=again(case), by=senior)
    assert holder(again(case)) == senior
    event = Event.objects.get(kind="case.taken_over")
    assert (event.actor, event.data) == (senior, {"taken_from": str(first.pk)})


def test_a_reviewer_takes_over_only_what_is_free() -> None:
    case, first, second = CaseFactory(), ReviewerFactory(), ReviewerFactory()
    claim_case(case=case, by=first)
    with pytest.raises(CaseTaken):
        take_over(case=again(case), by=second)
    with time_machine.travel(timezone.now() + CLAIM + timedelta(seconds=1), tick=False):
        take_over(case=again(case), by=second)


def test_taking_over_a_stale_page_is_refused() -> None:
    case, senior, other = CaseFactory(), SeniorReviewerFactory(), SeniorReviewerFactory()
    stale = again(case)
    claim_case(case=case, by=ReviewerFactory())
    take_over(case=again(case), by=other)
    with pytest.raises((CaseTaken, CaseChanged)):
        take_over(case=stale, by=senior)
    assert holder(again(case)) == other


@pytest.mark.parametrize(
    "made_by",
    [ArtistFactory, LabelStaffFactory, ComplianceOfficerFactory, AdministratorFactory],
)
def test_only_reviewers_claim(made_by: type) -> None:
    with pytest.raises(NotPermitted):
        claim_case(case=CaseFactory(), by=made_by())


@pytest.mark.parametrize("made_by", [ReviewerFactory, SeniorReviewerFactory])
def test_nobody_judges_their_own_submission(made_by: type) -> None:
    case, person = CaseFactory(), made_by()
    case.track.release.owner = person
    case.track.release.save()
    with pytest.raises(OwnSubmission):
        claim_case(case=again(case), by=person)
    with pytest.raises(OwnSubmission):
        take_over(case=again(case), by=person)


def test_who_declared_does_not_judge_either() -> None:
    person = ReviewerFactory()
    case = CaseFactory(decision__declaration__made_by=person)
    with pytest.raises(OwnSubmission):
        claim_case(case=case, by=person)


def test_an_objection_is_judged_by_somebody_else() -> None:
    refuser, other = SeniorReviewerFactory(), SeniorReviewerFactory()
    case = CaseFactory(
        kind=Case.Kind.APPEAL, decision__made_by=refuser, decision__outcome="not_allowed"
    )
    with pytest.raises(DecidedBefore):
        claim_case(case=case, by=refuser)
    claim_case(case=again(case), by=other)


def test_who_proposed_the_refusal_does_not_judge_the_objection() -> None:
    proposer, confirmer = ReviewerFactory(), SeniorReviewerFactory()
    refused = DecisionFactory(made_by=confirmer, outcome="not_allowed")
    closed = CaseFactory(
        decision__declaration=refused.declaration,
        state=Case.State.DECIDED,
        closed_at=timezone.now(),
        ruling=refused,
    )
    ProposalFactory(
        case=closed,
        made_by=proposer,
        state="confirmed",
        answered_by=confirmer,
        answered_at=timezone.now(),
    )
    appeal = CaseFactory(kind=Case.Kind.APPEAL, decision=refused)
    for person in (proposer, confirmer):
        with pytest.raises(DecidedBefore):
            claim_case(case=again(appeal), by=person)


def test_a_proposal_waits_for_a_second_senior_person() -> None:
    proposer = SeniorReviewerFactory()
    case = ProposalFactory(made_by=proposer).case
    with pytest.raises(OwnProposal):
        claim_case(case=again(case), by=proposer)
    with pytest.raises(SecondPersonNeeded):
        claim_case(case=again(case), by=ReviewerFactory())
    claim_case(case=again(case), by=SeniorReviewerFactory())


def test_a_closed_case_cannot_be_claimed_or_renewed() -> None:
    reviewer = ReviewerFactory()
    case = CaseFactory()
    claim_case(case=case, by=reviewer)
    Case.objects.update(state=Case.State.OVERTAKEN, closed_at=timezone.now())
    with pytest.raises(CaseClosed):
        claim_case(case=again(case), by=ReviewerFactory())
    with pytest.raises(CaseClosed):
        renew_claim(case=case, by=reviewer)
