"""Runs the whole site on this machine: web server, workers and the clock."""

import threading
import time
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from apps.audit.errors import GuardsDown
from apps.audit.guards import require_guards
from apps.pipeline import demo
from apps.pipeline.embedded import CannotServe, answers, only_one, programs, require_free_port
from apps.pipeline.supervisor import Supervisor
from apps.pipeline.watchdog import is_stalled

STALLED_S = 60.0
WATCH_EVERY_S = 15.0


class Command(BaseCommand):
    """Ends with Ctrl-C or SIGTERM, and leaves no process behind."""

    help = "Run the whole site on this machine: web server, workers and the clock."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Where to listen, and how many tracks to screen at once."""
        parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
        parser.add_argument("--port", type=int, default=8000, help="port to listen on")
        parser.add_argument("--workers", type=int, default=2, help="tracks screened at once")

    def handle(self, *args: Any, **options: Any) -> None:
        """Starts everything and stays until asked to stop."""
        self._lock = threading.Lock()
        self._host, self._port = options["host"], options["port"]
        self._announced, self._watched = False, time.monotonic()
        try:
            self._require_database()
            require_free_port(self._host, self._port)
            with only_one(settings.DATA_DIR):
                self._serve(options["workers"])
        except CannotServe as error:
            raise CommandError(str(error)) from error

    def _serve(self, workers: int) -> None:
        wanted = programs(
            host=self._host,
            port=self._port,
            workers=workers,
            every_s=settings.SWEEP_EVERY_S,
        )
        self._supervisor = Supervisor(wanted, say=self._say, at_each_tick=self._tick)
        self._supervisor.run()

    def _tick(self) -> None:
        if not self._announced and answers(self._host, self._port):
            self._announced = True
            self._welcome()
        if time.monotonic() - self._watched > WATCH_EVERY_S:
            self._watched = time.monotonic()
            self._watch()

    def _watch(self) -> None:
        try:
            stalled = is_stalled(STALLED_S)
        except DatabaseError as error:
            self._say(f"watchdog | the database did not answer: {error}")
            return
        finally:
            connection.close()
        if stalled:
            self._say("watchdog | work waits and nobody takes it; starting the workers again")
            self._supervisor.restart("worker")

    def _welcome(self) -> None:
        shown = f"[{self._host}]" if ":" in self._host else self._host
        self._say(f"\n  Soundcheck is at http://{shown}:{self._port}\n")
        for line in demo.account_lines():
            self._say(f"  {line}")
        self._say("  Ctrl-C stops everything.\n")

    def _require_database(self) -> None:
        try:
            executor = MigrationExecutor(connection)
            behind = executor.migration_plan(executor.loader.graph.leaf_nodes())
        except DatabaseError as error:
            raise CannotServe(f"The database does not answer: {error}") from error
        finally:
            connection.close()
        if behind:
            raise CannotServe("The database is not up to date. Run `make setup` first.")
        try:
            require_guards(connection)
        except GuardsDown as error:
            raise CannotServe(str(error)) from error
        finally:
            connection.close()

    def _say(self, text: str) -> None:
        with self._lock:
            self.stdout.write(text)
            self.stdout.flush()
