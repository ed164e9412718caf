"""`policy`: proves, explains, compares, publishes and replays the law."""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser
from django.db import DatabaseError
from django.utils.translation import gettext

from apps.accounts.command_base import Answer, OneLineCommand, WrongUsage, add_subcommand
from apps.accounts.models import User
from apps.catalogue.declaration import InvalidDeclaration, parse_declaration
from apps.policy.activate import CannotActivate, activate_ruleset
from apps.policy.compare import TooManyCombinations, find_changes
from apps.policy.handbook import handbook
from apps.policy.models import Decision
from apps.policy.prove import prove
from apps.policy.publish import PublishedRulesetChanged, publish_shipped_ruleset
from apps.policy.questions import preview
from apps.policy.replay import replay
from apps.policy.reports import (
    change_lines,
    proof_as_dict,
    proof_lines,
    replay_as_dict,
    replay_lines,
    verdict_lines,
)
from apps.policy.rulebooks import UnreadableFile, find_golden, find_ruleset, read_text
from apps.policy.ruleset import InvalidRuleset
from apps.policy.shipped import UnknownRuleset
from apps.policy.telling import tell
from apps.screening.codes import TEXTS

WRONG_USAGE = (
    UnknownRuleset,
    UnreadableFile,
    InvalidRuleset,
    InvalidDeclaration,
    TooManyCombinations,
    PublishedRulesetChanged,
    CannotActivate,
)


class Command(OneLineCommand):
    """Exit status 0: it holds. 1: it does not. 2: wrong usage, with one line that says why."""

    help = "Prove, explain, compare, publish and replay the rules."

    def add_arguments(self, parser: CommandParser) -> None:
        """One subcommand each."""
        parts = parser.add_subparsers(dest="subcommand", required=True)
        proving = add_subcommand(parts, "check", self.check_ruleset, "prove a ruleset")
        proving.add_argument("ruleset", nargs="?", help="an id or a .toml file; default: newest")
        told = add_subcommand(parts, "explain", self.explain, "decide a declaration, and say why")
        told.add_argument("--declaration", required=True, type=Path, help="a JSON file")
        told.add_argument("--ruleset", help="an id or a .toml file; default: newest")
        compared = add_subcommand(
            parts, "diff", self.compare, "list every combination that changes"
        )
        compared.add_argument("before")
        compared.add_argument("after")
        add_subcommand(parts, "replay", self.recompute, "compute every decision again and compare")
        add_subcommand(parts, "publish", self.publish, "store the shipped rulesets")
        told = add_subcommand(parts, "activate", self.activate, "put a ruleset in force")
        told.add_argument("ruleset", help="the id of a stored ruleset")
        told.add_argument("--by", required=True, metavar="EMAIL", help="who puts it in force")
        told.add_argument("--second", required=True, metavar="EMAIL", help="who agrees")
        told = add_subcommand(parts, "handbook", self.write_handbook, "the rules as Markdown")
        told.add_argument("ruleset", nargs="?", help="an id or a .toml file; default: newest")

    def handle(self, *args: Any, **options: Any) -> None:
        """Runs the subcommand, prints what it found and sets the exit status."""
        try:
            data, lines, holds = options["run"](options)
        except WRONG_USAGE as error:
            raise WrongUsage(" ".join(str(error).split())) from error
        except DatabaseError as error:
            why = f"The database cannot be used: {error}. Run `manage.py migrate`."
            raise WrongUsage(" ".join(why.split())) from error
        if options["json"]:
            self.stdout.write(json.dumps(data, ensure_ascii=False))
        else:
            for line in lines:
                self.stdout.write(line)
        if not holds:
            raise SystemExit(1)

    def check_ruleset(self, options: dict[str, Any]) -> Answer:
        """Every table proved, every golden case tried."""
        try:
            ruleset = find_ruleset(options["ruleset"])
        except InvalidRuleset as error:
            problems = [str(problem) for problem in error.problems]
            return {"holds": False, "problems": problems}, str(error).splitlines(), False
        proof = prove(ruleset, find_golden(ruleset), TEXTS)
        return proof_as_dict(proof), proof_lines(proof), proof.holds

    def explain(self, options: dict[str, Any]) -> Answer:
        """The decision on a declaration if every check ran and found nothing. No database."""
        declaration = parse_declaration(_read_json(options["declaration"]))
        ruleset = find_ruleset(options["ruleset"])
        told = tell(preview(declaration, ruleset), ruleset, gettext)
        return told, verdict_lines(told), True

    def compare(self, options: dict[str, Any]) -> Answer:
        """Every combination of facts that two rulesets judge differently."""
        rulesets = [find_ruleset(options[name]) for name in ("before", "after")]
        changes = list(find_changes(*rulesets))
        return [change.as_dict() for change in changes], change_lines(changes), True

    def recompute(self, options: dict[str, Any]) -> Answer:
        """Every decision computed again from its facts, compared byte for byte."""
        found = list(replay(Decision.objects.all()))
        failed = [one for one in found if one.problem]
        data, lines = replay_as_dict(len(found), failed), replay_lines(len(found), failed)
        return data, lines, not failed

    def publish(self, options: dict[str, Any]) -> Answer:
        """The shipped rulesets as rows; the newest comes in force where none is."""
        row = publish_shipped_ruleset()
        data = {"active": row.pk, "sha256": row.sha256}
        return data, [f"in force: {row.pk} ({row.sha256})"], True

    def activate(self, options: dict[str, Any]) -> Answer:
        """A stored ruleset in force, agreed by two people."""
        by, second = (_person(options[name]) for name in ("by", "second"))
        row = activate_ruleset(ruleset_id=options["ruleset"], by=by, second=second)
        data = {"active": row.pk, "sha256": row.sha256}
        return data, [f"in force: {row.pk} ({row.sha256})"], True

    def write_handbook(self, options: dict[str, Any]) -> Answer:
        """The ruleset as it reads aloud, for docs/policy.md."""
        ruleset = find_ruleset(options["ruleset"])
        text = handbook(ruleset, find_golden(ruleset))
        return {"markdown": text}, text.splitlines(), True


def _person(email: str) -> User:
    person = User.objects.filter(email__iexact=email).first()
    if person is None:
        raise CannotActivate(f"No account has the address {email}.")
    return person


def _read_json(path: Path) -> Any:
    text = read_text(path)
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise UnreadableFile(path, f"it is not JSON ({error})") from error
