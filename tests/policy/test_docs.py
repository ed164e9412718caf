"""docs/policy.md says what the ruleset does."""

import re
from pathlib import Path

from apps.policy.handbook import handbook, read_rule
from apps.policy.reasons import REASONS, REVIEW_REASONS
from apps.policy.shipped import golden_cases, shipped_ruleset

PAGE = Path(__file__).parents[2] / "docs" / "policy.md"
MARK = "<!-- made by `manage.py policy handbook`; do not edit below -->\n"
LAW = shipped_ruleset()


def parts() -> tuple[str, str]:
    by_hand, _, made = PAGE.read_text(encoding="utf-8").partition(MARK)
    return by_hand, made


def test_the_page_ends_with_the_handbook_of_the_newest_ruleset() -> None:
    """When this fails: `manage.py policy handbook` prints what belongs below the mark."""
    assert parts()[1].strip() == handbook(LAW, golden_cases(LAW.id)).strip()


def test_the_six_open_points_name_rules_that_exist_and_are_flagged() -> None:
    section = parts()[0].split("## Six points")[1].split("## What the rules")[0]
    assert re.findall(r"^(\d)\. \*\*", section, re.MULTILINE) == list("123456")
    flagged = {rule.id for grid in LAW.grids for rule in grid.rules if rule.flagged}
    named = set(re.findall(r"`(\w+\.\w\d+)`", section))
    assert named <= flagged
    of_tables = {name for name in flagged if name.split(".")[0] in {t.name for t in LAW.tables}}
    assert of_tables - named == {"india.A2", "listening.U3"}  # our own, not of the source's


def test_every_rule_reads_aloud() -> None:
    made = parts()[1]
    for grid in LAW.grids:
        assert f"### {grid.title}" in made
        for rule in grid.rules:
            assert read_rule(rule, LAW) in made
            assert "_" not in read_rule(rule, LAW).split(". *")[0]


def test_every_reason_has_an_anchor() -> None:
    made = parts()[1]
    for code in {**REASONS, **REVIEW_REASONS}:
        assert made.count(f'<a id="reason-{code.replace("_", "-")}"></a>') == 1
