"""The check of borrowed names: which field, which standing, which phrase gives which finding."""

from typing import Any

import pytest

from apps.registry.names.index import Entry, NameIndex
from apps.registry.names.protected import ProtectedNames
from apps.screening.checks.base import Finding, NotAssessable, Submission
from apps.screening.checks.name_likeness import NameLikenessCheck
from apps.screening.codes import TEXTS

ENTRIES = [
    Entry("p1", "Drake", "Drake", is_word=True),
    Entry("p2", "Taylor Swift", "Taylor Swift"),
    Entry("p3", "Coldplay", "Coldplay"),
    Entry("p4", "John Lennon", "John Lennon"),
]
INDEX = NameIndex(ENTRIES)


def run(standings: dict[str, Any] | None = None, **declaration: Any) -> list[Finding]:
    names = ProtectedNames(INDEX, standings or {})
    submission = Submission(declaration=declaration, filename="a.wav", names=names)
    return NameLikenessCheck().run(None, submission)  # type: ignore[arg-type]


def credit(name: str, role: str = "main") -> dict[str, Any]:
    return {"artists": [{"name": name, "role": role}]}


def codes(findings: list[Finding]) -> list[str]:
    return [finding.code for finding in findings]


@pytest.mark.parametrize(
    ("name", "role", "expected", "least"),
    [
        ("Drake", "main", "protected_name", 1.0),
        ("Drаke", "main", "protected_name", 0.95),
        ("Dr\u200bake", "main", "protected_name", 0.98),
        ("Drаke", "featured", "protected_name", 0.95),
        ("Drake", "featured", "protected_name_featured", 1.0),
        ("Taylor Swift", "remixer", "protected_name_featured", 1.0),
        ("Taylor Swift", "producer", "protected_name_featured", 1.0),
        ("Tailor Swift", "main", "near_name", 0.9),
        ("Koldplay", "main", "near_name", 0.7),
        ("Taylor Swift & Somebody", "main", "protected_name", 0.9),
        ("Somebody feat. Taylor Swift", "main", "protected_name_featured", 1.0),
        ("Taylor Swift AI", "main", "protected_name_cued", 1.0),
        ("Coldplay Tribute Band", "main", "protected_name_cued", 1.0),
    ],
)
def test_a_credit_gives_a_finding(name: str, role: str, expected: str, least: float):
    findings = run(**credit(name, role))
    assert codes(findings) == [expected]
    assert findings[0].score >= least
    detail = findings[0].evidence[0].detail
    assert (detail["path"], detail["role"]) == ("artists[0].name", role)
    assert TEXTS[expected].fix


def test_who_wrote_a_song_is_named_with_less_weight():
    findings = run(**credit("John Lennon", "composer"))
    assert [(one.code, one.score) for one in findings] == [("protected_name_featured", 0.5)]
    assert run(**credit("John Lenon", "lyricist")) == []


@pytest.mark.parametrize(
    ("title", "version", "expected", "path"),
    [
        ("Letter to Taylor Swift", None, "protected_name_in_title", "title"),
        ("Letter (Taylor Swift AI Cover)", None, "protected_name_cued", "title"),
        ("Drake", "AI cover", "protected_name_cued", "title"),
        ("Night", "Drake Type Beat", "protected_name_cued", "version_title"),
        ("Night (feat. Drake)", None, "protected_name_featured", "title"),
        (None, "Coldplay Karaoke", "protected_name_cued", "version_title"),
    ],
)
def test_a_title_gives_a_finding(title: str, version: str, expected: str, path: str):
    (finding,) = run(title=title, version_title=version)
    detail = finding.evidence[0].detail
    assert (finding.code, detail["path"]) == (expected, path)
    assert detail["value"][detail["start"] : detail["end"]].casefold() == detail["name"].casefold()


def test_ordinary_tracks_give_nothing():
    assert run(title="Heart of the Drake", **credit("Nobody Yet")) == []
    assert run(artists=None, title=7, likeness="x", voice=[]) == []
    assert run(artists=[None, {"name": 3}, {"role": "main"}]) == []


def test_what_is_proven_goes_before_what_was_found():
    assert codes(run({"p2": "represents"}, **credit("Taylor Swift"))) == ["name_confirmed"]
    assert codes(run({"p2": "represents"}, title="x (Taylor Swift AI cover)")) == ["name_confirmed"]
    assert codes(run({"p2": "same_name"}, **credit("Taylor Swift"))) == ["same_name_artist"]


def test_a_namesake_may_not_imitate():
    assert codes(run({"p2": "same_name"}, title="x (Taylor Swift AI cover)")) == [
        "protected_name_cued"
    ]
    assert codes(run({"p2": "same_name"}, **credit("Tayl\u200bor Swift"))) == ["protected_name"]


def test_one_finding_per_person_and_code_with_every_place():
    artists = [{"name": "Taylor Swift", "role": "featured"}]
    (finding,) = run(title="Night (feat. Taylor Swift)", artists=artists)
    assert [one.detail["path"] for one in finding.evidence] == ["title", "artists[0].name"]
    assert all(one.kind == "name" for one in finding.evidence)


def test_declared_people_are_noted_and_not_found_again():
    likeness = [{"person": "Taylor Swift", "use": "name", "permission": "yes"}]
    assert run(likeness=likeness) == []
    (finding,) = run(likeness=likeness, title="Letter to Taylor Swift")
    assert finding.evidence[0].detail["declared"] is True
    (finding,) = run(voice={"person": "drake"}, **credit("Drake"))
    assert finding.evidence[0].detail["declared"] is True


def test_the_difference_is_shown():
    (finding,) = run(**credit("Drаke"))
    odd = [row for row in finding.evidence[0].detail["difference"] if row["expected"] is not None]
    assert [row["name"] for row in odd] == ["CYRILLIC SMALL LETTER A"]


def test_without_a_register_or_a_declaration_nothing_is_assessed():
    for submission in (
        Submission(declaration={}, filename="a.wav"),
        Submission(declaration=None, filename="a.wav", names=ProtectedNames(INDEX)),
    ):
        with pytest.raises(NotAssessable):
            NameLikenessCheck().run(None, submission)  # type: ignore[arg-type]


@pytest.mark.parametrize("text", ["\ud800x", "x" * 10_000, "\u202eDrake", "😀" * 100])
def test_hostile_texts_pass(text: str):
    run(title=text, version_title=text, **credit(text))
