"""Finds a ruleset for a command: a file, one that is shipped, or a row. Nothing is written."""

from collections.abc import Sequence
from pathlib import Path

from django.db import DatabaseError

from apps.policy.golden import GoldenCase
from apps.policy.law import Ruleset
from apps.policy.models import Ruleset as RulesetRow
from apps.policy.publish import law_of
from apps.policy.ruleset import load_ruleset
from apps.policy.shipped import UnknownRuleset, golden_cases, shipped_ids, shipped_ruleset


class UnreadableFile(Exception):
    """A file named on the command line cannot be read."""

    def __init__(self, path: Path, why: object) -> None:
        super().__init__(f"{path} cannot be read: {why}")


def find_ruleset(name: str | None) -> Ruleset:
    """The ruleset of this id or in this TOML file; the newest shipped one where none is named.

    The database is asked only for ids that are not shipped. Raises UnknownRuleset, UnreadableFile,
    InvalidRuleset.
    """
    if name is None or name in shipped_ids():
        return shipped_ruleset(name)
    if name.endswith(".toml"):
        return load_ruleset(read_text(Path(name)))
    try:
        row = RulesetRow.objects.filter(pk=name).first()
    except DatabaseError:  # no database yet, so no rows
        row = None
    if row is None:
        raise UnknownRuleset(name)
    return law_of(row)


def find_golden(ruleset: Ruleset) -> Sequence[GoldenCase]:
    """The golden cases that a ruleset must pass: its own, else those of the newest shipped one."""
    return golden_cases(ruleset.id) or golden_cases(shipped_ids()[-1])


def read_text(path: Path) -> str:
    """The text of a file in UTF-8; raises UnreadableFile."""
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UnreadableFile(path, getattr(error, "strerror", None) or error) from error
