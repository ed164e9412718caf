"""The names check: which field, which role, which standing makes which finding."""

from typing import Any

import pytest

from apps.registry.names.index import Entry, NameIndex
from apps.registry.names.protected import ProtectedNames
from apps.screening.checks.base import Evidence, Finding, NotAssessable, Submission
from apps.screening.checks.name_likeness import NameLikenessCheck
from apps.screening.codes import TEXTS
from tests.screening.recordings import recording
from tests.sounds import tune

INDEX = NameIndex(
    [
        Entry("swift", "Taylor Swift", "Taylor Swift", False),
        Entry("drake", "Drake", "Drake", True),
        Entry("drake", "Drake", "Дрейк", False),
        Entry("prince", "Prince", "Prince", True),
        Entry("singh", "Arijit Singh", "Arijit Singh", False),
        Entry("singh", "Arijit Singh", "अरिजीत सिंह", False),
    ]
)
AUDIO = recording(tune(1.0))


def found(standings: dict[str, Any] | None = None, **said: Any) -> list[Finding]:
    names = ProtectedNames(INDEX, standings or {})
    return NameLikenessCheck().run(AUDIO, Submission(said, "x.wav", names=names))


def by(name: str, role: str = "main") -> dict[str, Any]:
    return {"title": "Monsoon", "artists": [{"name": name, "role": role}]}


@pytest.mark.parametrize(
    ("said", "codes"),
    [
        (by("Taylor Swift"), ["protected_name"]),
        (by("TAYLOR  SWIFT"), ["protected_name"]),
        (by("Tayl0r Sw1ft"), ["protected_name"]),
        (by("Таylоr Swift"), ["protected_name"]),  # three Cyrillic letters
        (by("Tay\u200blor Swift"), ["protected_name"]),
        (by("Tailor Swift"), ["near_name"]),
        (by("Drake"), ["protected_name"]),  # an ordinary word, but an artist's name here
        (by("Дрейк"), ["protected_name"]),
        (by("अरिजीत सिंह"), ["protected_name"]),
        (by("Taylor Swift & Nobody Else"), ["protected_name"]),
        (by("Taylor Swift", "featured"), ["protected_name_featured"]),
        (by("Taylor Swift", "composer"), ["protected_name_in_title"]),
        (by("Fake Drake"), []),
        (by("A. Artist"), []),
        ({"title": "Love Story (Taylor Swift AI cover)"}, ["protected_name_cued"]),
        ({"title": "Sleeve", "version_title": "AI Drake"}, ["protected_name_cued"]),
        ({"title": "Drake type beat"}, ["protected_name_cued"]),
        ({"title": "My Taylor Swift Phase"}, ["protected_name_in_title"]),
        ({"title": "The Prince of Persia"}, []),
        ({"title": "Like a drake on a pond"}, []),
        ({"title": ""}, []),
        ({}, []),
    ],
)
def test_fields_and_roles(said: dict[str, Any], codes: list[str]) -> None:
    assert [one.code for one in found(**said)] == codes


@pytest.mark.parametrize(
    ("standing", "said", "code"),
    [
        ("represents", by("Taylor Swift"), "name_confirmed"),
        ("represents", {"title": "Song (AI Taylor Swift)"}, "name_confirmed"),
        ("same_name", by("Taylor Swift"), "same_name_artist"),
        ("same_name", {"title": "Song (AI Taylor Swift)"}, "protected_name_cued"),
    ],
)
def test_what_is_proven_counts(standing: str, said: dict[str, Any], code: str) -> None:
    assert [one.code for one in found({"swift": standing}, **said)] == [code]
    assert found({"drake": standing}, **said)[0].code != code or code == "protected_name_cued"


def test_the_difference_is_told_character_by_character() -> None:
    [finding] = found(**by("Tаylor Swift"))
    [evidence] = finding.evidence
    assert evidence.kind == "name"
    [row] = evidence.detail["difference"]
    assert (row["code"], row["name"]) == ("U+0430", "CYRILLIC SMALL LETTER A")
    assert row["expected"] == "a"
    assert "looks like the name of Taylor Swift" in finding.summary


def test_a_part_of_a_joined_name_is_told_in_its_place() -> None:
    [finding] = found(**by("Nobody Else feat. Tailor Swift"))
    detail = finding.evidence[0].detail
    assert detail["value"][detail["start"] : detail["end"]] == "Tailor Swift"


def test_a_tribute_in_a_title_weighs_less_than_an_imitation() -> None:
    [tribute] = found(title="Karaoke (Tribute to Taylor Swift)")
    [imitation] = found(title="Song (AI Taylor Swift)")
    assert tribute.score < 0.5 < imitation.score


@pytest.mark.parametrize(
    "text",
    [
        "x" * 20_000,
        "\ud800",
        "\u202eTaylor",
        "🎤" * 300,
        "\x00",
        "AI " * 2_000,
        "(" * 500,
        "\u0301" * 400,
    ],
)
def test_hostile_texts_end_in_findings_or_none(text: str) -> None:
    for one in found(title=text, version_title=text, **{"artists": [{"name": text}]}):
        assert one.code in TEXTS
        assert all(isinstance(piece, Evidence) for piece in one.evidence)


def test_without_a_register_nothing_is_said() -> None:
    with pytest.raises(NotAssessable, match="register"):
        NameLikenessCheck().run(AUDIO, Submission({}, "x.wav"))
