"""A Celery broker made of files, for one machine: kombu's filesystem transport, mended.

The stock transport opens a message under its final name and fills it afterwards, so that a
consumer can take an empty file: the message is lost and the worker ends. It also rewrites its
routing tables in place, moves messages across file systems, and names them by a clock that starts
again at every boot. Here everything appears by one rename on one file system, or not at all.

A message is a hint, the row is the truth: what a killed worker held is gone, and the sweep rings
again. `docs/operations.md` has the measured losses of both.
"""

# kombu calls itself typed and mostly is not:
# mypy: disable-error-code="no-untyped-call, override, assignment, misc"

import fcntl
import logging
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import Empty
from typing import Any
from uuid import uuid4

from kombu.transport import filesystem, virtual
from kombu.utils.json import dumps, loads

log = logging.getLogger(__name__)

DEAD_AFTER_S = 3600.0  # leftovers of processes that were killed between two renames
Bindings = list[filesystem.exchange_queue_t]


class Channel(filesystem.Channel):
    """Messages as files under `transport_options["folder"]`."""

    def __init__(self, connection: Any, **kwargs: Any) -> None:
        super().__init__(connection, **kwargs)
        self.root = Path(self.transport_options["folder"])
        self.messages, self.writing, self.taken = (
            self.root / name for name in ("messages", "writing", "taken")
        )
        for folder in (self.messages, self.writing, self.taken, self.control_folder):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        remove_dead_files(self.writing, self.taken)

    @property
    def control_folder(self) -> Path:
        """Where the stock transport looks for the tables that say which exchange feeds what."""
        return self.root / "tables"

    # --- messages ---

    def _put(self, queue: str, payload: Any, **kwargs: Any) -> None:
        # Nanoseconds since 1970 keep the order across reboots; the rest tells equal times apart.
        name = f"{time.time_ns():020d}-{uuid4().hex}.{queue}.msg"
        self._appear(self.messages / name, payload)

    def _get(self, queue: str) -> Any:
        for name in sorted(self._names(queue)):
            mine = self.taken / name
            try:
                (self.messages / name).rename(mine)
            except FileNotFoundError:  # another consumer was first
                continue
            try:
                return loads(mine.read_bytes())
            except ValueError:
                log.exception("The message %s cannot be read; the sweep will ring again", name)
            finally:
                mine.unlink(missing_ok=True)
        raise Empty

    def _size(self, queue: str) -> int:
        return sum(1 for _ in self._names(queue))

    def _purge(self, queue: str) -> int:
        names = list(self._names(queue))
        for name in names:
            (self.messages / name).unlink(missing_ok=True)
        return len(names)

    def _names(self, queue: str) -> Iterator[str]:
        with os.scandir(self.messages) as entries:
            for entry in entries:
                if entry.name.partition(".")[2] == f"{queue}.msg":
                    yield entry.name

    def _appear(self, path: Path, content: Any) -> None:
        """Writes beside, then renames: nobody ever sees half of it."""
        draft = self.writing / uuid4().hex
        try:
            draft.write_text(dumps(content), "utf-8")
            draft.rename(path)
        except OSError:
            draft.unlink(missing_ok=True)
            raise

    # --- which queue an exchange leads to ---

    def get_table(self, exchange: str) -> Bindings:
        """The bindings of an exchange; an empty list when it has none."""
        try:
            rows = loads(self._exchange_file(exchange).read_bytes())
        except FileNotFoundError:
            return []
        return [filesystem.exchange_queue_t(*row) for row in rows]

    def _queue_bind(self, exchange: str, routing_key: str, pattern: str, queue: str) -> None:
        row = filesystem.exchange_queue_t(routing_key or "", pattern or "", queue or "")
        self._change(exchange, lambda rows: rows if row in rows else [row, *rows])

    def _delete(
        self, queue: str, exchange: str, routing_key: str, pattern: str, *args: Any, **kwargs: Any
    ) -> None:
        virtual.Channel._delete(self, queue, exchange, routing_key, pattern, *args, **kwargs)
        gone = filesystem.exchange_queue_t(routing_key or "", pattern or "", queue or "")
        self._change(exchange, lambda rows: [row for row in rows if row != gone])

    def _change(self, exchange: str, edit: Callable[[Bindings], Bindings]) -> None:
        with self._lock():
            before = self.get_table(exchange)
            after = edit(before)
            if after != before:
                self._appear(self._exchange_file(exchange), after)

    @contextmanager
    def _lock(self) -> Iterator[None]:
        with (self.root / "lock").open("a") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield


class Transport(filesystem.Transport):
    """`broker_transport = "apps.pipeline.filebroker:Transport"`; options: folder, polling_interval.

    A full or missing disk is a broker that is away: `send_task` raises OperationalError for it.
    """

    Channel = Channel
    connection_errors = (*virtual.Transport.connection_errors, OSError)
    recoverable_connection_errors = connection_errors
    global_state = virtual.BrokerState()
    driver_type = driver_name = "files"


def remove_dead_files(*folders: Path, older_than_s: float = DEAD_AFTER_S) -> int:
    """Removes what killed processes left behind; returns how many files that was."""
    removed = 0
    for folder in folders:
        for path in folder.iterdir():
            try:
                if time.time() - path.stat().st_mtime > older_than_s:
                    path.unlink()
                    removed += 1
            except FileNotFoundError:  # another process cleans too
                continue
    return removed
