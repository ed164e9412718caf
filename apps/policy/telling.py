"""A verdict as commands and the API print it: reasons in words, sources, destinations."""

from collections.abc import Callable, Iterable
from typing import Any

from apps.policy.decide import Reason, Verdict
from apps.policy.law import Ruleset
from apps.policy.reasons import explain

Translate = Callable[[str], str]


def tell(verdict: Verdict, ruleset: Ruleset, translate: Translate = str) -> dict[str, Any]:
    """JSON values: outcome, reasons, needed_facts, destinations, ruleset.

    The keys are those of one line of `screen`. Raises UnknownReason.
    """
    return {
        "outcome": verdict.outcome,
        "reasons": [tell_reason(reason, ruleset, translate) for reason in verdict.reasons],
        "needed_facts": list(verdict.needed_facts),
        "destinations": {
            slug: {
                "verdict": delivery.verdict,
                "reasons": _texts(delivery.reasons, ruleset, translate),
            }
            for slug, delivery in verdict.destinations.items()
        },
        "ruleset": {"id": ruleset.id, "sha256": ruleset.sha256},
    }


def _texts(reasons: Iterable[Reason], ruleset: Ruleset, translate: Translate) -> list[str]:
    return list(dict.fromkeys(explain(reason, ruleset, translate).text for reason in reasons))


def tell_reason(reason: Reason, ruleset: Ruleset, translate: Translate = str) -> dict[str, Any]:
    """One reason: rule, code, outcome, and what it says, asks for and rests on."""
    words = explain(reason, ruleset, translate)
    return {
        "rule": words.rule,
        "code": words.code,
        "outcome": words.outcome,
        "title": words.title,
        "text": words.text,
        "fix": words.fix,
        "cite": " ".join(words.cite),
        "flagged": words.flagged or None,
        "facts": list(reason.facts),
    }
