"""`names`: looks for protected names in texts, and brings lists of them into the register."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser
from django.db import DatabaseError

from apps.accounts.command_base import OneLineCommand, WrongUsage, briefly
from apps.registry.importing import Report, import_people
from apps.registry.names.contract import NameHit, Names
from apps.registry.names_of import names_for
from apps.registry.reading_files import UnreadableList, Wanted, read_csv, read_musicbrainz


class Command(OneLineCommand):
    """`names check TEXT…`, `names import FILE.csv`, `names import --musicbrainz FILE`.

    Exit status 0: done, whatever was found. 1: a line could not be taken. 2: wrong usage.
    """

    help = "Look for protected names in texts, or import a list of them."

    def add_arguments(self, parser: CommandParser) -> None:
        """One subcommand each."""
        parts = parser.add_subparsers(dest="subcommand", required=True)
        checked = _part(parts, "check", "look for protected names in artist names or titles")
        checked.add_argument("texts", nargs="+", metavar="TEXT", help="an artist's name or a title")
        checked.add_argument("--title", action="store_true", help="read the texts as titles")
        taken = _part(parts, "import", "import protected people from a list")
        taken.add_argument("file", type=Path, metavar="FILE", help="CSV, or a MusicBrainz dump")
        taken.add_argument("--musicbrainz", action="store_true", help="FILE is from MusicBrainz")
        taken.add_argument("--kind", choices=["person", "group"], help="only these")
        taken.add_argument("--country", action="append", default=[], help="only from here: US")
        taken.add_argument("--with-isni", action="store_true", help="only who has an ISNI")
        taken.add_argument("--with-aliases", action="store_true", help="only who has other names")
        taken.add_argument("--dry-run", action="store_true", help="write nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        """Runs the subcommand and sets the exit status."""
        with _one_line():
            good = self.look(options) if options["subcommand"] == "check" else self.take(options)
        if not good:
            sys.exit(1)

    def look(self, options: dict[str, Any]) -> bool:
        """One answer per text; True whatever was found: to find a name is no failure."""
        names = names_for(None)
        for text in options["texts"]:
            hits = _find(names, text, as_title=options["title"])
            if options["json"]:
                told = {"text": text, "hits": [_as_dict(hit) for hit in hits]}
                self.stdout.write(json.dumps(told, ensure_ascii=not _is_text(text)))
            else:
                self.stdout.write(f"{_printable(text)}: {'; '.join(map(_line, hits)) or '-'}")
        return True

    def take(self, options: dict[str, Any]) -> bool:
        """The import; False where a line could not be taken."""
        report = import_people(
            rows=_rows(options),
            by=None,
            source=f"import of {options['file'].name}",
            dry_run=options["dry_run"],
        )
        if options["json"]:
            told = {**report.as_dict(), "dry_run": options["dry_run"]}
            self.stdout.write(json.dumps(told, ensure_ascii=False))
        else:
            self._tell(report, options["dry_run"])
        return not report.refused

    def _tell(self, report: Report, dry_run: bool) -> None:
        verb = "would be added" if dry_run else "added"
        self.stdout.write(
            f"{report.added} {verb}, {report.known} known already, "
            f"{report.aliases_added} other names {verb}, {report.refused} lines not taken"
        )
        for bad in report.problems:
            self.stderr.write(f"{bad.place}: {bad.why}")
        if report.refused > len(report.problems):
            self.stderr.write(f"… and {report.refused - len(report.problems)} more.")


def _part(parts: Any, name: str, help_text: str) -> CommandParser:
    part = briefly(parts.add_parser(name, help=help_text, description=help_text))
    part.add_argument("--json", action="store_true", help="print JSON and nothing else")
    return part


@contextmanager
def _one_line() -> Iterator[None]:
    try:
        yield
    except UnreadableList as error:
        raise WrongUsage(" ".join(str(error).split())) from error
    except DatabaseError as error:
        why = f"The database cannot be used: {error}. Run `manage.py migrate`."
        raise WrongUsage(" ".join(why.split())) from error


def _rows(options: dict[str, Any]) -> Any:
    if not options["musicbrainz"]:
        return read_csv(options["file"])
    kinds = frozenset({options["kind"]}) if options["kind"] else frozenset({"person", "group"})
    wanted = Wanted(
        kinds=kinds,
        countries=frozenset(options["country"]),
        with_isni=options["with_isni"],
        with_aliases=options["with_aliases"],
    )
    return read_musicbrainz(options["file"], wanted)


def _find(names: Names, text: str, *, as_title: bool) -> list[NameHit]:
    """As an artist's name; as a title too where a phrase points at a name in it."""
    return names.find(text, whole=not as_title)


def _as_dict(hit: NameHit) -> dict[str, Any]:
    return {
        "name": hit.name,
        "kind": hit.kind,
        "cue": hit.cue,
        "score": hit.score,
        "matched": hit.matched,
        "cue_text": hit.cue_text,
        "start": hit.start,
        "end": hit.end,
        "person": hit.person,
    }


def _line(hit: NameHit) -> str:
    cue = f", {hit.cue} “{_printable(hit.cue_text)}”" if hit.cue else ""
    return f"{hit.name} ({hit.kind} {hit.score:.2f}{cue})"


def _is_text(text: str) -> bool:
    """Whether the text can be written as UTF-8: no halves of character pairs."""
    return text.isascii() or text.encode("utf-8", "replace").decode() == text


def _printable(text: str) -> str:
    return "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in text)
