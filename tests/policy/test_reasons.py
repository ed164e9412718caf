"""Every reason has words, every word has a reason, and the words keep the rules of the house."""

import re

import pytest

from apps.catalogue.declaration_schema import BORROWED_KINDS, PARTS
from apps.policy.decide import ENGINE_REASONS, Reason, decide
from apps.policy.reasons import REASONS, REVIEW_REASONS, UnknownReason, explain, reason_text
from apps.policy.shipped import shipped_ids, shipped_ruleset
from apps.policy.telling import tell
from apps.policy.texts import questions
from tests.policy.laws import facts

LAW = shipped_ruleset()
ALL = {**REASONS, **REVIEW_REASONS}


def used() -> set[str]:
    laws = (shipped_ruleset(name) for name in shipped_ids())
    return {rule.reason for law in laws for grid in law.grids for rule in grid.rules}


def test_every_reason_of_every_ruleset_has_a_text() -> None:
    assert used() <= set(REASONS)


def test_no_text_is_left_over() -> None:
    assert set(REASONS) == used() | set(ENGINE_REASONS)


def test_no_code_stands_in_both_catalogues() -> None:
    assert not set(REASONS) & set(REVIEW_REASONS)


@pytest.mark.parametrize("code", sorted(ALL))
def test_texts_are_whole_sentences_in_the_words_of_the_house(code: str) -> None:
    words = ALL[code]
    assert words.title
    assert not words.title.endswith(".")
    for sentence in (words.text, words.detail, words.fix):
        assert sentence.strip() == sentence
        assert sentence.endswith((".", "?"))
        assert (
            re.search(r"\bviolat|\bflagged\b(?! reading)|\buser\b", sentence, re.IGNORECASE) is None
        )
        assert set(re.findall(r"\{(\w*)\}", sentence)) <= {"facts"}
        assert "  " not in sentence


def test_every_verb_of_a_reviewer_has_reasons_that_rest_on_something() -> None:
    verbs = {reason.verb for reason in REVIEW_REASONS.values()}
    assert verbs == {"approve", "refuse", "ask"}
    for reason in REVIEW_REASONS.values():
        assert reason.cite
        assert set(reason.cite) <= set(LAW.citations)


def test_each_refusing_rule_of_the_policy_has_a_reason_for_people() -> None:
    cited = {key for r in REVIEW_REASONS.values() if r.verb == "refuse" for key in r.cite}
    assert {"R1", "R2", "R3", "R8", "R10", "R11"} <= cited


def test_a_reason_is_told_with_the_labels_of_its_facts_and_its_sources() -> None:
    verdict = decide(facts(voice="nobody"), LAW)
    told = explain(next(r for r in verdict.reasons if r.rule == "inputs.unknown"), LAW)
    assert "what was fed into the AI tools" in told.text
    assert told.cite[0].startswith("R9: ")
    assert told.anchor == "reason-undetermined"


def test_a_flagged_rule_says_why() -> None:
    told = explain(Reason("voice.U3", "own_voice_clone", "needs_review", ("R2",)), LAW)
    assert "does not except one's own" in told.flagged


def test_texts_are_translated_before_they_are_filled_in() -> None:
    seen: list[str] = []

    def translate(text: str) -> str:
        seen.append(text)
        return text.upper().replace("{FACTS}", "{facts}")

    reason = Reason("inputs.unknown", "undetermined", "needs_review", (), ("ai_inputs",))
    told = explain(reason, LAW, translate)
    assert REASONS["undetermined"].text in seen
    assert told.text.endswith("WHAT WAS FED INTO THE AI TOOLS.")


def test_an_unknown_code_is_named() -> None:
    with pytest.raises(UnknownReason, match="because"):
        reason_text("because")


def test_a_verdict_is_told_in_the_form_of_the_screen_command() -> None:
    told = tell(decide(facts(voice="real_person"), LAW), LAW)
    assert list(told) == ["outcome", "reasons", "needed_facts", "destinations", "ruleset"]
    assert told["ruleset"] == {"id": LAW.id, "sha256": LAW.sha256}
    first = told["reasons"][0]
    assert (first["rule"], first["code"]) == ("voice.N1", "voice_clone")
    assert all(isinstance(first[key], str) for key in ("text", "fix", "cite"))
    assert told["destinations"]["bandcamp"] == {
        "verdict": "refused",
        "reasons": ["The track is refused, so it goes to no store."],
    }


def test_labels_and_values_of_facts_have_words() -> None:
    for spec in LAW.facts.values():
        assert spec.label[0].islower() or spec.label.startswith("AI")
        assert set(spec.words) == set(spec.values)
        if spec.kind == "declared":
            assert spec.question.endswith("?")


def test_questions_have_labels_for_every_part_that_can_be_declared() -> None:
    assert set(questions.PART_LABELS) == set(PARTS)
    assert set(questions.BORROWED_LABELS) == set(BORROWED_KINDS)
