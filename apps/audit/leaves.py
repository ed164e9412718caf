"""Leaves beside the rows that they stand for, in bounded batches, each computed again."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from operator import itemgetter
from typing import Any
from uuid import UUID

from django.db import connection, models

from apps.audit.guards import Model, ledger_models
from apps.audit.models import Leaf

BATCH = 64 * 256  # leaves read at once


@dataclass(frozen=True)
class Fault:
    """The first thing that is wrong; `index`, `source` and `uid` where it is one leaf."""

    what: str
    index: int | None = None
    source: str | None = None
    uid: str | None = None


class Broken(Exception):
    """A fault was found; nothing after it was looked at."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.what)
        self.fault = fault


@dataclass(frozen=True)
class Column:
    """A column that stands in the payload too: how it is asked for, and how it is written there.

    PostgreSQL writes it as the payload does (`written` is None): a million times that counts.
    """

    name: str
    asked: str
    written: Callable[[Any], Any] | None = None


_scan: Any = json.JSONDecoder().scan_once  # type: ignore[attr-defined]  # without looking for blanks around it
Row = tuple[Any, ...]  # index, leaf hash, payload, then the columns


def leaf_batches(start: int, stop: int) -> Iterator[list[bytes]]:
    """The hashes of the leaves [start, stop), computed from the rows themselves. Raises Broken."""
    sources = [(model._meta.db_table, _columns(model)) for model in ledger_models()]
    for first in range(start, stop, BATCH):
        yield _batch(first, min(first + BATCH, stop), sources)


def _batch(first: int, after: int, sources: list[tuple[str, list[Column]]]) -> list[bytes]:
    hashes: dict[int, bytes] = {}
    wrong: dict[int, str] = {}
    for source, columns in sources:
        fields = itemgetter(*(column.name for column in columns))
        for row in _read(source, columns, first, after):
            if what := _what_is_wrong(row, columns, fields):
                wrong.setdefault(row[0], what)
            hashes[row[0]] = row[1]
    if len(hashes) < after - first:
        gone = next(index for index in range(first, after) if index not in hashes)
        wrong[gone] = "the leaf is missing, or its source is no ledger table"
    if wrong:
        raise Broken(_fault(min(wrong), wrong[min(wrong)]))
    return [bytes(hashes[index]) for index in range(first, after)]


def _what_is_wrong(row: Row, columns: list[Column], fields: Callable[[Any], Any]) -> str:
    """`fields` takes the columns' values out of a payload: the quick way, a million times."""
    payload = row[2]
    if payload is None:
        return "the row is gone"
    if sha256(b"\x00" + payload.encode()).digest() != bytes(row[1]):
        return "the payload is not the one that was hashed"
    try:
        told, end = _scan(payload, 0)
        if fields(told) == row[3:] and end == len(payload):
            return ""
    except (ValueError, StopIteration, LookupError, TypeError):
        return "the payload does not hold its columns"
    for column, value in zip(columns, row[3:], strict=True):
        if column.written and value is not None:
            value = column.written(value)  # noqa: PLW2901
        if told.get(column.name) != value:
            return f"the column {column.name} differs from the payload"
    return "" if end == len(payload) else "the payload is more than one object"


def _fault(index: int, what: str) -> Fault:
    leaf = Leaf.objects.filter(index=index).first()
    return Fault(what, index, leaf.source, str(leaf.uid)) if leaf else Fault(what, index)


def _read(source: str, columns: list[Column], first: int, after: int) -> list[Row]:
    asked = ", ".join(["kept.payload", *(column.asked for column in columns)])
    with connection.cursor() as cursor:
        cursor.execute(
            f'SELECT "index", audit_leaf.leaf_hash, {asked} FROM audit_leaf '  # noqa: S608
            f'LEFT JOIN "{source}" AS kept ON kept.uid = audit_leaf.uid '
            'WHERE source = %s AND "index" >= %s AND "index" < %s',
            [source, first, after],
        )
        return list(cursor.fetchall())


def _columns(model: Model) -> list[Column]:
    names: tuple[str, ...] = model.IN_PAYLOAD  # type: ignore[attr-defined]
    fields = {field.name: field for field in model._meta.local_fields}
    return [_column(fields[name]) for name in names]


def _column(field: "models.Field[Any, Any]") -> Column:
    kind, asked = field.get_internal_type(), f'kept."{field.column}"'
    special = POSTGRESQL if connection.vendor == "postgresql" else SQLITE
    form, written = special.get(kind, ("{}", None))
    return Column(field.name, form.format(asked), written)


def _uid(value: str) -> str:
    return str(UUID(value))


def _moment(value: Any) -> str:
    """SQLite keeps times in UTC, and its driver may have read them already."""
    at: datetime = value if isinstance(value, datetime) else datetime.fromisoformat(value)
    return at.replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


Form = tuple[str, Callable[[Any], Any] | None]

POSTGRESQL: dict[str, Form] = {
    "DateTimeField": (
        """to_char({} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')""",
        None,
    ),
    "UUIDField": ("CAST({} AS text)", None),
}
SQLITE: dict[str, Form] = {"DateTimeField": ("{}", _moment), "UUIDField": ("{}", _uid)}
