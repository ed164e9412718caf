"""Lifting: a dispute that was settled holds nothing any more."""

from datetime import datetime

from django.db import transaction

from apps.audit.payload import moment
from apps.audit.record import record
from apps.training.models import RevocationCase, Snapshot
from apps.training.revocation.reach import snapshots_affected
from apps.training.staleness import find_stale


@transaction.atomic
def lift_case(*, case: RevocationCase, at: datetime) -> bool:
    """Ends a case; datasets that nothing else makes stale are as before. Whether it was open.

    The steps that were still to be done are not done: there is nothing left to hold.
    """
    row = RevocationCase.objects.select_for_update().get(pk=case.pk)
    if row.lifted_at or row.kind != RevocationCase.Kind.DISPUTE:
        return False
    row.lifted_at = at
    row.save(update_fields=["lifted_at"])
    freed = [one.snapshot for one in snapshots_affected(row) if _free(one.snapshot, row)]
    record(
        kind="revocation.lifted",
        subject=row,
        actor=None,
        at=moment(at),
        snapshots=[str(one.uid) for one in freed],
    )
    return True


def is_held(snapshot: Snapshot, but: RevocationCase | None = None) -> bool:
    """Whether a case that was not lifted makes the snapshot stale."""
    cases = RevocationCase.objects.filter(
        lifted_at=None, tracks__track_id__in=snapshot.members.values("track_id")
    ).distinct()
    others = cases.exclude(pk=but.pk) if but else cases
    return any(
        held.snapshot.pk == snapshot.pk for one in others for held in snapshots_affected(one)
    )


def _free(snapshot: Snapshot, case: RevocationCase) -> bool:
    if snapshot.state != Snapshot.State.STALE or is_held(snapshot, but=case):
        return False
    if find_stale(snapshot, full=True).stale:
        return False
    back = {"state": Snapshot.State.SEALED, "stale_since": None}
    return bool(Snapshot.objects.filter(pk=snapshot.pk, state=Snapshot.State.STALE).update(**back))
