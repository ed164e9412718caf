"""Writes decisions to standard output or a file. Asks the same rows as the site does."""

import os
import sys
from collections.abc import Iterator
from datetime import datetime, time
from pathlib import Path
from typing import Any
from uuid import UUID

from django.core.management.base import CommandParser
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime

from apps.accounts.command_base import OneLineCommand, WrongUsage
from apps.accounts.models import Label
from apps.exports.export import export_decisions
from apps.exports.formats import TooManyRows
from apps.exports.models import Export
from apps.exports.scope import Filters
from apps.policy.models import Decision


class Command(OneLineCommand):
    """`export decisions --format csv|json|xlsx [--label L] [--since T] [--latest] [--out FILE]`."""

    help = "Exports decisions with their reasons and rulesets."

    def add_arguments(self, parser: CommandParser) -> None:
        """What to export, how, and where to."""
        parser.add_argument("what", choices=["decisions"])
        parser.add_argument("--format", choices=Export.Format.values, default="")
        parser.add_argument("--json", action="store_true", help="the same as --format json")
        parser.add_argument("--label", metavar="L", help="name or id of a label")
        parser.add_argument("--since", metavar="T", help="2026-11-20 or 2026-11-20T13:00Z")
        parser.add_argument("--latest", action="store_true", help="leave out replaced decisions")
        parser.add_argument("--out", metavar="FILE", help="write here instead of standard output")

    def handle(self, *args: Any, **options: Any) -> None:
        """Writes the file, whole or not at all."""
        format = options["format"] or ("json" if options["json"] else "csv")
        filters = Filters(
            label=_label(options["label"]),
            since=_time(options["since"]),
            latest=options["latest"],
        )
        blocks = export_decisions(
            by=None, decisions=Decision.objects.all(), filters=filters, format=format
        )
        try:
            _to_file(blocks, Path(options["out"])) if options["out"] else _to_stdout(blocks, format)
        except TooManyRows as error:
            raise WrongUsage(str(error)) from error


def _label(text: str | None) -> UUID | None:
    if not text:
        return None
    for label in Label.objects.all():
        if text in (str(label.pk), label.pk.hex) or text.casefold() == label.name.casefold():
            return label.pk
    raise WrongUsage(f'There is no label "{text}".')


def _time(text: str | None) -> datetime | None:
    if not text:
        return None
    try:
        day = parse_date(text)
        at = datetime.combine(day, time()) if day else parse_datetime(text)
    except ValueError:
        at = None
    if at is None:
        raise WrongUsage(f'"{text}" is no time. Write 2026-11-20 or 2026-11-20T13:00Z.')
    return timezone.make_aware(at) if timezone.is_naive(at) else at


def _to_file(blocks: Iterator[bytes], path: Path) -> None:
    partial = path.with_name(f".{path.name}.part")
    try:
        with partial.open("wb") as file:
            file.writelines(blocks)
        partial.replace(path)
    except OSError as error:
        raise WrongUsage(f"{path} cannot be written: {error.strerror}.") from error
    finally:
        partial.unlink(missing_ok=True)


def _to_stdout(blocks: Iterator[bytes], format: str) -> None:
    if format == Export.Format.XLSX and sys.stdout.isatty():
        raise WrongUsage("An Excel file is nothing for a terminal. Add --out FILE.")
    try:
        sys.stdout.buffer.writelines(blocks)
        sys.stdout.buffer.flush()
    except BrokenPipeError:  # the reader has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
