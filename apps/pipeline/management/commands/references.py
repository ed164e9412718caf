"""`references`: recordings from outside that uploads are compared with, on the command line."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.db import DatabaseError

from apps.accounts.command_base import Answer, OneLineCommand, WrongUsage, add_subcommand
from apps.fingerprints.engine.answers import CHANGED_CENTS, CHANGED_SPEED
from apps.fingerprints.errors import ReferenceRefusal
from apps.fingerprints.following import MARKS, PRINTS, rebuild
from apps.fingerprints.models import Reference
from apps.fingerprints.references import remove_reference
from apps.fingerprints.telling import index_stats, sizes
from apps.pipeline.offline import expand
from apps.pipeline.reference_files import add_path, match_path

WIDTH = 30  # characters of the progress bar


class Command(OneLineCommand):
    """Status 0: done. 1: done, but a file could not be read. 2: refused, or wrong usage."""

    help = "Add, remove, count and match reference recordings; make their index again."

    def add_arguments(self, parser: CommandParser) -> None:
        """One subcommand each."""
        parts = parser.add_subparsers(dest="subcommand", required=True)
        added = add_subcommand(parts, "add", self.add, "add recordings from files and folders")
        added.add_argument("paths", nargs="+", type=Path, metavar="PATH")
        for name in ("title", "artist", "isrc", "owner"):
            added.add_argument(f"--{name}", default="")
        added.add_argument("--note", default="", dest="rights_note", help="on the rights")
        added.add_argument(
            "--source",
            choices=Reference.Source.values,
            default=Reference.Source.DELIVERY,
            help="where they come from; default: delivery",
        )
        removed = add_subcommand(parts, "remove", self.remove, "forget a reference")
        removed.add_argument("id", type=int)
        add_subcommand(parts, "stats", self.stats, "what is compared with, and what it takes")
        add_subcommand(parts, "rebuild", self.rebuild, "make this host's index from the database")
        matched = add_subcommand(parts, "match", self.match, "what shares audio with these files")
        matched.add_argument("paths", nargs="+", type=Path, metavar="PATH")
        matched.add_argument(
            "--deep",
            action="store_true",
            help="try every speed and pitch whatever is known; tell what is not certain, too",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Runs the subcommand, prints what it found and sets the exit status."""
        try:
            data, lines, holds = options["run"](options)
            for place, line in enumerate(lines):
                text = json.dumps(data[place], ensure_ascii=False) if options["json"] else line
                self.stdout.write(text)
        except ReferenceRefusal as error:
            raise WrongUsage(" ".join(str(error).split())) from error
        except OSError as error:
            raise CommandError(f"The index cannot be written: {error.strerror}.") from error
        except DatabaseError as error:
            why = f"The database is not ready for this: {error}. Run `make setup` first."
            raise CommandError(" ".join(why.split())) from error
        if not holds:
            raise SystemExit(1)

    def add(self, options: dict[str, Any]) -> Answer:
        """All files, one after another; what cannot be read is told and left out."""
        paths = list(expand(options["paths"]))
        if len(paths) > 1 and (options["title"] or options["isrc"]):
            raise WrongUsage("--title and --isrc are those of one recording; name one file.")
        told = [add_path(path, options, None) for path in self._counted(paths)]
        added = [line["id"] for line in told if line["error"] is None]
        bad = [line for line in told if line["error"]]
        for line in bad:
            self.stderr.write(f"{line['file']}: {line['error']['text']}")
        text = f"{len(added)} added: {', '.join(map(str, added[:20]))}" if added else "None added."
        return [{"added": added, "files": told}], [text], not bad

    def remove(self, options: dict[str, Any]) -> Answer:
        """One reference."""
        remove_reference(reference_id=options["id"], by=None)
        return [{"removed": options["id"]}], [f"Reference {options['id']} is removed."], True

    def stats(self, options: dict[str, Any]) -> Answer:
        """Counts, bytes, items, segments."""
        told = index_stats()
        return [told], [", ".join(f"{name}: {value}" for name, value in told.items())], True

    def rebuild(self, options: dict[str, Any]) -> Answer:
        """Both indexes from the database."""
        rebuild(PRINTS)
        rebuild(MARKS)
        told = sizes()
        return [told], [_size(told)], True

    def match(self, options: dict[str, Any]) -> Answer:
        """One line per file."""
        paths = list(expand(options["paths"]))
        told = [match_path(path, deep=options["deep"]) for path in self._counted(paths)]
        return told, [_readable(line) for line in told], not any(line["error"] for line in told)

    def _counted(self, paths: Sequence[Path]) -> Iterator[Path]:
        """The same paths, with a bar on standard error."""
        for number, path in enumerate(paths, start=1):
            full = WIDTH * (number - 1) // len(paths)
            self._bar(f"[{'#' * full:<{WIDTH}}] {number}/{len(paths)}", end="")
            yield path
        self._bar(f"[{'#' * WIDTH}] {len(paths)}/{len(paths)}", end="\n")

    def _bar(self, text: str, end: str) -> None:
        if self.stderr.isatty():
            self.stderr.write(f"\r{text}", ending=end)


def _size(told: dict[str, Any]) -> str:
    marks = told["landmarks"]
    return (
        f"{told['prints']} prints, {told['bytes']} bytes; "
        f"landmarks of {marks['prints']} recordings, {marks['bytes']} bytes."
    )


def _readable(line: dict[str, Any]) -> str:
    if line["error"]:
        return f"{line['file']}: {line['error']['text']}"
    rows = [f"{line['file']}: {len(line['matches']) or 'no'} match(es), {line['cpu_s']} CPU s"]
    for one in line["matches"]:
        doubt = "" if one["accepted"] else " (not certain)"
        rows.append(
            f"  shares audio with “{one['title']}” ({one['reference']}): {one['class']}{doubt}"
        )
        rows += [
            f"    {piece['q_start']:.1f}–{piece['q_end']:.1f} s here, "
            f"{piece['r_start']:.1f}–{piece['r_end']:.1f} s there{_changed(piece)}"
            for piece in one["segments"]
        ]
    return "\n".join(rows)


def _changed(piece: dict[str, Any]) -> str:
    speed, cents = piece["speed"], piece["pitch_cents"]
    if abs(speed - 1) <= CHANGED_SPEED and abs(cents) <= CHANGED_CENTS:
        return ""
    return f", speed × {speed:.3f}, pitch {cents:+d} cents"
