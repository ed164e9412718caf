"""The register: names are found, statements carry sources, doubt never becomes a licence."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.registry.reading import TRAININGS, InvalidRegister
from apps.registry.tools import find_host, find_tool, load_tools, look_up, training_of

TODAY = date(2026, 11, 20)


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Suno", "suno"),
        (" SUNO  AI ", "suno"),
        ("suno.com", "suno"),
        ("Suno v4.5+", "suno"),
        ("ACE-Step 1.5", "ace-step"),
        ("acestep", "ace-step"),
        ("Stable Audio 2.0", "stable-audio"),
        ("Stable Audio Open", "stable-audio-open"),
        ("iZotope Ozone 11", "izotope-ozone"),
        ("Chat GPT", "chatgpt"),
        ("Auto Tune", "auto-tune"),
    ],
)
def test_names_are_found_however_they_are_written(name: str, slug: str) -> None:
    tool = find_tool(name)
    assert tool is not None
    assert tool.slug == slug


@pytest.mark.parametrize("name", ["Muse", "Sunoco", "Sora", "Udiophile", "v4", "", None, "4", "-"])
def test_other_names_are_not(name: str | None) -> None:
    assert find_tool(name) is None


def test_hosts_match_whole_labels() -> None:
    assert find_host("app.suno.com") == find_tool("suno")
    assert find_host("SUNO.COM.") == find_tool("suno")
    assert find_host("notsuno.com") is None
    assert find_host("suno.com.example.org") is None
    assert find_host("com") is None


def test_every_statement_has_a_source_a_date_and_a_sentence() -> None:
    for tool in load_tools():
        for period in tool.periods:
            assert period.source.startswith(("https://", "LG München")), tool.slug
            assert period.checked_on <= TODAY
            assert period.note.endswith(".")
            assert period.start is None or period.end is None or period.start <= period.end


def test_every_tool_finds_itself_by_every_name() -> None:
    for tool in load_tools():
        for name in (tool.slug, tool.name, *tool.aliases, *tool.hosts):
            assert find_tool(name) == tool


@pytest.mark.parametrize(
    ("use", "training", "commercial"),
    [
        ({"tool": "suno", "tool_version": "v4", "plan": "paid"}, "unlicensed", "yes"),
        ({"tool": "Suno v4", "plan": "free"}, "unlicensed", "no"),
        ({"tool": "suno", "tool_version": "chirp-auk", "plan": "paid"}, "unlicensed", "yes"),
        ({"tool": "suno", "tool_version": "4.5 plus"}, "unlicensed", "unknown"),
        ({"tool": "suno", "tool_version": "v6", "plan": "paid"}, "unknown", "yes"),
        ({"tool": "suno", "tool_version": "v99", "plan": "paid"}, "unknown", "unknown"),
        ({"tool": "suno", "plan": "paid"}, "disputed", "yes"),  # which version? one is unlicensed
        ({"tool": "suno", "tool_version": "v4", "plan": "unknown"}, "unlicensed", "unknown"),
        ({"tool": "ACE-Step 1.5"}, "licensed_or_own", "yes"),
        ({"tool": "ACE-Step"}, "unknown", "unknown"),  # v1 says nothing
        ({"tool": "YuE"}, "unknown", "unknown"),
        ({"tool": "Beatoven"}, "licensed_or_own", "unknown"),
        ({"tool": "AIVA", "plan": "free"}, "unknown", "no"),
    ],
)
def test_what_is_known_of_a_use(use: dict[str, str], training: str, commercial: str) -> None:
    found = look_up(use, TODAY)
    assert found is not None
    assert (found[1].status, found[1].commercial_use) == (training, commercial)
    assert bool(found[1].sources) == bool(found[1].note)


def test_an_unknown_tool_has_no_answer() -> None:
    assert look_up({"tool": "Nobody's Generator"}, TODAY) is None
    assert look_up({}, TODAY) is None


def test_dates_decide_where_they_are_known() -> None:
    udio = find_tool("udio")
    assert udio is not None
    then, later = date(2025, 6, 1), date(2026, 6, 1)
    assert training_of(udio, None, None, then).status == "unlicensed"
    # By today it may have been made at either time; on a day that is known, at one.
    assert training_of(udio, None, None, later).status == "disputed"
    assert training_of(udio, None, None, later, exact=True).status == "unknown"
    assert training_of(udio, None, None, later, exact=True).commercial_use == "no"
    boomy = find_tool("boomy")
    assert boomy is not None
    assert training_of(boomy, None, None, date(2023, 1, 1)).status == "unknown"


@settings(deadline=None)
@given(
    st.sampled_from(load_tools()),
    st.none() | st.text(max_size=12) | st.sampled_from(["v4", "v6", "1.5", "chirp-crow"]),
    st.sampled_from([None, "free", "paid", "unknown"]),
    st.dates(),
    st.booleans(),
)
def test_knowing_less_never_makes_a_model_licensed(
    tool: object, version: str | None, plan: str | None, on: date, exact: bool
) -> None:
    narrow = training_of(tool, version, plan, on, exact=exact)  # type: ignore[arg-type]
    wide = training_of(tool, None, None, on)  # type: ignore[arg-type]
    assert narrow.status in TRAININGS
    if wide.status == "licensed_or_own":
        assert narrow.status in {"licensed_or_own", "unknown"}


@pytest.mark.parametrize(
    ("broken", "says"),
    [
        ('kinds = ["musik"]', "kinds is musik"),
        ('kinds = ["music"]\naliases = ["suno"]', "share the name suno"),
        (
            'kinds = ["music"]\n[[tools.periods]]\nmodel_training = "fine"\n'
            'commercial_use = "yes"\nbasis = "maker"\nsource = "https://x"\nnote = "x."',
            "model_training is fine",
        ),
    ],
)
def test_a_register_that_contradicts_itself_is_refused(
    tmp_path: Path, broken: str, says: str
) -> None:
    path = tmp_path / "tools.toml"
    path.write_text(
        'checked_on = 2026-01-01\n[[tools]]\nslug = "suno"\nname = "Suno"\nmaker = "x"\n'
        f'kinds = ["music"]\n[[tools]]\nslug = "other"\nname = "Other"\nmaker = "x"\n{broken}\n'
    )
    with pytest.raises(InvalidRegister, match=says):
        load_tools(path)
