"""The main job without the web: files in, decisions with reasons out."""

import json
import logging
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.db import DatabaseError
from django.utils import timezone

from apps.accounts.command_base import OneLineCommand, WrongUsage
from apps.catalogue.declaration import SCHEMA
from apps.fingerprints.catalogue import DatabaseCatalogue
from apps.fingerprints.explaining import ExplainedCatalogue, asker_of
from apps.fingerprints.models import RecordingPrint
from apps.pipeline.offline import (
    Desk,
    EmptyCatalogue,
    Unreadable,
    expand,
    read_declaration,
    screen_path,
)
from apps.pipeline.report import readable
from apps.pipeline.saving import save_path
from apps.policy.publish import NoActiveRuleset
from apps.policy.rulebooks import UnreadableFile, find_ruleset
from apps.policy.ruleset import InvalidRuleset
from apps.policy.shipped import UnknownRuleset
from apps.registry.enrolled.voices import voices_for
from apps.registry.names_of import names_for

BAD_INPUT = (Unreadable, UnreadableFile, UnknownRuleset, InvalidRuleset)


class Command(OneLineCommand):
    """Status 0: every file was screened. 1: some could not be. 2: wrong usage."""

    help = "Screen audio files: what was found, what is decided, why, and what is still needed."

    def add_arguments(self, parser: CommandParser) -> None:
        """As in docs/operations.md."""
        parser.add_argument("paths", nargs="*", type=Path, metavar="PATH", help="file or folder")
        parser.add_argument("--declaration", type=Path, metavar="FILE", help="what was declared")
        parser.add_argument("--declaration-schema", action="store_true", help="print its schema")
        parser.add_argument("--ruleset", metavar="ID", help="judge by this ruleset")
        parser.add_argument(
            "--against-catalogue", action="store_true", help="look for the same recordings in it"
        )
        parser.add_argument("--save", action="store_true", help="keep releases and decisions")
        parser.add_argument("--json", action="store_true", help="one JSON object per line and file")

    def handle(self, *args: Any, **options: Any) -> None:
        """Prints a line per file as soon as it is known."""
        if options["verbosity"] < 2:
            logging.getLogger("apps.screening.run").addFilter(_without_traceback)
        if options["declaration_schema"]:
            self.stdout.write(json.dumps(SCHEMA, indent=2, ensure_ascii=False))
            return
        try:
            failed = self._screen_all(options)
        except BAD_INPUT as error:
            raise WrongUsage(_one_line(error)) from error
        except (DatabaseError, NoActiveRuleset) as error:
            why = f"The database is not ready for this: {error}. Run `make setup` first."
            raise CommandError(_one_line(why)) from error
        if failed:
            sys.exit(1)

    def _screen_all(self, options: dict[str, Any]) -> int:
        desk, paths = _desk(options), list(expand(options["paths"]))
        failed = 0
        for number, path in enumerate(paths, start=1):
            self.stderr.write(f"{number}/{len(paths)} {_one_line(path)}")
            line = save_path(path, desk) if options["save"] else screen_path(path, desk)
            failed += line["error"] is not None
            text = json.dumps(line, ensure_ascii=False) if options["json"] else readable(line)
            self.stdout.write(text)
            self.stdout.flush()
        return failed


def _desk(options: dict[str, Any]) -> Desk:
    if not options["paths"]:
        raise WrongUsage("Name at least one file or folder to screen.")
    if options["save"] and options["ruleset"]:
        raise WrongUsage("--save judges by the ruleset in force; leave out --ruleset.")
    declared = options["declaration"]
    if options["against_catalogue"]:
        RecordingPrint.objects.exists()  # raises DatabaseError now rather than on every file
    declaration = read_declaration(declared) if declared else None
    shelf = DatabaseCatalogue(owner_id=None, exclude_track_id=None)
    catalogue = ExplainedCatalogue(shelf, asker_of(declaration, None, timezone.localdate()))
    return Desk(
        declaration=declaration,
        ruleset=find_ruleset(options["ruleset"]),
        catalogue=catalogue if options["against_catalogue"] else EmptyCatalogue(),
        **_registers(),
    )


def _registers() -> dict[str, Any]:
    """Protected names and voices; none of them where there is no database, which holds a track."""
    try:
        return {"names": names_for(None), "voices": voices_for(None)}
    except DatabaseError:
        return {}


def _without_traceback(record: logging.LogRecord) -> bool:
    record.exc_info = record.exc_text = None
    return True


def _one_line(what: object) -> str:
    text = " ".join(str(what).split())
    return text.encode("utf-8", "replace").decode()
