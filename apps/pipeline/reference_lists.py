"""Lists that come with a delivery: a CSV that says what each file of a folder is."""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path
from typing import Any

from apps.catalogue.identifiers import check_isrc
from apps.fingerprints.errors import UnknownSource
from apps.fingerprints.models import Reference
from apps.pipeline.reference_adding import Wanted, why_words_are_refused

COLUMNS = ("file", "title", "artist", "isrc", "owner", "rights_note", "source")
ALSO = {"rights note": "rights_note", "note": "rights_note", "filename": "file", "path": "file"}
SEPARATORS = ",;\t"
MOST_BYTES = 200 << 20


class ListRefused(Exception):
    """The list as a whole cannot be used; the message says where, and what to do."""


def read_list(path: Path, folder: Path, told: Mapping[str, str]) -> list[Wanted]:
    """What a list wants, a file for each row; what is wrong with a row stands in its `problem`.

    `told`: what holds for rows that do not say it. Raises ListRefused for what is no list at all.
    """
    text = _text_of(path)
    separator = max(SEPARATORS, key=text.split("\n", 1)[0].count)
    reader = csv.reader(StringIO(text), delimiter=separator, strict=True)
    delivery = _Delivery(_columns(next(reader, [])), folder, told)
    rows = [(line, row) for line, row in _rows(reader) if any(cell.strip() for cell in row)]
    if not rows:
        raise ListRefused("The list names no file.")
    return [delivery.wanted(line, row) for line, row in rows]


@dataclass
class _Delivery:
    """The folder and what is known of all its files.

    `seen`, `isrcs`: on which line each file and each ISRC was named.
    """

    columns: list[str]
    folder: Path
    told: Mapping[str, str]
    seen: dict[Path, int] = field(default_factory=dict)
    isrcs: dict[str, int] = field(default_factory=dict)

    def wanted(self, line: int, row: list[str]) -> Wanted:
        cells = zip(self.columns, (cell.strip() for cell in row), strict=False)
        words = {**self.told, **{name: value for name, value in cells if value}}
        path = self.folder / words.pop("file", "").replace("\x00", "�")
        problem = self._problem(line, row, path, words)
        note = "" if problem or not words.get("isrc") else self._note(line, words["isrc"])
        return Wanted(path, words, line, problem, note)

    def _note(self, line: int, isrc: str) -> str:
        """An ISRC is that of one recording; a wrong one must not cost the reference."""
        before = self.isrcs.setdefault(check_isrc(isrc), line)
        told = f"Line {before} gives another file this ISRC. Is one wrong?"
        return told if before != line else ""

    def _problem(self, line: int, row: list[str], path: Path, words: Mapping[str, str]) -> str:
        if len(row) > len(self.columns):
            return f"The row has {len(row)} cells, the first line names {len(self.columns)}."
        if path == self.folder:
            return "The row names no file."
        if not path.resolve().is_relative_to(self.folder.resolve()):
            return "The file lies outside the folder."
        if (source := words["source"]) not in Reference.Source.values:
            return str(UnknownSource(given=source, allowed=", ".join(Reference.Source.values)))
        if why := why_words_are_refused(words):
            return why
        before = self.seen.setdefault(path, line)
        return f"Line {before} names this file already." if before != line else ""


def _text_of(path: Path) -> str:
    try:
        if path.stat().st_size > MOST_BYTES:
            raise ListRefused(f"The list is larger than {MOST_BYTES >> 20} MB. Split it.")
        content = path.read_bytes()
        return content.decode("utf-8-sig")
    except OSError as error:
        raise ListRefused(f"The list cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise ListRefused(f"Line {line} of the list is not UTF-8. Save it as UTF-8.") from error


def _columns(header: list[str]) -> list[str]:
    names = [ALSO.get(name, name) for name in (cell.strip().casefold() for cell in header)]
    known = ", ".join(COLUMNS)
    if "file" not in names:
        raise ListRefused(f"Line 1 of the list has no column “file”. Columns: {known}.")
    for name in names:
        if name not in COLUMNS:
            raise ListRefused(
                f"Line 1 of the list: no column is called “{name}”. Columns: {known}."
            )
        if names.count(name) > 1:
            raise ListRefused(f"Line 1 of the list: the column “{name}” stands there twice.")
    return names


def _rows(reader: Any) -> Iterator[tuple[int, list[str]]]:
    """Each row with the line on which it begins."""
    while True:
        line = reader.line_num + 1
        try:
            yield line, next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise ListRefused(f"Line {line} of the list cannot be read: {error}.") from error
