"""Computes decisions again from their recorded facts, and compares every byte."""

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from uuid import UUID

from apps.policy.decide import Ruling, decide
from apps.policy.facts import canonical, facts_from_dict
from apps.policy.models import Decision, DecisionQuerySet
from apps.policy.publish import law_of
from apps.policy.ruleset import InvalidRuleset


@dataclass(frozen=True)
class Replay:
    """One decision computed again; `problem` is "" where it agrees byte for byte."""

    decision_id: UUID
    problem: str


def replay(decisions: DecisionQuerySet) -> Iterator[Replay]:
    """Each decision of the queryset, computed again under its own ruleset."""
    for decision in decisions.select_related("ruleset").iterator(chunk_size=500):
        yield Replay(decision.pk, _problem(decision))


def recorded_bytes(decision: Decision) -> str:
    """The verdict that a row records, in the canonical text of `Verdict.as_json`."""
    return canonical(
        {
            "outcome": decision.outcome,
            "reasons": decision.reasons,
            "needed_facts": decision.needed_facts,
            "destinations": decision.destinations,
            "overruled": decision.overruled,
        }
    )


def _problem(decision: Decision) -> str:
    text = decision.ruleset.text
    if sha256(text.encode()).hexdigest() != decision.ruleset_sha256:
        return "The stored ruleset is not the one that this decision names."
    try:
        ruleset = law_of(decision.ruleset)
        ruling = Ruling.from_dict(decision.ruling) if decision.ruling else None
        verdict = decide(facts_from_dict(decision.facts), ruleset, ruling)
    except (InvalidRuleset, KeyError, TypeError, AttributeError) as error:
        return f"It cannot be computed again: {error}"
    return _difference(recorded_bytes(decision), verdict.as_json())


def _difference(recorded: str, computed: str) -> str:
    if recorded == computed:
        return ""
    pairs = enumerate(zip(recorded, computed, strict=False))
    place = next((n for n, (one, two) in pairs if one != two), min(len(recorded), len(computed)))
    was, now = recorded[place : place + 60], computed[place : place + 60]
    return f"It differs from byte {place}: recorded “{was}”, computed “{now}”."
