"""Emptying the database after a transactional test, although decisions cannot be deleted."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.test import TransactionTestCase

from apps.audit import guards as ledger
from apps.policy import guards

_empty = TransactionTestCase._fixture_teardown


@contextmanager
def ledger_lifted(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """Without the guards of the ledger inside the block: what the owner of the tables can do."""
    models = ledger.existing(connection)
    for model in models:
        ledger.run(connection, ledger.removal_statements(connection.vendor, model))
    try:
        yield
    finally:
        if connection.vendor == "postgresql":  # which alters no table that has checks to come
            ledger.run(
                connection, ["SET CONSTRAINTS ALL IMMEDIATE", "SET CONSTRAINTS ALL DEFERRED"]
            )
        for model in models:
            ledger.run(connection, ledger.install_statements(connection.vendor, model))


def empty_with_guards_lifted(case: TransactionTestCase) -> None:
    """As Django does, with the guards down for that moment."""
    with ExitStack() as stack:
        for alias in case._databases_names(include_mirrors=False):
            stack.enter_context(guards.lifted(connections[alias]))
            stack.enter_context(ledger_lifted(connections[alias]))
        _empty(case)


TransactionTestCase._fixture_teardown = empty_with_guards_lifted  # type: ignore[method-assign]
