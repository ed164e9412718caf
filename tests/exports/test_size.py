"""Thousands of decisions leave as a stream: memory does not grow with their number."""

from itertools import islice
from pathlib import Path

import pytest

from apps.exports.decisions import COLUMNS, rows
from apps.exports.formats import write
from apps.exports.scope import Filters, asked_for
from apps.policy.models import Decision
from tests.exports.worlds import make_world

MANY = 8_000
LEFT_OUT = ("id", "created_at", "supersedes_id")


@pytest.fixture
def many(db):
    """Copies of one held decision: a line of rulings about one track."""
    world = make_world()
    first = world.decisions[3]
    names = [field.attname for field in Decision._meta.concrete_fields]
    values = {name: getattr(first, name) for name in names if name not in LEFT_OUT}
    values |= {"automated_decision": False, "made_by_id": world.reviewer.pk}
    values |= {"ruling": {"outcome": first.outcome, "reason_codes": []}}
    before, copies = first, []
    for _ in range(MANY):
        before = Decision(**{**values, "supersedes": before})
        copies.append(before)
    Decision.objects.bulk_create(copies, batch_size=500)


def memory(name: str) -> int:
    """`VmRSS` or `VmHWM` (its peak) of this process, in bytes."""
    return int(Path("/proc/self/status").read_text().split(f"{name}:")[1].split()[0]) * 1024


def send(format: str, count: int) -> int:
    decisions = asked_for(Decision.objects.all(), Filters(outcome="needs_review"))
    found = islice(rows(decisions), count)
    return sum(len(block) for block in write(format, found, COLUMNS, bom=False))


@pytest.mark.skipif(not Path("/proc/self/clear_refs").exists(), reason="reads memory from /proc")
def test_memory_does_not_grow(many):
    for format in ("csv", "json", "xlsx"):
        assert send(format, 1_000) > 1_000
        Path("/proc/self/clear_refs").write_text("5")  # begins the peak anew
        before = memory("VmRSS")
        assert send(format, MANY) > MANY
        grown = memory("VmHWM") - before
        assert grown < 12 * 1024**2, f"{format}: {grown} bytes"


def test_the_same_measure_sees_rows_that_are_kept(many):
    """Guards the test above: all rows in a list do not fit under its limit."""
    Path("/proc/self/clear_refs").write_text("5")
    before = memory("VmRSS")
    kept = list(rows(asked_for(Decision.objects.all(), Filters(outcome="needs_review"))))
    assert len(kept) > MANY
    assert memory("VmHWM") - before > 12 * 1024**2
