"""The "No AI" tag."""

from datetime import timedelta

import pytest
from django.utils import timezone

from apps.consent import errors
from apps.consent.models import ConsentEvent
from apps.consent.permissions import no_ai_of
from apps.consent.reservations import is_reserved, reserve_no_ai
from apps.consent.writing import How
from tests.consent.saying import TRAIN, lift, now_of, say_yes
from tests.factories import ArtistFactory, TrackFactory

pytestmark = pytest.mark.django_db


def test_it_is_on_before_anything_was_written(track) -> None:
    assert is_reserved(track)
    assert no_ai_of(track).on
    assert no_ai_of(track).source == ""
    assert not ConsentEvent.objects.exists()


def test_lifted_for_one_track_only(track, artist) -> None:
    other = TrackFactory(release=track.release)
    event = lift(artist, track)
    assert lift(artist, track) == event
    assert event.notice_sha256
    assert [is_reserved(one) for one in (track, other, track.release, artist)] == [
        False,
        True,
        True,
        True,
    ]
    assert no_ai_of(track).source == "asset"


def test_lifted_for_all_but_one(track, artist) -> None:
    other = TrackFactory(release=track.release)
    reserve_no_ai(by=artist, of=other)
    lift(artist, artist)
    assert [is_reserved(one) for one in (track, other)] == [False, True]


def test_on_again_for_everything_ends_every_lift(track, artist, prove) -> None:
    lift(artist, track)
    say_yes(artist, track, TRAIN)
    prove()
    event = reserve_no_ai(by=artist, of=artist)
    assert reserve_no_ai(by=artist, of=artist) == event
    assert is_reserved(track)
    assert now_of(track, TRAIN).reason == "no_ai"


def test_backdated_it_counts_from_now_on_all_the_same(track, artist) -> None:
    lift(artist, track)
    reserve_no_ai(by=artist, of=track, effective_from=timezone.now() - timedelta(days=9))
    assert is_reserved(track)
    assert ConsentEvent.objects.filter(status="reserved").count() == 2


def test_who_may(track, artist, officer, label_staff) -> None:
    with pytest.raises(errors.NoAuthority):
        reserve_no_ai(by=ArtistFactory(), of=track)
    with pytest.raises(errors.NoAuthority):
        lift(officer, track)
    with pytest.raises(errors.AuthorityMissing):
        lift(label_staff, track)
    with pytest.raises(errors.TermsNotInForce):
        lift(artist, track, terms_version="1999")
    lift(label_staff, track, how=How(authority="contract 7"))
    reserve_no_ai(by=officer, of=track)
    assert is_reserved(track)
