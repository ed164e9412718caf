"""Who may work on a case: every check raises a named error with the sentence to show."""

from uuid import UUID

from apps.accounts.models import User
from apps.policy.models import Decision
from apps.review.errors import (
    CaseClosed,
    DecidedBefore,
    DeskRefusal,
    NotPermitted,
    OwnProposal,
    OwnSubmission,
    SecondPersonNeeded,
)
from apps.review.models import Case, Proposal

DECIDE, DECIDE_SEVERE, REASSIGN = (
    "review.decide_case",
    "review.decide_severe_case",
    "review.reassign_case",
)


def check_may_work(case: Case, user: User) -> None:
    """Raises the reason why this person may not claim or decide this case; None when they may."""
    if not user.has_perm(DECIDE):
        raise NotPermitted
    if case.state != Case.State.OPEN:
        raise CaseClosed
    if user.pk in {case.track.release.owner_id, case.decision.declaration.made_by_id}:
        raise OwnSubmission
    if case.kind == Case.Kind.APPEAL and user.pk in people_behind(case.decision):
        raise DecidedBefore
    check_second_look(waiting_proposal(case), user)


def why_not(case: Case, user: User) -> str:
    """The sentence that says why this person may not work on the case; "" when they may."""
    try:
        check_may_work(case, user)
    except DeskRefusal as refusal:
        return str(refusal)
    return ""


def check_second_look(proposal: Proposal | None, user: User) -> None:
    """While a proposal waits, only a second person who may decide severe cases goes on."""
    if proposal is None:
        return
    if proposal.made_by_id == user.pk:
        raise OwnProposal
    if not user.has_perm(DECIDE_SEVERE):
        raise SecondPersonNeeded


def waiting_proposal(case: Case) -> Proposal | None:
    """The proposal that waits for a second person, if there is one."""
    made = case.proposals.all()
    return next((each for each in made if each.state == Proposal.State.WAITING), None)


def people_behind(decision: Decision) -> set[UUID]:
    """Everybody who took part in a decision: who recorded it, and who proposed it."""
    proposers = Proposal.objects.filter(
        case__ruling=decision, state=Proposal.State.CONFIRMED
    ).values_list("made_by_id", flat=True)
    return {*proposers, *({decision.made_by_id} if decision.made_by_id else ())}
