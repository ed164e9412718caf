"""What would have to be true for a held track to be cleared. Pure, no Django.

The tables of a ruleset decide one by one, so the answer is looked for one by one too: the fewest
facts of each table whose other values would make that table allow the track.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations, product

from apps.policy.decide import judge
from apps.policy.facts import Fact
from apps.policy.law import ALLOWED, Grid, Ruleset

MOST_FACTS = 2  # changed at once; more is no advice to anybody
MOST_WAYS = 4  # shown for one table


@dataclass(frozen=True)
class Way:
    """One way out: facts with the value that each would need."""

    changes: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Hurdle:
    """A table that does not allow the track, and the ways over it; none where it takes more."""

    table: Grid
    ways: tuple[Way, ...]


def hurdles(facts: Mapping[str, Fact], ruleset: Ruleset) -> list[Hurdle]:
    """Every table that does not allow these facts, in the order of the law."""
    values = {name: _known(facts.get(name), spec.values) for name, spec in ruleset.facts.items()}
    return [
        Hurdle(table, tuple(_ways(table, values)))
        for table in ruleset.tables
        if not _allows(table, values)
    ]


def _known(fact: Fact | None, values: tuple[str, ...]) -> str | None:
    return fact.value if fact is not None and fact.value in values else None


def _allows(table: Grid, values: Mapping[str, str | None]) -> bool:
    return judge(table, tuple(values[name] for name in table.facts)).levels == (ALLOWED,)


def _ways(table: Grid, values: Mapping[str, str | None]) -> list[Way]:
    """The ways with the fewest changed facts; longer ones only where there is no shorter one."""
    for size in range(1, MOST_FACTS + 1):
        found = [way for way in _changes(table, values, size) if _works(table, values, way)]
        if found:
            return found[:MOST_WAYS]
    return []


def _changes(table: Grid, values: Mapping[str, str | None], size: int) -> Iterator[Way]:
    domains = dict(zip(table.facts, table.domains, strict=True))
    for names in combinations(table.facts, size):
        others = [[value for value in domains[name] if value != values[name]] for name in names]
        for chosen in product(*others):
            yield Way(tuple(zip(names, chosen, strict=True)))


def _works(table: Grid, values: Mapping[str, str | None], way: Way) -> bool:
    return _allows(table, {**values, **dict(way.changes)})
