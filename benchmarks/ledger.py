"""The ledger on PostgreSQL, a line `name value unit` each. Run it with a database of its own:

    SOUNDCHECK_PG_FSYNC=on scripts/with_postgres.sh .venv/bin/python benchmarks/ledger.py [LEAVES]

Writers are processes, each event a transaction of its own with its detail, committed to the disk.
Leaves are made by COPY through the same triggers; payloads are those of ordinary events.
"""

import json
import multiprocessing
import os
import random
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
os.environ.setdefault("SOUNDCHECK_DATA", tempfile.mkdtemp(prefix="soundcheck-ledger-"))
os.environ.setdefault("LOG_LEVEL", "WARNING")
os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"

import django  # noqa: E402

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection, connections  # noqa: E402

from apps.accounts.models import User  # noqa: E402
from apps.audit import keys  # noqa: E402
from apps.audit.details import verify_details  # noqa: E402
from apps.audit.models import EventDetail, Leaf  # noqa: E402
from apps.audit.proofs import proof_of  # noqa: E402
from apps.audit.record import described, record  # noqa: E402
from apps.audit.sequencer import sequence_pending  # noqa: E402
from apps.audit.verify import verify  # noqa: E402

WRITERS, EACH = 16, 250
LEAVES = 1_000_000
PROOFS = 200
COLUMNS = ("uid", "at", "kind", "subject_type", "subject_id", "payload", "leaf_hash")


def show(name: str, value: float, unit: str) -> None:
    """One line of the result."""
    print(f"{name} {value:.2f} {unit}" if value < 100 else f"{name} {value:.0f} {unit}", flush=True)  # noqa: T201


def timed(work: Callable[[], object]) -> float:
    """Seconds that `work` took."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def write(person_id: uuid.UUID) -> None:
    """What one writer does."""
    person = User.objects.get(pk=person_id)
    for number in range(EACH):
        record(kind="bench.written", subject=person, actor=person, number=number)


def write_at_once(person: User) -> None:
    """All writers, as processes of their own."""
    connections.close_all()
    fork = multiprocessing.get_context("fork")
    writers = [fork.Process(target=write, args=(person.pk,)) for _ in range(WRITERS)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
        if writer.exitcode:
            raise SystemExit("A writer failed.")


def made(person: User, count: int) -> Iterator[EventDetail]:
    """Ordinary events with their details, not saved."""
    for number in range(count):
        yield described(
            kind="track.cleared",
            subject_type="catalogue.track",
            subject_id=str(uuid.uuid4()),
            actor=person,
            data={"from": "submitted", "to": "cleared", "number": number},
        )


def fill(person: User, count: int) -> None:
    """`count` more events with their details, through the triggers."""
    kept: dict[uuid.UUID, tuple[str, bytes]] = {}
    with connection.cursor() as cursor:
        asked = f"COPY audit_event ({', '.join(COLUMNS)}) FROM STDIN"
        with cursor.copy(asked) as copy:
            for detail in made(person, count):
                copy.write_row(tuple(getattr(detail.event, name) for name in COLUMNS))
                kept[detail.event.uid] = (json.dumps(detail.data), bytes(detail.salt))
        cursor.execute("SELECT id, uid FROM audit_event")
        ids = [(pk, uid) for pk, uid in cursor.fetchall() if uid in kept]
        asked = "COPY audit_eventdetail (event_id, actor_id, data, salt) FROM STDIN"
        with cursor.copy(asked) as copy:
            for pk, uid in ids:
                copy.write_row((pk, person.pk, *kept[uid]))
        cursor.execute("ANALYZE")


def prove_some(count: int) -> None:
    """Proofs of random leaves."""
    size = Leaf.objects.count()
    for _ in range(count):
        proof_of(Leaf.objects.get(index=random.randrange(size)).uid)  # noqa: S311


def measure(leaves: int) -> None:
    """Everything, in an order in which nothing disturbs what comes after."""
    call_command("migrate", verbosity=0)
    keys.make_key()
    person = User.objects.create_user(email="bench@example.org", name="Bench")
    took = timed(lambda: write_at_once(person))
    show("ledger_record_16_writers", WRITERS * EACH / took, "events/s")
    sequence_pending()
    fill(person, leaves - WRITERS * EACH)
    show("ledger_sequencer", (leaves - WRITERS * EACH) / timed(sequence_pending), "events/s")
    report = verify()
    if report.fault or report.leaves != leaves:
        raise SystemExit(json.dumps(report.as_dict()))
    spent = time.process_time()
    show(f"ledger_verify_{leaves}_leaves", timed(verify), "s")
    show(f"ledger_verify_{leaves}_leaves_own_cpu", time.process_time() - spent, "s")
    if (report := verify(details=True)).fault or report.details != leaves:
        raise SystemExit(json.dumps(report.as_dict()))
    spent = time.process_time()
    show(f"ledger_verify_{leaves}_details_more", timed(verify_details), "s")
    show(f"ledger_verify_{leaves}_details_more_own_cpu", time.process_time() - spent, "s")
    show("ledger_nothing_to_do", timed(sequence_pending) * 1000, "ms")
    show("ledger_proof", timed(lambda: prove_some(PROOFS)) / PROOFS * 1000, "ms")


if __name__ == "__main__":
    measure(int(sys.argv[1]) if len(sys.argv) > 1 else LEAVES)
