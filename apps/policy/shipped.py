"""The rulesets that come with the product, and their golden cases. Pure, no Django."""

from functools import cache
from pathlib import Path

from apps.policy.golden import GoldenCase, load_golden
from apps.policy.law import Ruleset
from apps.policy.ruleset import load_ruleset

FOLDER = Path(__file__).with_name("rulesets")


class UnknownRuleset(Exception):
    """No ruleset has this id; the message lists those that there are."""

    def __init__(self, ruleset_id: str) -> None:
        listed = ", ".join(shipped_ids())
        super().__init__(f'No ruleset is called "{ruleset_id}". There are: {listed}.')
        self.ruleset_id = ruleset_id


def shipped_ids() -> tuple[str, ...]:
    """Their ids, oldest first."""
    files = FOLDER.glob("*.toml")
    return tuple(sorted(f.stem for f in files if not f.stem.startswith("golden_")))


def shipped_text(ruleset_id: str) -> str:
    """The TOML text of a shipped ruleset; raises UnknownRuleset."""
    if ruleset_id not in shipped_ids():
        raise UnknownRuleset(ruleset_id)
    return (FOLDER / f"{ruleset_id}.toml").read_text(encoding="utf-8")


@cache
def shipped_ruleset(ruleset_id: str | None = None) -> Ruleset:
    """A shipped ruleset, the newest one by default; raises UnknownRuleset."""
    return load_ruleset(shipped_text(shipped_ids()[-1] if ruleset_id is None else ruleset_id))


def golden_cases(ruleset_id: str) -> tuple[GoldenCase, ...]:
    """The golden cases beside a shipped ruleset; none where it has none."""
    path = FOLDER / f"golden_{ruleset_id}.toml"
    known = ruleset_id in shipped_ids() and path.exists()
    return load_golden(path.read_text(encoding="utf-8")) if known else ()
