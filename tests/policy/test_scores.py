"""What a machine measured asks and holds: it never refuses a track and never clears one."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from apps.policy.decide import decide
from apps.policy.facts import Fact
from apps.policy.gather import clean_facts, gather
from apps.policy.law import ALLOWED, NOT_ALLOWED, OUTCOMES
from apps.policy.shipped import golden_cases, shipped_ids, shipped_ruleset
from apps.screening.checks import CHECKS
from apps.screening.codes import TEXTS

LAW = shipped_ruleset()
MEASURED = {name: spec for name, spec in LAW.facts.items() if spec.measured}
GIVEN = {name: spec for name, spec in LAW.facts.items() if not spec.measured}
SLUGS = [check.slug for check in CHECKS]
DECLARATIONS = [case.declaration for id_ in shipped_ids() for case in golden_cases(id_)]
LISTENING = ("generated_sound", "protected_name", "protected_voice")


@dataclass(frozen=True)
class Heard:
    code: str
    score: float
    summary: str = "Something was heard."


def values_of(facts: Mapping[str, Any]) -> st.SearchStrategy[dict[str, str | None]]:
    chosen = {name: st.sampled_from([None, *spec.values]) for name, spec in facts.items()}
    return st.fixed_dictionaries(chosen)


def outcome_of(values: Mapping[str, str | None]) -> int:
    facts = {name: Fact(value, "declared") for name, value in values.items()}
    return OUTCOMES.index(decide(facts, LAW).outcome)


CLEAN = {name: spec.clean for name, spec in MEASURED.items()}


@settings(max_examples=400)
@given(values_of(GIVEN), values_of(MEASURED))
def test_whatever_was_measured_only_holds(
    given_values: dict[str, str | None], measured: dict[str, str | None]
) -> None:
    silent = outcome_of({**given_values, **CLEAN})
    loud = outcome_of({**given_values, **measured})
    assert loud >= silent  # it never makes anything milder
    assert loud == silent or loud == OUTCOMES.index("needs_review")  # and never refuses


heard = st.lists(
    st.builds(Heard, st.sampled_from(sorted(TEXTS)), st.floats(0, 1)), min_size=1, max_size=6
)
statuses = st.fixed_dictionaries(
    {slug: st.sampled_from(["ok", "ok", "ok", "error", "not_assessable"]) for slug in SLUGS}
)


@settings(max_examples=300)
@given(st.sampled_from(DECLARATIONS), heard, statuses)
def test_no_finding_and_no_failure_turns_into_a_refusal_or_a_clearance(
    declaration: dict[str, Any], findings: list[Heard], ran: dict[str, str]
) -> None:
    """From the findings of all checks at any score, through facts and rules, to the outcome."""
    found = decide(gather(declaration, findings, ran, LAW), LAW).outcome
    alone = decide(gather(declaration, (), dict.fromkeys(SLUGS, "ok"), LAW), LAW).outcome
    if found == NOT_ALLOWED:
        assert alone == NOT_ALLOWED
    if found == ALLOWED:
        assert alone == ALLOWED


def test_each_listening_check_that_fails_holds_an_innocent_track() -> None:
    innocent = next(c.declaration for c in golden_cases(LAW.id) if c.outcome == ALLOWED)
    for name in LISTENING:
        [slug] = LAW.facts[name].checks
        ran = {**dict.fromkeys(SLUGS, "ok"), slug: "not_assessable"}
        assert decide(gather(innocent, (), ran, LAW), LAW).outcome == "needs_review"


def test_what_was_heard_is_kept_apart_from_what_was_declared() -> None:
    innocent = next(c.declaration for c in golden_cases(LAW.id) if c.outcome == ALLOWED)
    facts = gather(
        innocent, [Heard("generated_sound_likely", 1.0)], dict.fromkeys(SLUGS, "ok"), LAW
    )
    assert (facts["ai_recording"].value, facts["ai_recording"].source) == ("none", "declared")
    assert (facts["generated_sound"].value, facts["generated_sound"].source) == (
        "likely",
        "detected",
    )


def test_the_three_facts_rest_on_scores_and_no_rule_refuses_on_them() -> None:
    for name in LISTENING:
        assert LAW.facts[name].measured
        using = [rule for grid in LAW.tables for rule in grid.rules if name in dict(rule.when)]
        assert using
        assert {rule.level for rule in using} == {"allowed", "needs_review"}
    assert set(clean_facts(LAW)) >= set(LISTENING)
