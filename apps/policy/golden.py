"""Golden cases: declarations whose outcome the policy owner has fixed by hand. Pure, no Django.

A case starts from the `base` declaration of its file (`bare = true`: from nothing), replaces the
keys that it gives, removes those that it `leaves_out`, and takes every detected fact as clean
unless `found` says otherwise.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from apps.policy.decide import Verdict, decide
from apps.policy.declared import declared_facts
from apps.policy.facts import Fact
from apps.policy.gather import clean_facts
from apps.policy.law import Ruleset


@dataclass(frozen=True)
class GoldenCase:
    """One declaration, and what must come of it. `rules`: ids that must be among the reasons."""

    name: str
    source: str
    declaration: Mapping[str, Any]
    found: Mapping[str, str]
    outcome: str
    rules: tuple[str, ...]
    needed: tuple[str, ...] | None
    destinations: Mapping[str, str]


def load_golden(text: str) -> tuple[GoldenCase, ...]:
    """The cases of a TOML file; raises KeyError or TOMLDecodeError on a broken one."""
    data = tomllib.loads(text)
    return tuple(_case(item, data["base"]) for item in data["cases"])


def run_golden(case: GoldenCase, ruleset: Ruleset) -> list[str]:
    """What differs from what the case demands, in sentences; empty where it holds."""
    verdict = judge_case(case, ruleset)
    rules = {reason.rule for reason in verdict.reasons}
    problems = [f"{rule} is not among the reasons" for rule in case.rules if rule not in rules]
    if verdict.outcome != case.outcome:
        problems.append(f"{verdict.outcome} instead of {case.outcome}")
    if case.needed is not None and set(case.needed) != set(verdict.needed_facts):
        problems.append(f"needs {', '.join(verdict.needed_facts) or 'nothing'}")
    for slug, wanted in case.destinations.items():
        got = verdict.destinations[slug].verdict if slug in verdict.destinations else "unknown"
        if got != wanted:
            problems.append(f"{slug}: {got} instead of {wanted}")
    return problems


def judge_case(case: GoldenCase, ruleset: Ruleset) -> Verdict:
    """The verdict on a golden case."""
    found = {name: Fact(value, "detected") for name, value in case.found.items()}
    facts = {**declared_facts(case.declaration), **clean_facts(ruleset), **found}
    return decide(facts, ruleset)


def _case(item: Mapping[str, Any], base: Mapping[str, Any]) -> GoldenCase:
    start = {} if item.get("bare") else base
    said = {**start, **item.get("declaration", {})}
    needed = item.get("needed")
    return GoldenCase(
        name=item["name"],
        source=item["source"],
        declaration={k: v for k, v in said.items() if k not in item.get("leaves_out", ())},
        found=item.get("found", {}),
        outcome=item["outcome"],
        rules=tuple(item.get("rules", ())),
        needed=None if needed is None else tuple(needed),
        destinations=item.get("destinations", {}),
    )
