"""The declaration: what is accepted, how the rest is refused, and that nothing else happens."""

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from apps.catalogue.declaration import SCHEMA, InvalidDeclaration, Problem, parse_declaration
from apps.catalogue.declaration_schema import DESTINATIONS, MAX_ITEMS, MAX_TEXT
from apps.catalogue.text import clean, contains_words, fold
from apps.catalogue.validation import MAX_PROBLEMS

# The example of the published contract, with its choices made.
EXAMPLE: dict[str, Any] = {
    "title": "Monsoon",
    "version_title": None,
    "language": "hi",
    "artists": [{"name": "Asha", "role": "main"}, {"name": "R. Sen", "role": "composer"}],
    "rights_in_result": "all_held",
    "ai": [
        {
            "part": "lyrics",
            "extent": "assisted",
            "tool": "suno",
            "tool_version": "v4",
            "plan": "paid",
            "model_training": "unknown",
            "inputs": "own_or_cleared",
        }
    ],
    "voice": {"imitates": "nobody", "person": None, "proof": None},
    "likeness": [{"person": "X", "use": "name", "permission": "yes", "proof": None}],
    "borrowed": [{"kind": "cover", "of": "Y", "licence": "held", "exclusive": True, "proof": None}],
    "isrc": "QZABC2600001",
    "upc": None,
    "territories": ["worldwide"],
    "destinations": ["spotify", "apple_music"],
    "parental_advisory": "explicit",
    "label_licensed": False,
    "original_release_year": None,
}

KEYS = st.sampled_from(sorted(SCHEMA["properties"]))
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.sampled_from(["suno", "generated", "\ud800", "a\u202eb", "a\x00b"]),
    lambda inner: st.lists(inner) | st.dictionaries(st.text() | KEYS, inner),
    max_leaves=20,
)


def _matching(schema: dict[str, Any]) -> st.SearchStrategy[Any]:
    """Documents of the right shape, with any text in them."""
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    kinds = [schema["type"]] if isinstance(schema["type"], str) else schema["type"]
    return st.one_of(*(_of_kind(schema, kind) for kind in kinds))


def _of_kind(schema: dict[str, Any], kind: str) -> st.SearchStrategy[Any]:
    if kind == "object":
        keys = {key: _matching(item) for key, item in schema["properties"].items()}
        return st.fixed_dictionaries({}, optional=keys)
    if kind == "array":
        return st.lists(_matching(schema["items"]), max_size=3)
    if kind == "integer":
        return st.integers(schema["minimum"], schema["maximum"])
    return {"string": st.text(max_size=20), "boolean": st.booleans(), "null": st.none()}[kind]


def attempt(document: object) -> tuple[dict[str, Any] | None, tuple[Problem, ...]]:
    try:
        return parse_declaration(document), ()
    except InvalidDeclaration as refused:
        return None, refused.problems


def problems_of(document: object) -> list[Problem]:
    with pytest.raises(InvalidDeclaration) as caught:
        parse_declaration(document)
    return list(caught.value.problems)


def test_the_published_example_is_accepted_unchanged() -> None:
    assert parse_declaration(EXAMPLE) == EXAMPLE


def test_the_schema_is_json_and_names_every_key_of_the_example() -> None:
    assert json.loads(json.dumps(SCHEMA)) == SCHEMA
    assert SCHEMA["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert set(EXAMPLE) <= set(SCHEMA["properties"])


def test_the_destinations_are_those_that_every_ruleset_knows() -> None:
    paths = sorted(Path("apps/policy/rulesets").glob("20*.toml"))
    assert paths
    for path in paths:
        ruleset = tomllib.loads(path.read_text(encoding="utf-8"))
        assert set(ruleset["destinations"]) == set(DESTINATIONS), path.name


def test_missing_stays_missing_and_no_ai_stays_no_ai() -> None:
    assert parse_declaration({}) == {}
    assert parse_declaration({"ai": []}) == {"ai": []}
    assert parse_declaration({"ai": [{"part": "lyrics"}]}) == {"ai": [{"part": "lyrics"}]}


@pytest.mark.parametrize(
    ("document", "path", "says"),
    [
        ({"ai": [{"part": "vocal"}]}, "ai[0].part", 'Unknown value "vocal"; allowed: lyrics,'),
        ({"ai": [{"part": "vocal"}]}, "ai[0].part", "Did you mean vocals?"),
        ({"ai": [{}, {"extend": "none"}]}, "ai[1]", 'Unknown key "extend"; allowed: part, extent'),
        ({"aii": []}, "", "Did you mean ai?"),
        ({"ai": None}, "ai", "Found null; allowed: a list."),
        ({"ai": "none"}, "ai", 'Found "none"; allowed: a list.'),
        ({"voice": []}, "voice", "Found a list; allowed: an object."),
        ({"label_licensed": "no"}, "label_licensed", "true or false or null"),
        ({"label_licensed": 1}, "label_licensed", "Found 1;"),
        ({"original_release_year": True}, "original_release_year", "Found true;"),
        ({"original_release_year": 1700}, "original_release_year", "allowed: 1850 to 2100"),
        ({"original_release_year": 10**5000}, "original_release_year", "very large number"),
        ({"territories": ["in"]}, "territories[0]", "Did you mean IN?"),
        ({"destinations": ["Apple Music"]}, "destinations[0]", "Did you mean apple_music?"),
        ({"isrc": 5}, "isrc", "Found 5; allowed: text or null."),
        ({"title": "x" * (MAX_TEXT + 1)}, "title", f"Found {MAX_TEXT + 1} characters"),
        ({"title": "x" * 10**6}, "title", f"at most {MAX_TEXT}"),
        ({"artists": [{}] * (MAX_ITEMS + 1)}, "artists", f"at most {MAX_ITEMS}"),
        ({"title": "evil\u202egnp"}, "title", "change the reading direction"),
        ({"title": "\ud83d"}, "title", "half of a character pair"),
        ([], "", "Found a list; allowed: an object."),
        (None, "", "Found null; allowed: an object."),
    ],
)
def test_every_problem_names_path_found_and_allowed(document: object, path: str, says: str) -> None:
    assert any(found.path == path and says in found.text for found in problems_of(document))


def test_all_problems_come_at_once_but_never_too_many() -> None:
    found = problems_of({"ai": [{"part": "x"}, {"extent": "y"}], "isrc": 1})
    assert [problem.path for problem in found] == ["ai[0].part", "ai[1].extent", "isrc"]
    flood = {f"key{number}": number for number in range(100_000)}
    assert len(problems_of(flood)) == MAX_PROBLEMS


def test_texts_are_cleaned() -> None:
    given_text = {"title": "  Cafe\u0301\t\x07del   mar\n", "isrc": " ", "language": ""}
    assert parse_declaration(given_text) == {
        "title": "Café del mar",
        "isrc": None,
        "language": None,
    }


def test_messages_are_printable_whatever_was_sent() -> None:
    for problem in problems_of({"ai": [{"part": "\x1b[31m\u202e" + "x" * 500}]}):
        assert problem.text.isprintable()
        assert len(problem.text) < 400


@settings(deadline=None)
@given(JSON)
@example({"ai": [[], {}, None]})
@example({"": {"": 0}})
def test_any_json_is_parsed_or_refused_with_problems(document: object) -> None:
    parsed, problems = attempt(document)
    assert (parsed is None) == bool(problems)
    assert all(found.text.isprintable() for found in problems)
    if parsed is not None:
        assert parse_declaration(parsed) == parsed


@settings(deadline=None)
@given(_matching(SCHEMA))
def test_parsing_twice_changes_nothing(document: dict[str, Any]) -> None:
    parsed, problems = attempt(document)
    assert all("Found" in found.text for found in problems)
    if parsed is not None:
        assert parse_declaration(parsed) == parsed
        assert set(parsed) == set(document)
        json.dumps(parsed, ensure_ascii=False).encode()


@settings(deadline=None)
@given(st.text())
def test_cleaning_is_idempotent_and_leaves_one_line(text: str) -> None:
    once = clean(text)
    assert clean(once) == once
    assert "\n" not in once
    assert once == once.strip()


@settings(deadline=None)
@given(st.text())
def test_folding_is_idempotent(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@pytest.mark.parametrize(
    ("left", "right", "same"),
    [
        ("Beyoncé", "BEYONCE", True),
        ("AC/DC", "ac dc", True),
        ("Ёлка", "елка", True),
        ("कल", "कुल", False),  # vowel signs are letters
        ("Straße", "STRASSE", True),
        ("が", "か", False),
    ],
)
def test_folding_drops_case_and_accents_but_not_letters(left: str, right: str, same: bool) -> None:
    assert (fold(left) == fold(right)) is same


def test_words_are_found_whole_only() -> None:
    assert contains_words("Tum Hi Ho (from Aashiqui 2)", "aashiqui 2")
    assert not contains_words("Swan Lake", "wan")
    assert not contains_words("anything", " - ")
