"""Finds what a lost message or a dead worker left behind, and rings again. Changes no outcome."""

import logging
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

from celery import current_app
from django.db.models import Count, Q, QuerySet
from django.db.models.expressions import Combinable
from django.db.models.functions import Now

from apps.catalogue.uploads import drop_expired_uploads
from apps.catalogue.wake import wake
from apps.fingerprints import deliveries, retro_asking
from apps.fingerprints.shards import sweep_questions
from apps.pipeline import inspection, licence_doubts, retro, revocation, voice_work
from apps.pipeline.announcing import announce_terms
from apps.pipeline.mail import send_waiting
from apps.pipeline.originals import scratch
from apps.registry.enrolled.stems import TASK
from apps.screening.lease import claimable
from apps.screening.models import ScreeningRun
from apps.screening.scratch import remove_abandoned
from apps.training.ordering import TASK as SEAL
from apps.training.ordering import orders_waiting
from apps.training.revocation import steps as revoking
from apps.training.sealing import sweep_unfinished

log = logging.getLogger(__name__)

MOST_BELLS = 100  # in one sweep; the rest waits for the next
YOUNG_S = 5.0  # rows younger than this still have their first message on its way


def sweep() -> dict[str, int]:
    """Bells rung again, mails sent, expired uploads and leftovers removed: counts.

    Safe at any time, in any number of processes at once. Each part goes on when another fails.
    """
    parts: dict[str, Callable[[], int]] = {
        **revocation.PARTS,
        "bells": ring_again,
        "mails": send_waiting,
        "terms": announce_terms,
        "uploads": drop_expired_uploads,
        "leftovers": lambda: remove_abandoned(scratch()),
        "voices": voice_work.tidy_voices,
        "snapshots": sweep_unfinished,
        "references": retro.act_on_waiting,
        "licences": licence_doubts.act_on_waiting,
        "questions": sweep_questions,
    }
    counts = {}
    for name, part in parts.items():
        try:
            counts[name] = part()
        except Exception:  # one broken part must not stop the others, nor the clock
            log.exception("The sweep could not do its part %r", name)
            counts[name] = -1
    return counts


def ring_again() -> int:
    """Wakes workers for what nobody has. Returns how many bells that was.

    Rings only as often as messages are missing, so that a long queue is not doubled every time;
    the oldest first, because work whose message was lost grows old.
    """
    runs = claimable().filter(Q(created_at__lt=_young()) | Q(lease_until__isnull=False))
    looks = inspection.waiting().filter(created_at__lt=_young())
    voices = voice_work.waiting().filter(asked_at__lt=_young())
    orders = orders_waiting().filter(created_at__lt=_young())
    taken = deliveries.waiting().filter(created_at__lt=_young())
    wanted = runs.count() + looks.count() + voices.count() + orders.count() + taken.count()
    steps = revoking.waiting_steps()
    looking = retro.waiting().filter(asked_at__lt=_young())
    wanted += steps.count() + min(looking.count(), retro_asking.FEW)
    missing = min(wanted - messages_waiting(), MOST_BELLS)
    if missing <= 0:
        return 0
    bells: list[tuple[str, UUID | int]] = [
        (revoking.TASK, pk) for pk in _oldest(steps, missing, by="due_at")
    ]
    bells += [("pipeline.inspect_audio", pk) for pk in _oldest(looks, missing - len(bells))]
    bells += [(TASK, pk) for pk in _oldest(voices, missing - len(bells), by="asked_at")]
    bells += [(SEAL, pk) for pk in _oldest(orders, missing - len(bells))]
    bells += [(deliveries.TASK, pk) for pk in _oldest(taken, missing - len(bells))]
    bells += [("pipeline.screen_run", pk) for pk in _oldest(runs, missing - len(bells))]
    left = min(missing - len(bells), retro_asking.FEW)
    bells += [(retro_asking.TASK, pk) for pk in _first(looking, left)]
    for task, pk in bells:
        wake(task, str(pk))
    return len(bells)


def backlog() -> dict[str, int]:
    """Runs by state, for whoever watches the queue."""
    rows = ScreeningRun.objects.order_by().values("state").annotate(number=Count("pk"))
    return {row["state"]: row["number"] for row in rows}


def messages_waiting() -> int:
    """Messages in the broker's queue; 0 when it has none or cannot be asked."""
    name = current_app.conf.task_default_queue
    with current_app.connection_for_write() as connection:
        try:
            with connection.channel() as channel:
                return int(channel.queue_declare(queue=name, passive=True).message_count)
        except (*connection.connection_errors, *connection.channel_errors) as error:
            log.debug("The broker did not tell the length of its queue: %s", error)
            return 0


def _oldest(rows: "QuerySet[Any]", most: int, by: str = "created_at") -> list[UUID]:
    return _first(rows.order_by(by), most)


def _first(rows: "QuerySet[Any]", most: int) -> list[Any]:
    return list(rows.values_list("pk", flat=True)[: max(most, 0)])


def _young() -> Combinable:
    return Now() - timedelta(seconds=YOUNG_S)
