"""Bringing many protected people into the register at once, from rows that a reader gives.

Rows are looked at in batches of bounded size. What cannot be taken is told with its place and a
sentence; the rest goes in. With `dry_run` nothing is written, and the report is the same.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from django.db import transaction

from apps.accounts.models import User
from apps.audit.record import record
from apps.registry.errors import InvalidPerson
from apps.registry.models import Alias, Person, Revision
from apps.registry.people import MAX_ALIASES, OtherName, count_change
from apps.registry.person_fields import IDS, checked_alias, checked_fields

BATCH = 1000
MAX_TOLD = 200  # problems that are kept word by word; the others are counted


@dataclass(frozen=True)
class Row:
    """One person as a file gives them. `place` is where: "line 7"."""

    place: str
    fields: Mapping[str, Any]
    aliases: tuple[OtherName, ...] = ()


@dataclass(frozen=True)
class BadRow:
    """A place in a file that holds no person, and why."""

    place: str
    why: str


@dataclass
class Report:
    """What an import did, or would do."""

    added: int = 0
    known: int = 0
    aliases_added: int = 0
    refused: int = 0
    problems: list[BadRow] = field(default_factory=list)

    def refuse(self, bad: BadRow) -> None:
        """Counts a row that was not taken, and keeps why."""
        self.refused += 1
        if len(self.problems) < MAX_TOLD:
            self.problems.append(bad)

    def as_dict(self) -> dict[str, Any]:
        """JSON values."""
        told = [{"place": bad.place, "why": bad.why} for bad in self.problems]
        counts = {"added": self.added, "known": self.known, "aliases_added": self.aliases_added}
        return {**counts, "refused": self.refused, "problems": told}


@dataclass(frozen=True)
class _Ready:
    """A checked row."""

    place: str
    values: dict[str, Any]
    aliases: tuple[OtherName, ...]


def import_people(
    *, rows: Iterable[Row | BadRow], by: User | None, source: str, dry_run: bool = False
) -> Report:
    """Adds the people of `rows` who are not known yet, and their other names.

    Known is who has the same id of others or, where a row has none, the same name. Known people
    keep what they have: only other names that are new are added, and none to somebody switched
    off. Each batch has one audit event; when `rows` raises in the middle, nothing is taken.
    """
    report = Report()
    left = iter(rows)
    with transaction.atomic():
        while batch := list(islice(left, BATCH)):
            _take(batch, by, source, report, dry_run)
    return report


def _take(
    batch: list[Row | BadRow], by: User | None, source: str, report: Report, dry_run: bool
) -> None:
    ready = list(_checked(batch, source, report))
    Revision.objects.select_for_update().filter(pk=1).first()  # one import at a time
    people, aliases = _new_rows(ready, _known(ready), report)
    if dry_run or not (people or aliases):
        return
    Person.objects.bulk_create(people)
    Alias.objects.bulk_create(aliases)
    count_change()
    record(
        kind="people.imported",
        subject=people[0] if people else aliases[0].person,
        actor=by,
        source=source[:300],
        people=len(people),
        aliases=len(aliases),
    )


def _checked(batch: Iterable[Row | BadRow], source: str, report: Report) -> Iterator[_Ready]:
    for row in batch:
        if isinstance(row, BadRow):
            report.refuse(row)
            continue
        try:
            values = checked_fields({"source": source, **row.fields})
            if "name" not in values:
                raise InvalidPerson("It has no name.")
            aliases = tuple(OtherName(checked_alias(a.text, a.kind), a.kind) for a in row.aliases)
        except InvalidPerson as error:
            report.refuse(BadRow(row.place, str(error)))
            continue
        yield _Ready(row.place, values, aliases)


def _known(ready: list[_Ready]) -> dict[tuple[str, str], Person]:
    """People of the register by (id field, id) and by ("name", name)."""
    found: dict[tuple[str, str], Person] = {}
    for key in (*IDS, "name"):
        asked = {row.values[key] for row in ready if row.values.get(key)}
        for person in Person.objects.filter(**{f"{key}__in": asked}) if asked else ():
            found.setdefault((key, getattr(person, key)), person)
    return found


def _new_rows(
    ready: list[_Ready], known: dict[tuple[str, str], Person], report: Report
) -> tuple[list[Person], list[Alias]]:
    people: list[Person] = []
    wanted: list[tuple[Person, OtherName]] = []
    for row in ready:
        person = _same(row, known)
        if person is None:
            person = Person(**row.values)
            people.append(person)
            known |= dict.fromkeys(_keys(row), person)
            report.added += 1
        else:
            report.known += 1
        if person.is_active:
            wanted += [(person, alias) for alias in row.aliases]
    aliases = list(_new_aliases(wanted))
    report.aliases_added += len(aliases)
    return people, aliases


def _same(row: _Ready, known: Mapping[tuple[str, str], Person]) -> Person | None:
    """Who this is in the register: by an id of others, or by name where the row has no id."""
    by_id = [known[key] for key in _keys(row) if key[0] != "name" and key in known]
    has_id = any(row.values.get(key) for key in IDS)
    return by_id[0] if by_id else None if has_id else known.get(("name", row.values["name"]))


def _keys(row: _Ready) -> list[tuple[str, str]]:
    return [(key, row.values[key]) for key in (*IDS, "name") if row.values.get(key)]


def _new_aliases(wanted: list[tuple[Person, OtherName]]) -> Iterator[Alias]:
    stored = [person.pk for person, _alias in wanted if not person._state.adding]
    texts: dict[Any, set[str]] = {}
    for pk, text in Alias.objects.filter(person__in=stored).values_list("person_id", "text"):
        texts.setdefault(pk, set()).add(text)
    for person, alias in wanted:
        have = texts.setdefault(person.pk, set())
        if alias.text == person.name or alias.text in have or len(have) >= MAX_ALIASES:
            continue
        have.add(alias.text)
        yield Alias(person=person, text=alias.text, kind=alias.kind)
