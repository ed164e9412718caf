"""The questionnaire asks what still matters, in order, and stops."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.catalogue.declaration import parse_declaration
from apps.policy.declared_ai import Terms
from apps.policy.questions import ORDER, Question, open_questions, preview
from apps.policy.shipped import shipped_ruleset

DONE = {
    "rights_in_result": "all_held",
    "ai": [],
    "voice": {"imitates": "nobody"},
    "likeness": [],
    "borrowed": [],
}


def slugs(**said: Any) -> list[str]:
    return [question.slug for question in open_questions(said)]


def paths(**said: Any) -> list[str]:
    return [question.path for question in open_questions(said)]


def ai(*entries: dict[str, Any]) -> list[str]:
    return paths(**{**DONE, "ai": list(entries)})


def test_an_empty_form_asks_the_first_question_of_each_subject() -> None:
    assert slugs() == ["ai_used", "voice", "likeness", "borrowed", "rights_in_result"]


def test_everything_answered_asks_nothing() -> None:
    assert slugs(**DONE) == []
    assert preview(DONE).outcome == "allowed"


def test_no_ai_answers_the_voice_as_well() -> None:
    used = open_questions({})[0]
    no = next(choice for choice in used.choices if choice.value == "no")
    assert slugs(**no.sets) == ["likeness", "borrowed", "rights_in_result"]


def test_yes_leads_to_the_parts() -> None:
    used = open_questions({})[0]
    yes = next(choice for choice in used.choices if choice.value == "yes")
    assert slugs(**{**DONE, **yes.sets}) == ["ai_parts"]


def test_help_with_the_master_asks_for_the_inputs_only() -> None:
    assert ai({"part": "mastering"}) == ["ai.0.inputs"]
    assert ai({"part": "mastering", "inputs": "own_or_cleared"}) == []


def test_help_with_the_lyrics_does_not_ask_how_the_tool_was_trained() -> None:
    entry = {"part": "lyrics", "extent": "assisted", "inputs": "own_or_cleared"}
    assert ai(entry) == []


def test_generated_sound_asks_in_the_order_that_ends_soonest() -> None:
    assert ai({"part": "instruments"}) == ["ai.0.extent", "ai.0.inputs"]
    made = {"part": "instruments", "extent": "generated"}
    assert ai(made) == ["ai.0", "ai.0.model_training", "ai.0.inputs"]
    assert ai({**made, "tool": "a tool that nobody knows", "plan": "paid"}) == [
        "ai.0.model_training",
        "ai.0.inputs",
    ]


def test_the_register_answers_for_the_artist_where_it_can() -> None:
    entry = {
        "part": "instruments",
        "extent": "generated",
        "inputs": "own_or_cleared",
        "tool": "suno",
        "tool_version": "v4",
    }
    assert ai(entry) == []  # known to be unlicensed: held, whatever the plan was
    assert preview({**DONE, "ai": [entry]}).outcome == "needs_review"


def test_the_plan_is_asked_only_where_it_decides() -> None:
    entry = {"part": "instruments", "extent": "generated", "tool": "x", "inputs": "own_or_cleared"}
    for licence, expected in ((None, ["ai.0.plan"]), ("commercial", [])):
        known = Terms("licensed_or_own", licence, "")
        asked = open_questions({**DONE, "ai": [entry]}, terms_of=lambda use, known=known: known)
        assert [question.path for question in asked] == expected


def test_i_do_not_know_is_an_answer() -> None:
    entry = {
        "part": "vocals",
        "extent": "generated",
        "tool": "a tool that nobody knows",
        "plan": "unknown",
        "model_training": "unknown",
        "inputs": "unknown",
    }
    assert ai(entry) == []
    assert preview({**DONE, "ai": [entry]}).outcome == "needs_review"


def test_a_refused_track_is_asked_nothing_more() -> None:
    assert slugs(voice={"imitates": "real_person"}) == []


def test_generated_instruments_of_an_instrumental() -> None:
    entry = {
        "part": "instruments",
        "extent": "generated",
        "model_training": "licensed_or_own",
        "inputs": "own_or_cleared",
    }
    said = {**DONE, "ai": [entry], "instrumental": True}
    (question,) = open_questions(said)
    assert question.slug == "all_of_it"
    for choice, outcome in zip(question.choices, ("allowed", "needs_review"), strict=True):
        answered = {**said, "ai": [entry, dict(choice.adds)]}
        assert open_questions(answered) == ()
        assert preview(answered).outcome == outcome


def test_borrowed_material() -> None:
    assert slugs(**{**DONE, "borrowed": [{}]}) == ["borrowed"]
    assert paths(**{**DONE, "borrowed": [{"kind": "cover"}]}) == ["borrowed.0.licence"]
    assert paths(**{**DONE, "borrowed": [{"kind": "cover", "licence": "held"}]}) == []


def test_the_beat_is_asked_about_only_where_a_chosen_store_cares() -> None:
    beat = {"kind": "beat", "licence": "held", "proof": "a1"}
    said = {**DONE, "borrowed": [beat]}
    assert paths(**said, destinations=["spotify"]) == []
    assert paths(**said, destinations=["youtube_content_id"]) == ["borrowed.0.exclusive"]


def test_likeness_asks_for_each_person() -> None:
    said = {**DONE, "likeness": [{"person": "A. Singer"}, {"permission": "yes"}]}
    (question,) = open_questions(said)
    assert (question.path, question.about) == ("likeness.0.permission", "A. Singer")


# ------------------------------------------------------------------ walking through the form


def answered(said: dict[str, Any], question: Question, pick: int) -> dict[str, Any]:
    """The declaration after the answer number `pick` to a question."""
    if question.kind == "tool":
        return written(said, question.path, {"tool": "a tool that nobody knows"}, merge=True)
    choice = question.choices[pick % len(question.choices)]
    if choice.sets:
        return {**said, **choice.sets}
    if choice.adds:
        known = [entry for entry in said.get(question.path) or [] if len(entry) > 0]
        return {**said, question.path: [*known, dict(choice.adds)]}
    return written(said, question.path, choice.value)


def written(said: Any, path: str, value: Any, merge: bool = False) -> Any:
    key, _, rest = path.partition(".")
    if key.isdigit():
        place = int(key)
        inner = written(said[place], rest, value, merge) if rest else {**said[place], **value}
        return [*said[:place], inner, *said[place + 1 :]]
    inner = written(said.get(key, {}), rest, value, merge) if rest else value
    return {**said, key: inner}


@given(st.lists(st.integers(0, 20), min_size=40, max_size=40), st.booleans())
@settings(max_examples=150, deadline=None)
def test_any_walk_through_the_form_ends_with_nothing_open(picks: list[int], sung: bool) -> None:
    said: dict[str, Any] = {} if sung else {"instrumental": True}
    for steps, pick in enumerate(picks):
        questions = open_questions(said)
        if not questions:
            break
        assert steps < 30
        said = answered(said, questions[0], pick)
        parse_declaration(said)
    assert open_questions(said) == ()


@given(st.lists(st.integers(0, 20), min_size=0, max_size=12))
@settings(max_examples=100, deadline=None)
def test_an_open_question_is_about_a_fact_that_is_unknown_and_needed(picks: list[int]) -> None:
    said: dict[str, Any] = {}
    for pick in picks:
        questions = open_questions(said)
        if not questions:
            break
        said = answered(said, questions[pick % len(questions)], pick)
    verdict = preview(said)
    stores = (name for d in verdict.destinations.values() for name in d.needed_facts)
    needed = {*verdict.needed_facts, *stores}
    for question in open_questions(said):
        assert needed & set(question.facts)


def test_questions_feed_facts_that_exist_and_all_declared_facts_are_asked_for() -> None:
    law = shipped_ruleset()
    fed = {fact for said in ({}, *_one_by_one()) for q in _all(said) for fact in q.facts}
    assert fed <= set(law.facts)
    assert fed == {name for name, spec in law.facts.items() if spec.kind == "declared"}


def _one_by_one() -> list[dict[str, Any]]:
    parts = ("lyrics", "vocals", "whole_recording", "artwork", "mixing")
    return [
        *({"ai": [{"part": part}]} for part in parts),
        {"ai": [{"part": "vocals", "extent": "generated", "tool": "x"}], "instrumental": True},
        {"borrowed": [{"kind": kind} for kind in ("cover", "remix", "sample", "beat")]},
        {"likeness": [{}]},
    ]


def _all(said: dict[str, Any]) -> list[Question]:
    return [question for ask in ORDER for question in ask(said)]


@pytest.mark.parametrize("said", _one_by_one())
def test_every_answer_says_what_it_means(said: dict[str, Any]) -> None:
    for question in [*_all(said), *_all({})]:
        assert question.text.endswith("?")
        assert question.help
        assert question.choices or question.kind == "tool"
        for choice in question.choices:
            assert choice.label
            assert choice.consequence.endswith(".")
