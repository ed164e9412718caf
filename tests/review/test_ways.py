"""What would clear a track: every way that is offered really clears its table."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.policy.decide import decide
from apps.policy.facts import Fact
from apps.policy.gather import clean_facts
from apps.policy.law import ALLOWED, Ruleset
from apps.policy.shipped import shipped_ids, shipped_ruleset
from apps.review.ways import MOST_FACTS, MOST_WAYS, hurdles

LAW: Ruleset = shipped_ruleset(shipped_ids()[-1])
# A track with nothing against it, by the shipped law.
CLEAN = {
    **clean_facts(LAW),
    **{
        name: Fact(value, "declared")
        for name, value in {
            "ai_recording": "none",
            "model_training": "not_applicable",
            "tool_licence": "no_limit_known",
            "ai_writing": "none",
            "writing_training": "not_applicable",
            "ai_production": "none",
            "ai_inputs": "not_applicable",
            "ai_vocals": "none",
            "voice": "nobody",
            "likeness": "none",
            "cover": "none",
            "remix": "none",
            "sample": "none",
            "beat": "none",
            "interpolation": "none",
            "beat_terms": "not_applicable",
            "rights_in_result": "all_held",
            "ai_artwork": "none",
        }.items()
    },
}


def facts(**changed: str | None) -> dict[str, Fact]:
    return {**CLEAN, **{name: Fact(value, "declared") for name, value in changed.items()}}


def test_a_clean_track_meets_no_hurdle() -> None:
    assert decide(facts(), LAW).outcome == ALLOWED
    assert hurdles(facts(), LAW) == []


def test_one_missing_licence_is_one_hurdle_with_its_ways() -> None:
    (hurdle,) = hurdles(facts(sample="not_cleared"), LAW)
    changes = {way.changes for way in hurdle.ways}
    assert (("sample", "none"),) in changes
    assert (("sample", "cleared"),) in changes


def test_an_unknown_answer_is_a_hurdle_too() -> None:
    (hurdle,) = hurdles(facts(voice=None), LAW)
    assert (("voice", "nobody"),) in {way.changes for way in hurdle.ways}


states = st.fixed_dictionaries(
    {name: st.sampled_from([None, *spec.values]) for name, spec in LAW.facts.items()}
)


@settings(max_examples=40, deadline=None)
@given(states)
def test_no_hurdle_means_allowed_and_each_way_is_sound(state: dict[str, Any]) -> None:
    known = {name: Fact(value, "declared") for name, value in state.items()}
    found = hurdles(known, LAW)
    assert (found == []) == (decide(known, LAW).outcome == ALLOWED)
    for hurdle in found:
        assert len(hurdle.ways) <= MOST_WAYS
        for way in hurdle.ways:
            assert len(way.changes) <= MOST_FACTS
            changed = {name: Fact(value, "reviewed") for name, value in way.changes}
            rest = [other.table.name for other in hurdles({**known, **changed}, LAW)]
            assert hurdle.table.name not in rest


@pytest.mark.parametrize("bad", [{}, {"voice": Fact("nonsense", "declared")}])
def test_missing_and_misspelt_facts_are_unknown(bad: dict[str, Fact]) -> None:
    assert hurdles(bad, LAW)
