"""Waking a worker. The row that was just written is the truth; this is only the bell."""

import logging

from celery import current_app
from django.db import transaction
from kombu.exceptions import KombuError

log = logging.getLogger(__name__)


def wake(task: str, *args: str) -> None:
    """Sends the task by name once the transaction is committed.

    A broker that is away loses nothing: the sweep finds the row and rings again.
    """
    transaction.on_commit(lambda: _ring(task, args))


def _ring(task: str, args: tuple[str, ...]) -> None:
    try:
        current_app.send_task(task, args=args, retry=False)
    except (KombuError, OSError) as error:
        log.warning("No worker was woken for %s%s: %s", task, args, error)
