"""The register of names for one account: a shared index, rebuilt when the register changes."""

import threading
from collections.abc import Iterator
from typing import Any, cast
from uuid import UUID

from apps.registry.models import Alias, Person, Revision, Standing
from apps.registry.names.contract import Names
from apps.registry.names.contract import Standing as Proven
from apps.registry.names.index import Entry, NameIndex
from apps.registry.names.protected import ProtectedNames

_lock = threading.Lock()
_held: tuple[int, NameIndex] | None = None


def names_for(account_id: UUID | int | None) -> Names:
    """The register as it stands now, with what is proven for this account (None: nobody's).

    Costs two small queries; the index is kept in the process until the register changes.
    """
    return ProtectedNames(_index(), _standings(account_id))


def revision() -> int:
    """The number of the register as it stands, another after each change; 0 before the first."""
    number = Revision.objects.filter(pk=1).values_list("number", flat=True).first()
    return number or 0


def _index() -> NameIndex:
    global _held  # noqa: PLW0603 - one index per process, behind the lock
    with _lock:
        now = revision()
        if _held is None or _held[0] != now:
            _held = (now, NameIndex(_entries()))
        return _held[1]


def _entries() -> Iterator[Entry]:
    people = Person.objects.filter(is_active=True).order_by("pk")
    for pk, name, is_word in people.values_list("pk", "name", "is_word").iterator(2000):
        yield Entry(str(pk), name, name, is_word)
    aliases = Alias.objects.filter(person__is_active=True).order_by("person_id", "text")
    rows = aliases.values_list("person_id", "person__name", "text", "person__is_word")
    for pk, name, text, is_word in rows.iterator(2000):
        yield Entry(str(pk), name, text, is_word and " " not in text)


def _standings(account_id: Any) -> dict[str, Proven]:
    if account_id is None:
        return {}
    rows = Standing.objects.filter(account_id=account_id, revoked_at=None)
    return {
        str(person): cast(Proven, relation)
        for person, relation in rows.values_list("person_id", "relation")
    }
