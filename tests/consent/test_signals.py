"""What an asset says to the world: reserved, unless every yes that it needs is there."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.consent.asset_signals import signals_by_id
from apps.consent.signals import CAWG_KEYS, RESERVED, SHARING, Standing, signals_of
from apps.consent.vocabulary import vocabulary
from tests.consent.saying import lift, say_no, say_yes, take_back

CODES = [one.code for one in vocabulary().permissions]
ALL = {code: Standing(True, "DE") for code in CODES}
URL = "https://example.org/terms/"


def test_what_nobody_knows_is_reserved() -> None:
    signals = signals_of(no_ai=None, standings={})
    assert signals == RESERVED
    assert signals.headers(URL) == {
        "Content-Usage": "train-ai=n, search=n",
        "tdm-reservation": "1",
    }
    entries = signals.cawg(URL)["data"]["entries"]
    assert entries == {key: {"use": "notAllowed"} for key in CAWG_KEYS}


def test_with_every_yes_it_can_be_asked_for_and_never_simply_taken() -> None:
    signals = signals_of(no_ai=False, standings=ALL)
    assert signals.headers(URL) == {
        "Content-Usage": "train-ai=n, search=y",
        "tdm-reservation": "1",
        "tdm-policy": URL,
    }
    for entry in signals.cawg(URL)["data"]["entries"].values():
        assert entry["use"] == "constrained"
        assert entry["constraint_info"] == f"Only under a deal, in: DE. Ask: {URL}"


@pytest.mark.parametrize("no_ai", [True, None])
def test_no_ai_reserves_whatever_was_allowed(no_ai: bool | None) -> None:
    assert signals_of(no_ai=no_ai, standings=ALL).open_keys == frozenset()


@pytest.mark.parametrize("code", CODES)
def test_one_missing_yes_closes_each_word_that_stands_for_it(code: str) -> None:
    standings = {other: one for other, one in ALL.items() if other != code}
    signals = signals_of(no_ai=False, standings=standings)
    words = set(vocabulary().by_code(code).cawg)
    assert not signals.open_keys & words
    assert bool(signals.open_keys) == (code != SHARING)


def test_yeses_for_different_countries_open_nothing() -> None:
    standings = {**ALL, SHARING: Standing(True, "FR")}
    assert not signals_of(no_ai=False, standings=standings).has_policy


STANDINGS = st.builds(Standing, st.booleans(), st.sampled_from(["", "DE", "FR"]))


@given(
    st.sampled_from([True, False, None]),
    st.dictionaries(st.sampled_from(CODES), STANDINGS),
    st.sampled_from(CODES),
)
def test_taking_a_yes_away_never_opens_anything(no_ai, standings, code) -> None:
    before = signals_of(no_ai=no_ai, standings=standings)
    after = signals_of(no_ai=no_ai, standings={**standings, code: Standing(False)})
    assert after.open_keys <= before.open_keys
    assert after.search <= before.search
    assert "train-ai=n" in after.content_usage
    assert after.reservation == "1"


@pytest.mark.django_db
class TestFromTheLedger:
    def test_at_first_everything_is_reserved_but_search(self, track) -> None:
        signals = signals_by_id([track])[track.pk]
        assert signals.no_ai
        assert signals.content_usage == "train-ai=n, search=y"
        assert not signals.has_policy

    def test_every_yes_opens_it_and_any_no_closes_it(self, track, artist, prove) -> None:
        lift(artist, artist)
        prove()
        for one in vocabulary().permissions:
            if one.can_be_refused:
                say_yes(artist, artist, (one.use_case, one.verb))
        assert not signals_by_id([track])[track.pk].has_policy  # no yes is in the log yet
        prove()
        signals = signals_by_id([track])[track.pk]
        assert signals.open_keys == set(CAWG_KEYS)
        assert signals.countries == ("DE",)
        take_back(artist, track, ("voice_synthesis", "train"))
        closed = signals_by_id([track])[track.pk]
        assert closed.open_keys == set(CAWG_KEYS) - {"cawg.ai_generative_training"}
        say_no(artist, track, ("third_party_licensing", "share"))
        assert not signals_by_id([track])[track.pk].has_policy

    def test_lifting_no_ai_counts_once_it_is_in_the_log(self, track, artist, prove) -> None:
        lift(artist, track)
        assert signals_by_id([track])[track.pk].no_ai
        prove()
        assert not signals_by_id([track])[track.pk].no_ai
