"""The one clock of the ledger: the database's, so that two servers never disagree."""

from datetime import UTC, datetime

from django.db import connection
from django.utils import timezone


def ledger_now() -> datetime:
    """The time now. SQLite is one machine, whose clock this is."""
    if connection.vendor != "postgresql":
        return timezone.now()
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        found: datetime = cursor.fetchone()[0]
    return found.astimezone(UTC)
