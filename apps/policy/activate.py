"""Putting a ruleset in force, which takes two people."""

from django.db import transaction
from django.utils import timezone

from apps.accounts.models import User
from apps.audit.record import record
from apps.policy.models import Ruleset
from apps.policy.prove import prove
from apps.policy.publish import law_of
from apps.policy.rulebooks import find_golden
from apps.screening.codes import TEXTS

PERMISSION = "policy.change_ruleset"


class CannotActivate(Exception):
    """This ruleset is not put in force; the message says why, and what to do."""


@transaction.atomic
def activate_ruleset(*, ruleset_id: str, by: User, second: User) -> Ruleset:
    """Puts a stored ruleset in force and retires the one before it; the row that is in force.

    Decisions keep the ruleset they were made under. Doing it again changes nothing. Raises
    CannotActivate.
    """
    _refuse_people(by, second)
    row = Ruleset.objects.select_for_update().filter(pk=ruleset_id).first()
    if row is None:
        raise CannotActivate(f'No ruleset called "{ruleset_id}" is stored. Publish it first.')
    if row.state == Ruleset.State.ACTIVE:
        return row
    _refuse_law(row)
    before = Ruleset.objects.filter(state=Ruleset.State.ACTIVE).first()
    Ruleset.objects.filter(state=Ruleset.State.ACTIVE).update(state=Ruleset.State.RETIRED)
    row.state, row.activated_by, row.activated_at = Ruleset.State.ACTIVE, by, timezone.now()
    row.save(update_fields=["state", "activated_by", "activated_at"])
    record(
        kind="ruleset.activated",
        subject=row,
        actor=by,
        sha256=row.sha256,
        second=str(second.pk),
        before=before.pk if before else None,
    )
    return row


def _refuse_people(by: User, second: User) -> None:
    if by.pk == second.pk:
        raise CannotActivate("Two different people must agree. Name another one with --second.")
    for person in (by, second):
        if not (person.is_active and person.has_perm(PERMISSION)):
            raise CannotActivate(f"{person.email} may not change the rules: ask compliance.")


def _refuse_law(row: Ruleset) -> None:
    if row.effective_from > timezone.now().date():
        raise CannotActivate(f"{row.pk} applies from {row.effective_from} on. Wait until then.")
    law = law_of(row)
    if not prove(law, find_golden(law), TEXTS).holds:
        raise CannotActivate(f"{row.pk} does not hold: `policy check {row.pk}` says why.")
