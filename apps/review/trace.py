"""Why the rulebook says what it says: a decision in words, rule by rule, and the ways out."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.policy.decide import WAITS, Reason
from apps.policy.facts import Fact, facts_from_dict
from apps.policy.law import Ruleset
from apps.policy.models import Decision
from apps.policy.publish import law_of
from apps.policy.reasons import Explained, UnknownReason, explain
from apps.policy.ruleset import InvalidRuleset
from apps.review.ways import hurdles

SOURCES = {
    "declared": gettext_lazy("declared"),
    "detected": gettext_lazy("found"),
    "reviewed": gettext_lazy("seen by a person"),
    "derived": gettext_lazy("follows"),
}
VERDICT_WORDS = {
    "deliver": gettext_lazy("delivered"),
    "deliver_with_label": gettext_lazy("delivered, labelled"),
    "restricted": gettext_lazy("restricted"),
    "refused": gettext_lazy("refused"),
    "undecided": gettext_lazy("waiting"),
}


@dataclass(frozen=True)
class FactLine:
    """One fact that a reason read: what it is about, its value in words, where it comes from."""

    label: str
    words: str
    source: str
    note: str


@dataclass(frozen=True)
class ReasonLine:
    """One reason in words, with the facts that it read."""

    text: Explained
    facts: tuple[FactLine, ...]

    @property
    def ambiguity(self) -> str:
        """Why the source of the rule can be read in two ways; "" where it cannot."""
        return self.text.flagged


@dataclass(frozen=True)
class WayOut:
    """One table that stands in the way; `ways` are alternatives, each a list of conditions."""

    title: str
    ways: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class StoreLine:
    """What one destination would do."""

    name: str
    verdict: str
    words: str
    reasons: tuple[str, ...]


def law(decision: Decision) -> Ruleset | None:
    """The ruleset that a decision was taken under; None where it can no longer be read."""
    try:
        return law_of(decision.ruleset)
    except InvalidRuleset:
        return None


def reason_lines(decision: Decision, reasons: list[Mapping[str, Any]]) -> list[ReasonLine]:
    """These reasons of a decision, in words; what cannot be told any more shows as its codes."""
    ruleset = law(decision)
    return [_reason_line(decision, as_reason(reason), ruleset) for reason in reasons]


def ways_out(decision: Decision) -> list[WayOut]:
    """What would have to be true for the machine to clear the track, table by table."""
    ruleset = law(decision)
    if ruleset is None:
        return []
    return [
        WayOut(
            _(hurdle.table.title),
            tuple(
                tuple(value_words(ruleset, name, value) for name, value in way.changes)
                for way in hurdle.ways
            ),
        )
        for hurdle in hurdles(read_facts(decision), ruleset)
    ]


def needed_labels(decision: Decision) -> list[str]:
    """The unknown facts that could still change the outcome, by their labels."""
    ruleset = law(decision)
    specs = ruleset.facts if ruleset else {}
    return [_(specs[n].label) if n in specs else n for n in decision.needed_facts]


def store_lines(decision: Decision) -> list[StoreLine]:
    """What each destination would do, in the order of the law."""
    ruleset = law(decision)
    titles = {store.name: store.title for store in ruleset.destinations} if ruleset else {}
    return [
        StoreLine(
            titles.get(name, name),
            told["verdict"],
            str(VERDICT_WORDS.get(told["verdict"], told["verdict"])),
            store_reasons(reason_lines(decision, told["reasons"])),
        )
        for name, told in decision.destinations.items()
    ]


def store_reasons(lines: list[ReasonLine]) -> tuple[str, ...]:
    """Titles, each once; that it waits for the decision only where nothing else is said."""
    titles = {line.text.title: line.text.code for line in lines}
    told = tuple(title for title, code in titles.items() if code != WAITS)
    return told or tuple(titles)


def read_facts(decision: Decision) -> dict[str, Fact]:
    """The facts as they were; {} where the row cannot be read."""
    try:
        return facts_from_dict(decision.facts)
    except (KeyError, TypeError):
        return {}


def as_reason(told: Mapping[str, Any]) -> Reason:
    """A reason as the decision recorded it."""
    listed = {name: tuple(told.get(name) or ()) for name in ("cite", "facts")}
    return Reason(
        str(told.get("rule", "")), str(told.get("code", "")), str(told.get("outcome", "")), **listed
    )


def value_words(ruleset: Ruleset, name: str, value: str | None) -> str:
    """What a value of a fact means."""
    spec = ruleset.facts.get(name)
    if value is None:
        return _("not known")
    return _(spec.words.get(value, value)) if spec else value


def _reason_line(decision: Decision, reason: Reason, ruleset: Ruleset | None) -> ReasonLine:
    try:
        if ruleset is None:
            raise UnknownReason(reason.code)
        text = explain(reason, ruleset, _)
    except UnknownReason:
        text = Explained(
            reason.rule, reason.code, reason.outcome, reason.code, "", "", "", reason.cite, "", ""
        )
    known = read_facts(decision)
    lines = (_fact_line(n, known[n], ruleset) for n in reason.facts if ruleset and n in known)
    return ReasonLine(text, tuple(lines))


def _fact_line(name: str, fact: Fact, ruleset: Ruleset) -> FactLine:
    spec = ruleset.facts.get(name)
    words = value_words(ruleset, name, fact.value)
    source = str(SOURCES.get(fact.source, fact.source))
    return FactLine(_(spec.label) if spec else name, words, source, fact.note)
