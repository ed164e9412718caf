"""An artist says that a protected name is theirs; staff look at it and answer."""

from django.db import IntegrityError, transaction
from django.utils import timezone

from apps.accounts.models import User
from apps.registry.errors import (
    ClaimAnswered,
    ClaimExists,
    ProofMissing,
    StandingExists,
    TooManyClaims,
)
from apps.registry.models import Claim, Person, ProofKind, Standing
from apps.registry.standings import check_asked, grant_standing, record_asked

CLAIMABLE = (ProofKind.SPOTIFY_ARTIST_ID, ProofKind.APPLE_ARTIST_ID, ProofKind.DOCUMENT)
MAX_OPEN_CLAIMS = 20


@transaction.atomic
def make_claim(
    *, account: User, person: Person, relation: str, proof_kind: str, proof: str
) -> Claim:
    """An open claim, which proves nothing by itself.

    Raises ProofMissing, NotProtected, StandingExists, ClaimExists, TooManyClaims.
    """
    check_asked(person, relation, proof_kind, proof, CLAIMABLE)
    if Standing.objects.filter(account=account, person=person, revoked_at=None).exists():
        raise StandingExists
    if Claim.objects.filter(account=account, state=Claim.State.OPEN).count() >= MAX_OPEN_CLAIMS:
        raise TooManyClaims
    try:
        with transaction.atomic():
            claim = Claim.objects.create(
                account=account,
                person=person,
                relation=relation,
                proof_kind=proof_kind,
                proof=proof.strip()[:1000],
            )
    except IntegrityError as error:
        raise ClaimExists from error
    record_asked("name_claim.made", claim, account)
    return claim


@transaction.atomic
def accept_claim(*, claim: Claim, by: User, answer: str = "", note: str = "") -> Standing:
    """Grants what was claimed. Raises ClaimAnswered and everything that `grant_standing` raises."""
    _answer(claim, Claim.State.ACCEPTED, by, answer)
    return grant_standing(
        account=claim.account,
        person=claim.person,
        relation=claim.relation,
        proof_kind=claim.proof_kind,
        proof=claim.proof,
        by=by,
        note=note,
    )


@transaction.atomic
def decline_claim(*, claim: Claim, by: User, answer: str) -> None:
    """Says no, and why. Raises ProofMissing without an answer, ClaimAnswered."""
    if not answer.strip():
        raise ProofMissing
    _answer(claim, Claim.State.DECLINED, by, answer)


def _answer(claim: Claim, state: Claim.State, by: User, answer: str) -> None:
    now = timezone.now()
    waiting = Claim.objects.filter(pk=claim.pk, state=Claim.State.OPEN)
    text = answer.strip()[:1000]
    if not waiting.update(state=state, answered_by=by, answered_at=now, answer=text):
        raise ClaimAnswered
    claim.state, claim.answered_by, claim.answered_at, claim.answer = state, by, now, text
    record_asked(f"name_claim.{state.value}", claim, by)
