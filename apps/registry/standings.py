"""What is proven between an account and a protected person: granted, and taken back."""

from django.db import IntegrityError, transaction
from django.utils import timezone

from apps.accounts.models import User
from apps.audit.record import record
from apps.registry.errors import NotProtected, OwnStanding, ProofMissing, StandingExists
from apps.registry.models import Person, ProofKind, Relation, Standing


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
    if not person.is_active:
        raise NotProtected
    if relation not in Relation.values or proof_kind not in ProofKind.values or not proof.strip():
        raise ProofMissing
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
    _record("standing.granted", standing, by)
    return standing


@transaction.atomic
def revoke_standing(*, standing: Standing, by: User) -> None:
    """Takes a standing back; doing it again changes nothing. What was decided stays decided."""
    now = timezone.now()
    open_one = Standing.objects.filter(pk=standing.pk, revoked_at=None)
    if open_one.update(revoked_by=by, revoked_at=now):
        standing.revoked_by, standing.revoked_at = by, now
        _record("standing.revoked", standing, by)


def _record(kind: str, standing: Standing, by: User) -> None:
    record(
        kind=kind,
        subject=standing,
        actor=by,
        account=str(standing.account_id),
        person=str(standing.person_id),
        name=standing.person.name,
        relation=standing.relation,
        proof_kind=standing.proof_kind,
    )
