"""Taking rows out of the queue and giving them leaf numbers, in one statement where that matters.

Numbers of a sequence follow the order of INSERT, not of COMMIT: a row with a lower number may
become visible later. So nothing here remembers "up to which id": what is deleted is what was taken.
"""

from django.db import connection

# An arbitrary number: the ledger's own advisory lock in the database.
LOCK = 0x5C0D_1ED6

POSTGRESQL = """
WITH taken AS (
    DELETE FROM audit_pending
    WHERE id IN (SELECT id FROM audit_pending ORDER BY id LIMIT %s)
    RETURNING id, source, uid, leaf_hash
)
INSERT INTO audit_leaf (index, source, uid, leaf_hash)
SELECT %s + row_number() OVER (ORDER BY id) - 1, source, uid, leaf_hash FROM taken
RETURNING index, leaf_hash
"""
# SQLite writes one transaction at a time: between these two nobody inserts.
SQLITE = (
    """
    INSERT INTO audit_leaf ("index", source, uid, leaf_hash)
    SELECT %s + row_number() OVER (ORDER BY id) - 1, source, uid, leaf_hash
    FROM (SELECT * FROM audit_pending ORDER BY id LIMIT %s)
    """,
    "DELETE FROM audit_pending WHERE id IN (SELECT id FROM audit_pending ORDER BY id LIMIT %s)",
    'SELECT "index", leaf_hash FROM audit_leaf WHERE "index" >= %s',
)


def lock() -> None:
    """One sequencer at a time, until the transaction ends. On SQLite that is a lock itself."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])


def take(size: int, most: int) -> list[bytes]:
    """Moves up to `most` waiting rows, oldest first, to the leaves `size`, `size` + 1, …

    Returns their leaf hashes in that order. Call it under the lock.
    """
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(POSTGRESQL, [most, size])
        else:
            cursor.execute(SQLITE[0], [size, most])
            cursor.execute(SQLITE[1], [most])
            cursor.execute(SQLITE[2], [size])
        return [bytes(leaf) for _, leaf in sorted(cursor.fetchall(), key=lambda row: int(row[0]))]
