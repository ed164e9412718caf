"""Emptying the database after a transactional test, although decisions cannot be deleted."""

from contextlib import ExitStack

from django.db import connections
from django.test import TransactionTestCase

from apps.policy import guards

_empty = TransactionTestCase._fixture_teardown


def empty_with_guards_lifted(case: TransactionTestCase) -> None:
    """As Django does, with the guards down for that moment."""
    with ExitStack() as stack:
        for alias in case._databases_names(include_mirrors=False):
            stack.enter_context(guards.lifted(connections[alias]))
        _empty(case)


TransactionTestCase._fixture_teardown = empty_with_guards_lifted  # type: ignore[method-assign]
