"""From what an artist says to facts."""

from datetime import date
from typing import Any

import pytest

from apps.policy.declared import declared_facts
from apps.policy.declared_ai import AI_FACTS, Terms
from apps.policy.entries import worst
from apps.policy.shipped import shipped_ruleset
from apps.policy.tool_terms import register_terms


def value(name: str, **said: Any) -> str | None:
    return declared_facts(said)[name].value


def use(part: str, extent: str = "generated", **more: Any) -> dict[str, Any]:
    return {"part": part, "extent": extent, **more}


def test_nothing_said_is_nothing_known() -> None:
    for said in (None, {}, {"title": "Monsoon"}):
        assert {fact.value for fact in declared_facts(said).values()} == {None}


def test_every_declared_fact_of_the_law_is_filled_and_no_other() -> None:
    law = {name for name, spec in shipped_ruleset().facts.items() if spec.kind == "declared"}
    assert set(declared_facts({})) == law
    assert set(AI_FACTS) <= law


def test_an_empty_list_says_no_ai() -> None:
    facts = declared_facts({"ai": []})
    assert {name: facts[name].value for name in AI_FACTS} == {
        "ai_recording": "none",
        "model_training": "not_applicable",
        "tool_licence": "no_limit_known",
        "ai_writing": "none",
        "writing_training": "not_applicable",
        "ai_production": "none",
        "ai_inputs": "not_applicable",
        "ai_vocals": "none",
        "ai_artwork": "none",
    }


@pytest.mark.parametrize(
    ("ai", "recording"),
    [
        ([use("mastering", "assisted")], "none"),
        ([use("lyrics"), use("composition"), use("arrangement")], "none"),
        ([use("artwork")], "none"),
        ([use("vocals", "assisted")], "assisted"),
        ([use("instruments", "assisted"), use("vocals", "none")], "assisted"),
        ([use("instruments")], "elements"),
        ([use("instruments"), use("vocals", "assisted")], "elements"),
        ([use("vocals")], "substantial"),
        ([use("vocals"), use("instruments", "assisted")], "substantial"),
        ([use("whole_recording", "assisted")], "substantial"),
        ([use("vocals"), use("instruments")], "mainly"),
        ([use("whole_recording")], "mainly"),
        ([use("whole_recording"), use("vocals", "none")], "mainly"),
        ([{"part": "vocals"}], None),
        ([{"extent": "generated"}], None),
        ([{}], None),
        ([{"part": "vocals"}, use("whole_recording")], "mainly"),
        ([{"extent": "none"}], "none"),
        (["nonsense"], None),
    ],
)
def test_how_much_of_the_recording_ai_made(ai: list[Any], recording: str | None) -> None:
    assert value("ai_recording", ai=ai) == recording


def test_generated_instruments_may_be_all_of_an_instrumental() -> None:
    ai = [use("instruments")]
    assert value("ai_recording", ai=ai, instrumental=True) is None
    assert value("ai_recording", ai=ai, language="zxx") is None
    told = [*ai, use("whole_recording", "none")]
    assert value("ai_recording", ai=told, instrumental=True) == "elements"


@pytest.mark.parametrize(
    ("ai", "training"),
    [
        ([use("mastering", "assisted", model_training="unlicensed")], "not_applicable"),
        ([use("lyrics", "generated", model_training="unlicensed")], "not_applicable"),
        ([use("instruments", model_training="licensed_or_own")], "licensed_or_own"),
        ([use("instruments", model_training="unlicensed")], "unlicensed"),
        ([use("instruments", model_training="unknown")], None),
        ([use("instruments")], None),
        (
            [
                use("instruments", model_training="licensed_or_own"),
                use("vocals", model_training="unlicensed"),
            ],
            "mixed",
        ),
        (
            [
                use("whole_recording", model_training="unlicensed"),
                use("vocals", model_training="unknown"),
            ],
            "unlicensed",
        ),
        (
            [
                use("instruments", model_training="licensed_or_own"),
                use("vocals", "assisted", model_training="unlicensed"),
            ],
            "licensed_or_own",
        ),
        ([use("whole_recording", "assisted", model_training="unlicensed")], "unlicensed"),
    ],
)
def test_only_models_that_made_sound_count(ai: list[Any], training: str | None) -> None:
    assert value("model_training", ai=ai) == training


@pytest.mark.parametrize(
    ("ai", "writing", "training"),
    [
        ([use("lyrics", "assisted", model_training="unlicensed")], "assisted", "not_applicable"),
        ([use("lyrics", model_training="unlicensed")], "generated", "unlicensed"),
        ([use("lyrics", model_training="licensed_or_own")], "generated", "licensed_or_own"),
        ([use("lyrics", model_training="licensed_or_own"), use("composition")], "generated", None),
        ([{"part": "lyrics"}], None, None),
    ],
)
def test_writing(ai: list[Any], writing: str | None, training: str | None) -> None:
    facts = declared_facts({"ai": ai})
    assert (facts["ai_writing"].value, facts["writing_training"].value) == (writing, training)


@pytest.mark.parametrize(
    ("ai", "inputs"),
    [
        ([use("mastering", "assisted", inputs="own_or_cleared")], "own_or_cleared"),
        ([use("mastering", "assisted", inputs="unknown")], None),
        ([use("mastering", "assisted")], None),
        ([use("mastering", "none")], "not_applicable"),
        ([use("artwork")], "not_applicable"),
        (
            [use("lyrics", inputs="not_cleared"), use("vocals", inputs="unknown")],
            "not_cleared",
        ),
        ([use("lyrics", inputs="own_or_cleared"), use("vocals")], None),
    ],
)
def test_inputs_are_as_clean_as_the_worst_of_them(ai: list[Any], inputs: str | None) -> None:
    assert value("ai_inputs", ai=ai) == inputs


@pytest.mark.parametrize(
    ("voice", "fact"),
    [
        ({"imitates": "nobody"}, "nobody"),
        ({"imitates": "own_voice"}, "own_voice"),
        ({"imitates": "consenting_person"}, "consent_without_proof"),
        ({"imitates": "consenting_person", "proof": None}, "consent_without_proof"),
        ({"imitates": "consenting_person", "proof": "a1"}, "consent_with_proof"),
        ({"imitates": "real_person", "proof": "a1"}, "real_person"),
        ({}, None),
        ({"person": "somebody"}, None),
        ("nobody", None),
    ],
)
def test_voice(voice: Any, fact: str | None) -> None:
    assert value("voice", voice=voice) == fact


@pytest.mark.parametrize(
    ("likeness", "fact"),
    [
        ([], "none"),
        ([{"permission": "yes", "proof": "a1"}], "permission_with_proof"),
        ([{"permission": "yes"}], "permission_without_proof"),
        ([{"permission": "no"}], "without_permission"),
        ([{"permission": "unknown"}], None),
        ([{"permission": "unknown"}, {"permission": "no"}], "without_permission"),
        ([{"permission": "yes", "proof": "a1"}, {}], None),
    ],
)
def test_likeness(likeness: list[Any], fact: str | None) -> None:
    assert value("likeness", likeness=likeness) == fact


@pytest.mark.parametrize(
    ("entry", "fact"),
    [
        ({"licence": "held", "proof": "a1"}, "cleared"),
        ({"licence": "held"}, "claimed"),
        ({"licence": "not_held"}, "not_cleared"),
        ({"licence": "unknown"}, None),
        ({}, None),
    ],
)
@pytest.mark.parametrize("kind", ["cover", "remix", "sample", "beat", "interpolation"])
def test_borrowed(kind: str, entry: dict[str, Any], fact: str | None) -> None:
    facts = declared_facts({"borrowed": [{"kind": kind, **entry}]})
    kinds = {"cover", "remix", "sample", "beat", "interpolation"}
    assert facts[kind].value == fact
    assert {facts[other].value for other in kinds - {kind}} == {"none"}


def test_borrowed_without_a_kind_could_be_any() -> None:
    facts = declared_facts({"borrowed": [{"licence": "not_held"}]})
    assert {facts[kind].value for kind in ("cover", "sample", "beat_terms")} == {None}


@pytest.mark.parametrize(
    ("exclusive", "fact"), [(True, "exclusive"), (False, "non_exclusive"), (None, None)]
)
def test_beat_terms(exclusive: bool | None, fact: str | None) -> None:
    beat = {"kind": "beat", "licence": "held", "proof": "a1", "exclusive": exclusive}
    assert value("beat_terms", borrowed=[beat]) == fact


def test_evidence_points_into_the_declaration() -> None:
    facts = declared_facts({"ai": [use("lyrics"), use("vocals")], "voice": {"imitates": "nobody"}})
    assert facts["ai_vocals"].evidence == ("ai.1",)
    assert facts["voice"].evidence == ("voice",)


# ------------------------------------------------------------------ the register of tools


def terms(training: str | None, licence: str | None = "commercial") -> Any:
    return lambda entry: Terms(training, licence, "The maker says so. Source: a page.")


@pytest.mark.parametrize(
    ("said", "known", "result"),
    [
        ("licensed_or_own", "licensed_or_own", "licensed_or_own"),
        ("licensed_or_own", "unlicensed", None),
        ("licensed_or_own", "disputed", None),
        ("licensed_or_own", None, "licensed_or_own"),
        ("unlicensed", "licensed_or_own", "unlicensed"),
        ("unlicensed", None, "unlicensed"),
        ("unknown", "licensed_or_own", "licensed_or_own"),
        ("unknown", "unlicensed", "unlicensed"),
        ("unknown", "disputed", None),
        ("unknown", None, None),
    ],
)
def test_the_register_only_adds_caution_or_fills_a_gap(
    said: str, known: str | None, result: str | None
) -> None:
    ai = [use("whole_recording", model_training=said)]
    fact = declared_facts({"ai": ai}, terms_of=terms(known))["model_training"]
    assert fact.value == result
    if result != (None if said == "unknown" else said):
        assert fact.source == "derived"
        assert "Source: a page." in fact.note


@pytest.mark.parametrize("licence", ["commercial", "not_commercial", None, "no_limit_known"])
def test_what_the_plan_permits_comes_from_the_register(licence: str | None) -> None:
    ai = [use("instruments", model_training="licensed_or_own")]
    facts = declared_facts({"ai": ai}, terms_of=terms("licensed_or_own", licence))
    assert facts["tool_licence"].value == licence


def test_the_shipped_register_speaks() -> None:
    look = register_terms(date(2026, 11, 20))
    paid = look({"tool": "suno", "tool_version": "v4", "plan": "paid"})
    free = look({"tool": "Suno", "tool_version": "v4", "plan": "free"})
    untold = look({"tool": "suno", "tool_version": "v4"})
    assert (paid.training, paid.licence) == ("unlicensed", "commercial")
    assert (free.training, free.licence) == ("unlicensed", "not_commercial")
    assert untold.licence is None  # the plan decides
    assert paid.note.startswith("Suno: ")
    assert "Source: https://" in paid.note
    assert look({"tool": "a tool that nobody knows"}) is None
    assert look({}) is None


def test_worst_of_several() -> None:
    order = ("good", "bad", "worst")
    assert worst([], order) == "good"
    assert worst(["good", "bad"], order) == "bad"
    assert worst(["bad", None], order) is None
    assert worst(["worst", None], order) == "worst"
    assert worst(["odd"], order) is None
