"""The steps of a case: which there are, when each is due, who does one now, and what comes next.

Each step is a row, and a task of its own by row and name. It may run twice, by two workers, or be
killed in between: what a step does is the same the second time, and it is done only once its proof
is on its row. Whatever goes wrong is kept on the row, and the sweep rings again.
"""

import logging
from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone

from apps.audit.record import record
from apps.catalogue.wake import wake
from apps.training.models import (
    Notification,
    Obligation,
    RevocationCase,
    RevocationStep,
    Snapshot,
)
from apps.training.revocation import (
    closing,
    marking,
    notifying,
    obliging,
    purging,
    stopping,
    tracing,
)
from apps.training.revocation.reach import time_for
from apps.training.revocation.triggers import Kind, Trigger
from apps.training.revocation.waiting import Waiting

log = logging.getLogger(__name__)

TASK = "pipeline.do_revocation_step"
PATIENCE = timedelta(minutes=10)  # after that another worker may take what one began
RETRY_AFTER = timedelta(minutes=1)  # what failed is tried again
Step = RevocationStep.Kind
EVERY = (Step.STOP, Step.TRACE, Step.MARK, Step.PURGE, Step.OBLIGE, Step.NOTIFY, Step.CLOSE)
OF_A_DISPUTE = (Step.STOP, Step.MARK)  # it can be settled: nothing is deleted, nobody owes
TIMED_AS = {Step.OBLIGE: "mark", Step.CLOSE: "remedy"}  # steps without a deadline of their own
NEEDS: dict[
    str, tuple[Step, ...]
] = {  # what has to be done before; stop and trace wait for nothing
    Step.PURGE: (Step.TRACE,),
    Step.OBLIGE: (Step.TRACE,),
    Step.NOTIFY: (Step.TRACE,),
    Step.CLOSE: (Step.STOP, Step.TRACE, Step.MARK, Step.PURGE, Step.OBLIGE, Step.NOTIFY),
}
WORK: dict[str, Callable[[RevocationCase], dict[str, Any]]] = {
    Step.STOP: stopping.stop,
    Step.TRACE: tracing.trace,
    Step.MARK: marking.mark,
    Step.PURGE: purging.purge,
    Step.OBLIGE: obliging.oblige,
    Step.NOTIFY: notifying.notify,
    Step.CLOSE: closing.close,
}


def add_steps(case: RevocationCase, trigger: Trigger, snapshots: Iterable[Snapshot]) -> None:
    """The steps of a new case with their deadlines, counted from when it was recorded."""
    kinds = OF_A_DISPUTE if trigger.kind == Kind.DISPUTE else EVERY
    used = list(snapshots)
    RevocationStep.objects.bulk_create(
        RevocationStep(
            case=case,
            kind=kind,
            due_at=trigger.recorded_at + time_for(TIMED_AS.get(kind, kind), trigger, used),
        )
        for kind in kinds
    )
    for step in case.steps.exclude(kind__in=NEEDS):
        wake(TASK, str(step.pk))


def waiting_steps() -> QuerySet[RevocationStep]:
    """Steps that can be done now and that nobody has, the most urgent first."""
    now = timezone.now()
    free = (
        Q(tried_at=None)
        | Q(tried_at__lt=now - PATIENCE)
        | (~Q(error="") & Q(tried_at__lt=now - RETRY_AFTER))
    )
    steps = RevocationStep.objects.filter(free, done_at=None, case__lifted_at=None)
    for kind, needed in NEEDS.items():
        open_ones = RevocationStep.objects.filter(
            case=OuterRef("case"), kind__in=needed, done_at=None
        )
        steps = steps.exclude(Exists(open_ones), kind=kind)
    for kind, people in _waits_for_people().items():
        steps = steps.exclude(Exists(people), kind=kind)
    return steps.order_by("due_at", "pk")


def do_step(step_id: int | str) -> bool:
    """Does one step now, unless somebody else has it; whether it is done afterwards.

    Nothing escapes: what went wrong is on the row.
    """
    step = _claim(step_id)
    if step is None:
        return False
    try:
        proof = WORK[step.kind](step.case)
    except Waiting as still:
        RevocationStep.objects.filter(pk=step.pk, done_at=None).update(proof=still.proof)
        return False
    except Exception as error:  # MemoryError too: let out, it would end the worker
        log.exception("Step %s of the case %s failed", step.kind, step.case_id)
        RevocationStep.objects.filter(pk=step.pk, done_at=None).update(
            error=f"{type(error).__name__}: {error}"[:2000]
        )
        return False
    _finish(step, proof)
    return True


def ring_again(case: RevocationCase, kind: Step) -> None:
    """What a step waited for has happened: it is looked at again at once."""
    mine = RevocationStep.objects.filter(case=case, kind=kind, done_at=None)
    mine.update(tried_at=None)
    for step in mine:
        wake(TASK, str(step.pk))


def _waits_for_people() -> dict[str, QuerySet[Any]]:
    """What a step of a kind waits for; whoever ends the waiting rings (`ring_again`)."""
    owed = Obligation.objects.filter(case=OuterRef("case"), closed_at=None)
    silent = Notification.objects.filter(
        case=OuterRef("case"), acknowledged_at=None, escalated_at=None
    )
    return {Step.CLOSE: owed, Step.NOTIFY: silent}


def _claim(step_id: int | str) -> RevocationStep | None:
    now = timezone.now()
    free = Q(tried_at=None) | Q(tried_at__lt=now - PATIENCE) | ~Q(error="")
    # Without a join: PostgreSQL looks again at the row that it waited for, not at what joins it.
    mine = RevocationStep.objects.filter(free, pk=step_id, done_at=None)
    step = mine.filter(case__lifted_at=None).select_related("case").first()
    if step is None or _needed(step).exists():
        return None
    if not mine.update(tried_at=now, attempts=F("attempts") + 1, error=""):
        return None
    return step


def _needed(step: RevocationStep) -> QuerySet[RevocationStep]:
    """What has to be done before and is not."""
    kinds = NEEDS.get(step.kind, ())
    return RevocationStep.objects.filter(case=step.case_id, kind__in=kinds, done_at=None)


@transaction.atomic
def _finish(step: RevocationStep, proof: dict[str, Any]) -> None:
    row = RevocationStep.objects.select_for_update().get(pk=step.pk)
    if row.done_at:
        return
    row.done_at, row.proof, row.error = timezone.now(), proof, ""
    row.save(update_fields=["done_at", "proof", "error"])
    record(
        kind="revocation.step_done", subject=step.case, actor=None, step=str(row.kind), proof=proof
    )
    for other in RevocationStep.objects.filter(case=step.case_id, done_at=None):
        if row.kind in NEEDS.get(other.kind, ()) and not _needed(other).exists():
            wake(TASK, str(other.pk))
