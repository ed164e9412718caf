"""Files of people for the import: CSV, MusicBrainz JSON lines, MusicBrainz tables. Streaming.

CSV: UTF-8 (a byte-order mark is fine), a header line, one person a line. Columns: `name` (needed),
`kind` (person, group), `aliases` and `transliterations` (several with | between), `legal_names`,
`former_names`, `is_word` (yes, no), `spotify_artist_id`, `apple_artist_id`, `musicbrainz_id`,
`isni`, `contact_email`, `source`. MusicBrainz: the `artist` file of the JSON dump, or of the
database dump the table `artist` with `artist_alias` beside it.
"""

import csv
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from apps.registry.importing import BadRow, Row
from apps.registry.models import Alias
from apps.registry.people import OtherName

MAX_LINE = 1_000_000  # bytes; a longer line is no person
COLUMNS = (
    "name", "kind", "aliases", "transliterations", "legal_names", "former_names", "is_word",
    "spotify_artist_id", "apple_artist_id", "musicbrainz_id", "isni", "contact_email", "source",
)  # fmt: skip
_LISTS = {
    "aliases": Alias.Kind.ALIAS,
    "transliterations": Alias.Kind.TRANSLITERATION,
    "legal_names": Alias.Kind.LEGAL_NAME,
    "former_names": Alias.Kind.FORMER,
}
_GROUPS = frozenset({"group", "orchestra", "choir"})


class UnreadableList(Exception):
    """The file as a whole is no list of people; the message says why."""


@dataclass(frozen=True)
class Wanted:
    """Which artists of a dump to take. `with_isni`: only those that have one."""

    kinds: frozenset[str] = frozenset({"person", "group"})
    countries: frozenset[str] = frozenset()
    with_isni: bool = False
    with_aliases: bool = False


def read_csv(path: Path) -> Iterator[Row | BadRow]:
    """People of a CSV file. Raises UnreadableList at once for a file that is none."""
    lines = _lines(path)
    reader = csv.reader((text for _number, text in lines), strict=True)
    header = [name.strip().lower() for name in _next(reader, path)]
    _check_header(header, path)
    return _csv_rows(reader, header)


def read_musicbrainz(path: Path, wanted: Wanted) -> Iterator[Row | BadRow]:
    """People of a MusicBrainz dump: JSON lines, or the table `artist` (aliases in a file beside).

    Raises UnreadableList at once for a file that is neither.
    """
    first = next((text for _number, text in _lines(path) if text.strip()), "")
    if first.lstrip().startswith("{"):
        return _json_rows(path, wanted)
    if len(first.split("\t")) >= 11:
        if wanted.with_isni or wanted.countries:
            raise UnreadableList(
                "The table artist holds no ISNI and no country: use the JSON dump."
            )
        return _table_rows(path, wanted)
    raise UnreadableList(
        f"{path.name} is no MusicBrainz dump: neither JSON lines nor the table artist."
    )


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    """Lines with their numbers; raises UnreadableList for what is no UTF-8 text."""
    try:
        with path.open("rb") as file:
            number = 0
            while line := file.readline(MAX_LINE + 1):
                number += 1
                yield number, _decoded(line, number, path)
    except OSError as error:
        raise UnreadableList(f"{path} cannot be read: {error.strerror}.") from error


def _decoded(line: bytes, number: int, path: Path) -> str:
    if len(line) > MAX_LINE:
        raise UnreadableList(f"{path.name}, line {number} is longer than a million bytes.")
    if number == 1:
        line = line.removeprefix(b"\xef\xbb\xbf")
    try:
        text = line.decode("utf-8")
    except UnicodeDecodeError:
        raise UnreadableList(
            f"{path.name}, line {number} is not UTF-8. Save the file as UTF-8 and try again."
        ) from None
    if "\0" in text:
        raise UnreadableList(f"{path.name}, line {number} holds zero bytes: it is no text file.")
    return text


def _next(reader: "Iterator[list[str]]", path: Path) -> list[str]:
    try:
        return next(reader)
    except StopIteration:
        raise UnreadableList(f"{path.name} is empty.") from None
    except csv.Error as error:
        raise UnreadableList(f"{path.name}, line 1 cannot be read as CSV: {error}.") from None


def _check_header(header: list[str], path: Path) -> None:
    unknown = [name for name in header if name not in COLUMNS]
    if "name" not in header:
        raise UnreadableList(f'{path.name} has no column "name" in its first line.')
    if unknown:
        raise UnreadableList(
            f'{path.name} has an unknown column "{unknown[0][:60]}". Known: {", ".join(COLUMNS)}.'
        )
    if len(set(header)) < len(header):
        raise UnreadableList(f"{path.name} has a column twice.")


def _csv_rows(reader: Any, header: list[str]) -> Iterator[Row | BadRow]:
    while True:
        place = f"line {reader.line_num + 1}"
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield BadRow(place, f"It cannot be read as CSV: {error}.")
            continue
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) != len(header):
            yield BadRow(place, f"It has {len(cells)} cells, the first line has {len(header)}.")
            continue
        yield _csv_row(place, dict(zip(header, cells, strict=True)))


def _csv_row(place: str, cells: dict[str, str]) -> Row:
    aliases = tuple(
        OtherName(text.strip(), kind)
        for column, kind in _LISTS.items()
        for text in cells.get(column, "").split("|")
        if text.strip()
    )
    fields = {key: value.strip() for key, value in cells.items() if key not in _LISTS}
    return Row(
        place, {key: value for key, value in fields.items() if value or key == "name"}, aliases
    )


def _json_rows(path: Path, wanted: Wanted) -> Iterator[Row | BadRow]:
    for number, text in _lines(path):
        if not text.strip():
            continue
        try:
            row = _json_row(f"line {number}", json.loads(text), wanted)
        except (ValueError, TypeError, AttributeError, RecursionError):
            yield BadRow(f"line {number}", "It is not an artist in JSON.")
            continue
        if row is not None:
            yield row


def _json_row(place: str, data: dict[str, Any], wanted: Wanted) -> Row | None:
    kind = _kind_of(str(data.get("type") or ""))
    country = str(data.get("country") or (data.get("area") or {}).get("name") or "")
    isnis, aliases = list(data.get("isnis") or ()), list(data.get("aliases") or ())
    if not _is_wanted(wanted, kind, country, bool(isnis), bool(aliases)):
        return None
    names = tuple(
        OtherName(str(alias.get("name") or ""), _alias_kind(str(alias.get("type") or "")))
        for alias in aliases
        if alias.get("name") and str(alias.get("type") or "") != "Search hint"
    )
    fields = {"name": str(data.get("name") or ""), "kind": kind, "musicbrainz_id": data.get("id")}
    if isnis:
        fields["isni"] = str(isnis[0])
    return _row(place, fields, names)


def _table_rows(path: Path, wanted: Wanted) -> Iterator[Row | BadRow]:
    """Rows of the table artist: id, gid, name, sort_name, …, type in the eleventh column."""
    aliases = _aliases_beside(path)
    for number, text in _lines(path):
        cells = text.rstrip("\r\n").split("\t")
        if len(cells) < 11:
            yield BadRow(f"line {number}", f"It has {len(cells)} columns, the table artist has 19.")
            continue
        kind = {"1": "person", "2": "group", "5": "group", "6": "group"}.get(cells[10], "")
        names = aliases(cells[0])
        if _is_wanted(wanted, kind, "", True, bool(names)):
            fields = {"name": _unescaped(cells[2]), "kind": kind, "musicbrainz_id": cells[1]}
            yield _row(f"line {number}", fields, names)


def _aliases_beside(path: Path) -> Callable[[str], tuple[OtherName, ...]]:
    """Reads the table artist_alias into memory, where it lies beside the table artist."""
    found: dict[str, list[OtherName]] = {}
    beside = path.with_name(path.name.replace("artist", "artist_alias", 1))
    if beside.is_file() and beside != path:
        for _number, text in _lines(beside):
            cells = text.rstrip("\r\n").split("\t")
            if len(cells) >= 7 and cells[6] != "3":
                kind = Alias.Kind.LEGAL_NAME if cells[6] == "2" else Alias.Kind.ALIAS
                found.setdefault(cells[1], []).append(OtherName(_unescaped(cells[2]), kind))
    return lambda artist: tuple(found.get(artist, ()))


def _is_wanted(wanted: Wanted, kind: str, country: str, has_isni: bool, has_aliases: bool) -> bool:
    return (
        kind in wanted.kinds
        and (not wanted.countries or country in wanted.countries)
        and (has_isni or not wanted.with_isni)
        and (has_aliases or not wanted.with_aliases)
    )


def _row(place: str, fields: dict[str, Any], names: tuple[OtherName, ...]) -> Row:
    return Row(place, {**fields, "is_word": looks_like_a_word(fields["name"])}, names)


def looks_like_a_word(name: str) -> bool:
    """A guess for lists that do not say: one word of up to five plain letters."""
    return name.isascii() and name.isalpha() and len(name) <= 5


def _kind_of(text: str) -> str:
    lower = text.lower()
    return "group" if lower in _GROUPS else "person" if lower in ("person", "") else lower


def _alias_kind(text: str) -> str:
    return Alias.Kind.LEGAL_NAME if text == "Legal name" else Alias.Kind.ALIAS


def _unescaped(cell: str) -> str:
    """A cell of PostgreSQL's COPY format."""
    if cell == "\\N":
        return ""
    return cell.replace("\\t", "\t").replace("\\n", "\n").replace("\\\\", "\\")
