"""Reading rulesets: what is right is read, what is wrong is named with its place."""

from datetime import date
from hashlib import sha256

import pytest

from apps.policy.ruleset import InvalidRuleset, load_ruleset
from tests.policy.laws import SMALL, small


def problems_of(text: str) -> dict[str, str]:
    with pytest.raises(InvalidRuleset) as caught:
        load_ruleset(text)
    return {problem.path: problem.text for problem in caught.value.problems}


def test_reads_everything_that_is_written() -> None:
    law = small()
    assert (law.id, law.effective_from) == ("small", date(2026, 11, 20))
    assert law.sha256 == sha256(SMALL.encode()).hexdigest()
    assert law.facts["crack"].values == ("none", "fine", "deep")
    assert law.facts["crack"].measured
    assert law.facts["colour"].words["red"] == "it is red"
    assert law.advice == {"dust": "Good to know."}
    assert law.checks == ("look",)
    assert law.tables[0].rules[0].id == "paint.N1"


def test_rules_stand_strictest_first_whatever_the_order_of_the_file() -> None:
    head, rules = SMALL.split("[[tables.paint.rules]]", 1)
    first, rest = rules.split("[[tables.paint.rules]]", 1)
    moved = (
        head
        + "[[tables.paint.rules]]"
        + rest.replace("[tables.cracks]", "[[tables.paint.rules]]" + first + "[tables.cracks]", 1)
    )
    levels = [rule.level for rule in load_ruleset(moved).tables[0].rules]
    assert levels == ["not_allowed", "needs_review", "allowed", "allowed"]


def test_a_file_that_is_not_toml_says_on_which_line() -> None:
    with pytest.raises(InvalidRuleset) as caught:
        load_ruleset('id = "x"\ntitle = \n')
    assert caught.value.problems[0].line == 2
    assert "not TOML" in str(caught.value)


@pytest.mark.parametrize(
    ("old", "new", "path", "says"),
    [
        ('id = "small"', "id = 3", "id", "text is expected"),
        ("effective_from = 2026-11-20", 'effective_from = "soon"', "effective_from", "date"),
        ('kind = "declared"', 'kind = "guessed"', "facts.colour.kind", "declared, detected"),
        ('kind = "declared"', 'kinds = "declared"', "facts.colour.kinds", "Unknown key"),
        ('clean = "none"', 'clean = "fine"', "facts.crack.clean", "stands first"),
        ("at_least = 0.3", "at_least = 3", "signals[0].at_least", "from 0 to 1"),
        ('fact = "crack"', 'fact = "colour"', "signals[0].fact", "is not one of: crack"),
        ('value = "fine"', 'value = "huge"', "signals[0].value", "none, fine, deep"),
        (
            'contradicts = ["white"]',
            'contradicts = ["blue"]',
            "conflicts[0].contradicts",
            "white, grey, red",
        ),
        (
            'colour = ["grey"], size = ["large"]',
            'colour = ["gray"], size = ["large"]',
            "tables.paint.rules[1].when.colour",
            '"gray" is not one of',
        ),
        (
            'colour = ["grey"], size = ["large"]',
            'color = ["grey"], size = ["large"]',
            "tables.paint.rules[1].when.color",
            'No fact is called "color"',
        ),
        ('outcome = "needs_review"', 'outcome = "maybe"', "tables.paint.rules[1].outcome", "maybe"),
        ('id = "U1"', 'id = "N1"', "tables.paint.rules[1].id", "Two rules are called paint.N1"),
        ('cite = ["R1"]', 'cite = ["R7"]', "tables.paint.rules[0].cite", 'called "R7"'),
        ('cite = ["R1"]', "cite = []", "tables.paint.rules[0].cite", "list of texts"),
        ('reason = "voice_clone"', 'reason = ""', "tables.paint.rules[0].reason", "text"),
        ('sources = ["the shop"]', "", "destinations.shop.sources", "list of texts"),
        (
            'verdict = "refused"',
            'verdict = "no"',
            "destinations.shop.rules[0].verdict",
            "restricted",
        ),
        ('codes = ["dust"]', 'codes = ["dust", "dust"]', "advice[0].codes", "twice"),
    ],
)
def test_every_problem_names_its_place(old: str, new: str, path: str, says: str) -> None:
    found = problems_of(SMALL.replace(old, new, 1))
    assert path in found
    assert says in found[path]


def test_problems_say_on_which_line_they_stand() -> None:
    text = SMALL.replace('colour = ["grey"], size = ["large"]', 'colour = ["gray"]', 1)
    with pytest.raises(InvalidRuleset) as caught:
        load_ruleset(text)
    line = text.splitlines()[caught.value.problems[0].line - 1]
    assert "gray" in line or line == "[[tables.paint.rules]]"


def test_all_problems_are_told_at_once() -> None:
    found = problems_of(SMALL.replace('id = "small"', "").replace('"voice_clone"', "7"))
    assert {"id", "tables.paint.rules[0].reason"} <= set(found)


def test_a_table_with_too_many_combinations_is_refused() -> None:
    many = "\n".join(
        f'[facts.f{n}]\nkind = "declared"\nlabel = "f"\n[facts.f{n}.values]\n'
        + "\n".join(f'v{value} = "v"' for value in range(10))
        for n in range(5)
    )
    when = ", ".join(f'f{n} = ["v0"]' for n in range(5))
    table = f'[tables.big]\ntitle = "Big"\n[[tables.big.rules]]\nid = "A1"\nwhen = {{ {when} }}\n'
    rest = 'outcome = "allowed"\nreason = "own_voice"\ncite = ["R1"]\n'
    found = problems_of(SMALL + many + "\n" + table + rest)
    assert "100000 combinations" in found["tables.big"]


def test_an_empty_file_is_no_law() -> None:
    found = problems_of("")
    assert "at least one decision table" in found["tables"]
