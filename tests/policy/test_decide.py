"""What `decide` promises: known facts, unknown facts, rulings, destinations."""

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.policy.decide import Ruling, decide, judge, strictest
from apps.policy.facts import Fact
from apps.policy.gather import clean_facts
from apps.policy.law import OUTCOMES
from apps.policy.shipped import shipped_ruleset
from tests.policy.laws import facts, small

LAW = small()
SHIPPED = shipped_ruleset()


def rules_of(verdict: object) -> list[str]:
    return [reason.rule for reason in verdict.reasons]


def test_the_strictest_table_decides_and_every_reason_is_kept() -> None:
    verdict = decide(facts(colour="red", size="large", crack="deep"), LAW)
    assert verdict.outcome == "not_allowed"
    assert rules_of(verdict) == ["paint.N1", "cracks.U1"]


def test_an_allowed_track_says_why_too() -> None:
    verdict = decide(facts(colour="grey", size="small", crack="none"), LAW)
    assert (verdict.outcome, rules_of(verdict)) == ("allowed", ["paint.A2", "cracks.A1"])
    assert verdict.needed_facts == ()


def test_rules_that_allow_are_silent_where_the_track_is_held() -> None:
    verdict = decide(facts(colour="white", crack="deep"), LAW)
    assert (verdict.outcome, rules_of(verdict)) == ("needs_review", ["cracks.U1"])


def test_an_unknown_fact_that_cannot_matter_is_not_needed() -> None:
    verdict = decide(facts(colour="white", crack="fine"), LAW)
    assert (verdict.outcome, verdict.needed_facts) == ("allowed", ())


def test_an_unknown_fact_that_matters_holds_the_track_and_is_named() -> None:
    verdict = decide(facts(colour="grey", crack="none"), LAW)
    assert (verdict.outcome, verdict.needed_facts) == ("needs_review", ("size",))
    assert verdict.reasons[0].rule == "paint.unknown"
    assert (verdict.reasons[0].code, verdict.reasons[0].facts) == ("undetermined", ("size",))
    assert verdict.reasons[0].cite == ("R9",)


def test_what_refuses_whatever_the_rest_is_refuses() -> None:
    verdict = decide(facts(colour="red"), LAW)
    assert (verdict.outcome, verdict.needed_facts) == ("not_allowed", ())
    assert rules_of(verdict) == ["paint.N1", "cracks.unknown"]


def test_completions_that_agree_through_different_rules_say_so() -> None:
    verdict = decide({**facts(crack="none"), "production": Fact(None, "declared")}, SHIPPED)
    any_answer = [reason for reason in verdict.reasons if reason.rule == "production.any"]
    assert any_answer == []  # held: what allows is silent
    known = {**clean_facts(SHIPPED), **_innocent(), "ai_production": Fact(None, "declared")}
    verdict = decide(known, SHIPPED)
    assert verdict.outcome == "allowed"
    assert "every_answer" in {r.code for r in verdict.reasons if r.rule == "production.any"}


@pytest.mark.parametrize("garbage", ["rde", "", "RED", 7, ["red"], {"red": 1}, object(), True])
def test_a_value_outside_the_list_is_unknown_and_reported(garbage: object) -> None:
    given_facts = {**facts(size="small", crack="none"), "colour": Fact(garbage, "declared")}  # type: ignore[arg-type]
    verdict = decide(given_facts, LAW)
    assert verdict.outcome == "needs_review"
    assert verdict.reasons[0].rule == "facts.colour"
    assert verdict.reasons[0].code == "data_error"
    assert "colour" in verdict.needed_facts


def test_a_data_error_holds_even_where_the_fact_could_not_matter() -> None:
    verdict = decide(facts(colour="white", size="huge", crack="none"), LAW)
    assert verdict.outcome == "needs_review"


def test_something_that_is_no_fact_is_unknown() -> None:
    verdict = decide({**facts(crack="none"), "colour": "white"}, LAW)  # type: ignore[dict-item]
    assert verdict.outcome == "needs_review"


def test_facts_that_the_law_does_not_know_are_ignored_and_never_stand_in() -> None:
    verdict = decide(facts(color="white", size="small", crack="none"), LAW)
    assert verdict.outcome == "needs_review"
    assert "colour" in verdict.needed_facts


def test_a_gap_in_a_law_holds() -> None:
    broken = small()
    object.__setattr__(broken.tables[0], "rules", broken.tables[0].rules[:2])
    verdict = decide(facts(colour="white", size="small", crack="none"), broken)
    assert verdict.outcome == "needs_review"
    assert verdict.reasons[0].code == "no_rule"


@pytest.mark.parametrize(
    ("known", "shop"),
    [
        ({"colour": "white", "crack": "none"}, "deliver"),
        ({"colour": "grey", "size": "small", "crack": "none"}, "deliver_with_label"),
        ({"colour": "red", "size": "small", "crack": "none"}, "refused"),
        ({"colour": "grey", "size": "large", "crack": "none"}, "refused"),
        ({"colour": "grey", "crack": "none"}, "undecided"),
        ({"colour": "white", "crack": "deep"}, "undecided"),
        ({}, "undecided"),
    ],
)
def test_each_destination_has_its_own_verdict(known: dict[str, str], shop: str) -> None:
    assert decide(facts(**known), LAW).destinations["shop"].verdict == shop


def test_a_held_track_says_already_what_the_destination_would_do() -> None:
    delivery = decide(facts(colour="grey", size="small", crack="deep"), LAW).destinations["shop"]
    assert [reason.code for reason in delivery.reasons] == ["waits_for_decision", "apple_track"]


def test_a_ruling_replaces_the_outcome_and_keeps_what_it_overruled() -> None:
    known = facts(colour="grey", size="small", crack="deep")
    verdict = decide(known, LAW, Ruling("allowed", ("meant_to_be_so",)))
    assert (verdict.outcome, rules_of(verdict)) == ("allowed", ["person.meant_to_be_so"])
    assert [reason.rule for reason in verdict.overruled] == ["cracks.U1"]
    assert verdict.destinations["shop"].verdict == "deliver_with_label"


def test_a_ruling_does_not_make_a_destination_take_what_it_refuses() -> None:
    known = facts(colour="grey", size="large", crack="none")
    verdict = decide(known, LAW, Ruling("allowed", ("nothing_found",)))
    assert verdict.destinations["shop"].verdict == "refused"


def test_a_ruling_that_allows_leaves_unknown_destinations_undecided() -> None:
    verdict = decide(facts(colour="grey"), LAW, Ruling("allowed", ("nothing_found",)))
    assert (verdict.outcome, verdict.needed_facts) == ("allowed", ())
    assert verdict.destinations["shop"].verdict == "undecided"


def test_a_ruling_that_refuses_closes_every_destination() -> None:
    ruling = Ruling("not_allowed", ("refused_rights",))
    verdict = decide(facts(colour="white", crack="none"), LAW, ruling)
    assert verdict.destinations["shop"].verdict == "refused"


# ------------------------------------------------------------------ properties of the shipped law


def _innocent() -> dict[str, Fact]:
    return {
        name: Fact(spec.values[0] if name != "ai_inputs" else "not_applicable", "declared")
        for name, spec in SHIPPED.facts.items()
        if spec.kind == "declared"
    }


def values() -> st.SearchStrategy[dict[str, str | None]]:
    """Any known or unknown value for each fact of the shipped law."""
    return st.fixed_dictionaries(
        {name: st.sampled_from((None, *spec.values)) for name, spec in SHIPPED.facts.items()}
    )


def as_facts(known: dict[str, str | None]) -> dict[str, Fact]:
    return {name: Fact(value, "declared") for name, value in known.items()}


@st.composite
def with_completion(draw: st.DrawFn) -> tuple[dict[str, str | None], dict[str, str | None]]:
    known = draw(values())
    whole = {
        name: draw(st.sampled_from(SHIPPED.facts[name].values)) if value is None else value
        for name, value in known.items()
    }
    return known, whole


@given(with_completion())
@settings(max_examples=300, deadline=None)
def test_unknown_is_never_more_permissive_than_any_completion(pair: tuple) -> None:
    unknown, whole = (decide(as_facts(known), SHIPPED) for known in pair)
    if unknown.outcome == "allowed":
        assert whole.outcome == "allowed"
    if unknown.outcome == "not_allowed":
        assert whole.outcome == "not_allowed"
    for slug, delivery in unknown.destinations.items():
        if delivery.verdict not in ("undecided", "refused"):
            assert whole.destinations[slug].verdict == delivery.verdict


@given(with_completion())
@settings(max_examples=200, deadline=None)
def test_answering_the_needed_facts_settles_every_table(pair: tuple) -> None:
    known, whole = pair
    verdict = decide(as_facts(known), SHIPPED)
    assert all(known[name] is None for name in verdict.needed_facts)
    answered = {**known, **{name: whole[name] for name in verdict.needed_facts}}
    assert decide(as_facts(answered), SHIPPED).needed_facts == ()


@given(values())
@settings(max_examples=200, deadline=None)
def test_each_needed_fact_makes_a_difference(known: dict[str, str | None]) -> None:
    for table in SHIPPED.tables:
        found = judge(table, tuple(known[name] for name in table.facts))
        for name in found.needed:
            place = table.facts.index(name)
            domains = [d if known[f] is None else (known[f],) for f, d in _domains(table)]
            levels: dict[tuple[str, ...], set[str]] = {}
            for whole in product(*domains):
                rest = whole[:place] + whole[place + 1 :]
                levels.setdefault(rest, set()).add(strictest(table, whole))
            assert any(len(reached) > 1 for reached in levels.values())


@given(values())
@settings(max_examples=100, deadline=None)
def test_the_same_facts_give_the_same_bytes_in_any_order(known: dict[str, str | None]) -> None:
    backwards = dict(reversed(list(known.items())))
    assert (
        decide(as_facts(known), SHIPPED).as_json() == decide(as_facts(backwards), SHIPPED).as_json()
    )


@given(values(), st.data())
@settings(max_examples=300, deadline=None)
def test_a_detected_problem_never_softens(
    known: dict[str, str | None], data: st.DataObject
) -> None:
    detected = [name for name, spec in SHIPPED.facts.items() if spec.kind != "declared"]
    name = data.draw(st.sampled_from(detected))
    domain = SHIPPED.facts[name].values
    mild, worse = sorted(
        data.draw(st.lists(st.integers(0, len(domain) - 1), min_size=2, max_size=2))
    )
    before = decide(as_facts({**known, name: domain[mild]}), SHIPPED)
    after = decide(as_facts({**known, name: domain[worse]}), SHIPPED)
    assert OUTCOMES.index(after.outcome) >= OUTCOMES.index(before.outcome)


@given(
    st.dictionaries(
        st.sampled_from([*SHIPPED.facts, "nonsense"]),
        st.one_of(
            st.none(), st.text(), st.integers(), st.lists(st.text()),
            st.builds(Fact, st.one_of(st.none(), st.text(), st.integers()), st.just("declared")),
        ),
    )
)  # fmt: skip
@settings(max_examples=200, deadline=None)
def test_total_on_garbage(garbage: dict) -> None:
    verdict = decide(garbage, SHIPPED)
    assert verdict.outcome in OUTCOMES
    assert verdict.reasons
    assert verdict.outcome != "allowed"


def test_one_fact_alone_refuses() -> None:
    for name, value, rule in (
        ("voice", "real_person", "voice.N1"),
        ("likeness", "without_permission", "likeness.N1"),
        ("rights_in_result", "not_all_held", "rights.N1"),
    ):
        verdict = decide({**clean_facts(SHIPPED), **_innocent(), **facts(**{name: value})}, SHIPPED)
        assert (verdict.outcome, verdict.reasons[0].rule) == ("not_allowed", rule)


def _domains(table: object) -> list[tuple[str, tuple[str, ...]]]:
    return list(zip(table.facts, table.domains, strict=True))
