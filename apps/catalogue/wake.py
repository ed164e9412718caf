"""Waking a worker. The row that was just written is the truth; this is only the bell."""

import logging
import time

from celery import current_app
from django.db import transaction
from kombu.exceptions import KombuError

log = logging.getLogger(__name__)

QUIET_S = 1.0  # after a broker did not answer; the next one would wait for the same time-out


class _Bell:
    """Rings; but not again at once when nobody answered, so that a form waits for one time-out."""

    def __init__(self) -> None:
        self._quiet_until = 0.0

    def ring(self, task: str, args: tuple[str, ...], queue: str) -> None:
        if time.monotonic() < self._quiet_until:
            return
        try:
            current_app.send_task(task, args=args, queue=queue or None, retry=False)
        except (KombuError, OSError) as error:
            self._quiet_until = time.monotonic() + QUIET_S
            log.warning("No worker was woken for %s%s: %s", task, args, error)


_bell = _Bell()


def wake(task: str, *args: str, queue: str = "") -> None:
    """Sends the task by name once the transaction is committed.

    `queue`: another one than that of all workers. A broker that is away loses nothing: the sweep
    finds the row and rings again.
    """
    transaction.on_commit(lambda: _bell.ring(task, args, queue))
