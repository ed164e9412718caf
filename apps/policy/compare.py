"""Compares two rulesets: every combination of facts whose outcome changes. Pure, no Django."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from math import prod
from typing import Any

from apps.policy.decide import GAP, strictest
from apps.policy.law import Grid, Ruleset

NO_RULE, NO_TABLE = "no rule", "no table"
MAX_COMBINATIONS = 100_000


@dataclass(frozen=True)
class Change:
    """One combination of facts that two rulesets judge differently, in one table."""

    table: str
    facts: Mapping[str, str]
    before: str
    after: str

    def as_dict(self) -> dict[str, Any]:
        """JSON values only."""
        facts = dict(self.facts)
        return {"table": self.table, "facts": facts, "before": self.before, "after": self.after}


class TooManyCombinations(Exception):
    """Two tables together span too many combinations to list."""

    def __init__(self, table: str, count: int) -> None:
        super().__init__(
            f"The two versions of {table} together have {count} combinations; "
            f"at most {MAX_COMBINATIONS} can be compared."
        )


def find_changes(old: Ruleset, new: Ruleset) -> Iterator[Change]:
    """Every change, table by table; a table that only one of them has changes everywhere.

    Raises TooManyCombinations.
    """
    before, after = ({grid.name: grid for grid in one.grids} for one in (old, new))
    for name in dict.fromkeys((*before, *after)):
        yield from _grid_changes(name, before.get(name), after.get(name))


def _grid_changes(name: str, old: Grid | None, new: Grid | None) -> Iterator[Change]:
    domains = _together(old, new)
    count = prod(len(values) for values in domains.values())
    if count > MAX_COMBINATIONS:
        raise TooManyCombinations(name, count)
    for known in product(*domains.values()):
        facts = dict(zip(domains, known, strict=True))
        before, after = _level(old, facts), _level(new, facts)
        if before != after:
            yield Change(name, facts, before, after)


def _together(*grids: Grid | None) -> dict[str, tuple[str, ...]]:
    domains: dict[str, tuple[str, ...]] = {}
    for grid in grids:
        pairs = zip(grid.facts, grid.domains, strict=True) if grid else ()
        for fact, values in pairs:
            domains[fact] = tuple(dict.fromkeys((*domains.get(fact, ()), *values)))
    return domains


def _level(grid: Grid | None, facts: Mapping[str, str]) -> str:
    """A value that this version of the law does not know matches none of its rules."""
    if grid is None:
        return NO_TABLE
    level = strictest(grid, tuple(facts[name] for name in grid.facts))
    return NO_RULE if level == GAP else level
