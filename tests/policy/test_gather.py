"""Declared, detected and reviewed facts brought together."""

from types import SimpleNamespace
from typing import Any

import pytest

from apps.policy.decide import decide
from apps.policy.facts import facts_as_dict, facts_from_dict
from apps.policy.gather import clean_facts, gather
from apps.policy.shipped import shipped_ruleset
from apps.screening.checks import CHECKS
from apps.screening.checks.base import Finding
from apps.screening.codes import TEXTS
from tests.policy.laws import small

LAW = shipped_ruleset()
SMALL = small()
ALL_OK = dict.fromkeys(LAW.checks, "ok")
INNOCENT = {
    "rights_in_result": "all_held",
    "ai": [],
    "voice": {"imitates": "nobody"},
    "likeness": [],
    "borrowed": [],
}


def found(code: str, score: float = 1.0, name: str = "f1") -> Any:
    return SimpleNamespace(id=name, code=code, score=score, summary=f"We saw {code}.")


def small_crack(findings: list[Any], **statuses: str) -> Any:
    return gather(None, findings, statuses, SMALL)["crack"]


def test_clean_only_where_the_check_ran_and_found_nothing() -> None:
    assert small_crack([], look="ok").value == "none"
    assert small_crack([], look="error").value is None
    assert small_crack([], look="not_assessable").value is None
    assert small_crack([]).value is None
    assert small_crack([], look="error").note == "Not checked: look."


def test_a_finding_below_the_threshold_is_nothing() -> None:
    assert small_crack([found("crack", 0.29)], look="ok").value == "none"
    assert small_crack([found("crack", 0.30)], look="ok").value == "fine"
    assert small_crack([found("crack", 0.80)], look="ok").value == "deep"


def test_the_strictest_signal_counts_and_all_of_them_are_evidence() -> None:
    fact = small_crack([found("crack", 0.4, "a"), found("crack", 0.9, "b")], look="ok")
    assert (fact.value, fact.source) == ("deep", "detected")
    assert set(fact.evidence) == {"a", "b"}


def test_a_failed_check_leaves_only_the_worst_known() -> None:
    assert small_crack([found("crack", 0.4)], look="error").value is None
    assert small_crack([found("crack", 0.9)], look="error").value == "deep"


def test_findings_without_an_id_are_named_by_their_place() -> None:
    findings = [Finding("dust", 1.0, "Dust."), Finding("crack", 0.9, "A crack.")]
    assert gather(None, findings, {"look": "ok"}, SMALL)["crack"].evidence == ("1",)


def test_every_fact_of_the_law_and_no_other() -> None:
    facts = gather(INNOCENT, [], ALL_OK, LAW)
    assert list(facts) == list(LAW.facts)
    assert decide(facts, LAW).outcome == "allowed"


def test_clean_facts_are_what_clean_checks_give() -> None:
    facts = gather(INNOCENT, [], ALL_OK, LAW)
    clean = clean_facts(LAW)
    assert {name: facts[name].value for name in clean} == {n: f.value for n, f in clean.items()}


@pytest.mark.parametrize("slug", LAW.checks)
@pytest.mark.parametrize("status", ["error", "not_assessable", None])
def test_any_check_that_did_not_finish_holds(slug: str, status: str | None) -> None:
    statuses = {**ALL_OK, slug: status}
    facts = gather(INNOCENT, [], {k: v for k, v in statuses.items() if v}, LAW)
    verdict = decide(facts, LAW)
    assert facts["checks"].value == "incomplete"
    assert facts["checks"].evidence == (slug,)
    assert verdict.outcome == "needs_review"
    assert "check_unfinished" in {reason.code for reason in verdict.reasons}


def test_no_checks_at_all_hold() -> None:
    assert decide(gather(INNOCENT, [], {}, LAW), LAW).outcome == "needs_review"


def test_what_is_found_never_replaces_what_was_said() -> None:
    facts = gather(INNOCENT, [found("undeclared_generation", 0.9)], ALL_OK, LAW)
    assert facts["ai_recording"].value is None
    assert facts["ai_recording"].source == "derived"
    assert set(facts["ai_recording"].evidence) == {"ai", "f1"}
    assert "We saw undeclared_generation." in facts["ai_recording"].note
    assert facts["contradiction"].value == "found"
    verdict = decide(facts, LAW)
    assert verdict.outcome == "needs_review"
    assert "evidence_contradicts" in {reason.code for reason in verdict.reasons}
    assert verdict.destinations["bandcamp"].verdict == "undecided"


def test_what_was_declared_truly_is_not_contradicted() -> None:
    ai = [{"part": "whole_recording", "extent": "generated", "model_training": "unlicensed"}]
    facts = gather({**INNOCENT, "ai": ai}, [found("undeclared_generation")], ALL_OK, LAW)
    assert facts["ai_recording"].value == "mainly"
    assert facts["contradiction"].value == "none"


def test_the_law_waits_for_every_check_and_for_no_other() -> None:
    assert set(LAW.checks) == {check.slug for check in CHECKS}


def test_no_finding_of_any_code_refuses_or_clears_anything() -> None:
    refused = decide(
        gather({**INNOCENT, "voice": {"imitates": "real_person"}}, [], ALL_OK, LAW), LAW
    )
    assert refused.outcome == "not_allowed"
    for code in TEXTS:
        verdict = decide(gather(INNOCENT, [found(code)], ALL_OK, LAW), LAW)
        assert verdict.outcome in ("allowed", "needs_review")
        guilty = {**INNOCENT, "voice": {"imitates": "real_person"}}
        assert decide(gather(guilty, [found(code)], ALL_OK, LAW), LAW).outcome == "not_allowed"


def test_all_findings_at_once_still_only_hold() -> None:
    findings = [found(code, name=str(n)) for n, code in enumerate(TEXTS)]
    verdict = decide(gather(INNOCENT, findings, ALL_OK, LAW), LAW)
    assert verdict.outcome == "needs_review"
    assert "not_allowed" not in {reason.outcome for reason in verdict.reasons}


@pytest.mark.parametrize("code", sorted(LAW.advice))
def test_advice_decides_nothing(code: str) -> None:
    assert decide(gather(INNOCENT, [found(code)], ALL_OK, LAW), LAW).outcome == "allowed"


@pytest.mark.parametrize("signal", LAW.signals, ids=lambda signal: signal.code)
def test_every_signal_works_from_its_threshold_on(signal: Any) -> None:
    at = gather(INNOCENT, [found(signal.code, signal.at_least)], ALL_OK, LAW)[signal.fact]
    below = gather(INNOCENT, [found(signal.code, signal.at_least - 0.01)], ALL_OK, LAW)[signal.fact]
    assert at.value == signal.value
    assert below.value != signal.value


def test_a_reviewed_value_replaces_everything_else() -> None:
    said = {**INNOCENT, "voice": {"imitates": "consenting_person", "proof": "a1"}}
    facts = gather(said, [], ALL_OK, LAW, reviewed={"voice": "consent_seen"})
    assert (facts["voice"].value, facts["voice"].source) == ("consent_seen", "reviewed")
    assert decide(facts, LAW).outcome == "allowed"


def test_facts_survive_json() -> None:
    facts = gather(INNOCENT, [found("undeclared_generation")], ALL_OK, LAW)
    assert facts_from_dict(facts_as_dict(facts)) == facts


def test_a_finding_that_the_rulebook_has_no_word_about_holds() -> None:
    """A newer check under an older rulebook must not count as nothing found."""
    older = shipped_ruleset("2026-11-26")
    ran = dict.fromkeys(older.checks, "ok")
    assert decide(gather(INNOCENT, [], ran, older), older).outcome == "allowed"
    facts = gather(INNOCENT, [found("shares_audio")], ran, older)
    assert facts["checks"].value == "incomplete"
    assert "shares_audio" in facts["checks"].note
    assert decide(facts, older).outcome == "needs_review"
