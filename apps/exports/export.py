"""The one way out for decisions: recorded before its first byte, counted at its last."""

from collections.abc import Iterator, Sequence

from django.db import transaction
from django.db.models import QuerySet

from apps.accounts.models import User
from apps.audit.record import record
from apps.exports.decisions import COLUMNS, Row, rows
from apps.exports.formats import write
from apps.exports.models import Export
from apps.exports.scope import Filters, asked_for, sees_all
from apps.policy.models import Decision


class UnknownColumn(Exception):
    """A column that no export has."""

    def __init__(self, name: str) -> None:
        super().__init__(f'There is no column "{name}". The columns are: {", ".join(COLUMNS)}.')


def export_decisions(
    *,
    by: User | None,
    decisions: QuerySet[Decision],
    filters: Filters,
    format: str,
    columns: Sequence[str] = COLUMNS,
    bom: bool = False,
) -> Iterator[bytes]:
    """The file as a stream. Writes the export and its audit event at once, the count at the end.

    `decisions`: what this person may see (`scope.visible_decisions`); `by` None is the command
    line. Raises UnknownColumn at once, TooManyRows on the way.
    """
    for name in columns:
        if name not in COLUMNS:
            raise UnknownColumn(name)
    with transaction.atomic():
        export = Export.objects.create(
            made_by=by, format=format, filters=filters.as_dict(), columns=list(columns)
        )
        record(
            kind="decisions.exported",
            subject=export,
            actor=by,
            format=format,
            filters=export.filters,
        )
    found = asked_for(decisions, filters)
    counted = _counted(export, rows(found, with_names=by is None or sees_all(by)))
    return write(format, counted, columns, bom=bom)


def _counted(export: Export, found: Iterator[Row]) -> Iterator[Row]:
    count = 0
    for row in found:
        count += 1
        yield row
    Export.objects.filter(pk=export.pk).update(rows=count)
