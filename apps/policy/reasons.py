"""The catalogue of reasons: every code, what it says, and how a reason of a decision is told."""

from collections.abc import Callable
from dataclasses import dataclass

from apps.policy.decide import Reason
from apps.policy.law import Rule, Ruleset
from apps.policy.texts.ai import AI
from apps.policy.texts.destinations import DESTINATIONS
from apps.policy.texts.engine import ENGINE
from apps.policy.texts.found import FOUND
from apps.policy.texts.heard import HEARD
from apps.policy.texts.identity import IDENTITY
from apps.policy.texts.review import APPROVE, ASK, REFUSE, REVIEW, ReviewReason
from apps.policy.texts.rights import RIGHTS
from apps.policy.texts.shape import ReasonText

__all__ = [
    "APPROVE",
    "ASK",
    "REASONS",
    "REFUSE",
    "REVIEW_REASONS",
    "Explained",
    "ReasonText",
    "ReviewReason",
    "UnknownReason",
    "explain",
    "reason_text",
]

REASONS: dict[str, ReasonText] = {
    **ENGINE, **AI, **IDENTITY, **RIGHTS, **FOUND, **HEARD, **DESTINATIONS,
}  # fmt: skip
REVIEW_REASONS: dict[str, ReviewReason] = REVIEW


class UnknownReason(Exception):
    """A reason code that no catalogue has."""

    def __init__(self, code: str) -> None:
        super().__init__(f'No reason is called "{code}". Choose one from the list.')
        self.code = code


@dataclass(frozen=True)
class Explained:
    """A reason in words. `cite` are the sentences it rests on; `anchor` its place in the docs.

    `flagged` says why the source text is ambiguous, "" where it is not.
    """

    rule: str
    code: str
    outcome: str
    title: str
    text: str
    detail: str
    fix: str
    cite: tuple[str, ...]
    flagged: str
    anchor: str


def reason_text(code: str) -> ReasonText:
    """The text of a machine's or a person's reason; raises UnknownReason."""
    found = REASONS.get(code) or REVIEW_REASONS.get(code)
    if found is None:
        raise UnknownReason(code)
    return found


def explain(reason: Reason, ruleset: Ruleset, translate: Callable[[str], str] = str) -> Explained:
    """A reason of a decision in words, each passed through `translate` before it is filled in.

    Raises UnknownReason.
    """
    words = reason_text(reason.code)
    labels = [translate(ruleset.facts[n].label) for n in reason.facts if n in ruleset.facts]
    keys = words.cite if isinstance(words, ReviewReason) else reason.cite
    cited = [ruleset.citations[key] for key in keys if key in ruleset.citations]
    rule = find_rule(reason.rule, ruleset)
    return Explained(
        rule=reason.rule,
        code=reason.code,
        outcome=reason.outcome,
        title=translate(words.title),
        text=translate(words.text).replace("{facts}", ", ".join(labels)),
        detail=translate(words.detail).replace("{facts}", ", ".join(labels)),
        fix=translate(words.fix),
        cite=tuple(f"{found.key}: {translate(found.text)}" for found in cited),
        flagged=translate(rule.flagged) if rule and rule.flagged else "",
        anchor=f"reason-{reason.code.replace('_', '-')}",
    )


def find_rule(rule_id: str, ruleset: Ruleset) -> Rule | None:
    """The rule of this full id; None for reasons that the engine or a person gave."""
    rules = (rule for grid in ruleset.grids for rule in grid.rules)
    return next((rule for rule in rules if rule.id == rule_id), None)
