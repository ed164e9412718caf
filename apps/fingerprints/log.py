"""The ordered log of changes to prints, by which every host keeps its index.

A print has one number in every index: twice its key for a track's recording, and one more for a
reference from outside.
"""

import secrets
from collections.abc import Iterable

from django.db import transaction
from django.db.models import QuerySet

from apps.fingerprints.engine.manifest import Position
from apps.fingerprints.engine.segment import Places
from apps.fingerprints.keys import Mask
from apps.fingerprints.models import PrintChange, PrintClock, RecordingPrint, Reference


def number_of(row: RecordingPrint | Reference) -> int:
    """The number of a print in the index."""
    return 2 * row.pk + isinstance(row, Reference)


def numbers_of(rows: "QuerySet[RecordingPrint] | QuerySet[Reference]") -> list[int]:
    """The numbers of these prints, of which only the keys are read."""
    odd = rows.model is Reference
    return [2 * pk + odd for pk in rows.values_list("pk", flat=True)]


def keys_of(model: type[RecordingPrint] | type[Reference], numbers: Iterable[int]) -> list[int]:
    """The keys of those of these prints that are rows of this model."""
    odd = model is Reference
    return [number // 2 for number in numbers if is_reference(number) == odd]


def is_reference(number: int) -> bool:
    """Whether a number is that of a reference from outside; otherwise of a track's recording."""
    return number % 2 == 1


def are_references(numbers: Places) -> Mask:
    """The same for many numbers at once."""
    odd: Mask = numbers % 2 == 1
    return odd


def note(numbers: Iterable[int]) -> None:
    """Writes down that these prints came, changed or went. Inside the transaction of the change.

    The lock on the clock is held to the end of it: so a reader who sees a number has seen all
    smaller ones.
    """
    changed = list(numbers)
    if not changed:
        return
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("note() belongs into a transaction.")
    PrintClock.objects.get_or_create(pk=1)
    clock = PrintClock.objects.select_for_update().get(pk=1)
    rows = [
        PrintChange(seq=clock.seq + place, mark=secrets.token_hex(8), number=number)
        for place, number in enumerate(changed, start=1)
    ]
    PrintChange.objects.bulk_create(rows, batch_size=500)
    clock.seq += len(rows)
    clock.save(update_fields=["seq"])


def standing() -> Position:
    """Where the log stands now."""
    last = PrintChange.objects.order_by("-seq").first()
    return Position(last.seq, last.mark) if last else Position()


def continues(position: Position) -> bool:
    """Whether what followed the log up to there followed this log, and no other history."""
    if position == Position():
        return True
    return PrintChange.objects.filter(seq=position.seq, mark=position.mark).exists()


def changes_after(position: Position) -> tuple[set[int], Position]:
    """The numbers of all prints that changed since, and where the log stands then."""
    rows = list(
        PrintChange.objects.filter(seq__gt=position.seq).values_list("seq", "mark", "number")
    )
    if not rows:
        return set(), position
    return {number for _, _, number in rows}, Position(rows[-1][0], rows[-1][1])
