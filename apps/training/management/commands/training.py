"""`training`: lists, snapshots, manifests, bundles, lineage and the release of models."""

import json
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser
from django.db import DatabaseError

from apps.accounts.batching import batched
from apps.accounts.command_base import Answer, OneLineCommand, WrongUsage, add_subcommand
from apps.accounts.models import User
from apps.accounts.refusal import Refusal
from apps.consent.clock import ledger_now
from apps.consent.finding import find_person, find_track, read_time
from apps.training.affected import models_affected_by
from apps.training.allowlist import Asked, allow_list
from apps.training.bundle import verify_bundle, write_bundle
from apps.training.card import card_markdown, card_of
from apps.training.command_revocation import add_revocations
from apps.training.errors import LedgerUnfit, ReleaseRefused
from apps.training.ledger_fit import bring_up_to_date
from apps.training.lineage import find_model, lineage_of
from apps.training.models import ModelInput, Snapshot
from apps.training.own import register_own
from apps.training.proofs import prove_track
from apps.training.registering import Card, Run, find_snapshot, register_model
from apps.training.releasing import approve_release, blockers_of, release_model
from apps.training.sealing import sweep_unfinished, take_snapshot
from apps.training.summary import summary_markdown, summary_of
from apps.training.telling import (
    tell_lineage,
    tell_lineage_lines,
    tell_list,
    tell_list_lines,
    tell_model,
    tell_model_line,
    tell_snapshot,
    tell_snapshot_lines,
)

STREAMED = ("assets", "members")  # values that are JSON texts already, one after the other
CHUNK = 5000
# What a release needs to know of a version, and how it is called where nobody said.
NEEDED = {
    "weights_sha256": "weights",
    "run_id": "run",
    "started": "beginning",
    "finished": "end",
    "intended_use": "intended use",
    "limit": "limits",
}


class Command(OneLineCommand):
    """Exit status 0: done. 1: refused, or something does not hold. 2: wrong usage, in one line."""

    help = "List what may be trained on, seal it, register models, prove and release them."

    def add_arguments(self, parser: CommandParser) -> None:
        """One subcommand each."""
        parts = parser.add_subparsers(dest="subcommand", required=True)
        self._add_lists(parts)
        self._add_register(parts)
        for name, run, text in (
            ("lineage", self.lineage, "which exact tracks, under what terms"),
            ("card", self.card, "the model card"),
            ("summary", self.summary, "the public summary of training content (EU template)"),
            ("bundle", self.bundle, "write what somebody outside needs to verify a version"),
            ("proof", self.proof, "prove that a track is in a version, or that it is not"),
            ("approve", self.approve, "say yes to the release of a version"),
            (
                "release",
                self.release,
                "release a version, or (without --by) say what stands against it",
            ),
        ):
            told = add_subcommand(parts, name, run, text)
            told.add_argument("model")
            told.add_argument("version")
            if name == "lineage":
                told.add_argument("--summary", action="store_true", help="without the tracks")
            if name == "bundle":
                told.add_argument("folder", type=Path, help="which does not exist yet")
            if name == "proof":
                told.add_argument("track", help="a track's id or ISRC")
            if name in ("approve", "release"):
                told.add_argument("--by", required=name == "approve", default="", metavar="EMAIL")
            if name == "approve":
                told.add_argument("--note", default="")
        told = add_subcommand(parts, "verify", self.verify, "verify a bundle")
        told.add_argument("folder", type=Path)
        told.add_argument("--key", default="", help="the verifier key that it has to be signed by")
        told.add_argument("--asset", default="", help="a blinded reference to look for")
        add_subcommand(parts, "register-own", self.register_own, "our own detector, like any model")
        add_subcommand(parts, "sweep", self.sweep, "clear away what was begun and never sealed")
        add_revocations(parts)
        told = add_subcommand(parts, "affected", self.affected, "models that learned from a track")
        told.add_argument("track", help="a track's id or ISRC")

    def _add_lists(self, parts: Any) -> None:
        for name, run, text in (
            ("allowlist", self.allowlist, "which tracks may be used, and why others may not"),
            ("snapshot", self.snapshot, "seal what is allowed now"),
        ):
            told = add_subcommand(parts, name, run, text)
            told.add_argument("--model-class", required=True)
            told.add_argument("--policy", required=True, help="the version of the terms in force")
            told.add_argument(
                "--jurisdiction", required=True, action="append", help="a country: DE; or DE,FR"
            )
            if name == "allowlist":
                told.add_argument("--at", help="at which time; default: now")
                told.add_argument("--known-at", help="as known at which time; default: at that")
            else:
                told.add_argument("--name", required=True)
                told.add_argument("--by", required=True, metavar="EMAIL")

    def _add_register(self, parts: Any) -> None:
        told = add_subcommand(parts, "register", self.register, "register a trained version")
        told.add_argument("model")
        told.add_argument("version")
        told.add_argument(
            "--snapshot",
            required=True,
            action="append",
            help=f"ID or ID:ROLE; roles: {', '.join(ModelInput.Role.values)}; default: train",
        )
        told.add_argument("--model-class", default="", help="default: that of the first snapshot")
        told.add_argument("--by", default="", metavar="EMAIL", help="default: who sealed the first")
        told.add_argument("--base", default="", metavar="MODEL/VERSION", help="what it builds on")
        needed = told.add_argument_group(
            "needed for a release; what is left out counts as unstated"
        )
        needed.add_argument("--weights-sha256", default="", help="of the weights")
        needed.add_argument("--run", default="", dest="run_id", help="the id of the training run")
        needed.add_argument("--started", default="", help="when training began")
        needed.add_argument("--finished", default="", help="when it ended")
        needed.add_argument("--intended-use", default="", help="what the model is for")
        needed.add_argument("--limit", action="append", default=[], help="what it cannot do")
        told.add_argument("--not-for", action="append", default=[], help="what it is not for")
        told.add_argument("--code", default="", help="where the training code lies")
        told.add_argument("--commit", default="", help="its commit")

    def handle(self, *args: Any, **options: Any) -> None:
        """Runs the subcommand, prints what it found and sets the exit status."""
        try:
            data, lines, holds = options["run"](options)
            self._print(data, lines, holds, as_json=options["json"])
        except Refusal as error:
            data, lines, holds = _refused(error)
            self._print(data, lines, holds, as_json=options["json"])
        except DatabaseError as error:
            why = f"The database cannot be used: {error}. Run `manage.py migrate`."
            raise WrongUsage(" ".join(why.split())) from error
        if not holds:
            raise SystemExit(1)

    def _print(self, data: Any, lines: Iterable[str], holds: bool, *, as_json: bool) -> None:
        if as_json:
            for part in _json_parts(data):
                self.stdout.write(part, ending="")
            self.stdout.write("")
            return
        out = self.stdout if holds else self.stderr
        for chunk in batched(lines, CHUNK):
            out.write("\n".join(chunk))

    def allowlist(self, options: dict[str, Any]) -> Answer:
        """The list and the counts."""
        if not options["at"]:  # a yes of a moment ago counts, also where no clock runs
            with suppress(LedgerUnfit):
                bring_up_to_date()
        told = tell_list(allow_list(_asked(options)))
        return told, tell_list_lines(told), True

    def snapshot(self, options: dict[str, Any]) -> Answer:
        """A sealed snapshot."""
        by = find_person(options["by"])
        told = tell_snapshot(take_snapshot(asked=_asked(options), name=options["name"], by=by))
        return told, tell_snapshot_lines(told), True

    def register(self, options: dict[str, Any]) -> Answer:
        """A registered version."""
        inputs = [_input(text) for text in options["snapshot"]]
        snapshots = [find_snapshot(uid) for uid, _role in inputs]
        base, _slash, version = options["base"].partition("/")
        limits, not_for = tuple(options["limit"]), tuple(options["not_for"])
        model = register_model(
            name=options["model"],
            version=options["version"],
            model_class=options["model_class"] or snapshots[0].model_class,
            inputs=inputs,
            weights_sha256=options["weights_sha256"],
            run=_run(options, snapshots),
            card=Card(options["intended_use"], limits, not_for, _unstated(options)),
            by=_maker(options["by"], snapshots[0]),
            base=find_model(base, version) if base else None,
        )
        return _model(model)

    def lineage(self, options: dict[str, Any]) -> Answer:
        """Everything a version learned from. Exit status 1 where it does not verify."""
        found = lineage_of(options["model"], options["version"])
        told = tell_lineage(found, members=not options["summary"])
        return told, tell_lineage_lines(told), not found.fault

    def bundle(self, options: dict[str, Any]) -> Answer:
        """The files of a bundle."""
        folder = options["folder"]
        names = write_bundle(find_model(options["model"], options["version"]), folder)
        return {"folder": str(folder), "files": names}, [f"{folder}/{one}" for one in names], True

    def proof(self, options: dict[str, Any]) -> Answer:
        """JSON, also without --json."""
        model = find_model(options["model"], options["version"])
        told = prove_track(model, find_track(options["track"]))
        return told, [json.dumps(told, ensure_ascii=False, indent=2)], True

    def verify(self, options: dict[str, Any]) -> Answer:
        """What a bundle proves."""
        lines = verify_bundle(options["folder"], key=options["key"], asset=options["asset"])
        return {"verified": True, "told": lines}, lines, True

    def card(self, options: dict[str, Any]) -> Answer:
        """Markdown, or JSON."""
        told = card_of(options["model"], options["version"])
        return told, [card_markdown(told)], True

    def summary(self, options: dict[str, Any]) -> Answer:
        """Markdown, or JSON."""
        told = summary_of(options["model"], options["version"])
        return told, [summary_markdown(told)], True

    def register_own(self, options: dict[str, Any]) -> Answer:
        """The detector that ships, registered once."""
        return _model(register_own())

    def sweep(self, options: dict[str, Any]) -> Answer:
        """How many unfinished snapshots were cleared away."""
        count = sweep_unfinished()
        return {"cleared": count}, [str(count)], True

    def affected(self, options: dict[str, Any]) -> Answer:
        """The versions that learned from a track."""
        found = [tell_model(one) for one in models_affected_by([find_track(options["track"]).pk])]
        return {"models": found}, [tell_model_line(one) for one in found] or ["-"], True

    def approve(self, options: dict[str, Any]) -> Answer:
        """One person's yes."""
        model = find_model(options["model"], options["version"])
        approve_release(by=find_person(options["by"]), model_version=model, note=options["note"])
        return _model(model)

    def release(self, options: dict[str, Any]) -> Answer:
        """Released, or everything that stands against it."""
        model = find_model(options["model"], options["version"])
        if options["by"]:
            return _model(release_model(by=find_person(options["by"]), model_version=model))
        bring_up_to_date()
        if blockers := blockers_of(model, thorough=True):
            raise ReleaseRefused(model, blockers)
        return _model(model)


def _asked(options: dict[str, Any]) -> Asked:
    now = ledger_now()
    at = read_time(options["at"]) if options.get("at") else now
    known = options.get("known_at")
    return Asked(
        model_class=options["model_class"],
        policy_version=options["policy"],
        jurisdictions=tuple(",".join(options["jurisdiction"]).split(",")),
        at=at,
        known_at=read_time(known) if known else at,
    )


def _run(options: dict[str, Any], snapshots: list[Snapshot]) -> Run:
    """The run; where no time is said, the times between which it must have been."""
    sealed = max((one.sealed_at for one in snapshots if one.sealed_at), default=ledger_now())
    return Run(
        options["run_id"] or "unstated",
        read_time(options["started"]) if options["started"] else sealed,
        read_time(options["finished"]) if options["finished"] else ledger_now(),
        options["code"],
        options["commit"],
    )


def _unstated(options: dict[str, Any]) -> tuple[str, ...]:
    return tuple(what for name, what in NEEDED.items() if not options[name])


def _maker(email: str, snapshot: Snapshot) -> User:
    """Who registers: whoever is named, or else whoever sealed the data."""
    if email or snapshot.made_by is None:
        return find_person(email)
    return snapshot.made_by


def _input(text: str) -> tuple[str, str]:
    uid, _colon, role = text.partition(":")
    return uid, role or ModelInput.Role.TRAIN


def _model(model: Any) -> Answer:
    told = tell_model(model)
    return told, [tell_model_line(told)], True


def _refused(error: Refusal) -> Answer:
    """A wrong question is wrong usage; a right one may still be answered with no."""
    if getattr(error, "is_usage", False):
        raise WrongUsage(" ".join(str(error).split())) from error
    told: dict[str, Any] = {"code": getattr(error, "code", "refused"), "text": str(error)}
    lines = [str(error)]
    if isinstance(error, ReleaseRefused):
        told["blockers"] = [vars(one) for one in error.blockers]
        lines = [f"{one.code}: {one.text}" for one in error.blockers]
    return {"error": told}, lines, False


def _json_parts(data: Any) -> Iterator[str]:
    """The JSON text in parts: what is streamed stands at the end and is never held whole."""
    streamed = [name for name in STREAMED if isinstance(data, dict) and name in data]
    if not streamed:
        yield json.dumps(data, ensure_ascii=False)
        return
    [name] = streamed
    rest = {key: value for key, value in data.items() if key != name}
    yield f'{json.dumps(rest, ensure_ascii=False)[:-1]}, "{name}": ['
    for number, chunk in enumerate(batched(data[name], CHUNK)):
        yield (", " if number else "") + ", ".join(chunk)
    yield "]}"
