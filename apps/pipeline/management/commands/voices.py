"""The register of enrolled voices on the command line."""

import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.db import DatabaseError

from apps.accounts.command_base import OneLineCommand, WrongUsage, briefly
from apps.accounts.models import User
from apps.pipeline.offline import expand, shown_name
from apps.pipeline.voice_consent import BadConsent, read_consent
from apps.pipeline.voice_enrolling import enrol_files
from apps.pipeline.voice_files import match_path
from apps.registry.enrolled.ending import withdraw
from apps.registry.enrolled.errors import VoiceRefusal
from apps.registry.enrolled.people import find_person, open_enrolment
from apps.registry.enrolled.sealing import rewrap_keys
from apps.registry.enrolled.steps import register, turn_register
from apps.registry.enrolled.voices import DatabaseVoices
from apps.registry.models import Person, VoiceEnrolment
from apps.registry.voice.chosen import chosen_backend
from apps.registry.voice.contract import EnrolledVoice
from apps.registry.voice.encoder import VoiceModelError
from apps.screening.audio import UnusableAudio

OFF = "The register of voices is off: uploads are compared with no voice until it is turned on."


class Command(OneLineCommand):
    """Status 0: done. 1: done, but a file could not be read, or no voice was there. 2: refused.

    `match` is refused while the register is off.
    """

    help = "Enrol, compare, list and delete protected voices."

    def add_arguments(self, parser: CommandParser) -> None:
        """As in docs/voices-register.md."""
        verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
        enrol = verbs.add_parser("enrol", help="enrol a voice from at least five stems")
        enrol.add_argument("name", metavar="NAME")
        enrol.add_argument("paths", nargs="+", type=Path, metavar="PATH")
        enrol.add_argument("--consent", type=Path, required=True, metavar="FILE.json")
        enrol.add_argument("--by", metavar="EMAIL", help="the account that answers for it")
        match = verbs.add_parser("match", help="compare files with enrolled voices")
        match.add_argument("paths", nargs="+", type=Path, metavar="PATH")
        match.add_argument("--against", nargs="+", default=[], metavar="NAME")
        delete = verbs.add_parser("delete", help="delete a voice and its key")
        delete.add_argument("name", metavar="NAME")
        delete.add_argument("--by", metavar="EMAIL")
        delete.add_argument("--reason", default="Deleted on the command line.")
        listing = verbs.add_parser("list", help="enrolments and their states")
        rotate = verbs.add_parser("rotate", help="wrap all keys with the present master key")
        switches = [verbs.add_parser(verb, help=f"turn the register {verb}") for verb in SWITCH]
        for switch in switches:
            switch.add_argument("--by", metavar="EMAIL", required=True)
        for one in (enrol, match, delete, listing, rotate, *switches):
            one.add_argument("--json", action="store_true", help="print JSON and nothing else")
            briefly(one)

    def handle(self, *args: Any, **options: Any) -> None:
        """Does one verb."""
        verb = options["verb"]
        try:
            _clean(options)
            getattr(self, f"_{verb}" if verb not in SWITCH else "_switch")(options)
        except (BadConsent, VoiceRefusal) as error:
            raise WrongUsage(_one_line(error)) from None
        except UnusableAudio as error:
            raise CommandError(_one_line(error.text)) from None
        except VoiceModelError as error:
            raise CommandError(_one_line(error)) from None
        except DatabaseError as error:
            why = f"The database is not ready for this: {error}. Run `make setup` first."
            raise CommandError(_one_line(why)) from None

    def _enrol(self, options: dict[str, Any]) -> None:
        consent, by = read_consent(options["consent"]), _account(options["by"])
        try:
            row = enrol_files(
                name=options["name"],
                paths=options["paths"],
                consent=consent,
                by=by,
                backend=chosen_backend(),
            )
        except OSError as error:
            raise WrongUsage(
                _one_line(f"{error.filename or 'A file'} cannot be read: {error.strerror}.")
            ) from None
        self._note_off()
        self._say([_row(row)], options)

    def _match(self, options: dict[str, Any]) -> None:
        voices = self._voices(options["against"])
        failed = 0
        for path in expand(options["paths"]):
            line = match_path(path, shown_name(path), voices)
            failed += line["error"] is not None
            self._say([line], options)
        if failed:
            sys.exit(1)

    def _voices(self, names: list[str]) -> list[EnrolledVoice]:
        people = {_person(name): name for name in names}
        voices = DatabaseVoices(None).named(names)
        enrolled = {voice.person for voice in voices}
        for person, name in people.items():
            if str(person.pk) not in enrolled:
                raise CommandError(_one_line(f"No voice of {name} is enrolled."))
        if not voices:
            self.stderr.write("No voice is enrolled, so there is nothing to compare with.")
        return voices

    def _delete(self, options: dict[str, Any]) -> None:
        person = _person(options["name"])
        row = open_enrolment(person)
        if row is None:
            raise CommandError(_one_line(f"No voice of {person} is enrolled."))
        receipt = withdraw(enrolment=row, by=_account(options["by"]), reason=options["reason"])
        self._say([{"name": person.name, "enrolment": str(row.pk), "receipt": receipt}], options)

    def _list(self, options: dict[str, Any]) -> None:
        rows = VoiceEnrolment.objects.select_related("person").order_by(
            "person__name", "started_at"
        )
        self._note_off()
        self._say((_row(row) for row in rows), options)

    def _rotate(self, options: dict[str, Any]) -> None:
        self._say([{"rewrapped": rewrap_keys()}], options)

    def _switch(self, options: dict[str, Any]) -> None:
        turn_register(on=options["verb"] == "on", by=_account(options["by"]))
        self._say([{"on": register().is_on}], options)

    def _say(self, lines: Iterable[dict[str, Any]], options: dict[str, Any]) -> None:
        for line in lines:
            shown = json.dumps(line, ensure_ascii=False) if options["json"] else _readable(line)
            self.stdout.write(shown)
            self.stdout.flush()

    def _note_off(self) -> None:
        if not register().is_on:
            self.stderr.write(OFF)


SWITCH = ("on", "off")


def _row(row: VoiceEnrolment) -> dict[str, Any]:
    near = Person.objects.in_bulk([one["person"] for one in row.collisions])
    names = {str(pk): person.name for pk, person in near.items()}
    return {
        **{"name": row.person.name, "person": str(row.person_id), "enrolment": str(row.pk)},
        **{"state": row.state, "stems": row.stems, "songs": row.songs},
        **{"sung_s": row.sung_s, "spoken_s": row.spoken_s},
        "self_consistency": row.self_consistency,
        "collisions": [{**one, "name": names.get(one["person"])} for one in row.collisions],
        "model": row.model,
        "expires_at": row.expires_at.isoformat() if row.expires_at else None,
        "deleted_at": row.deleted_at.isoformat() if row.deleted_at else None,
    }


def _readable(line: dict[str, Any]) -> str:
    if "matches" not in line:
        return ", ".join(f"{key}: {value}" for key, value in line.items())
    if line["error"]:
        return f"{line['file']}: {line['error']['text']}"
    if not line["assessable"]:
        return f"{line['file']}: cannot be compared. {line['why']}"
    found = [
        f"{one['name']} {one['why'] or one['similarity']}"
        + (f" ({one['answer']})" if one["answer"] else "")
        for one in line["matches"]
    ]
    return f"{line['file']}: {', '.join(found)}"


def _person(name: str) -> Person:
    person = find_person(name)
    if person is None:
        raise WrongUsage(_one_line(f"Nobody called {name} is in the register."))
    return person


def _account(email: str | None) -> User | None:
    if email is None:
        return None
    user = User.objects.filter(email__iexact=email, is_active=True).first()
    if user is None:
        raise WrongUsage(_one_line(f"There is no account {email}."))
    return user


def _clean(options: dict[str, Any]) -> None:
    """Arguments that are no text (broken bytes, NUL) reach no database and no file system."""
    for value in (options.get("name"), options.get("by"), *options.get("against", [])):
        if value and (chr(0) in value or any("\ud800" <= char <= "\udfff" for char in value)):
            raise WrongUsage("A name is not readable text.")


def _one_line(what: object) -> str:
    return " ".join(str(what).split()).encode("utf-8", "replace").decode()
