"""`consent`: writes into the ledger of consent, shows it, imports, and checks its states."""

import json
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser
from django.db import DatabaseError

from apps.accounts.command_base import Answer, OneLineCommand, WrongUsage, add_subcommand
from apps.consent.choices import object_to_use, record_consent, revoke_all, revoke_consent
from apps.consent.clock import ledger_now
from apps.consent.envelopes_reading import ZONES, EnvelopeBroken, all_envelopes, is_in_force
from apps.consent.erasing import erase_person, find_forgettable
from apps.consent.errors import ConsentError, ImportRefused
from apps.consent.feature_rewrapping import rewrap_zone
from apps.consent.finding import (
    find_audit_event,
    find_event,
    find_person,
    find_target,
    find_track,
    read_time,
)
from apps.consent.importing import import_consents
from apps.consent.projection import find_differences, rebuild
from apps.consent.receipts import receipt_of
from apps.consent.reservations import lift_no_ai, reserve_no_ai
from apps.consent.telling import (
    tell_envelope,
    tell_envelope_line,
    tell_event,
    tell_event_line,
    tell_forgotten_lines,
    tell_track,
    tell_track_lines,
)
from apps.consent.terms_diff import find_changes
from apps.consent.terms_reading import UnknownTerms, terms_called
from apps.consent.vocabulary import ALL_LAYERS
from apps.consent.writing import How

TARGET = "a track's id or ISRC, release:ID or account:EMAIL"
METHOD = "support"  # somebody types it for somebody


class Command(OneLineCommand):
    """Exit status 0: done. 1: refused, or something does not hold. 2: wrong usage, in one line."""

    help = "Record, revoke, show and import consents; check the states kept of them."

    def add_arguments(self, parser: CommandParser) -> None:
        """One subcommand each."""
        parts = parser.add_subparsers(dest="subcommand", required=True)
        self._add_choices(parts)
        told = add_subcommand(parts, "show", self.show, "what the ledger says of a track")
        told.add_argument("asset", help="a track's id or ISRC")
        told.add_argument("--at", help="at which time; default: now")
        told.add_argument("--known-at", help="as known at which time; default: now")
        told.add_argument("--jurisdiction", default="", help="a country: DE")
        told = add_subcommand(parts, "import", self.take, "all consents of a CSV file, or none")
        told.add_argument("file", type=Path)
        told.add_argument("--registry", default="", help="a registry's list; it can only say no")
        told = add_subcommand(parts, "receipt", self.receipt, "the receipt of an event (JSON-LD)")
        told.add_argument("event", help="the id of the event")
        told = add_subcommand(parts, "terms", self.terms, "what newer terms make possible")
        told.add_argument("old")
        told.add_argument("new")
        told = add_subcommand(parts, "erase", self.erase, "forget a person who left")
        told.add_argument("person", metavar="EMAIL", help="of the closed account")
        told.add_argument("--by", required=True, metavar="EMAIL", help="a compliance officer")
        told.add_argument("--reason", required=True, help="the request, its date, its number")
        told.add_argument(
            "--event", action="append", default=[], metavar="UID", help="also what this event says"
        )
        told.add_argument("--yes", action="store_true", help="do it; without, only show it")
        told = add_subcommand(parts, "rewrap", self.rewrap, "another key for a zone of features")
        told.add_argument("zone", choices=ZONES)
        told.add_argument("--by", required=True, metavar="EMAIL", help="a compliance officer")
        add_subcommand(parts, "envelopes", self.envelopes, "what each class of models needs")
        add_subcommand(parts, "check", self.check_states, "compare the states with the ledger")
        add_subcommand(parts, "rebuild", self.rebuild, "compute all states from the ledger again")

    def _add_choices(self, parts: Any) -> None:
        told = self._add_choice(parts, "record", self.record, "a yes or a no")
        told.add_argument("--jurisdiction", default="", help="for which country a yes counts: DE")
        told.add_argument("--terms", default="", help="the version of the words that were shown")
        told.add_argument("--language", default="en", help="of those words")
        said = told.add_mutually_exclusive_group(required=True)
        said.add_argument("--yes", action="store_true", dest="granted")
        said.add_argument("--no", action="store_false", dest="granted")
        told = self._add_choice(parts, "revoke", self.revoke, "take a yes back", needed=False)
        told.add_argument("--all", action="store_true", help="every yes that reaches the target")
        self._add_choice(parts, "object", self.object, "object to a use")
        told = self._add_choice(parts, "no-ai", self.no_ai, "turn “No AI” on or off", uses=False)
        told.add_argument("state", choices=["on", "off"])
        told.add_argument("--terms", default="", help="the version of the words that were shown")

    def _add_choice(
        self,
        parts: Any,
        name: str,
        run: Callable[..., Answer],
        help_text: str,
        *,
        uses: bool = True,
        needed: bool = True,
    ) -> CommandParser:
        told = add_subcommand(parts, name, run, help_text)
        told.add_argument("target", help=TARGET)
        if uses:
            told.add_argument("--use-case", required=needed, default="")
            told.add_argument("--verb", required=needed, default="")
            told.add_argument("--layer", default=ALL_LAYERS, help="of which rights; default: all")
        told.add_argument("--by", required=True, metavar="EMAIL", help="who says so")
        told.add_argument("--from", dest="start", metavar="TIME", help="since when; default: now")
        told.add_argument("--authority", default="", help="what proves that a label may say yes")
        told.add_argument("--submission-key", default="", help="the same key again writes nothing")
        return told

    def handle(self, *args: Any, **options: Any) -> None:
        """Runs the subcommand, prints what it found and sets the exit status."""
        try:
            data, lines, holds = options["run"](options)
        except ConsentError as error:
            data, lines, holds = _refused(error)
        except (UnknownTerms, EnvelopeBroken) as error:
            raise WrongUsage(str(error)) from error
        except DatabaseError as error:
            why = f"The database cannot be used: {error}. Run `manage.py migrate`."
            raise WrongUsage(" ".join(why.split())) from error
        if options["json"]:
            self.stdout.write(json.dumps(data, ensure_ascii=False))
        else:
            for line in lines:
                (self.stdout if holds else self.stderr).write(line)
        if not holds:
            raise SystemExit(1)

    def record(self, options: dict[str, Any]) -> Answer:
        """One yes or no."""
        return _written(
            record_consent(
                **_about(options),
                granted=options["granted"],
                jurisdiction=options["jurisdiction"],
                terms_version=options["terms"],
                language=options["language"],
            )
        )

    def revoke(self, options: dict[str, Any]) -> Answer:
        """One yes taken back, or all."""
        if not options["all"]:
            return _written(revoke_consent(**_about(options)))
        about = _about(options)
        events = revoke_all(by=about["by"], of=about["of"], how=about["how"])
        return [tell_event(one) for one in events], map(tell_event_line, events), True

    def object(self, options: dict[str, Any]) -> Answer:
        """One objection."""
        about = _about(options)
        about.pop("layer")
        return _written(object_to_use(**about))

    def no_ai(self, options: dict[str, Any]) -> Answer:
        """The tag on or off."""
        about = _about(options)
        if options["state"] == "on":
            return _written(reserve_no_ai(**about))
        about.pop("effective_from")
        return _written(lift_no_ai(**about, terms_version=options["terms"]))

    def show(self, options: dict[str, Any]) -> Answer:
        """A track at a time, as known at a time."""
        at, known_at = (
            read_time(options[name]) if options[name] else ledger_now()
            for name in ("at", "known_at")
        )
        track = find_track(options["asset"])
        told = tell_track(track, at=at, known_at=known_at, jurisdiction=options["jurisdiction"])
        return told, tell_track_lines(told), True

    def take(self, options: dict[str, Any]) -> Answer:
        """A whole file, or nothing of it."""
        events = import_consents(file=options["file"], registry=options["registry"]).events
        data = {"imported": len(events), "events": [tell_event(one) for one in events]}
        return data, [f"{len(events)} consents imported"], True

    def receipt(self, options: dict[str, Any]) -> Answer:
        """JSON-LD, also without --json."""
        told = receipt_of(find_event(options["event"]))
        return told, [json.dumps(told, ensure_ascii=False, indent=2)], True

    def terms(self, options: dict[str, Any]) -> Answer:
        """Every difference, widening ones first."""
        changes = find_changes(terms_called(options["old"]), terms_called(options["new"]))
        data = [vars(change) for change in changes]
        lines = (
            f"{'wider' if one.widens else 'same or less'} · {one.permission}: {one.text}"
            for one in changes
        )
        return data, lines, True

    def erase(self, options: dict[str, Any]) -> Answer:
        """What is kept of a person, and with --yes its end."""
        who, by = find_person(options["person"]), find_person(options["by"])
        more = [find_audit_event(uid) for uid in options["event"]]
        if options["yes"]:
            found = erase_person(who=who, by=by, reason=options["reason"], more=more)
        else:
            found = find_forgettable(who, more)
        told = {**asdict(found), "forgotten": options["yes"], "account_closed": not who.is_active}
        return told, tell_forgotten_lines(told), True

    def rewrap(self, options: dict[str, Any]) -> Answer:
        """The keys of a zone's features, sealed with its present key."""
        count = rewrap_zone(zone=options["zone"], by=find_person(options["by"]))
        return {"keys": count}, [f"{count} keys sealed anew"], True

    def envelopes(self, options: dict[str, Any]) -> Answer:
        """Every version of every envelope, operations first."""
        now, found = ledger_now(), all_envelopes()
        told = [tell_envelope(one, in_force=is_in_force(one, now)) for one in found]
        return told, map(tell_envelope_line, told), True

    def check_states(self, options: dict[str, Any]) -> Answer:
        """The states against a replay of the ledger."""
        found = list(find_differences())
        lines = found or ["The states are what the ledger says."]
        return {"ok": not found, "differences": found}, lines, not found

    def rebuild(self, options: dict[str, Any]) -> Answer:
        """Every state anew."""
        count = rebuild()
        return {"states": count}, [f"{count} states"], True


def _about(options: dict[str, Any]) -> dict[str, Any]:
    """What all choices have in common."""
    key, authority = options["submission_key"], options["authority"]
    told = {
        "by": find_person(options["by"]),
        "of": find_target(options["target"]),
        "effective_from": read_time(options["start"]) if options["start"] else None,
        "how": How(method=METHOD, component="command", submission_key=key, authority=authority),
    }
    if "use_case" in options:
        told |= {name: options[name] for name in ("use_case", "verb", "layer")}
    return told


def _written(event: Any) -> Answer:
    return tell_event(event), [tell_event_line(event)], True


def _refused(error: ConsentError) -> Answer:
    """A wrong question is wrong usage; a right one may still be answered with no."""
    if error.is_usage:
        raise WrongUsage(" ".join(str(error).split())) from error
    problems = error.problems if isinstance(error, ImportRefused) else []
    listed = [{"line": line, "text": text} for line, text in problems]
    told: dict[str, Any] = {"code": error.code, "text": str(error)}
    lines = [f"line {one['line']}: {one['text']}" for one in listed] + [str(error)]
    return {"error": told | ({"problems": listed} if listed else {})}, lines, False
