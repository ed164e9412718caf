"""Thousands of decisions leave as a stream: memory does not grow with their number."""

import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice

import pytest

from apps.exports.decisions import COLUMNS, rows
from apps.exports.formats import write
from apps.exports.scope import Filters, asked_for
from apps.policy.models import Decision
from tests.exports.worlds import make_world

ONE_BATCH, MANY = 1_000, 4_000  # rows are fetched a thousand at a time
LIMIT = 3 * 1024**2  # bytes
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


@contextmanager
def peak() -> Iterator[list[int]]:
    """Appends the most bytes that Python held during the block beyond those at its start."""
    found: list[int] = []
    tracemalloc.start()
    try:
        yield found
        found.append(tracemalloc.get_traced_memory()[1])
    finally:
        tracemalloc.stop()


def send(format: str, count: int) -> int:
    decisions = asked_for(Decision.objects.all(), Filters(outcome="needs_review"))
    found = islice(rows(decisions), count)
    return sum(len(block) for block in write(format, found, COLUMNS, bom=False))


def test_memory_does_not_grow(many):
    for format in ("csv", "json", "xlsx"):
        with peak() as few:
            assert send(format, ONE_BATCH) > ONE_BATCH
        with peak() as all_of_them:
            assert send(format, MANY) > MANY
        grown = all_of_them[0] - few[0]
        assert grown < LIMIT, f"{format}: {grown} bytes"


def test_the_same_measure_sees_rows_that_are_kept(many):
    """Guards the test above: all rows in a list do not fit under its limit."""
    with peak() as few:
        assert send("json", ONE_BATCH) > ONE_BATCH
    with peak() as all_of_them:
        kept = list(rows(asked_for(Decision.objects.all(), Filters(outcome="needs_review"))))
    assert len(kept) > MANY
    assert all_of_them[0] - few[0] > LIMIT
