"""The starter list of the register: loaded once per person, and theirs to change from then on."""

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.db import transaction

from apps.audit.record import record
from apps.registry.models import Alias, Person
from apps.registry.names.spelling import written
from apps.registry.people import OtherName, count_change
from apps.registry.person_fields import checked_alias, checked_fields

DATA = Path(__file__).with_name("people.toml")


@transaction.atomic
def load_starter_list(path: Path = DATA) -> int:
    """Adds the people of the list who were never added; returns how many.

    Who was loaded before is left alone, changed, renamed or switched off as they may be; so is
    everybody of the same name.
    """
    keys = set(Person.objects.exclude(shipped_key=None).values_list("shipped_key", flat=True))
    missing = [(key, entry) for key, entry in _entries(path) if key not in keys]
    if not missing:
        return 0
    names = set(Person.objects.values_list("name", flat=True))
    new = [(key, entry) for key, entry in missing if entry["name"] not in names]
    people = [_person(key, entry) for key, entry in new]
    Person.objects.bulk_create(people)
    Alias.objects.bulk_create(
        Alias(person=person, text=other.text, kind=other.kind)
        for person, (_key, entry) in zip(people, new, strict=True)
        for other in _other_names(entry)
    )
    if people:
        count_change()
        source = f"starter list, {path.name}"
        record(
            kind="people.imported", subject=people[0], actor=None, source=source, people=len(people)
        )
    return len(people)


def _entries(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    for each in data["lists"]:
        for entry in each["people"]:
            key = f"{each['slug']}:{written(entry['name'])}"[:80]
            yield key, {**entry, "source": f"starter list: {each['title']} ({each['url']})"}


def _person(key: str, entry: dict[str, Any]) -> Person:
    fields = ("name", "kind", "is_word", "source")
    values = checked_fields({field: entry[field] for field in fields if field in entry})
    return Person(shipped_key=key, **values)


def _other_names(entry: dict[str, Any]) -> Iterator[OtherName]:
    for key, kind in (("also", Alias.Kind.ALIAS), ("scripts", Alias.Kind.TRANSLITERATION)):
        for text in entry.get(key, ()):
            yield OtherName(checked_alias(text, kind), kind)
