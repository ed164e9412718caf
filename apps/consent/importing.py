"""Consents from a CSV file: all of it, or nothing and a list of what is wrong in which line.

Columns: `target` (a track's id or ISRC, release:ID, account:EMAIL), `status` (granted, denied,
revoked, objected, no_ai_on, no_ai_off), and as the status asks `use_case`, `verb`, `by` (who says
so), `jurisdiction`, `terms_version`, `language`, `captured_at`, `authority`. A yes always needs
`authority`: what proves it. It counts from the import; `captured_at` only says when it was given.

A file of a registry has `target` and may have `use_case` and `verb`; it can only say no.
"""

import csv
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from apps.accounts.batching import batched
from apps.consent.choices import object_to_use, record_consent, revoke_consent
from apps.consent.errors import (
    ConsentError,
    ImportRefused,
    ImportWithoutProof,
    UnknownValue,
    UnreadableImport,
)
from apps.consent.finding import find_person, find_target, find_track, find_tracks, read_time, shown
from apps.consent.many import SAID, record_for_tracks
from apps.consent.models import ConsentEvent, Method, Status
from apps.consent.reading import CHUNK
from apps.consent.registries import restrict_by_registry
from apps.consent.reservations import lift_no_ai, reserve_no_ai
from apps.consent.writing import How

COLUMNS = (
    "target",
    "status",
    "use_case",
    "verb",
    "by",
    "jurisdiction",
    "terms_version",
    "language",
    "captured_at",
    "authority",
)
AT_ONCE = tuple(one.value for one in SAID)
NEEDED = {"": ("target", "status", "by"), "registry": ("target",)}
MOST_BYTES = 50 * 1024**2
MOST_LINES = 200_000
Line = Mapping[str, str]


@dataclass(frozen=True)
class Imported:
    """What an import wrote, by status."""

    events: tuple[ConsentEvent, ...]


@transaction.atomic
def import_consents(*, file: Path, registry: str = "") -> Imported:
    """Reads the whole file and writes all of it, or raises and writes nothing.

    Raises UnreadableImport for the file as a whole, ImportRefused for lines.
    """
    events: list[ConsentEvent] = []
    problems: list[tuple[int, str]] = []
    for alike in _alike(read_lines(file, registry)):
        if not registry and (at_once := _take_at_once([line for _number, line in alike])):
            events.extend(at_once)
            continue
        for number, line in alike:
            try:
                with transaction.atomic():
                    events.append((_take_registry if registry else _take)(line, registry))
            except ConsentError as error:
                problems.append((number, str(error)))
    if problems:
        raise ImportRefused(problems)
    return Imported(tuple(events))


def _alike(lines: Iterable[tuple[int, Line]]) -> Iterator[list[tuple[int, Line]]]:
    """Lines that follow each other and say the same of other tracks, some hundred at a time."""
    for _said, group in groupby(lines, key=lambda one: {**one[1], "target": ""}):
        yield from map(list, batched(group, CHUNK))


def _take_at_once(lines: list[Line]) -> list[ConsentEvent]:
    """Writes lines that differ only in their track; [] where they have to be taken one by one.

    That is also how one learns which of them is wrong.
    """
    first = lines[0]
    if len(lines) < 2 or first["status"] not in AT_ONCE:
        return []
    try:
        with transaction.atomic():
            _require_text(first)
            found = find_tracks([line["target"] for line in lines])
            if len(set(found.values())) < len(lines):
                return []
            return _record_at_once(first, found.values())
    except ConsentError:
        return []


def _record_at_once(line: Line, tracks: Iterable[UUID]) -> list[ConsentEvent]:
    how = _how(line)
    if line["status"] == Status.GRANTED and not how.authority:
        raise ImportWithoutProof
    return record_for_tracks(
        by=find_person(line["by"]),
        tracks=tracks,
        said=Status(line["status"]),
        use_case=line["use_case"],
        verb=line["verb"],
        jurisdiction=line["jurisdiction"],
        terms_version=line["terms_version"],
        language=line["language"] or "en",
        how=how,
    )


def read_lines(file: Path, registry: str = "") -> Iterator[tuple[int, Line]]:
    """Each line of the file by its number, every column present. Raises UnreadableImport."""
    for number, row in enumerate(_rows(file, registry), start=1):
        if number > MOST_LINES:
            raise _unreadable(file, _("it has more than %(most)s lines.") % {"most": MOST_LINES})
        line, values = row
        yield line, {name: (values.get(name) or "").strip() for name in COLUMNS}


def _rows(file: Path, registry: str) -> Iterator[tuple[int, dict[str, str | None]]]:
    try:
        if file.stat().st_size > MOST_BYTES:
            raise _unreadable(file, _("it is larger than 50 MB."))
        with file.open(encoding="utf-8-sig", newline="") as opened:
            reader = csv.DictReader(opened, strict=True)
            _require_columns(file, reader.fieldnames or (), registry)
            for row in reader:
                if None in row:
                    raise _unreadable(
                        file, _("line %(line)s has too many columns.") % {"line": reader.line_num}
                    )
                yield reader.line_num, row
    except OSError as error:
        raise _unreadable(file, f"{error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise _unreadable(file, _("it is not UTF-8 text.")) from error
    except csv.Error as error:
        raise _unreadable(file, f"{error}.") from error


def _require_columns(file: Path, found: object, registry: str) -> None:
    names = list(found) if isinstance(found, list | tuple) else []
    needed = NEEDED["registry" if registry else ""]
    if missing := [name for name in needed if name not in names]:
        raise _unreadable(
            file, _("these columns are missing: %(names)s.") % {"names": ", ".join(missing)}
        )
    if strange := [shown(str(name)) for name in names if name not in COLUMNS]:
        raise _unreadable(
            file, _("these columns are not known: %(names)s.") % {"names": ", ".join(strange)}
        )


def _unreadable(file: Path, why: str) -> UnreadableImport:
    return UnreadableImport(file=shown(str(file)), why=why)


def _take_registry(line: Line, registry: str) -> ConsentEvent:
    _require_text(line)
    if line["status"] not in ("", "denied", "no_ai_on"):
        raise _unlisted("status", line["status"], "denied, no_ai_on")
    return restrict_by_registry(
        registry=registry,
        track=find_track(line["target"]),
        use_case=line["use_case"],
        verb=line["verb"],
    )


def _take(line: Line, registry: str) -> ConsentEvent:
    _require_text(line)
    take = STATUSES.get(line["status"])
    if take is None:
        raise _unlisted("status", line["status"], ", ".join(STATUSES))
    return take(line, _how(line))


def _how(line: Line) -> How:
    captured = read_time(line["captured_at"]) if line["captured_at"] else None
    return How(method=Method.IMPORT, captured_at=captured, authority=line["authority"])


def _about(line: Line) -> dict[str, Any]:
    """Who speaks, and about which use of what."""
    return {
        "by": find_person(line["by"]),
        "of": find_target(line["target"]),
        "use_case": line["use_case"],
        "verb": line["verb"],
    }


def _grant(line: Line, how: How) -> ConsentEvent:
    if not how.authority:
        raise ImportWithoutProof
    return record_consent(
        **_about(line),
        granted=True,
        jurisdiction=line["jurisdiction"],
        terms_version=line["terms_version"],
        language=line["language"] or "en",
        how=how,
    )


def _deny(line: Line, how: How) -> ConsentEvent:
    return record_consent(
        **_about(line),
        granted=False,
        jurisdiction=line["jurisdiction"],
        terms_version=line["terms_version"],
        how=how,
    )


def _revoke(line: Line, how: How) -> ConsentEvent:
    return revoke_consent(**_about(line), how=how)


def _object(line: Line, how: How) -> ConsentEvent:
    return object_to_use(**_about(line), how=how)


def _reserve(line: Line, how: How) -> ConsentEvent:
    return reserve_no_ai(by=find_person(line["by"]), of=find_target(line["target"]), how=how)


def _lift(line: Line, how: How) -> ConsentEvent:
    if not how.authority:
        raise ImportWithoutProof
    return lift_no_ai(
        by=find_person(line["by"]),
        of=find_target(line["target"]),
        terms_version=line["terms_version"],
        language=line["language"] or "en",
        how=how,
    )


STATUSES: dict[str, Callable[[Line, How], ConsentEvent]] = {
    "granted": _grant,
    "denied": _deny,
    "revoked": _revoke,
    "objected": _object,
    "no_ai_on": _reserve,
    "no_ai_off": _lift,
}


def _require_text(line: Line) -> None:
    """PostgreSQL keeps no NUL, and nothing else here has a use for control characters."""
    for name, value in line.items():
        if not value.isprintable():
            raise _unlisted(name, value, _("printable text"))


def _unlisted(field: str, given: str, allowed: str) -> UnknownValue:
    return UnknownValue(field=field, given=shown(given), allowed=allowed)
