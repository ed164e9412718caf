"""What people read about their permissions."""

from datetime import timedelta

import pytest
from django.utils import timezone

from apps.consent.permissions import permissions_of
from apps.consent.vocabulary import vocabulary
from tests.consent.saying import SUGGEST, TERMS, lift, say_yes, take_back
from tests.factories import ReleaseFactory

pytestmark = pytest.mark.django_db


def rows(of, **more):
    return {row.permission.code: row for row in permissions_of(of, **more)}


def test_a_row_for_each_with_words_and_a_way_back(track, django_assert_max_num_queries) -> None:
    rows(track)  # the pseudonym is made at first sight
    with django_assert_max_num_queries(6):
        found = rows(track)
    assert list(found) == [one.code for one in vocabulary().permissions]
    assert all(row.words for row in found.values())
    assert all(bool(row.stop) == row.can_choose for row in found.values())
    assert {code: str(row.shown) for code, row in found.items() if code[:6] in ("rights", "recomm")}
    assert str(found["rights_check.infer"].shown) == "default"
    assert str(found["recommendation.infer"].shown) == "not_asked"
    assert (str(found["generative_music.train"].shown), found["generative_music.train"].reason) == (
        "no",
        "no_ai",
    )


def test_who_decided_where_since_when_in_which_words(track, artist, prove) -> None:
    event = say_yes(artist, artist)
    assert str(rows(track)["recommendation.infer"].shown) == "pending"
    prove()
    row = rows(track)["recommendation.infer"]
    assert (str(row.shown), row.allowed, row.source, row.here) == ("yes", True, "account", False)
    assert (row.since, row.until) == (event.effective_from, event.effective_to)
    assert (row.terms_version, row.jurisdiction) == (TERMS, "DE")
    assert row.agreed_words == row.words
    assert rows(artist)["recommendation.infer"].here
    assert not rows(track, jurisdiction="FR")["recommendation.infer"].allowed
    take_back(artist, track)
    row = rows(track)["recommendation.infer"]
    assert (str(row.shown), row.reason, row.source, row.here) == ("no", "revoked", "asset", True)
    assert row.reason_text.endswith(".")
    assert rows(artist)["recommendation.infer"].allowed


def test_as_it_was_and_as_it_was_known(track, artist, prove) -> None:
    before = timezone.now()
    say_yes(artist, track)
    prove()
    between = timezone.now()
    take_back(artist, track)
    assert not rows(track, at=before)["recommendation.infer"].allowed
    assert rows(track, at=between)["recommendation.infer"].allowed
    assert rows(track, known_at=between)["recommendation.infer"].allowed
    assert not rows(track)["recommendation.infer"].allowed
    assert not rows(track, at=between + timedelta(days=800), known_at=between)[
        "recommendation.infer"
    ].allowed


def test_a_release_and_an_account(track, artist, prove) -> None:
    lift(artist, track.release)
    say_yes(artist, track.release, ("generative_music", "train"))
    prove()
    assert rows(track.release)["generative_music.train"].allowed
    assert rows(track)["generative_music.train"].source == "release"
    assert rows(artist)["generative_music.train"].reason == "no_ai"
    assert rows(ReleaseFactory(owner=artist))["generative_music.train"].reason == "no_ai"
    assert SUGGEST[0] in {row.permission.use_case for row in permissions_of(artist)}
