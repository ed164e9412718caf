"""Computes decisions again from their recorded facts, and compares every byte: with what the row
says, and with what the log has held of it since it was made.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any
from uuid import UUID

from apps.accounts.batching import batched
from apps.audit.models import Event
from apps.policy.decide import Ruling, decide
from apps.policy.facts import canonical, facts_from_dict
from apps.policy.models import Decision, DecisionQuerySet
from apps.policy.publish import law_of
from apps.policy.ruleset import InvalidRuleset
from apps.policy.trace import MADE, logged_of

AT_ONCE = 500  # decisions whose events are read at once
CHANGED = "Its row was changed after it was made: the log holds another {what}."


@dataclass(frozen=True)
class Replay:
    """One decision computed again; `problem` is "" where it agrees byte for byte."""

    decision_id: UUID
    problem: str


def replay(decisions: DecisionQuerySet) -> Iterator[Replay]:
    """Each decision of the queryset, computed again under its own ruleset.

    Where the data of its event was erased there is nothing to compare; whether what is left is what
    was logged, `audit verify --details` tells.
    """
    found = decisions.select_related("ruleset", "audio").iterator(chunk_size=AT_ONCE)
    for batch in batched(found, AT_ONCE):
        logged = _logged(batch)
        for one in batch:
            yield Replay(one.pk, _problem(one) or _unlike(logged.get(str(one.pk), {}), one))


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


def _logged(decisions: Sequence[Decision]) -> dict[str, dict[str, Any]]:
    """Decision → what its event says, as far as that was not erased."""
    ids = [str(one.pk) for one in decisions]
    events = Event.objects.filter(
        kind=MADE, subject_type=Decision._meta.label_lower, subject_id__in=ids
    )
    found = events.exclude(detail=None).values_list("subject_id", "detail__data")
    return dict(found)


def _unlike(logged: Mapping[str, Any], decision: Decision) -> str:
    """Events from before something was logged do not hold it."""
    now = logged_of(decision)
    changed = [name for name in sorted(now) if name in logged and logged[name] != now[name]]
    return CHANGED.format(what=", ".join(changed)) if changed else ""


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
