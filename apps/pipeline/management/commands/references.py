"""`references`: recordings from outside that uploads are compared with, on the command line."""

import json
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.db import DatabaseError

from apps.accounts.command_base import Answer, OneLineCommand, WrongUsage, add_subcommand
from apps.fingerprints.engine.answers import is_other_pitch, is_other_speed
from apps.fingerprints.errors import ReferenceRefusal
from apps.fingerprints.following import MARKS, PRINTS, rebuild
from apps.fingerprints.landmarks.packed import VERSION
from apps.fingerprints.models import RecordingPrint, Reference
from apps.fingerprints.references import remove_reference
from apps.fingerprints.retro_telling import told as told_back
from apps.fingerprints.telling import index_stats, sizes
from apps.pipeline.offline import expand
from apps.pipeline.reference_adding import (
    ADDED,
    CHANGED,
    FAILED,
    THERE,
    WORKERS,
    Wanted,
    add_all,
    why_words_are_refused,
)
from apps.pipeline.reference_files import FIELDS, match_path, renew_track
from apps.pipeline.reference_lists import COLUMNS, ListRefused, read_list
from apps.pipeline.retro_work import search_now

WIDTH = 30  # characters of the progress bar


class Command(OneLineCommand):
    """Status 0: done. 1: done, but a file could not be used. 2: refused, or wrong usage."""

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
        added.add_argument(
            "--metadata",
            type=Path,
            metavar="FILE.csv",
            help=f"what the files of one folder are: a row each, columns {', '.join(COLUMNS)}",
        )
        added.add_argument(
            "--no-audio", action="store_true", help="keep no copy that reviewers could hear"
        )
        added.add_argument(
            "--workers", type=int, default=WORKERS, help=f"heard at once; default: {WORKERS}"
        )
        removed = add_subcommand(parts, "remove", self.remove, "forget a reference")
        removed.add_argument("id", type=int)
        add_subcommand(parts, "stats", self.stats, "what is compared with, and what it takes")
        add_subcommand(parts, "rebuild", self.rebuild, "make this host's index from the database")
        back = add_subcommand(parts, "retro", self.retro, "look for a reference in our tracks")
        back.add_argument("id", type=int)
        add_subcommand(parts, "renew", self.renew, "take landmarks of tracks from before")
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
        """All files; what is there already costs nothing, what cannot be read is told."""
        wanted = self._wanted(options)
        lines = add_all(wanted, by=None, no_audio=options["no_audio"], workers=options["workers"])
        told = list(self._counted(lines, len(wanted)))
        added = [line["id"] for line in told if line["error"] is None]
        bad = [line for line in told if line["error"]]
        for line in told:
            where = f"line {line['line']}: " if "line" in line else ""
            if said := line["error"]["text"] if line["error"] else line.get("note"):
                self.stderr.write(f"{where}{line['file']}: {said}")
        states = Counter(line["state"] for line in told)
        counts = {state: states[state] for state in (ADDED, CHANGED, THERE, FAILED)}
        text = ", ".join(f"{number} {state}" for state, number in counts.items() if number)
        if added:
            text += f": {', '.join(map(str, added[:20]))}{' …' if len(added) > 20 else ''}"
        if counts[ADDED] or counts[CHANGED]:
            text += ". The search for them in our tracks is queued."
        return [{"added": added, "counts": counts, "files": told}], [text], not bad

    def _wanted(self, options: dict[str, Any]) -> list[Wanted]:
        if options["workers"] < 1:
            raise WrongUsage("--workers: at least one file is heard at a time.")
        told = {name: options[name] for name in ("source", *FIELDS)}
        if why := why_words_are_refused(told):
            raise WrongUsage(" ".join(why.split()))
        paths = options["paths"]
        if options["metadata"] is None:
            wanted = [Wanted(path, told) for path in expand(paths)]
        elif len(paths) == 1 and paths[0].is_dir():
            wanted = self._listed(options["metadata"], paths[0], told)
        elif len(paths) == 1 and not paths[0].exists():
            raise WrongUsage(f"{paths[0]}: There is no folder of this name.")
        else:
            raise WrongUsage("--metadata says what the files of one folder are; name that folder.")
        if (len(wanted) > 1 or options["metadata"]) and (options["title"] or options["isrc"]):
            raise WrongUsage("--title and --isrc are those of one recording; name one file.")
        return wanted

    def _listed(self, path: Path, folder: Path, told: dict[str, str]) -> list[Wanted]:
        try:
            wanted = read_list(path, folder, told)
        except ListRefused as refusal:
            raise WrongUsage(f"{path}: {refusal}") from refusal
        named = {one.path for one in wanted}
        if left := sum(one not in named for one in expand([folder]) if one != folder):
            files = "file is" if left == 1 else "files are"
            self.stderr.write(f"{left} audio {files} in the folder, but not in the list: left out.")
        return wanted

    def remove(self, options: dict[str, Any]) -> Answer:
        """One reference."""
        remove_reference(reference_id=options["id"], by=None)
        return [{"removed": options["id"]}], [f"Reference {options['id']} is removed."], True

    def retro(self, options: dict[str, Any]) -> Answer:
        """One reference, looked for now; tracks that hold it are checked again by the workers."""
        search = search_now(options["id"])
        line = told_back(search)
        rows = [f"{one['title']} ({one['track']}): {one['class']}" for one in line["found"]]
        text = "\n  ".join([f"“{line['title']}” is found in {counted(len(rows), 'track')}.", *rows])
        done = search.state == search.State.DONE
        return [line], [text if done else f"It could not be looked for: {search.trouble}"], done

    def stats(self, options: dict[str, Any]) -> Answer:
        """Counts, bytes, items, segments."""
        told = index_stats()
        marks = {f"landmarks_{name}": value for name, value in told["landmarks"].items()}
        flat = {**told, **marks}
        del flat["landmarks"]
        return [told], [", ".join(f"{name}: {value}" for name, value in flat.items())], True

    def rebuild(self, options: dict[str, Any]) -> Answer:
        """Both indexes from the database."""
        rebuild(PRINTS)
        rebuild(MARKS)
        told = sizes()
        return [told], [_size(told)], True

    def renew(self, options: dict[str, Any]) -> Answer:
        """All tracks without landmarks, one after another."""
        rows = RecordingPrint.objects.exclude(marks_version=VERSION).order_by("pk")
        keys = list(rows.values_list("pk", flat=True))
        told = list(self._counted((_renewed(key) for key in keys), len(keys)))
        bad = [one for one in told if one["why"]]
        for one in bad:
            self.stderr.write(f"{one['track']}: {one['why']}")
        done, left = len(told) - len(bad), Reference.objects.exclude(marks_version=VERSION).count()
        text = f"{done} renewed, {len(bad)} not. References to add again: {left}."
        return [{"renewed": done, "failed": bad, "references": left}], [text], not bad

    def match(self, options: dict[str, Any]) -> Answer:
        """One line per file."""
        paths = list(expand(options["paths"]))
        lines = (match_path(path, deep=options["deep"]) for path in paths)
        told = list(self._counted(lines, len(paths)))
        return told, [_readable(line) for line in told], not any(line["error"] for line in told)

    def _counted(self, lines: Iterable[Any], total: int) -> Iterator[Any]:
        """The same lines, with a bar on standard error of a terminal."""
        began = time.monotonic()
        for done, line in enumerate(lines, start=1):
            each = (time.monotonic() - began) / done
            full = WIDTH * done // total
            left = f", {duration(each * (total - done))} left" if done < total else " " * 24
            self._bar(f"[{'#' * full:<{WIDTH}}] {done}/{total}{left}", "" if done < total else "\n")
            yield line

    def _bar(self, text: str, end: str) -> None:
        if self.stderr.isatty():
            self.stderr.write(f"\r{text:<79}", ending=end)


def _renewed(key: int) -> dict[str, str]:
    row = RecordingPrint.objects.select_related("track__audio").filter(pk=key).first()
    return {"track": str(row.track_id) if row else "", "why": renew_track(row) if row else ""}


def duration(seconds: float) -> str:
    """Roughly, as people say it: "40 s", "12 min", "3 h"."""
    steps = ((90, 1, "s"), (5400, 60, "min"), (float("inf"), 3600, "h"))
    return next(f"{seconds / each:.0f} {unit}" for most, each, unit in steps if seconds < most)


def counted(number: int, one: str, many: str = "") -> str:
    """ "no matches", "1 match", "2 matches"."""
    return f"{number or 'no'} {one if number == 1 else many or one + 's'}"


def _size(told: dict[str, Any]) -> str:
    marks = told["landmarks"]
    return (
        f"{told['prints']} prints, {told['bytes']} bytes; "
        f"landmarks of {marks['prints']} recordings, {marks['bytes']} bytes."
    )


def _readable(line: dict[str, Any]) -> str:
    if line["error"]:
        return f"{line['file']}: {line['error']['text']}"
    matches = counted(len(line["matches"]), "match", "matches")
    rows = [f"{line['file']}: {matches}, {line['cpu_s']} CPU s"]
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
    if not (is_other_speed(speed, piece["q_end"] - piece["q_start"]) or is_other_pitch(cents)):
        return ""
    return f", speed × {speed:.3f}, pitch {cents:+d} cents"
