"""Declared against found, against the register, and against itself."""

import json
from datetime import date
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.catalogue.declaration import SCHEMA, parse_declaration
from apps.screening.audio import Audio, Source, Tag
from apps.screening.checks.base import Evidence, Finding, NotAssessable, Submission
from apps.screening.checks.disclosure import DisclosureCheck
from apps.screening.checks.provenance import ProvenanceCheck
from apps.screening.codes import TEXTS
from apps.screening.texts.disclosure import DISCLOSURE_TEXTS
from tests.catalogue.test_declaration import _matching

TODAY = date(2026, 11, 20)
SUNO = Tag("COMM", "made with suno; created=2026-06-19T20:54:59Z; id=1", 10, "id3")
UDIO = Tag("WOAS", "https://www.udio.com/songs/abcd1234", 10, "id3")
ENHANCED = Tag("XMP", '<x a:DigitalSourceType="algorithmicallyEnhanced">', 10, "id3")
LOGIC = Tag("Originator", "Logic Pro X", 10, "bext")


def audio_with(*tags: Tag) -> Audio:
    source = Source("wav", "pcm_s16le", 8_000, 1, 16, None, 0.5, True, 100, 0, 0, ".wav")
    pcm = np.zeros((4_000, 1), np.float32)
    return Audio(pcm, 8_000, 0.5, source, tags, None, "0" * 64, "0" * 64)


def compare(declaration: dict[str, Any], *tags: Tag) -> list[Finding]:
    """Runs the provenance check on the tags, then the disclosure check on what it found."""
    audio = audio_with(*tags)
    found = tuple(ProvenanceCheck().run(audio, Submission(None, "x.wav")))
    submission = Submission(parse_declaration(declaration), "x.wav", found=found)
    return DisclosureCheck(today=lambda: TODAY).run(audio, submission)


def scores(declaration: dict[str, Any], *tags: Tag) -> dict[str, float]:
    return {found.code: found.score for found in compare(declaration, *tags)}


def use(part: str, extent: str, **more: str) -> dict[str, str]:
    return {"part": part, "extent": extent, **more}


def generated(part: str, **more: str) -> dict[str, str]:
    told = {"tool": "ACE-Step 1.5", "model_training": "licensed_or_own", **more}
    return use(part, "generated", **told)


WHOLE = {"ai": [generated("whole_recording")]}


def test_no_ai_declared_and_no_mark_found_says_nothing() -> None:
    assert compare({"ai": []}) == []
    assert compare({}) == []
    assert compare({"ai": []}, LOGIC) == []


# ------------------------------------------------------------------ against the file


@pytest.mark.parametrize(
    "ai",
    [
        [],
        [use("vocals", "none"), use("instruments", "none")],
        [use("lyrics", "generated", tool="ChatGPT")],
        [use("mastering", "assisted", tool="LANDR")],
    ],
)
def test_a_generator_in_the_file_contradicts_a_declaration_of_no_sound(ai: list[Any]) -> None:
    [found] = [one for one in compare({"ai": ai}, SUNO) if one.code == "undeclared_generation"]
    assert found.score == 1.0
    said, *marks = found.evidence
    assert (said.kind, said.detail["path"], said.detail["value"]) == ("field", "ai", ai)
    assert [mark.detail["field"] for mark in marks] == ["COMM"]
    assert "made with Suno" in found.summary


def test_saying_nothing_is_told_apart_from_saying_no() -> None:
    [found] = compare({}, SUNO)
    assert found.code == "undeclared_generation"
    assert found.evidence[0].detail["value"] is None


def test_help_that_was_declared_is_less_than_the_file_says() -> None:
    said = {"ai": [use("vocals", "assisted")]}
    assert scores(said, SUNO) == {"understated_generation": 1.0}


def test_parts_that_were_declared_are_less_than_a_whole() -> None:
    one_part = {"ai": [use("instruments", "generated", tool="suno", tool_version="v6")]}
    assert scores(one_part, SUNO)["understated_generation"] == 0.8
    both = {"ai": [use("instruments", "generated", tool="Suno v6"), use("vocals", "generated")]}
    assert "understated_generation" not in scores(both, SUNO)


def test_a_weak_link_weighs_no_more_than_it_does_in_the_file() -> None:
    page = Tag("WOAR", "https://suno.com/@me", 10, "id3")
    assert scores({"ai": []}, page) == {"undeclared_generation": 0.6}
    unknown_graph = Tag("prompt", '{"1": {"class_type": "Equalizer"}}', 1, "vorbis")
    assert scores({"ai": []}, unknown_graph) == {}


def test_another_tool_than_the_declared_one() -> None:
    found = {one.code: one for one in compare(WHOLE, UDIO)}
    assert set(found) == {"different_tool"}
    assert "Udio" in found["different_tool"].summary
    same = {"ai": [generated("whole_recording", tool="SUNO v6", model_training="unknown")]}
    assert "different_tool" not in scores(same, SUNO)


def test_a_runner_of_models_is_no_other_tool() -> None:
    graph = Tag("prompt", '{"1": {"class_type": "TextEncodeAceStepAudio"}}', 1, "vorbis")
    assert scores(WHOLE, graph) == {}
    plain = '{"1": {"class_type": "EmptyLatentAudio"}, "2": {"class_type": "KSampler"}}'
    assert scores(WHOLE, Tag("prompt", plain, 1, "vorbis")) == {}


def test_declared_as_a_whole_and_marked_by_a_person() -> None:
    assert scores(WHOLE, LOGIC) == {"declared_but_counter_evidence": 0.3}
    assert scores(WHOLE, LOGIC, Tag("COMM", "made with suno", 1, "id3")).keys() == {
        "different_tool"
    }


def test_a_tool_that_improved_the_sound_is_to_be_declared() -> None:
    assert scores({"ai": []}, ENHANCED) == {"undeclared_tool_use": 0.5}
    assert scores({"ai": [use("cleanup", "assisted", tool="iZotope RX")]}, ENHANCED) == {}


# ------------------------------------------------------------------ against the register


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        ({"tool": "suno", "tool_version": "v4", "model_training": "licensed_or_own"},
         {"model_training_conflict": 1.0}),
        ({"tool": "suno", "model_training": "licensed_or_own"}, {"model_training_conflict": 0.7}),
        ({"tool": "Lyria 3", "model_training": "licensed_or_own"},
         {"model_training_conflict": 0.7}),
        ({"tool": "suno v4", "model_training": "unknown"}, {"model_training_unlicensed": 1.0}),
        ({"tool": "suno v4"}, {"model_training_unlicensed": 1.0}),
        ({"tool": "Beatoven", "model_training": "unknown"}, {"model_training_licensed": 0.8}),
        # The register never makes anything sound better than the artist does.
        ({"tool": "Beatoven", "model_training": "unlicensed"}, {}),
        ({"tool": "suno v4", "model_training": "unlicensed"}, {}),
        ({"tool": "YuE", "model_training": "licensed_or_own"}, {}),
        ({"tool": "suno v6", "model_training": "unlicensed", "plan": "free"},
         {"plan_not_commercial": 1.0}),
        ({"tool": "Nobody's Generator"}, {"tool_not_known": 1.0}),
        ({}, {"tool_not_named": 1.0}),
    ],
)  # fmt: skip
def test_what_the_register_says(entry: dict[str, str], expected: dict[str, float]) -> None:
    assert scores({"ai": [use("instruments", "generated", **entry)]}) == expected


def test_the_register_gives_its_sources() -> None:
    entry = generated("instruments", tool="suno v4")
    [found] = compare({"ai": [entry]})
    detail = found.evidence[0].detail
    assert detail["path"] == "ai[0].model_training"
    assert (detail["value"], detail["register"]) == ("licensed_or_own", "unlicensed")
    assert detail["sources"]
    assert detail["checked_on"] == "2026-11-20"


def test_tools_of_production_and_pictures_are_left_alone() -> None:
    ai = [
        use("mastering", "assisted", tool="LANDR"),
        use("artwork", "generated", tool="Midjourney"),
    ]
    assert compare({"ai": [*ai, use("vocals", "none")]}) == []


# ------------------------------------------------------------------ against itself


@pytest.mark.parametrize(
    ("declaration", "expected"),
    [
        ({"ai": [use("vocals", "none"), generated("vocals")]}, {"ai_answers_contradict": 1.0}),
        ({"ai": [use("vocals", "assisted"), generated("vocals")]}, {}),
        ({"ai": [generated("whole_recording"), use("vocals", "none"), use("instruments", "none")]},
         {"ai_answers_contradict": 1.0}),
        ({"ai": [generated("whole_recording"), use("vocals", "none")]},
         {"ai_answers_contradict": 0.6}),
        ({"ai": [use("whole_recording", "none"), generated("vocals")]},
         {"ai_answers_contradict": 0.3}),
        ({"ai": [use("vocals", "none", tool="suno")]}, {"ai_answers_contradict": 0.7}),
        ({"ai": [{"part": "lyrics"}]}, {"ai_answer_incomplete": 1.0}),
        ({"ai": [{"extent": "assisted"}]}, {"ai_answer_incomplete": 1.0}),
        ({"voice": {"imitates": "real_person"}}, {"voice_person_missing": 1.0}),
        ({"voice": {"imitates": "consenting_person", "person": "X"}},
         {"voice_consent_unproven": 1.0}),
        ({"voice": {"imitates": "consenting_person", "person": "X", "proof": "1"}}, {}),
        ({"voice": {"imitates": "nobody", "person": "X"}}, {"voice_answers_contradict": 0.9}),
        ({"voice": {"imitates": "nobody"}, "likeness": [{"person": "X", "use": "voice"}]},
         {"voice_answers_contradict": 1.0}),
        ({"voice": {"imitates": "real_person", "person": "X"}, "ai": []},
         {"voice_answers_contradict": 0.9}),
        ({"voice": {"imitates": "nobody"}, "ai": [use("vocals", "assisted", tool="RVC")]},
         {"voice_conversion_unexplained": 0.9}),
        ({"voice": {"imitates": "own_voice"}, "ai": [use("vocals", "assisted", tool="RVC")]}, {}),
        ({"likeness": [{"use": "name"}]}, {"likeness_person_missing": 1.0}),
        ({"likeness": [{"person": "X", "permission": "yes"}]}, {"likeness_consent_unproven": 1.0}),
        ({"rights_in_result": "all_held", "borrowed": [{"licence": "not_held"}]},
         {"rights_answers_contradict": 1.0}),
        ({"rights_in_result": "all_held", "likeness": [{"person": "X", "permission": "no"}]},
         {"rights_answers_contradict": 1.0}),
        ({"rights_in_result": "not_all_held", "ai": [], "borrowed": []},
         {"rights_answers_contradict": 0.5}),
        ({"rights_in_result": "not_all_held"}, {}),
        ({"rights_in_result": "all_held", "ai": [], "borrowed": []}, {}),
    ],
)  # fmt: skip
def test_answers_that_do_not_fit(declaration: dict[str, Any], expected: dict[str, float]) -> None:
    assert scores(declaration) == expected


def test_every_code_has_a_text_and_every_text_a_test() -> None:
    seen = {
        *scores({"ai": []}, SUNO), *scores({"ai": [use("vocals", "assisted")]}, SUNO),
        *scores(WHOLE, UDIO), *scores(WHOLE, LOGIC), *scores({"ai": []}, ENHANCED),
    }  # fmt: skip
    marks = (test_what_the_register_says, test_answers_that_do_not_fit)
    for mark in marks:
        for case in mark.pytestmark[0].args[1]:  # type: ignore[attr-defined]
            seen.update(case[1])
    assert seen == set(DISCLOSURE_TEXTS)
    assert set(DISCLOSURE_TEXTS) <= set(TEXTS)


MARKS = st.builds(
    Finding,
    st.sampled_from(
        ["generator_tag", "c2pa_composite", "iptc_digital_source", "human_origin_claim",
         "c2pa_ai_tool_use", "same_recording", "aigc_label"]
    ),
    st.floats(0, 1),
    st.text(max_size=10),
    st.lists(
        st.builds(
            Evidence,
            st.just("tag"),
            detail=st.dictionaries(
                st.sampled_from(["tool", "claim"]), st.sampled_from(["suno", "udio", "all", 3])
            ),
        ),
        max_size=2,
    ).map(tuple),
)  # fmt: skip


@settings(deadline=None, max_examples=200)
@given(_matching(SCHEMA), st.lists(MARKS, max_size=3))
def test_any_declaration_is_survived(document: dict[str, Any], found: list[Finding]) -> None:
    submission = Submission(document, "x.wav", found=tuple(found))
    for one in DisclosureCheck(today=lambda: TODAY).run(audio_with(), submission):
        assert one.code in DISCLOSURE_TEXTS
        assert 0 < one.score <= 1
        assert one.evidence
        json.dumps([dict(item.detail) for item in one.evidence])


@settings(deadline=None, max_examples=100)
@given(st.lists(MARKS, max_size=3))
def test_no_finding_ever_speaks_for_a_declaration_of_no_ai(found: list[Finding]) -> None:
    """Whatever was found or not, the check only ever adds doubt."""
    submission = Submission({"ai": []}, "x.wav", found=tuple(found))
    codes = {one.code for one in DisclosureCheck().run(audio_with(), submission)}
    assert codes <= {"undeclared_generation", "undeclared_tool_use"}


def test_without_a_declaration_there_is_nothing_to_compare() -> None:
    with pytest.raises(NotAssessable, match="Nothing was declared"):
        DisclosureCheck().run(audio_with(SUNO), Submission(None, "x.wav"))
