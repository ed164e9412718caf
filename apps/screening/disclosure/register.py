"""The declaration against the register of AI tools: only towards caution, or where nobody knew."""

from collections.abc import Iterator
from datetime import date

from apps.registry.tools import Tool, Training, look_up
from apps.screening.checks.base import Evidence, Finding
from apps.screening.disclosure.uses import Declaration, Use, field, finding, read_uses

_CONFLICT_SCORES = {"unlicensed": 1.0, "disputed": 0.7}


def compare_with_register(declaration: Declaration, today: date) -> Iterator[Finding]:
    """What the register knows of each tool that may have generated sound or words."""
    for use in read_uses(declaration):
        if use.extent == "none" or use.part == "artwork":
            continue
        known = look_up(use.entry, today)
        if known is None:
            yield from _unknown_tool(use)
            continue
        tool, training = known
        if use.extent == "generated":
            yield from _compare(use, tool, training)
        if training.commercial_use == "no":
            evidence = _source(use, "plan", tool, training)
            yield finding("plan_not_commercial", 1.0, evidence, says=training.note)


def _unknown_tool(use: Use) -> Iterator[Finding]:
    name = use.entry.get("tool")
    if use.extent != "generated":
        return
    if name:
        yield finding("tool_not_known", 1.0, field(f"{use.path}.tool", name))
    else:
        yield finding("tool_not_named", 1.0, field(f"{use.path}.tool", None))


def _compare(use: Use, tool: Tool, training: Training) -> Iterator[Finding]:
    said = use.entry.get("model_training")
    evidence = _source(use, "model_training", tool, training)
    if said == "licensed_or_own" and training.status in _CONFLICT_SCORES:
        score = _CONFLICT_SCORES[training.status]
        yield finding("model_training_conflict", score, evidence, says=training.note)
    elif said in (None, "unknown") and training.status == "unlicensed":
        yield finding("model_training_unlicensed", 1.0, evidence, says=training.note)
    elif said in (None, "unknown") and training.status == "licensed_or_own":
        yield finding("model_training_licensed", 0.8, evidence, says=training.note)


def _source(use: Use, key: str, tool: Tool, training: Training) -> Evidence:
    """The field and what the register says about it, with its sources."""
    return field(
        f"{use.path}.{key}",
        use.entry.get(key),
        tool=tool.slug,
        register=training.status if key == "model_training" else training.commercial_use,
        sources=list(training.sources),
        checked_on=training.checked_on.isoformat() if training.checked_on else None,
    )
