"""The proof finds what it says it finds, and the shipped rulesets pass it."""

import re
import time
from dataclasses import replace
from itertools import product

import pytest

from apps.catalogue.declaration import DESTINATIONS
from apps.policy.compare import find_changes
from apps.policy.decide import strictest
from apps.policy.law import Grid, Ruleset
from apps.policy.prove import prove
from apps.policy.ruleset import load_ruleset
from apps.policy.shipped import golden_cases, shipped_ids, shipped_ruleset
from apps.screening.codes import TEXTS
from tests.policy.laws import SMALL, small

CODES = {"crack", "paint", "dust"}


def problems_of(text: str, codes: set[str] | None = CODES) -> str:
    proof = prove(load_ruleset(text), codes=codes)
    assert not proof.holds
    return "\n".join([*proof.problems, *(p for grid in proof.grids for p in grid.problems)])


def without_rule(text: str, table: str, rule: str) -> str:
    pattern = rf'\[\[tables\.{table}\.rules\]\]\nid = "{rule}"\n(?:.+\n)+'
    assert re.search(pattern, text)
    return re.sub(pattern, "", text)


@pytest.mark.parametrize("name", shipped_ids())
def test_the_shipped_rulesets_are_proved(name: str) -> None:
    started = time.perf_counter()
    codes = TEXTS if name == shipped_ids()[-1] else None  # an older one knows older checks only
    proof = prove(shipped_ruleset(name), golden_cases(name), codes)
    assert [problem for grid in proof.grids for problem in grid.problems] == []
    assert proof.problems == ()
    assert [case for case in proof.golden if case[1]] == []
    assert proof.holds
    assert len(proof.golden) >= 30
    assert time.perf_counter() - started < 20


def test_the_small_law_is_proved() -> None:
    assert prove(small(), codes=CODES).holds


def test_finds_a_gap() -> None:
    text = without_rule(SMALL, "paint", "A2")
    assert "paint: 1 combinations without a rule, such as colour=grey, size=small" in problems_of(
        text
    )


def test_finds_a_rule_that_never_decides() -> None:
    idle = """
[[tables.paint.rules]]
id = "U9"
when = { colour = ["red"], size = ["small"] }
outcome = "needs_review"
reason = "own_voice_clone"
cite = ["R1"]

[tables.cracks]"""
    assert "paint.U9 never decides" in problems_of(SMALL.replace("\n[tables.cracks]", idle, 1))


def test_finds_a_refusal_on_a_measured_fact() -> None:
    text = SMALL.replace('outcome = "needs_review"\nreason = "audio_damaged"',
                         'outcome = "not_allowed"\nreason = "audio_damaged"')  # fmt: skip
    assert "cracks.U1 refuses on a measured fact: crack" in problems_of(text)


def test_finds_that_worse_evidence_is_judged_more_mildly() -> None:
    text = SMALL.replace('crack = ["deep"]', 'crack = ["fine"]').replace(
        'crack = ["none", "fine"]', 'crack = ["none", "deep"]'
    )
    assert "crack=deep is milder than crack=fine" in problems_of(text)


def test_finds_a_reason_without_a_text() -> None:
    text = SMALL.replace('"audio_sound"', '"because"')
    assert "the reason because has no text" in problems_of(text)


def test_finds_a_fact_that_no_rule_reads() -> None:
    extra = (
        '\n[facts.smell]\nkind = "declared"\nlabel = "s"\n[facts.smell.values]\na = "a"\nb = "b"\n'
    )
    assert "facts.smell: no rule reads it" in problems_of(SMALL + extra)


def test_finds_a_detected_fact_that_nothing_can_change() -> None:
    text = re.sub(r'\[\[signals\]\]\ncode = "crack"\n(?:.+\n)+', "", SMALL)
    assert "no signal ever gives it another value" in problems_of(text, {"paint", "dust"})


def test_finds_signals_in_the_wrong_order() -> None:
    text = SMALL.replace("at_least = 0.3", "at_least = 0.9")
    assert "crack gives a milder value at a higher score" in problems_of(text)


def test_finds_codes_that_nobody_thought_of_and_codes_that_nobody_gives() -> None:
    assert "finding rust: neither a signal nor advice" in problems_of(SMALL, {*CODES, "rust"})
    assert "finding dust: no check gives it" in problems_of(SMALL, CODES - {"dust"})
    text = SMALL.replace('codes = ["dust"]', 'codes = ["dust", "crack"]')
    assert "finding crack: both a signal and advice" in problems_of(text)


def test_finds_a_conflict_that_would_lift_a_refusal() -> None:
    text = SMALL.replace('contradicts = ["white"]', 'contradicts = ["white", "red"]')
    assert "paint would lift the refusal of paint.N1" in problems_of(text)


def test_lists_overlaps_of_different_severity() -> None:
    grid = prove(shipped_ruleset()).grids
    spotify = next(one for one in grid if one.name == "spotify")
    assert ("spotify.R1", "spotify.L1") in spotify.overlaps


def test_lists_every_flagged_rule() -> None:
    law = shipped_ruleset()
    flagged = {rule.id for grid in law.grids for rule in grid.rules if rule.flagged}
    assert {rule for rule, _ in prove(law).flagged} == flagged


@pytest.mark.parametrize("name", shipped_ids())
def test_deleting_any_rule_changes_some_combination(name: str) -> None:
    for grid in shipped_ruleset(name).grids:
        before = {known: strictest(grid, known) for known in product(*grid.domains)}
        for rule in grid.rules:
            rest = replace(grid, rules=tuple(one for one in grid.rules if one is not rule))
            assert any(strictest(rest, known) != level for known, level in before.items()), rule.id


@pytest.mark.parametrize("name", shipped_ids())
def test_no_rule_refuses_on_anything_that_a_machine_found(name: str) -> None:
    law = shipped_ruleset(name)
    for grid in law.grids:
        for rule in grid.rules:
            if rule.level in ("not_allowed", "refused"):
                assert {law.facts[fact].kind for fact, _ in rule.when} == {"declared"}, rule.id


@pytest.mark.parametrize("name", shipped_ids())
def test_the_destinations_are_those_that_can_be_chosen(name: str) -> None:
    assert {store.name for store in shipped_ruleset(name).destinations} == set(DESTINATIONS)


def changes_of(before: Ruleset, after: Ruleset) -> list[tuple[str, str, str]]:
    return [(one.table, one.before, one.after) for one in find_changes(before, after)]


def test_comparing_finds_every_combination_that_changes() -> None:
    old = small()
    assert changes_of(old, small()) == []
    milder = load_ruleset(SMALL.replace('crack = ["deep"]', 'crack = ["deep", "fine"]').replace(
        'crack = ["none", "fine"]', 'crack = ["none"]'
    ))  # fmt: skip
    assert changes_of(old, milder) == [("cracks", "allowed", "needs_review")]
    gap = load_ruleset(without_rule(SMALL, "paint", "A2"))
    assert changes_of(old, gap) == [("paint", "allowed", "no rule")]


def test_comparing_tells_of_tables_and_values_that_come_and_go() -> None:
    old = small()
    fewer: Ruleset = replace(old, tables=old.tables[:1])
    assert set(changes_of(old, fewer)) == {
        ("cracks", "allowed", "no table"),
        ("cracks", "needs_review", "no table"),
    }
    table: Grid = old.tables[1]
    wider = replace(table, domains=((*table.domains[0], "broken"),))
    changed = list(find_changes(old, replace(old, tables=(old.tables[0], wider))))
    assert changed == []  # a value that neither has a rule for: no rule before, none after
