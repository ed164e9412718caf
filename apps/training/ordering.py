"""Orders for snapshots: a program asks, a worker seals, and the answer waits to be fetched.

The question is checked when it is asked, so that what is wrong with it is said at once. A million
tracks take longer than a request may.
"""

import logging
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q, QuerySet

from apps.accounts.models import User
from apps.audit.record import record
from apps.catalogue.wake import wake
from apps.consent.clock import ledger_now
from apps.training.allowlist import Asked, is_now, understand
from apps.training.errors import BadName, NameTaken, NotStaff, OnlyNow, TrainingError
from apps.training.models import SnapshotOrder
from apps.training.sealing import LONGEST_NAME, take_snapshot

log = logging.getLogger(__name__)
TASK = "pipeline.seal_snapshot"
MAY_ORDER = "training.add_snapshot"
PATIENCE = timedelta(hours=2)  # after that another worker may try
MAX_ATTEMPTS = 3
S = SnapshotOrder.State
OUR_FAULT = "Sealing failed three times on our side. Nothing was sealed. Order it again, or ask us."


@transaction.atomic
def order_snapshot(*, asked: Asked, name: str, by: User) -> SnapshotOrder:
    """An order for a worker. The same question under the same name again is the same order.

    Raises a TrainingError: NameTaken where the name stood for another question, NotStaff, BadName,
    OnlyNow, and what `understand` raises. Nothing was written then.
    """
    if not by.has_perm(MAY_ORDER):
        raise NotStaff
    name = name.strip()
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise BadName(given=name[:LONGEST_NAME], most=LONGEST_NAME)
    User.objects.select_for_update().get(pk=by.pk)  # two orders of one name at once: one of them
    if made := SnapshotOrder.objects.filter(by=by, name=name).first():
        return _same(made, asked)
    now = ledger_now()
    understand(asked, now)
    if not is_now(asked, now):
        raise OnlyNow
    order = SnapshotOrder.objects.create(
        name=name,
        model_class=asked.model_class,
        policy_version=asked.policy_version,
        jurisdictions=_places(asked),
        valid_at=asked.at,
        known_at=asked.known_at,
        by=by,
    )
    record(kind="snapshot.ordered", subject=order, actor=by, model_class=order.model_class)
    wake(TASK, str(order.uid))
    return order


def fulfil_order(uid: UUID | str) -> None:
    """Seals what was ordered, or keeps on the order why not. Nothing escapes from here.

    Refused is what the question itself or the ledger forbids; trouble of ours is tried three times.
    """
    order = _claim(uid)
    if order is None:
        return
    try:
        snapshot = take_snapshot(asked=_asked(order), name=order.name, by=order.by)
    except TrainingError as error:
        _close(order, S.REFUSED, error_code=error.code, error_text=str(error)[:500])
    except Exception:  # MemoryError too: let out, it would end the worker
        log.exception("The snapshot of order %s could not be sealed", order.uid)
        _give_back(order)
    else:
        _close(order, S.SEALED, snapshot=snapshot)


def orders_waiting() -> QuerySet[SnapshotOrder]:
    """Orders that no worker has."""
    free = Q(claimed_at=None) | Q(claimed_at__lt=ledger_now() - PATIENCE)
    return SnapshotOrder.objects.filter(free, state=S.WAITING)


def _same(made: SnapshotOrder, asked: Asked) -> SnapshotOrder:
    before = (made.model_class, made.policy_version, made.jurisdictions)
    if before != (asked.model_class, asked.policy_version, _places(asked)):
        raise NameTaken(name=made.name)
    if (made.valid_at, made.known_at) != (asked.at, asked.known_at):
        raise NameTaken(name=made.name)
    return made


def _places(asked: Asked) -> str:
    return ",".join(sorted(set(asked.jurisdictions)))


def _asked(order: SnapshotOrder) -> Asked:
    """The question as of now: what was taken back since it was asked is not in the snapshot."""
    now = ledger_now()
    places = tuple(order.jurisdictions.split(","))
    return Asked(order.model_class, order.policy_version, places, now, now)


@transaction.atomic
def _claim(uid: UUID | str) -> SnapshotOrder | None:
    free = orders_waiting().filter(pk=uid).select_for_update(skip_locked=True)
    if not free.exists():
        return None
    SnapshotOrder.objects.filter(pk=uid).update(claimed_at=ledger_now(), attempts=F("attempts") + 1)
    return SnapshotOrder.objects.select_related("by").get(pk=uid)


def _give_back(order: SnapshotOrder) -> None:
    """To the sweep; after three attempts the order says that it was our fault."""
    if order.attempts >= MAX_ATTEMPTS:
        _close(order, S.REFUSED, error_code="our_fault", error_text=OUR_FAULT)
        return
    SnapshotOrder.objects.filter(pk=order.pk, state=S.WAITING).update(claimed_at=None)


@transaction.atomic
def _close(order: SnapshotOrder, state: str, **ended: object) -> None:
    rows = SnapshotOrder.objects.select_for_update().filter(pk=order.pk, state=S.WAITING)
    if rows.update(state=state, finished_at=ledger_now(), **ended):
        told = {"code": ended["error_code"]} if "error_code" in ended else {}
        record(kind=f"snapshot.order_{state}", subject=order, actor=None, **told)
