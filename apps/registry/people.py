"""Adding protected people to the register, and changing them. The only writes of these rows."""

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from apps.accounts.models import User
from apps.audit.record import record
from apps.registry.errors import AlreadyRegistered, InvalidPerson
from apps.registry.models import Alias, Person, Revision
from apps.registry.person_fields import IDS, checked_alias, checked_fields

MAX_ALIASES = 60  # of one person; more is a dump of something else


@dataclass(frozen=True)
class OtherName:
    """An alias as it is to be stored."""

    text: str
    kind: str = Alias.Kind.ALIAS


@transaction.atomic
def add_person(
    *,
    by: User | None,
    aliases: Iterable[OtherName] = (),
    shipped_key: str | None = None,
    **fields: Any,
) -> Person:
    """A new protected person with their other names.

    `fields`: name, kind, is_word, contact_email, source, is_active and the ids of others, which may
    be given as addresses ("https://open.spotify.com/artist/…"). Raises InvalidPerson,
    AlreadyRegistered.
    """
    values = checked_fields(fields)
    if "name" not in values:
        raise InvalidPerson("A protected person needs a name.")
    _refuse_taken_ids(values)
    person = Person.objects.create(shipped_key=shipped_key, **values)
    texts = _store_aliases(person, aliases)
    count_change()
    record(kind="person.added", subject=person, actor=by, aliases=texts, fields=_told(values))
    return person


@transaction.atomic
def change_person(
    *,
    person: Person,
    by: User | None,
    aliases: Iterable[OtherName] | None = None,
    **fields: Any,
) -> Person:
    """Changes fields of a person, and replaces their other names where `aliases` is given.

    Raises InvalidPerson, AlreadyRegistered. Where nothing differs, nothing is written.
    """
    values = checked_fields(fields)
    _refuse_taken_ids(values, but=person)
    stored = Person.objects.select_for_update().get(pk=person.pk)
    changed = {key: new for key, new in values.items() if getattr(stored, key) != new}
    told = {key: [str(getattr(stored, key) or ""), str(new or "")] for key, new in changed.items()}
    for key, new in changed.items():
        setattr(stored, key, new)
    if changed:
        stored.save(update_fields=[*changed, "changed"])
    if aliases is not None and (moved := _replace_aliases(stored, aliases)):
        told["aliases"] = moved
    if told:
        count_change()
        record(kind="person.changed", subject=stored, actor=by, changes=told)
    return stored


def count_change() -> None:
    """Notes that the register changed: copies of it are out of date. Inside the transaction.

    A new random number rather than the next one: after a change that was rolled back, the next
    would be taken for the one that never happened.
    """
    Revision.objects.update_or_create(pk=1, defaults={"number": secrets.randbits(62)})


def _refuse_taken_ids(values: Mapping[str, Any], but: Person | None = None) -> None:
    for key in IDS:
        if not values.get(key):
            continue
        holder = Person.objects.filter(**{key: values[key]}).first()
        if holder is not None and holder != but:
            raise AlreadyRegistered(f"{holder.name} has the {IDS[key]} {values[key]} already.")


def _store_aliases(person: Person, aliases: Iterable[OtherName]) -> list[str]:
    rows = _distinct(person, aliases)
    Alias.objects.bulk_create(
        Alias(person=person, text=other.text, kind=other.kind) for other in rows
    )
    return [other.text for other in rows]


def _replace_aliases(person: Person, aliases: Iterable[OtherName]) -> list[str]:
    """What was added ("+ …") and taken away ("- …")."""
    wanted = {other.text: other for other in _distinct(person, aliases)}
    before = {alias.text: alias for alias in person.aliases.all()}
    gone = [alias for text, alias in before.items() if text not in wanted]
    new = [other for text, other in wanted.items() if text not in before]
    other_kind = [before[t] for t, o in wanted.items() if t in before and before[t].kind != o.kind]
    for alias in other_kind:
        alias.kind = wanted[alias.text].kind
        alias.save(update_fields=["kind"])
    Alias.objects.filter(pk__in=[alias.pk for alias in gone]).delete()
    Alias.objects.bulk_create(Alias(person=person, text=o.text, kind=o.kind) for o in new)
    changed = [f"= {alias.text}" for alias in other_kind]
    return [*(f"+ {o.text}" for o in new), *(f"- {a.text}" for a in gone), *changed]


def _distinct(person: Person, aliases: Iterable[OtherName]) -> list[OtherName]:
    rows: dict[str, OtherName] = {}
    for other in aliases:
        text = checked_alias(other.text, other.kind)
        if text != person.name:
            rows.setdefault(text, OtherName(text, other.kind))
    if len(rows) > MAX_ALIASES:
        raise InvalidPerson(f"A person may have {MAX_ALIASES} other names, not {len(rows)}.")
    return list(rows.values())


def _told(values: Mapping[str, Any]) -> dict[str, Any]:
    """The fields for the audit, without empty ones."""
    return {key: str(value) for key, value in values.items() if value not in (None, "", False)}
