"""Model card and public summary: made from the data, with what was left out and who said yes."""

import json

import pytest

from apps.screening.checks.synthetic_audio import SyntheticAudioCheck
from apps.training.card import card_markdown, card_of
from apps.training.own import register_own
from apps.training.summary import size_bin, summary_markdown, summary_of
from tests.training.listing import GENERATE, cleared_track, open_track
from tests.training.making import registered, sealed

pytestmark = pytest.mark.django_db


@pytest.fixture
def model(officer, prove):
    for _ in range(3):
        open_track(GENERATE, "DE", "FR")
    open_track()
    cleared_track()
    return registered(officer, sealed(officer, "generative_music", "DE", "FR"))


def test_the_card_counts_who_said_yes_and_who_was_left_out(model) -> None:
    card = card_of("genaudio", "v2026.04.3")
    [source] = card["sources"]
    assert (source["asset_count"], source["considered"]) == (3, 5)
    assert source["percent_included"] == "60.0"
    assert source["excluded"] == {"no_ai": 1, "not_granted": 1}
    assert {(one["country"], one["yes"], one["tracks"]) for one in source["opt_in_today"]} == {
        ("DE", 4, 5),
        ("FR", 3, 5),
    }
    assert card["intended_use"] == "Makes short loops."
    assert json.loads(json.dumps(card)) == card


def test_the_card_in_words(model) -> None:
    text = card_markdown(card_of("genaudio", "v2026.04.3"))
    for words in (
        "# genaudio v2026.04.3",
        "It knows no jazz.",
        "3 of 5 tracks (60.0 %)",
        "said yes to generative_music.train for DE, today: 4 of 5",
        "left out: 1. “No AI” is on.",
        "Open obligations from what was taken back: 0.",
        model.manifest_sha256,
    ):
        assert words in text
    assert "%(" not in text


def test_the_summary_has_the_fields_of_the_template(model) -> None:
    told = summary_of("genaudio", "v2026.04.3")
    assert told["1_general"]["1.1_provider"]["name"]
    assert told["1_general"]["1.3_modalities"]["audio"]["size"] == "less than 10,000 hours"
    assert told["1_general"]["1.3_modalities"]["audio"]["hours"] == f"{3 * 183.2 / 3600:.1f}"
    assert told["1_general"]["1.3_modalities"]["languages"] == ["en"]
    assert told["2_sources"]["2.4_user_data"]["tracks"] == 3
    assert told["2_sources"]["2.3_crawled"].startswith("none")
    assert told["3_processing"]["3.1_reservations"]["left_out_because_of_no_ai"] == 1
    text = summary_markdown(told)
    numbers = ("1.1", "1.2", "1.3", "2.1", "2.2.1", "2.2.2", "2.3", "2.4", "2.5", "2.6", "3.1")
    assert all(f"**{number} " in text for number in numbers)


def test_what_was_made_from_no_upload_says_so(prove) -> None:
    register_own()
    version = SyntheticAudioCheck.version
    told = summary_of("synthetic_audio", version)
    assert told["2_sources"]["2.4_user_data"] == "none"
    assert told["1_general"]["1.3_modalities"]["audio"]["size"] == "none"
    assert "generators" in summary_markdown(told)
    assert "calibration.json" in card_markdown(card_of("synthetic_audio", version))


@pytest.mark.parametrize(
    ("hours", "words"),
    [
        (0, "less than 10,000 hours"),
        (9_999.9, "less than 10,000 hours"),
        (10_000, "10,000 to 1 million hours"),
        (1_000_000, "more than 1 million hours"),
    ],
)
def test_bins_of_the_template(hours, words) -> None:
    assert size_bin(hours) == words
