"""The golden cases of the shipped rulesets hold, and can fail."""

from dataclasses import replace

import pytest

from apps.catalogue.declaration import parse_declaration
from apps.policy.golden import GoldenCase, run_golden
from apps.policy.shipped import golden_cases, shipped_ids, shipped_ruleset

CASES = [(name, case) for name in shipped_ids() for case in golden_cases(name)]


@pytest.mark.parametrize(("ruleset", "case"), CASES, ids=lambda item: getattr(item, "name", item))
def test_golden(ruleset: str, case: GoldenCase) -> None:
    assert run_golden(case, shipped_ruleset(ruleset)) == []


@pytest.mark.parametrize(("ruleset", "case"), CASES, ids=lambda item: getattr(item, "name", item))
def test_golden_declarations_are_declarations(ruleset: str, case: GoldenCase) -> None:
    parse_declaration(dict(case.declaration))


def test_every_shipped_ruleset_has_golden_cases_for_every_rule_of_the_policy() -> None:
    for name in shipped_ids():
        told = {case.name.split(":")[0] for case in golden_cases(name)}
        assert {f"R{number}" for number in range(1, 12)} <= told


def test_a_golden_case_that_does_not_hold_says_what_differs() -> None:
    case = next(case for _, case in CASES if case.name.startswith("R1"))
    wrong = replace(
        case,
        outcome="allowed",
        rules=("ai_use.A1",),
        needed=("voice",),
        destinations={"bandcamp": "deliver", "nowhere": "deliver"},
    )
    assert run_golden(wrong, shipped_ruleset()) == [
        "ai_use.A1 is not among the reasons",
        "not_allowed instead of allowed",
        "needs nothing",
        "bandcamp: refused instead of deliver",
        "nowhere: unknown instead of deliver",
    ]
