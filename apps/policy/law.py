"""The law as data: what a ruleset is made of. Frozen types, no Django."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

ALLOWED, NEEDS_REVIEW, NOT_ALLOWED = "allowed", "needs_review", "not_allowed"
OUTCOMES = (ALLOWED, NEEDS_REVIEW, NOT_ALLOWED)
VERDICTS = ("deliver", "deliver_with_label", "restricted", "refused")
KINDS = ("declared", "detected", "derived")

Kind = Literal["declared", "detected", "derived"]


@dataclass(frozen=True)
class FactSpec:
    """A fact and its closed values; those of a detected fact stand in order of severity.

    `label` names it in the middle of a sentence; `words` says what each value means. `clean` is
    what a detected fact is when all of `checks` ran and no signal fired. `measured` marks facts
    that rest on a statistical score: nothing may be refused on them.
    """

    name: str
    kind: Kind
    values: tuple[str, ...]
    label: str
    question: str
    words: Mapping[str, str]
    checks: tuple[str, ...] = ()
    clean: str | None = None
    measured: bool = False


@dataclass(frozen=True)
class Signal:
    """A finding of at least this score gives a detected fact this value.

    `error_rate` says how often it is wrong and where that was measured, "" where nothing is known.
    """

    code: str
    at_least: float
    fact: str
    value: str
    error_rate: str


@dataclass(frozen=True)
class Conflict:
    """A finding of at least this score contradicts a declared fact that has one of these values:
    the fact becomes unknown. It never gets the value that the machine suspects."""

    code: str
    at_least: float
    fact: str
    contradicts: tuple[str, ...]
    error_rate: str


@dataclass(frozen=True)
class Rule:
    """One line of a table: where all of `when` holds, `level` applies for `reason`.

    `flagged` is the sentence that says why the source text is ambiguous here; "" where it is not.
    """

    id: str
    when: tuple[tuple[str, frozenset[str]], ...]
    level: str
    reason: str
    cite: tuple[str, ...]
    flagged: str


@dataclass(frozen=True, eq=False)
class Grid:
    """A decision table. `facts` and `domains` run in parallel; `rules` stand strictest first.

    Compared by identity, so that it can key a cache cheaply.
    """

    name: str
    title: str
    about: str
    facts: tuple[str, ...]
    domains: tuple[tuple[str, ...], ...]
    rules: tuple[Rule, ...]
    levels: tuple[str, ...]

    def severity(self, level: str) -> int:
        """How severe a level is, from 0; a combination without a rule is worse than the mildest."""
        return self.levels.index(level) if level in self.levels else 1


@dataclass(frozen=True, eq=False)
class Destination(Grid):
    """A store: its rules over the facts, and where they were read, when."""

    sources: tuple[str, ...]
    checked_on: date


@dataclass(frozen=True)
class Citation:
    """What a rule rests on: a rule of the policy, a law, a published table; and where it stands."""

    key: str
    text: str
    source: str


@dataclass(frozen=True, eq=False)
class Ruleset:
    """One version of the law. `sha256` is of the TOML text in UTF-8.

    `advice` holds finding codes that never decide anything, with the reason why.
    """

    id: str
    sha256: str
    title: str
    effective_from: date
    facts: Mapping[str, FactSpec]
    signals: tuple[Signal, ...]
    conflicts: tuple[Conflict, ...]
    advice: Mapping[str, str]
    tables: tuple[Grid, ...]
    destinations: tuple[Destination, ...]
    citations: Mapping[str, Citation]
    unknown_cite: tuple[str, ...]

    @property
    def checks(self) -> tuple[str, ...]:
        """Every check that some fact needs, in the order of the facts."""
        return tuple(dict.fromkeys(slug for spec in self.facts.values() for slug in spec.checks))

    @property
    def grids(self) -> tuple[Grid, ...]:
        """All tables, the destinations' last."""
        return (*self.tables, *self.destinations)
