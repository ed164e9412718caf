"""Proves a ruleset: every combination of every table is tried. Pure, no Django.

What is proved: no combination without a rule, no rule that never decides, worse evidence never
gives a milder outcome, nothing is refused on a measured fact, every reason has its text, every
finding code is used, and the golden cases hold.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import combinations, product
from math import prod

from apps.policy.decide import ENGINE_REASONS, GAP, strictest
from apps.policy.golden import GoldenCase, run_golden
from apps.policy.law import NOT_ALLOWED, FactSpec, Grid, Rule, Ruleset
from apps.policy.reasons import REASONS

REFUSALS = (NOT_ALLOWED, "refused")
SHOWN = 3  # examples per problem


@dataclass(frozen=True)
class GridProof:
    """One table: how many combinations, what is wrong, which rules of different severity overlap.

    An overlap is no fault: the stricter rule decides. It is listed so that somebody looks at it.
    """

    name: str
    rules: int
    combinations: int
    problems: tuple[str, ...]
    overlaps: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Proof:
    """Everything found about one ruleset; `holds` where nothing is wrong."""

    ruleset: str
    sha256: str
    grids: tuple[GridProof, ...]
    problems: tuple[str, ...]
    golden: tuple[tuple[str, tuple[str, ...]], ...]
    flagged: tuple[tuple[str, str], ...] = field(default=())

    @property
    def holds(self) -> bool:
        """Whether the ruleset may be published."""
        broken = any(grid.problems for grid in self.grids) or any(p for _, p in self.golden)
        return not (broken or self.problems)


def prove(
    ruleset: Ruleset, golden: Sequence[GoldenCase] = (), codes: Collection[str] | None = None
) -> Proof:
    """The proof of a ruleset. `codes`: every finding code there is (None: they are not proved)."""
    return Proof(
        ruleset=ruleset.id,
        sha256=ruleset.sha256,
        grids=tuple(prove_grid(grid, ruleset) for grid in ruleset.grids),
        problems=tuple(_problems(ruleset, codes)),
        golden=tuple((case.name, tuple(run_golden(case, ruleset))) for case in golden),
        flagged=tuple((r.id, r.flagged) for g in ruleset.grids for r in g.rules if r.flagged),
    )


def prove_grid(grid: Grid, ruleset: Ruleset) -> GridProof:
    """Tries every combination of the facts of one table."""
    levels = {known: strictest(grid, known) for known in product(*grid.domains)}
    problems = [
        *_gaps(grid, levels),
        *_idle_rules(grid),
        *_softened(grid, levels, ruleset),
        *_refusals_on_measures(grid, ruleset),
    ]
    overlaps = tuple(
        (strict.id, mild.id)
        for strict, mild in combinations(grid.rules, 2)
        if strict.level != mild.level and _overlap(strict, mild)
    )
    count = prod(len(domain) for domain in grid.domains)
    return GridProof(grid.name, len(grid.rules), count, tuple(problems), overlaps)


Levels = dict[tuple[str, ...], str]


def _gaps(grid: Grid, levels: Levels) -> Iterator[str]:
    gaps = [known for known, level in levels.items() if level == GAP]
    if gaps:
        examples = "; ".join(_told(grid, known) for known in gaps[:SHOWN])
        yield f"{grid.name}: {len(gaps)} combinations without a rule, such as {examples}"


def _idle_rules(grid: Grid) -> Iterator[str]:
    """A rule is idle where taking it away changes no combination's outcome."""
    deciding: set[str] = set()
    for known in product(*grid.domains):
        values = dict(zip(grid.facts, known, strict=True))
        hits = [rule for rule in grid.rules if _matches(rule, values)]
        top = [rule for rule in hits if rule.level == hits[0].level]
        if len(top) == 1:
            deciding.add(top[0].id)
    for rule in grid.rules:
        if rule.id not in deciding:
            yield f"{rule.id} never decides: other rules always give the same outcome or a stricter"


def _softened(grid: Grid, levels: Levels, ruleset: Ruleset) -> Iterator[str]:
    """The values of a detected fact stand in order of severity; outcomes must follow that order."""
    for place, name in enumerate(grid.facts):
        spec = ruleset.facts[name]
        if spec.kind == "declared":
            continue
        for known, level in levels.items():
            worse = _next_worse(spec, known, place)
            if worse and grid.severity(levels[worse]) < grid.severity(level):
                yield f"{grid.name}: {_told(grid, worse)} is milder than {_told(grid, known)}"


def _next_worse(spec: FactSpec, known: tuple[str, ...], place: int) -> tuple[str, ...] | None:
    rank = spec.values.index(known[place]) + 1
    if rank == len(spec.values):
        return None
    return (*known[:place], spec.values[rank], *known[place + 1 :])


def _refusals_on_measures(grid: Grid, ruleset: Ruleset) -> Iterator[str]:
    """A machine never refuses on a score: no refusing rule may read a measured fact."""
    for rule in grid.rules:
        measured = [name for name, _ in rule.when if ruleset.facts[name].measured]
        if rule.level in REFUSALS and measured:
            yield f"{rule.id} refuses on a measured fact: {', '.join(measured)}"


def _problems(ruleset: Ruleset, codes: Collection[str] | None) -> Iterator[str]:
    used = {name for grid in ruleset.grids for name in grid.facts}
    for name, spec in ruleset.facts.items():
        if name not in used:
            yield f"facts.{name}: no rule reads it"
        if spec.kind == "detected" and name not in {signal.fact for signal in ruleset.signals}:
            yield f"facts.{name}: no signal ever gives it another value than {spec.clean}"
    for grid in ruleset.grids:
        for rule in grid.rules:
            if rule.reason not in REASONS or rule.reason in ENGINE_REASONS:
                yield f"{rule.id}: the reason {rule.reason} has no text"
    yield from _signals_out_of_order(ruleset)
    yield from _softening_conflicts(ruleset)
    if codes is not None:
        yield from _codes(ruleset, codes)


def _signals_out_of_order(ruleset: Ruleset) -> Iterator[str]:
    """Of two signals of one code, the one that asks for more must not give the milder value."""
    for one, two in combinations(ruleset.signals, 2):
        if (one.code, one.fact) == (two.code, two.fact):
            values = ruleset.facts[one.fact].values
            low, high = sorted((one, two), key=lambda signal: signal.at_least)
            if values.index(high.value) < values.index(low.value):
                yield f"signals: {one.code} gives a milder value at a higher score"


def _softening_conflicts(ruleset: Ruleset) -> Iterator[str]:
    """A conflict makes a fact unknown; it must not take away a value that refuses."""
    for conflict in ruleset.conflicts:
        for rule in (rule for table in ruleset.tables for rule in table.rules):
            refused = dict(rule.when).get(conflict.fact, frozenset())
            if rule.level == NOT_ALLOWED and refused & set(conflict.contradicts):
                yield f"conflicts: {conflict.code} would lift the refusal of {rule.id}"


def _codes(ruleset: Ruleset, codes: Collection[str]) -> Iterator[str]:
    deciding = {s.code for s in ruleset.signals} | {c.code for c in ruleset.conflicts}
    for code in sorted(set(codes) - deciding - set(ruleset.advice)):
        yield f"finding {code}: neither a signal nor advice"
    for code in sorted((deciding | set(ruleset.advice)) - set(codes)):
        yield f"finding {code}: no check gives it"
    for code in sorted(deciding & set(ruleset.advice)):
        yield f"finding {code}: both a signal and advice"


def _matches(rule: Rule, values: dict[str, str]) -> bool:
    return all(values[name] in allowed for name, allowed in rule.when)


def _overlap(one: Rule, two: Rule) -> bool:
    wanted = dict(two.when)
    return all(allowed & wanted.get(name, allowed) for name, allowed in one.when)


def _told(grid: Grid, known: tuple[str, ...]) -> str:
    return ", ".join(f"{n}={value}" for n, value in zip(grid.facts, known, strict=True))
