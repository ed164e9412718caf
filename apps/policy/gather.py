"""Brings together what was declared, detected and reviewed, as facts. Pure, no Django.

What a machine found never clears anything and never overwrites what was said: where the two
contradict each other the fact becomes unknown, and the contradiction is a fact of its own.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from apps.policy.declared import declared_facts
from apps.policy.declared_ai import TermsOf, no_terms
from apps.policy.entries import worst
from apps.policy.facts import Fact
from apps.policy.law import FactSpec, Ruleset

OK = "ok"
CHECKS, CONTRADICTION = "checks", "contradiction"
DERIVED = {CHECKS: ("complete", "incomplete"), CONTRADICTION: ("none", "found")}


class FoundThing(Protocol):
    """A finding: of a check, or its row in the database."""

    @property
    def code(self) -> str: ...
    @property
    def score(self) -> float: ...
    @property
    def summary(self) -> str: ...


@dataclass(frozen=True)
class Clue:
    """A finding with the id by which the decision will name it."""

    id: str
    code: str
    score: float
    summary: str


@dataclass(frozen=True)
class _Ran:
    """How the checks ended, by slug."""

    statuses: Mapping[str, str]

    def missing(self, checks: Sequence[str]) -> list[str]:
        """Those of these checks that did not run to their end."""
        return [slug for slug in checks if self.statuses.get(slug) != OK]

    def note(self, checks: Sequence[str]) -> str:
        """A sentence that names them; "" where all of them ran."""
        missing = self.missing(checks)
        return f"Not checked: {', '.join(missing)}." if missing else ""


def gather(
    declaration: Mapping[str, Any] | None,
    findings: Sequence[FoundThing],
    statuses: Mapping[str, str],
    ruleset: Ruleset,
    *,
    reviewed: Mapping[str, str] | None = None,
    trouble: str = "",
    terms_of: TermsOf = no_terms,
) -> dict[str, Fact]:
    """Every fact of the ruleset, and no other.

    `declaration`: a parsed one, or None. `statuses`: slug of a check -> "ok", "error" or
    "not_assessable"; a check that is missing here did not run. A finding is named by its `id`
    where it has one, otherwise by its place in the sequence. `reviewed`: values that a person
    established, which replace everything else. `trouble`: why the screening as a whole could not be
    finished. `terms_of` looks up AI tools. A finding that the ruleset has no word about, because
    the check is newer, counts as a check that could not be finished: held.
    """
    ran = _Ran(statuses)
    clues = [_clue(place, finding) for place, finding in enumerate(findings)]
    declared = declared_facts(declaration, terms_of=terms_of)
    doubted = _doubted(declared, clues, ruleset)
    facts = {
        **declared,
        **doubted,
        **{
            name: _detected(spec, clues, ran, ruleset)
            for name, spec in ruleset.facts.items()
            if spec.kind == "detected"
        },
        CHECKS: _checks(ran, ruleset, trouble or _strange(clues, ruleset)),
        CONTRADICTION: _contradiction(doubted, ran, ruleset),
        **{name: Fact(value, "reviewed") for name, value in (reviewed or {}).items()},
    }
    return {name: facts.get(name, Fact(None, "declared")) for name in ruleset.facts}


def clean_facts(ruleset: Ruleset) -> dict[str, Fact]:
    """What the facts nobody declares would be if every check ran and found nothing."""
    return {
        name: Fact(spec.values[0], "derived" if spec.kind == "derived" else "detected")
        for name, spec in ruleset.facts.items()
        if spec.kind != "declared"
    }


def _clue(place: int, finding: FoundThing) -> Clue:
    name = str(getattr(finding, "id", place))
    return Clue(name, finding.code, finding.score, finding.summary)


def _detected(spec: FactSpec, clues: Sequence[Clue], ran: _Ran, ruleset: Ruleset) -> Fact:
    """The strictest signal; where a check is missing, unknown unless it could not be worse."""
    hits = [
        (signal.value, clue.id)
        for signal in ruleset.signals
        for clue in clues
        if signal.fact == spec.name and signal.code == clue.code and clue.score >= signal.at_least
    ]
    values = [*(value for value, _ in hits), *(None for _ in ran.missing(spec.checks))]
    evidence = tuple(dict.fromkeys(name for _, name in hits))
    return Fact(worst(values, spec.values), "detected", evidence, ran.note(spec.checks))


def _doubted(
    declared: Mapping[str, Fact], clues: Sequence[Clue], ruleset: Ruleset
) -> dict[str, Fact]:
    """Declared facts that a finding contradicts, as unknown facts."""
    doubted: dict[str, Fact] = {}
    for conflict in ruleset.conflicts:
        fact = declared.get(conflict.fact)
        against = [
            clue for clue in clues if clue.code == conflict.code and clue.score >= conflict.at_least
        ]
        if fact and against and fact.value in conflict.contradicts:
            before = doubted.get(conflict.fact)
            doubted[conflict.fact] = _doubt(fact, before, against, ruleset)
    return doubted


def _doubt(fact: Fact, before: Fact | None, against: Sequence[Clue], ruleset: Ruleset) -> Fact:
    seen = before or Fact(None, "derived", fact.evidence, "Declared, but contradicted.")
    evidence = dict.fromkeys((*seen.evidence, *(clue.id for clue in against)))
    notes = dict.fromkeys((seen.note, *(clue.summary for clue in against)))
    return Fact(None, "derived", tuple(evidence), " ".join(notes))


def _checks(ran: _Ran, ruleset: Ruleset, trouble: str) -> Fact:
    missing = ran.missing(ruleset.checks)
    value = DERIVED[CHECKS][bool(missing or trouble)]
    return Fact(value, "derived", tuple(missing), trouble or ran.note(ruleset.checks))


def _strange(clues: Sequence[Clue], ruleset: Ruleset) -> str:
    """A sentence that names the findings of which the ruleset knows nothing; "" without any."""
    known = {one.code for one in ruleset.signals} | {one.code for one in ruleset.conflicts}
    known |= set(ruleset.advice)
    strange = dict.fromkeys(clue.code for clue in clues if clue.code not in known)
    listed = ", ".join(strange)
    return f"The rulebook in force is older than these findings: {listed}." if strange else ""


def _contradiction(doubted: Mapping[str, Fact], ran: _Ran, ruleset: Ruleset) -> Fact:
    """Found, not found, or unknown where a check that looks for contradictions did not finish."""
    none, found = DERIVED[CONTRADICTION]
    if doubted:
        evidence = dict.fromkeys(name for fact in doubted.values() for name in fact.evidence)
        return Fact(found, "derived", tuple(evidence))
    checks = ruleset.facts[CONTRADICTION].checks if CONTRADICTION in ruleset.facts else ()
    return Fact(None if ran.missing(checks) else none, "derived", (), ran.note(checks))
