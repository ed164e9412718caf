"""Rows as CSV, XLSX or JSON, written as a stream and safe to open in a spreadsheet."""

import csv
import io
import json
import re
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.utils.translation import gettext as _
from xlsxwriter import Workbook

from apps.exports.decisions import Row, Value

BOM = "\ufeff"
XLSX_ROWS = 1_048_576  # of a sheet, by the file format, the header among them
XLSX_CELL = 32_767  # characters of a cell, by the file format
BLOCK = 64 * 1024
CONTENT_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
# What a spreadsheet takes for a formula (OWASP, CSV injection). Apostrophes before it count too, so
# that taking one away always gives the text back.
_FORMULA = re.compile(r"'*[=+\-@\t\r\n\0\uff1d\uff0b\uff0d\uff20]")


class TooManyRows(Exception):
    """More rows than an Excel sheet holds."""

    def __init__(self) -> None:
        super().__init__(
            _("An Excel sheet ends at 1,048,576 rows. Choose fewer decisions, or export CSV.")
        )


def write(
    format: str, rows: Iterable[Row], columns: Sequence[str], *, bom: bool
) -> Iterator[bytes]:
    """The file as blocks of bytes. `bom` lets Excel see that a CSV is UTF-8.

    Raises KeyError for an unknown format, TooManyRows.
    """
    if format == "csv":
        return write_csv(rows, columns, bom=bom)
    return {"json": write_json, "xlsx": write_xlsx}[format](rows, columns)


def write_csv(rows: Iterable[Row], columns: Sequence[str], *, bom: bool) -> Iterator[bytes]:
    """RFC 4180 in UTF-8. A text that a spreadsheet would run gets an apostrophe before it."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    buffer.write(BOM if bom else "")
    writer.writerow(columns)
    for row in rows:
        writer.writerow([defuse(as_text(row[name])) for name in columns])
        if buffer.tell() > BLOCK:
            yield buffer.getvalue().encode()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue().encode()


def write_json(rows: Iterable[Row], columns: Sequence[str]) -> Iterator[bytes]:
    """An array with one object a line; keys in the order of the columns."""
    before = "[\n"
    for row in rows:
        picked = {name: row[name] for name in columns}
        yield (before + json.dumps(picked, ensure_ascii=False)).encode()
        before = ",\n"
    yield b"[]\n" if before == "[\n" else b"\n]\n"


def write_xlsx(rows: Iterable[Row], columns: Sequence[str]) -> Iterator[bytes]:
    """A workbook of one sheet. Every cell is a string, so that none can be a formula."""
    with tempfile.TemporaryFile() as file:
        _fill(file, rows, columns)
        file.seek(0)
        while block := file.read(BLOCK):
            yield block


def _fill(file: Any, rows: Iterable[Row], columns: Sequence[str]) -> None:
    with Workbook(file, {"constant_memory": True}) as book:
        sheet = book.add_worksheet("decisions")
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, len(columns) - 1, 22)
        bold = book.add_format({"bold": True})
        for place, name in enumerate(columns):
            sheet.write_string(0, place, name, bold)
        for number, row in enumerate(rows, start=1):
            if number >= XLSX_ROWS:
                raise TooManyRows
            for place, name in enumerate(columns):
                sheet.write_string(number, place, _cell(as_text(row[name])))


def _cell(text: str) -> str:
    return text if len(text) <= XLSX_CELL else text[: XLSX_CELL - 2] + " …"


def as_text(value: Value) -> str:
    """A value in one cell: lists by " | ", pairs as "name: value", truth as yes and no."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dict):
        return "; ".join(f"{name}: {each}" for name, each in value.items())
    if isinstance(value, list):
        return " | ".join(value)
    return value or ""


def defuse(text: str) -> str:
    """The text with an apostrophe before it where a spreadsheet would take it for a formula."""
    return "'" + text if _FORMULA.match(text) else text


def restore(cell: str) -> str:
    """What `defuse` was given."""
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell
