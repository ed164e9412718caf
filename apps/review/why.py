"""Why a case is here, in a line or two per reason: what a reviewer reads in the first seconds."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from apps.policy.decide import UNDETERMINED
from apps.policy.facts import Fact
from apps.policy.models import Decision
from apps.review.cases import reason_codes
from apps.review.cells import reason_title
from apps.review.evidence import Exhibit
from apps.review.trace import law, read_facts, value_words


@dataclass(frozen=True)
class Why:
    """One reason: its severity, its title, and what it rests on, in sentences."""

    outcome: str
    title: str
    told: tuple[str, ...]


def why_lines(
    decision: Decision, reasons: Iterable[Mapping[str, Any]], shown: Iterable[Exhibit]
) -> list[Why]:
    """Each reason once, in the order of the chips, with the findings or answers behind it."""
    reasons = list(reasons)
    found = {str(exhibit.finding.pk): exhibit.finding.summary for exhibit in shown}
    return [
        _why(decision, [r for r in reasons if r["code"] == code], found)
        for code in reason_codes(reasons)
    ]


def _why(decision: Decision, same: list[Mapping[str, Any]], found: Mapping[str, str]) -> Why:
    names = dict.fromkeys(name for reason in same for name in reason.get("facts") or ())
    code = str(same[0]["code"])
    told = _unknown(decision, names) if code == UNDETERMINED else _behind(decision, names, found)
    return Why(str(same[0].get("outcome", "")), reason_title(code), tuple(dict.fromkeys(told)))


def _unknown(decision: Decision, names: Iterable[str]) -> list[str]:
    ruleset = law(decision)
    labels = [_(ruleset.facts[n].label) if ruleset and n in ruleset.facts else n for n in names]
    return [_("Not known: %(facts)s.") % {"facts": "; ".join(labels)}]


def _behind(decision: Decision, names: Iterable[str], found: Mapping[str, str]) -> list[str]:
    """The findings behind these facts; where there are none, what the facts say."""
    known, ruleset = read_facts(decision), law(decision)
    facts: list[tuple[str, Fact]] = [(name, known[name]) for name in names if name in known]
    summaries = [found[key] for _name, fact in facts for key in fact.evidence if key in found]
    if summaries or ruleset is None:
        return summaries
    return [_sentence(value_words(ruleset, name, fact.value)) for name, fact in facts]


def _sentence(words: str) -> str:
    return f"{words[:1].upper()}{words[1:]}."
