"""The decision: facts and law in, outcome and every reason out. A pure function, no Django.

Rules match known facts; the strictest matching rule of a table decides, and the strictest table
decides the track. An unknown fact is lifted by trying every value it could have: if all of them
lead to one outcome, that is the outcome; if not, the track is held and the facts that matter are
named. Nothing unknown, missing or misspelt can therefore clear a track.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from typing import Any

from apps.policy.facts import Fact, canonical
from apps.policy.law import (
    ALLOWED,
    NEEDS_REVIEW,
    NOT_ALLOWED,
    OUTCOMES,
    Destination,
    Grid,
    Rule,
    Ruleset,
)

ENGINE_VERSION = "1"
UNDETERMINED, EVERY_ANSWER, DATA_ERROR = "undetermined", "every_answer", "data_error"
NO_RULE, REFUSED_BY_POLICY, WAITS = "no_rule", "refused_by_policy", "waits_for_decision"
ENGINE_REASONS = (UNDETERMINED, EVERY_ANSWER, DATA_ERROR, NO_RULE, REFUSED_BY_POLICY, WAITS)
DELIVER, REFUSED, UNDECIDED = "deliver", "refused", "undecided"
GAP = ""  # the level of a combination that no rule matches; `policy check` proves there is none

REMEMBERED = 65_536  # answers of tables kept in memory, each a few hundred bytes

Key = tuple[str | None, ...]


@dataclass(frozen=True)
class Reason:
    """Why: the rule, its reason code, how severe it is, what it rests on, which facts it read."""

    rule: str
    code: str
    outcome: str
    cite: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """JSON values only."""
        return {
            "rule": self.rule,
            "code": self.code,
            "outcome": self.outcome,
            "cite": list(self.cite),
            "facts": list(self.facts),
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "Reason":
        """The reason that `as_dict` wrote; raises KeyError on anything else."""
        cite, facts = tuple(data["cite"]), tuple(data["facts"])
        return cls(data["rule"], data["code"], data["outcome"], cite, facts)


@dataclass(frozen=True)
class Delivery:
    """The verdict for one destination, why, and which unknown facts could still change it."""

    verdict: str
    reasons: tuple[Reason, ...]
    needed_facts: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        """JSON values only."""
        return {
            "verdict": self.verdict,
            "reasons": [reason.as_dict() for reason in self.reasons],
            "needed_facts": list(self.needed_facts),
        }


@dataclass(frozen=True)
class Ruling:
    """What a person decided: the outcome and reason codes of `reasons.REVIEW_REASONS`."""

    outcome: str
    reason_codes: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        """JSON values only."""
        return {"outcome": self.outcome, "reason_codes": list(self.reason_codes)}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "Ruling":
        """The ruling that `as_dict` wrote; raises KeyError on anything else."""
        return cls(data["outcome"], tuple(data["reason_codes"]))


@dataclass(frozen=True)
class Verdict:
    """The outcome, its reasons strictest first, what is still needed, and each destination.

    `overruled` holds the machine's reasons where a person decided instead.
    """

    outcome: str
    reasons: tuple[Reason, ...]
    needed_facts: tuple[str, ...]
    destinations: Mapping[str, Delivery]
    overruled: tuple[Reason, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """JSON values only."""
        return {
            "outcome": self.outcome,
            "reasons": [reason.as_dict() for reason in self.reasons],
            "needed_facts": list(self.needed_facts),
            "destinations": {name: d.as_dict() for name, d in self.destinations.items()},
            "overruled": [reason.as_dict() for reason in self.overruled],
        }

    def as_json(self) -> str:
        """The canonical text: equal verdicts have equal bytes."""
        return canonical(self.as_dict())


@dataclass(frozen=True)
class Judgement:
    """What one grid says: every level that some completion reaches (sorted), the rules that match
    in all completions, and the unknown facts whose value makes a difference."""

    levels: tuple[str, ...]
    matching: tuple[Rule, ...]
    needed: tuple[str, ...]


def decide(facts: Mapping[str, Fact], ruleset: Ruleset, ruling: Ruling | None = None) -> Verdict:
    """The verdict on these facts under this law; total: bad facts are unknown facts.

    Facts that the ruleset does not know are ignored. With a `ruling` its outcome stands, the
    machine's reasons move to `overruled`, and destinations follow the ruled outcome.
    """
    values, errors = _read(facts, ruleset)
    keys = [(table, _key(table, values)) for table in ruleset.tables]
    found = [judge(table, key) for table, key in keys]
    outcome = _strictest([*map(_outcome, found), *(error.outcome for error in errors)])
    cleared, cite = outcome == ALLOWED, ruleset.unknown_cite
    told = [reason for table, key in keys for reason in _reasons(table, key, cleared, cite)]
    reasons = _sorted([*errors, *told])
    needed = () if outcome == NOT_ALLOWED else _needed(found)
    overruled: tuple[Reason, ...] = ()
    if ruling is not None:
        overruled, reasons = reasons, _ruled(ruling)
        needed = needed if ruling.outcome == NEEDS_REVIEW else ()
        outcome = ruling.outcome
    destinations = {d.name: _deliver(d, _key(d, values), outcome) for d in ruleset.destinations}
    return Verdict(outcome, reasons, needed, destinations, overruled)


@lru_cache(maxsize=REMEMBERED)
def judge(grid: Grid, key: Key) -> Judgement:
    """What the grid says where its facts have these values (None: unknown), in `grid.facts` order.

    Remembered: real tracks share few combinations.
    """
    levels = {completion: strictest(grid, completion) for completion in completions(grid, key)}
    domains = {
        name: frozenset(domain) if value is None else frozenset({value})
        for name, domain, value in zip(grid.facts, grid.domains, key, strict=True)
    }
    matching = tuple(
        rule for rule in grid.rules if all(domains[name] <= allowed for name, allowed in rule.when)
    )
    unknown = [n for n, value in enumerate(key) if value is None]
    needed = tuple(grid.facts[n] for n in unknown if _matters(levels, n))
    return Judgement(tuple(sorted(set(levels.values()))), matching, needed)


def completions(grid: Grid, key: Key) -> Iterable[tuple[str, ...]]:
    """Every way to replace the unknowns of a key by values."""
    return product(
        *(
            domain if value is None else (value,)
            for domain, value in zip(grid.domains, key, strict=True)
        )
    )


def strictest(grid: Grid, known: tuple[str, ...]) -> str:
    """The level that the grid gives to fully known facts; GAP where no rule matches."""
    values = dict(zip(grid.facts, known, strict=True))
    for rule in grid.rules:
        if all(values[name] in allowed for name, allowed in rule.when):
            return rule.level
    return GAP


def _matters(levels: Mapping[tuple[str, ...], str], place: int) -> bool:
    """Whether two completions that differ only in this place have different levels."""
    seen: dict[tuple[str, ...], str] = {}
    return any(
        seen.setdefault(known[:place] + known[place + 1 :], level) != level
        for known, level in levels.items()
    )


def _read(
    facts: Mapping[str, Fact], ruleset: Ruleset
) -> tuple[dict[str, str | None], list[Reason]]:
    values: dict[str, str | None] = {}
    errors = []
    for name, spec in ruleset.facts.items():
        fact = facts.get(name)
        value = fact.value if isinstance(fact, Fact) else None
        values[name] = value if value in spec.values else None
        if value is not None and value not in spec.values:
            errors.append(Reason(f"facts.{name}", DATA_ERROR, NEEDS_REVIEW, (), (name,)))
    return values, errors


def _key(grid: Grid, values: Mapping[str, str | None]) -> Key:
    return tuple([values[name] for name in grid.facts])


def _outcome(found: Judgement) -> str:
    only = found.levels[0] if len(found.levels) == 1 else GAP
    return only or NEEDS_REVIEW


def _strictest(outcomes: Iterable[str]) -> str:
    return max(outcomes, key=OUTCOMES.index, default=NEEDS_REVIEW)


@lru_cache(maxsize=REMEMBERED)
def _reasons(
    table: Grid, key: Key, cleared: bool, unknown_cite: tuple[str, ...]
) -> tuple[Reason, ...]:
    """Every rule above allowed; the rules that allow are told only where the track is cleared."""
    found = judge(table, key)
    kept = [rule for rule in found.matching if rule.level != ALLOWED or cleared]
    reasons = [_because(rule) for rule in kept]
    level = found.levels[0]
    if len(found.levels) > 1:
        rule, code = f"{table.name}.unknown", UNDETERMINED
        reasons.append(Reason(rule, code, NEEDS_REVIEW, unknown_cite, found.needed))
    elif level == GAP:
        reasons.append(Reason(f"{table.name}.gap", NO_RULE, NEEDS_REVIEW, (), table.facts))
    elif level != ALLOWED or cleared:
        reasons += _common(table, found)
    return tuple(reasons)


def _because(rule: Rule) -> Reason:
    return Reason(rule.id, rule.reason, rule.level, rule.cite, tuple(name for name, _ in rule.when))


def _sorted(reasons: list[Reason]) -> tuple[Reason, ...]:
    """Strictest first; the order of the law within one severity."""
    return tuple(sorted(reasons, key=lambda reason: -OUTCOMES.index(reason.outcome)))


def _needed(judgements: Iterable[Judgement]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for found in judgements for name in found.needed))


def _ruled(ruling: Ruling) -> tuple[Reason, ...]:
    return tuple(Reason(f"person.{code}", code, ruling.outcome) for code in ruling.reason_codes)


@lru_cache(maxsize=REMEMBERED)
def _deliver(destination: Destination, key: Key, outcome: str) -> Delivery:
    name = destination.name
    if outcome == NOT_ALLOWED:
        return Delivery(REFUSED, (Reason(f"{name}.policy", REFUSED_BY_POLICY, REFUSED),), ())
    found = judge(destination, key)
    reasons = [_because(rule) for rule in found.matching if rule.level != DELIVER]
    if found.levels == (REFUSED,):
        return Delivery(REFUSED, (*_common(destination, found), *reasons), ())
    if outcome == NEEDS_REVIEW:
        waits = Reason(f"{name}.waits", WAITS, UNDECIDED)
        return Delivery(UNDECIDED, (waits, *reasons), found.needed)
    if len(found.levels) > 1 or found.levels == (GAP,):
        unknown = Reason(f"{name}.unknown", UNDETERMINED, UNDECIDED, (), found.needed)
        return Delivery(UNDECIDED, (unknown, *reasons), found.needed)
    return Delivery(found.levels[0], (*_common(destination, found), *reasons), ())


def _common(grid: Grid, found: Judgement) -> list[Reason]:
    """The reason where every completion has one level, but no single rule gives it in all."""
    level = found.levels[0]
    if level == DELIVER or any(rule.level == level for rule in found.matching):
        return []
    return [Reason(f"{grid.name}.any", EVERY_ANSWER, level)]
