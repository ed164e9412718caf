"""What is owed because of a case: decided by a person, met once it is shown, blocked when late."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from apps.accounts.batching import batched
from apps.accounts.models import User
from apps.audit.payload import moment
from apps.audit.record import record
from apps.consent.clock import ledger_now
from apps.training.affected import snapshots_behind, with_bases
from apps.training.models import (
    ModelVersion,
    Obligation,
    RevocationCase,
    RevocationStep,
    Snapshot,
    SnapshotMember,
)
from apps.training.revocation.errors import (
    AlreadyMet,
    NoEvidence,
    NoSuccessor,
    NotARemedy,
    NotDecider,
    NotLicensed,
    NotNewer,
    StillInside,
    TrainedAfter,
)
from apps.training.revocation.reach import CHUNK, snapshots_affected, tracks_of
from apps.training.revocation.steps import ring_again
from apps.training.revocation.triggers import trigger_of
from apps.training.staleness import wanted_of

DECIDE = "training.change_obligation"
Remedy = Obligation.Remedy
LEAST = 10  # letters of evidence


@transaction.atomic
def decide_obligation(*, by: User, obligation: Obligation, remedy: str) -> Obligation:
    """A person says how it will be met; until it is, that can be changed.

    Raises NotDecider, NotARemedy, AlreadyMet, TrainedAfter.
    """
    row = _locked(by, obligation)
    if remedy not in Remedy.values:
        raise NotARemedy(given=remedy[:40], allowed=", ".join(Remedy.values))
    if remedy == Remedy.NONE:
        _require_trained_before(row)
    row.remedy, row.decided_by = remedy, by
    row.save(update_fields=["remedy", "decided_by"])
    record(
        kind="revocation.remedy_decided",
        subject=row.model_version,
        actor=by,
        case=str(row.case_id),
        remedy=str(remedy),
    )
    return row


@transaction.atomic
def meet_obligation(
    *,
    by: User,
    obligation: Obligation,
    remedy: str,
    evidence: str,
    successor: ModelVersion | None = None,
) -> Obligation:
    """Closes an obligation with what shows that it was met; what can be checked is checked.

    `retrain`: `successor` is a newer version of the model none of whose datasets, nor those of its
    bases, holds the tracks; the old version retires. `retire`: it retires now. `licensed`: the
    ledger allows every track again. `none`: it was trained before the case counts. `unlearn` rests
    on the evidence alone, and the receipt says so. Raises a RevocationError; nothing changed then.
    """
    decide_obligation(by=by, obligation=obligation, remedy=remedy)
    row = _locked(by, obligation)
    shown = " ".join(evidence.split())
    if remedy == Remedy.RETRAIN:
        shown = f"{_checked(row, successor)} {shown}".strip()
    elif len(shown) < LEAST:
        raise NoEvidence
    if remedy == Remedy.LICENSED:
        _require_licensed(row)
    if remedy in (Remedy.RETRAIN, Remedy.RETIRE):
        retire_model(by=by, model_version=row.model_version, why=f"case {row.case_id}")
    row.evidence, row.closed_at = shown, timezone.now()
    row.save(update_fields=["evidence", "closed_at"])
    record(
        kind="revocation.remedy_shown",
        subject=row.model_version,
        actor=by,
        case=str(row.case_id),
        remedy=str(remedy),
        evidence=shown,
    )
    ring_again(row.case, RevocationStep.Kind.CLOSE)
    return row


@transaction.atomic
def retire_model(*, by: User, model_version: ModelVersion, why: str) -> bool:
    """Takes a model version out of use for good; whether it was in use."""
    row = ModelVersion.objects.select_for_update().get(pk=model_version.pk)
    if row.state == ModelVersion.State.RETIRED:
        return False
    row.state, row.retired_at = ModelVersion.State.RETIRED, timezone.now()
    row.save(update_fields=["state", "retired_at"])
    record(kind="model.retired", subject=row, actor=by, why=why)
    return True


def block_overdue() -> int:
    """Blocks every model version that owes something and is late; returns how many are new."""
    late = Obligation.objects.filter(closed_at=None, due_at__lte=timezone.now())
    keys = late.exclude(
        model_version__state__in=(ModelVersion.State.BLOCKED, ModelVersion.State.RETIRED)
    )
    return sum(_block(key) for key in set(keys.values_list("model_version", flat=True)))


def open_obligations(model_version: ModelVersion) -> list[Obligation]:
    """What is still owed for a model version or for anything that it was fine-tuned from."""
    rows = Obligation.objects.filter(model_version__in=with_bases(model_version), closed_at=None)
    return list(rows.select_related("case", "model_version").order_by("due_at"))


@transaction.atomic
def _block(model_id: int) -> int:
    row = ModelVersion.objects.select_for_update().get(pk=model_id)
    if row.state in (ModelVersion.State.BLOCKED, ModelVersion.State.RETIRED):
        return 0
    before, row.state = row.state, ModelVersion.State.BLOCKED
    row.save(update_fields=["state"])
    late = Obligation.objects.filter(model_version=row, closed_at=None).order_by("due_at")
    cases = [str(one.case_id) for one in late if one.due_at <= timezone.now()]
    record(kind="model.blocked", subject=row, actor=None, before=str(before), cases=cases)
    return 1


def _locked(by: User, obligation: Obligation) -> Obligation:
    if not by.has_perm(DECIDE):
        raise NotDecider
    rows = Obligation.objects.select_for_update(of=("self",))
    row = rows.select_related("model_version", "case").get(pk=obligation.pk)
    if row.closed_at:
        raise AlreadyMet
    return row


def _checked(row: Obligation, successor: ModelVersion | None) -> str:
    """The successor in one line of evidence; checked that it did not learn from the tracks."""
    if successor is None:
        raise NoSuccessor(model=row.model_version.name)
    told: dict[str, Any] = {"successor": successor, "model": row.model_version}
    newer = successor.started_at > _recorded(row.case)
    if successor.name != row.model_version.name or successor.pk == row.model_version_id:
        raise NotNewer(**told)
    if not newer or successor.state in (ModelVersion.State.RETIRED, ModelVersion.State.BLOCKED):
        raise NotNewer(**told)
    if inside := _holding(row.case, successor):
        raise StillInside(successor=successor, snapshot=inside.name)
    return f"{successor} · manifest {successor.manifest_sha256}"


def _holding(case: RevocationCase, model: ModelVersion) -> Snapshot | None:
    """A dataset behind the model that holds a track of the case under what was taken away."""
    bad = {held.snapshot.pk for held in snapshots_affected(case)}
    return next((one for one in snapshots_behind(model) if one.pk in bad), None)


def _recorded(case: RevocationCase) -> datetime:
    return trigger_of(case).recorded_at


def _require_trained_before(row: Obligation) -> None:
    if row.model_version.finished_at >= row.case.began_at:
        raise TrainedAfter(model=row.model_version, began=moment(row.case.began_at)[:16])


def _require_licensed(row: Obligation) -> None:
    """Every track of the case that the model learned from is allowed again, everywhere it was."""
    now, tracks, barred = ledger_now(), tracks_of(row.case), 0
    for snapshot in snapshots_behind(row.model_version):
        wanted = wanted_of(snapshot, now)
        for chunk in batched(tracks, CHUNK):
            held = SnapshotMember.objects.filter(snapshot=snapshot, track_id__in=chunk)
            inside = set(held.values_list("track_id", flat=True))
            barred += len(inside - wanted.allowed(inside))
    if barred:
        raise NotLicensed(count=barred, model_class=row.model_version.model_class)
