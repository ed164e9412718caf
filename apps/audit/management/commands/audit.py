"""`audit`: verifies the log, signs what waits, and writes proofs."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from uuid import UUID

from django.core.management.base import CommandError, CommandParser
from django.db import DatabaseError

from apps.accounts.command_base import Answer, OneLineCommand, WrongUsage, add_subcommand
from apps.audit import keys
from apps.audit.errors import LedgerError
from apps.audit.leaves import Fault
from apps.audit.models import Checkpoint
from apps.audit.notes import BadNote, open_checkpoint
from apps.audit.notes import Checkpoint as Said
from apps.audit.proofs import proof_of
from apps.audit.sequencer import sequence_pending
from apps.audit.verify import Report, verify


class Command(OneLineCommand):
    """Exit status 0: it holds. 1: it does not. 2: wrong usage, with one line that says why."""

    help = "Verify the log, sign what waits, prove that a row is in it."

    def add_arguments(self, parser: CommandParser) -> None:
        """One subcommand each."""
        parts = parser.add_subparsers(dest="subcommand", required=True)
        told = add_subcommand(
            parts, "verify", self.verify, "compute the whole log again and compare"
        )
        told.add_argument("--against", type=Path, help="a signed checkpoint kept elsewhere")
        told.add_argument("--from", type=int, default=0, dest="start", metavar="N", help="a leaf")
        told.add_argument(
            "--details", action="store_true", help="also who did it and with what, where kept"
        )
        add_subcommand(
            parts, "checkpoint", self.checkpoint, "sign what waits; print the checkpoint"
        )
        told = add_subcommand(parts, "proof", self.proof, "the proof that a row is in the log")
        told.add_argument("uid", help="the uid of the row")

    def handle(self, *args: Any, **options: Any) -> None:
        """Runs the subcommand, prints what it found and sets the exit status."""
        try:
            data, lines, holds = options["run"](options)
        except LedgerError as error:
            self._refuse(error, as_json=options["json"])
        except DatabaseError as error:
            why = f"The database cannot be used: {error}. Run `manage.py migrate`."
            raise WrongUsage(" ".join(why.split())) from error
        else:
            self._tell(data, lines, as_json=options["json"])
            if not holds:
                raise SystemExit(1)

    def _tell(self, data: Any, lines: Iterable[str], *, as_json: bool) -> None:
        for line in [json.dumps(data, ensure_ascii=False)] if as_json else lines:
            self.stdout.write(line)

    def _refuse(self, error: LedgerError, *, as_json: bool) -> None:
        if as_json:
            self.stdout.write(json.dumps({"ok": False, "error": error.code, "text": str(error)}))
        raise CommandError(" ".join(str(error).split()), returncode=1)

    def verify(self, options: dict[str, Any]) -> Answer:
        """Everything from leaf N on, or the first thing that is wrong."""
        if options["start"] < 0:
            raise WrongUsage("--from takes the number of a leaf, 0 or more.")
        try:
            against = _kept(options["against"]) if options["against"] else None
        except BadNote as error:
            report = Report(fault=Fault(f"the checkpoint given: {error}"))
        else:
            report = verify(start=options["start"], against=against, details=options["details"])
        return report.as_dict(), _lines(report), report.fault is None

    def checkpoint(self, options: dict[str, Any]) -> Answer:
        """What waits gets its leaves; then the newest checkpoint, as signed."""
        added = sequence_pending()
        newest = Checkpoint.objects.order_by("-size", "-id").first()
        if newest is None:
            return {"leaves": 0, "added": 0, "checkpoint": None}, ["The log is empty."], True
        root = bytes(newest.root).hex()
        told = {"origin": newest.origin, "leaves": newest.size, "root": root, "added": added}
        data = {**told, "checkpoint": newest.note, "key": newest.vkey}
        return data, newest.note.rstrip("\n").split("\n"), True

    def proof(self, options: dict[str, Any]) -> Answer:
        """A tlog-proof."""
        try:
            uid = UUID(options["uid"])
        except ValueError as error:
            raise WrongUsage(f"{options['uid'][:60]!r} is not a uid.") from error
        text = proof_of(uid)
        return {"uid": str(uid), "proof": text}, text.rstrip("\n").split("\n"), True


def _kept(file: Path) -> Said:
    try:
        text = file.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise WrongUsage(f"{file} cannot be read: {error}") from error
    return open_checkpoint(text, keys.verifiers())


def _lines(report: Report) -> list[str]:
    waiting = f"{report.waiting} waiting"
    if report.fault is None:
        since = f", from leaf {report.verified_from}" if report.verified_from else ""
        kept = "" if report.details is None else f", {report.details} details"
        said = f"{report.leaves} leaves{since}, {report.checkpoints} checkpoints{kept}, {waiting}"
        return [f"verified: {said}", f"root: {report.root}"]
    fault = report.fault
    place = [("leaf", fault.index), ("source", fault.source), ("uid", fault.uid)]
    named = ", ".join(f"{name} {value}" for name, value in place if value is not None)
    return [f"NOT verified: {fault.what}" + (f" ({named})" if named else "")]
