"""Metadata rules: each code is provoked; India's covers; whole releases; any document."""

import json
import subprocess
import sys
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.catalogue.metadata_rules import find_problems, find_release_problems
from apps.catalogue.metadata_rules.india import earliest_cover_date
from apps.screening.codes import TEXTS
from apps.screening.texts.metadata_facts import FACT_TEXTS
from apps.screening.texts.metadata_titles import TITLE_TEXTS
from tests.screening.declarations import COVER, GOOD, TODAY, artists, cover

RELEASE_ONLY = frozenset(
    {"release_title_missing", "single_title_differs", "duplicate_track_title", "duplicate_isrc"}
)


def codes(**changes: Any) -> set[str]:
    return {found.code for found in find_problems({**GOOD, **changes}, TODAY)}


def test_honest_metadata_has_no_problem() -> None:
    assert find_problems(GOOD, TODAY) == []


PROVOKED: list[tuple[str, str, dict[str, Any]]] = [
    ("title_missing", "title", {"title": None}),
    ("featured_artist_in_title", "title", {"title": "Monsoon (feat. Asha)"}),
    ("featured_artist_in_title", "version_title", {"version_title": "Remix feat. Asha"}),
    ("producer_in_title", "title", {"title": "Monsoon (prod. by Asha)"}),
    ("artist_in_title", "title", {"title": "Asha Rao - Monsoon"}),
    ("version_in_title", "title", {"title": "Monsoon (Live at Wembley)"}),
    ("version_repeated", "version_title", {"title": "Monsoon (Live)", "version_title": "live"}),
    ("needless_version", "version_title", {"version_title": "Original Mix"}),
    ("advisory_in_title", "title", {"title": "Monsoon [Explicit]"}),
    ("format_in_title", "title", {"title": "Monsoon - Single"}),
    ("promo_in_title", "title", {"title": "Monsoon (Free Download)"}),
    ("store_name_in_title", "title", {"title": "Monsoon Spotify Hit"}),
    ("url_in_title", "title", {"title": "Monsoon | myband.com"}),
    ("working_title", "title", {"title": "monsoon_final_master.wav"}),
    ("part_number_style", "title", {"title": "Monsoon Part 2"}),
    ("type_beat_in_title", "title", {"title": "Drake Type Beat"}),
    ("name_drop_in_title", "title", {"title": "Hello (In the Style of Adele)"}),
    ("karaoke_in_title", "title", {"title": "Hello (Karaoke Version)"}),
    ("karaoke_version", "version_title", {"version_title": "Karaoke Version"}),
    ("cover_in_title", "title", {"title": "Hello (Piano Cover)"}),
    ("ai_imitation_in_title", "title", {"title": "Hello (AI Cover)"}),
    ("ai_imitation_in_name", "artists[0].name", {"artists": artists(("AI Drake", "main"))}),
    ("hidden_characters", "title", {"title": "Mon\u200bsoon"}),
    ("mixed_scripts", "artists[0].name", {"artists": artists(("Dr\u0430ke", "main"))}),
    ("emoji", "title", {"title": "Monsoon \U0001f525"}),
    ("all_capitals", "title", {"title": "MONSOON FOREVER"}),
    ("artist_name_missing", "artists[0].name", {"artists": artists(("", "main"))}),
    ("placeholder_artist_name", "artists[0].name", {"artists": artists(("Unknown", "main"))}),
    ("generic_artist_name", "artists[0].name", {"artists": artists(("Sleep Music", "main"))}),
    ("promo_in_name", "artists[0].name", {"artists": artists(("Asha Official", "main"))}),
    ("name_drop_in_name", "artists[0].name", {"artists": artists(("Drake Type Beat", "main"))}),
    ("label_in_name", "artists[0].name", {"artists": artists(("Mega Records", "main"))}),
    ("credit_in_name", "artists[0].name", {"artists": artists(("Asha feat. Ravi", "main"))}),
    ("joined_artist_names", "artists[0].name", {"artists": artists(("Asha & Ravi", "main"))}),
    ("main_artist_missing", "artists", {"artists": artists()}),
    ("composer_missing", "artists", {"artists": [{"name": "Asha", "role": "main"}]}),
    ("artist_role_missing", "artists[0].role", {"artists": [{"name": "Asha"}]}),
    ("main_artist_also_featured", "artists[1].name",
     {"artists": artists(("Asha", "main"), ("ASHA", "featured"))}),
    ("credit_repeated", "artists[1]", {"artists": artists(("Asha", "main"), ("asha", "main"))}),
    ("remixer_missing", "artists", {"version_title": "Night Remix"}),
    ("remix_version_missing", "version_title",
     {"artists": artists(("Asha", "main"), ("DJ X", "remixer"))}),
    ("language_missing", "language", {"language": None}),
    ("language_invalid", "language", {"language": "hindi"}),
    ("advisory_missing", "parental_advisory", {"parental_advisory": None}),
    ("instrumental_contradiction", "parental_advisory",
     {"language": "zxx", "parental_advisory": "explicit"}),
    ("instrumental_contradiction", "language", {"instrumental": True}),
    ("instrumental_contradiction", "ai[0].part",
     {"language": "zxx", "ai": [{"part": "vocals", "extent": "generated"}]}),
    ("isrc_invalid", "isrc", {"isrc": "QZABC26"}),
    ("upc_invalid", "upc", {"upc": "036000291453"}),
    ("iswc_invalid", "iswc", {"iswc": "T-034.524.680-2"}),
    ("isni_invalid", "artists[0].isni",
     {"artists": [{"name": "A", "role": "main", "isni": "1"}, *artists()]}),
    ("ipi_invalid", "artists[0].ipi",
     {"artists": [{"name": "A", "role": "main", "ipi": "1"}, *artists()]}),
    ("isrc_missing_for_rerelease", "isrc", {"isrc": None, "previously_released": True}),
    ("release_year_in_future", "original_release_year", {"original_release_year": 2030}),
    ("borrowed_kind_missing", "borrowed[0].kind", {"borrowed": [{"of": "X", "licence": "held"}]}),
    ("borrowed_work_unnamed", "borrowed[0].of", {"borrowed": [{"kind": "sample"}]}),
    ("borrowing_undeclared", "title", {"title": "Hello (Cover)"}),
    ("borrowing_undeclared", "version_title", {"version_title": "Sped Up"}),
    ("licence_not_held", "borrowed[0].licence",
     {"borrowed": [{"kind": "sample", "of": "X", "licence": "not_held"}]}),
    ("licence_unknown", "borrowed[0].licence", {"borrowed": [{"kind": "sample", "of": "X"}]}),
    ("licence_unproven", "borrowed[0].proof",
     {"borrowed": [{"kind": "sample", "of": "X", "licence": "held"}]}),
    ("beat_not_exclusive", "borrowed[0].exclusive",
     {"borrowed": [{"kind": "beat", "of": "X", "licence": "held", "exclusive": False}]}),
    ("beat_exclusivity_unknown", "borrowed[0].exclusive",
     {"borrowed": [{"kind": "beat", "of": "X", "licence": "held"}]}),
    ("cover_credits_performer", "artists",
     {**cover(), "artists": [{"name": "A", "role": "main"}, {"name": "a", "role": "composer"}]}),
    ("earlier_performer_named", "title", {**cover(), "title": "Monsoon (Lata Devi)"}),
    ("earlier_performer_named", "artists[0].name",
     {**cover(), "artists": artists(("The Lata Devi Tribute Band", "main"))}),
    ("india_cover_too_early", "borrowed[0].first_recorded_year", cover(first_recorded_year=2021)),
    ("india_cover_too_early", "original_release_year",
     {**cover(first_recorded_year=None), "original_release_year": 2024}),
    ("india_year_unknown", "borrowed[0].first_recorded_year", cover(first_recorded_year=None)),
    ("india_performer_named", "title", {**cover(), "title": "Monsoon by Lata Devi"}),
    ("india_performers_unknown", "borrowed[0].earlier_performers", cover(earlier_performers=[])),
    ("india_film_named", "title", {**cover(), "title": 'Monsoon (from "Barsaat Ki Raat")'}),
    ("india_film_named", "title", {**cover(film=None), "title": 'Monsoon (From "Some Film")'}),
    ("india_cover_notice", "borrowed[0]", cover()),
]  # fmt: skip


@pytest.mark.parametrize(("code", "path", "changes"), PROVOKED)
def test_each_problem_is_found_at_its_field(code: str, path: str, changes: dict[str, Any]) -> None:
    found = find_problems({**GOOD, **changes}, TODAY)
    assert (code, path) in {(problem.code, problem.path) for problem in found}


def test_every_code_has_a_text_and_every_text_is_provoked() -> None:
    provoked = {code for code, _path, _changes in PROVOKED}
    assert provoked | RELEASE_ONLY == set(TITLE_TEXTS) | set(FACT_TEXTS)
    assert set(TITLE_TEXTS) | set(FACT_TEXTS) <= set(TEXTS)


@pytest.mark.parametrize("code", [*TITLE_TEXTS, *FACT_TEXTS])
def test_texts_are_sentences(code: str) -> None:
    text = TEXTS[code]
    for sentence in (text.meaning, text.detail, text.fix):
        assert sentence.endswith((".", "?"))
    assert "flag" not in text.meaning
    assert "violat" not in f"{text.meaning}{text.fix}".lower()


def test_doubt_is_in_the_score() -> None:
    def score(code: str, **changes: Any) -> float:
        return next(p.score for p in find_problems({**GOOD, **changes}, TODAY) if p.code == code)

    assert score("joined_artist_names", artists=artists(("Simon & Garfunkel", "main"))) == 0.5
    assert score("ai_imitation_in_title", title="AI Bad Bunny") == 0.5
    likeness = [{"person": "Bad Bunny", "use": "name"}]
    assert score("ai_imitation_in_title", title="AI Bad Bunny", likeness=likeness) == 1.0
    assert score("borrowing_undeclared", version_title="Night Remix") == 0.5
    assert score("borrowing_undeclared", title="Hello (Cover)") == 0.9
    assert score("india_film_named", **cover(film=None), title='X (from "Film")') == 0.7


def test_a_title_song_may_be_called_like_its_film() -> None:
    named = cover(film="Monsoon")
    assert "india_film_named" not in codes(**named, title="Monsoon")
    assert "india_film_named" in codes(**named, title="Monsoon, Monsoon")


@pytest.mark.parametrize(
    ("territories", "asked"),
    [(["worldwide"], True), (["IN", "GB"], True), ([], True), (None, True), (["GB", "US"], False)],
)
def test_india_is_asked_about_where_it_may_be_sold(territories: Any, asked: bool) -> None:
    found = codes(**cover(first_recorded_year=2024), territories=territories)
    assert ("india_cover_too_early" in found) is asked
    assert ("india_cover_notice" in found) is asked


def test_five_full_calendar_years_must_have_passed() -> None:
    assert earliest_cover_date(2020) == date(2026, 1, 1)
    document = {**GOOD, **cover(first_recorded_year=2020)}
    waiting = {p.code for p in find_problems(document, date(2025, 12, 31))}
    allowed = {p.code for p in find_problems(document, date(2026, 1, 1))}
    assert "india_cover_too_early" in waiting
    assert "india_cover_too_early" not in allowed


def test_a_full_cover_outside_india_has_no_problem() -> None:
    assert codes(**cover(), territories=["GB"]) == set()


def test_a_flood_of_names_is_not_a_flood_of_problems() -> None:
    names = [{"name": f"Lata Devi {number} & Co", "role": "main"} for number in range(100)]
    performers = [f"{number}" for number in range(100)]
    assert (
        len(
            find_problems({**GOOD, "artists": names, **cover(earlier_performers=performers)}, TODAY)
        )
        <= 300
    )


def test_nothing_borrowed_is_asked_while_nothing_was_said() -> None:
    document = {key: value for key, value in GOOD.items() if key != "borrowed"}
    found = {p.code for p in find_problems({**document, "title": "Hello (Cover)"}, TODAY)}
    assert "cover_in_title" in found
    assert "borrowing_undeclared" not in found


def test_a_release_is_checked_as_a_whole() -> None:
    tracks = [
        {"title": "One", "version_title": None, "isrc": "QZ-ABC-26-00001"},
        {"title": "one", "version_title": "", "isrc": "QZABC2600001"},
    ]
    release = {"title": "", "upc": "1", "tracks": tracks}
    found = {(problem.code, problem.path) for problem in find_release_problems(release)}
    assert found == {
        ("release_title_missing", "title"),
        ("upc_invalid", "upc"),
        ("duplicate_track_title", "tracks[1].title"),
        ("duplicate_isrc", "tracks[1].isrc"),
    }


def test_a_single_is_called_like_its_track() -> None:
    track = {"title": "One", "version_title": "Live"}
    assert find_release_problems({"title": "One", "version_title": "live", "tracks": [track]}) == []
    [found] = find_release_problems({"title": "One", "tracks": [track]})
    assert found.code == "single_title_differs"


TEXT = st.text(max_size=12) | st.sampled_from(
    ["Live", "(Cover)", "AI Drake", "feat. X", "a\u200bb"]
)
VALUE = st.recursive(
    st.none() | st.booleans() | st.integers(1800, 2100) | TEXT,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from([*GOOD, *COVER, "name", "role", "kind"]), inner, max_size=4
        )
    ),
    max_leaves=12,
)


@settings(deadline=None, max_examples=300)
@given(st.dictionaries(st.sampled_from([*GOOD, "likeness", "voice", "instrumental"]), VALUE))
def test_any_document_is_survived_and_every_code_has_a_text(document: dict[str, Any]) -> None:
    for problem in (*find_problems(document, TODAY), *find_release_problems(document)):
        assert problem.code in TEXTS
        assert 0 < problem.score <= 1
        json.dumps([problem.value, dict(problem.detail)])


def test_the_rules_need_no_audio_and_no_numpy() -> None:
    script = (
        "import sys, apps.catalogue.metadata_rules, apps.screening.codes, apps.registry.tools;"
        "print(sorted({'numpy', 'django'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], check=True, capture_output=True, text=True
    )
    assert done.stdout.strip() == "[]"
