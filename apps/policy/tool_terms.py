"""What the register of AI tools says, in the words that declared facts need. Pure, no Django."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from apps.policy.declared_ai import Terms, TermsOf
from apps.registry.tools import Training, look_up

PLANS = ("free", "paid")
LICENCE = {"yes": "commercial", "no": "not_commercial"}


def register_terms(on: date) -> TermsOf:
    """Looks tools up as they stood by this day; see `registry.tools.training_of`."""

    def terms_of(entry: Mapping[str, Any]) -> Terms | None:
        found = look_up(entry, on)
        if found is None:
            return None
        tool, training = found
        known = training.status if training.status != "unknown" else None
        return Terms(known, _licence(entry, training, on), _note(tool.name, training))

    return terms_of


def _licence(entry: Mapping[str, Any], training: Training, on: date) -> str | None:
    """None where the plan decides and was not told; "no_limit_known" where nothing is known."""
    if training.commercial_use in LICENCE:
        return LICENCE[training.commercial_use]
    plans = [look_up({**entry, "plan": plan}, on) for plan in PLANS]
    by_plan = {found[1].commercial_use for found in plans if found}
    return None if "no" in by_plan else "no_limit_known"


def _note(name: str, training: Training) -> str:
    if not training.note:
        return ""
    return f"{name}: {training.note} Source: {', '.join(training.sources)}"
