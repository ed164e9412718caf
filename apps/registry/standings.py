"""What is proven between an account and a protected person: granted, and taken back."""

from collections.abc import Collection

from django.db import IntegrityError, transaction
from django.utils import timezone

from apps.accounts.models import User
from apps.audit.record import record
from apps.registry.errors import NotProtected, OwnStanding, ProofMissing, StandingExists
from apps.registry.models import Claim, Person, ProofKind, Relation, Standing


@transaction.atomic
def grant_standing(
    *,
    account: User,
    person: Person,
    relation: str,
    proof_kind: str,
    proof: str,
    by: User,
    note: str = "",
) -> Standing:
    """This account is, or represents, the person; or only shares their name.

    Raises StandingExists, NotProtected, ProofMissing, OwnStanding.
    """
    if by.pk == account.pk and proof_kind != ProofKind.ARTIST_KEY:
        raise OwnStanding
    check_asked(person, relation, proof_kind, proof)
    try:
        with transaction.atomic():
            standing = Standing.objects.create(
                account=account,
                person=person,
                relation=relation,
                proof_kind=proof_kind,
                proof=proof.strip()[:1000],
                note=note.strip()[:2000],
                granted_by=by,
                granted_at=timezone.now(),
            )
    except IntegrityError as error:
        raise StandingExists from error
    record_asked("standing.granted", standing, by)
    return standing


@transaction.atomic
def revoke_standing(*, standing: Standing, by: User) -> None:
    """Takes a standing back; doing it again changes nothing. What was decided stays decided."""
    now = timezone.now()
    open_one = Standing.objects.filter(pk=standing.pk, revoked_at=None)
    if open_one.update(revoked_by=by, revoked_at=now):
        standing.revoked_by, standing.revoked_at = by, now
        record_asked("standing.revoked", standing, by)


def check_asked(
    person: Person,
    relation: str,
    proof_kind: str,
    proof: str,
    kinds: Collection[str] = ProofKind.values,
) -> None:
    """What may be granted, and claimed with these `kinds` of proof.

    Raises NotProtected, ProofMissing.
    """
    if not person.is_active:
        raise NotProtected
    if relation not in Relation.values or proof_kind not in kinds or not proof.strip():
        raise ProofMissing


def record_asked(kind: str, row: Standing | Claim, by: User) -> None:
    """The event of a standing or a claim: between whom, as what, proven how."""
    record(
        kind=kind,
        subject=row,
        actor=by,
        account=str(row.account_id),
        person=str(row.person_id),
        name=row.person.name,
        relation=row.relation,
        proof_kind=row.proof_kind,
    )
