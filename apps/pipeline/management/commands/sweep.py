"""Rings again for work that was left behind and continues the ledger, once or for ever."""

import json
import logging
import signal
import threading
import time
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import close_old_connections

from apps.audit.errors import GuardsDown
from apps.pipeline.ledger import get_ledger_ready, keep_ledger
from apps.pipeline.sweep import sweep

log = logging.getLogger(__name__)


class Command(BaseCommand):
    """With --every it is the clock of the site; any number of them may run."""

    help = "Wake workers for waiting work, send mails, drop expired uploads, sign the ledger."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Once, or every so many seconds."""
        parser.add_argument("--every", type=float, metavar="SECONDS", help="again and again")
        parser.add_argument("--json", action="store_true", help="print the counts as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        """Sweeps once and prints the counts, or until SIGTERM or Ctrl-C."""
        every = options["every"]
        if every is None:
            self._show(sweep(), as_json=options["json"])
        elif every <= 0:
            raise CommandError("--every takes a number of seconds above zero.", returncode=2)
        else:
            try:
                get_ledger_ready()
            except GuardsDown as error:
                raise CommandError(str(error)) from error
            _repeat(every)

    def _show(self, counts: dict[str, int], *, as_json: bool) -> None:
        said = ", ".join(f"{name} {number}" for name, number in counts.items())
        self.stdout.write(json.dumps(counts) if as_json else said)


def _repeat(every_s: float) -> None:
    stopping = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopping.set())
    due = time.monotonic()
    while True:
        if time.monotonic() >= due:
            due = time.monotonic() + every_s
            _sweep_once()
        if (signed := keep_ledger()) > 0:
            log.debug("Leaves signed: %s", signed)
        close_old_connections()
        if stopping.wait(min(settings.LEDGER_EVERY_S, max(due - time.monotonic(), 0.01))):
            return


def _sweep_once() -> None:
    counts = {name: number for name, number in sweep().items() if number}
    if counts:
        log.info("Swept: %s", counts)
