"""Permission for an envelope: the meet, its promises tried by Hypothesis, and real tracks."""

from dataclasses import replace
from itertools import pairwise

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from apps.catalogue.models import Track
from apps.consent import reasons
from apps.consent.envelope_answers import (
    answer_for,
    answer_of,
    answers_for,
    countries_allowing,
)
from apps.consent.envelopes_reading import all_envelopes, envelope_called
from apps.consent.meet import meet
from apps.consent.reading import told_of
from apps.consent.resolve import NOWHERE, Answer, Question, state
from apps.consent.vocabulary import vocabulary
from tests.consent.saying import TRAIN, lift, say_yes, take_back
from tests.consent.test_resolve import OWN, day, entry
from tests.factories import TrackFactory

GEN = envelope_called("generative_music", 1)
RIGHTS = envelope_called("rights_check", 1)

entries = st.builds(
    entry,
    st.sampled_from(["granted", "revoked", "denied", "unreserved", "reserved", "disputed"]),
    st.integers(0, 200),
    seq=st.integers(1, 99),
    layer=st.sampled_from(["all", "recording", "composition"]),
    jurisdiction=st.sampled_from(["DE", "FR"]),
    leaf=st.one_of(st.none(), st.integers(0, 99)),
)
answers = st.one_of(
    st.builds(Answer, st.just(False), st.sampled_from(list(reasons.REASONS)), entries),
    st.builds(Answer, st.just(True), st.sampled_from([reasons.YES, reasons.DEFAULT]), entries),
    st.builds(Answer, st.just(False), st.text(max_size=9)),
    st.builds(Answer, st.just(True), st.just(reasons.DEFAULT)),
)


@given(st.lists(answers, max_size=6))
def test_a_meet_allows_only_what_all_allow(found: list[Answer]) -> None:
    assert meet(found).allowed == (bool(found) and all(one.allowed for one in found))


@given(st.lists(answers, max_size=6), answers)
def test_one_more_never_allows_more(found: list[Answer], more: Answer) -> None:
    assert meet([*found, more]).allowed <= (meet(found).allowed if found else True)


@given(st.lists(answers, min_size=1, max_size=6), st.randoms())
def test_order_and_repetition_play_no_part(found: list[Answer], random) -> None:
    mixed = [*found, random.choice(found)]
    random.shuffle(mixed)
    first, second = meet(found), meet(mixed)
    assert (first.allowed, first.reason) == (second.allowed, second.reason)


@given(st.lists(answers, min_size=1, max_size=6), st.integers(1, 5))
def test_a_meet_of_meets_is_the_meet(found: list[Answer], cut: int) -> None:
    left, right = found[:cut], found[cut:]
    parts = [meet(part) for part in (left, right) if part]
    assert meet(parts).allowed == meet(found).allowed
    assert meet(parts).reason == meet(found).reason


def test_the_first_reason_of_the_list_is_named_and_an_unknown_one_before_all() -> None:
    found = [Answer(False, reason) for reason in reasons.REASONS]
    for first, second in pairwise(found):
        assert meet([second, first, Answer(True, reasons.YES)]) == first
    assert meet([*found, Answer(False, "never heard of")]).reason == "never heard of"


def test_nothing_is_a_no() -> None:
    assert not meet([]).allowed


@given(st.lists(entries, max_size=8), st.sampled_from(["DE", "FR", "", "IN", NOWHERE, "XX"]))
def test_an_answer_is_never_wider_than_any_part_of_it(said, place: str) -> None:
    """For every envelope, against `state` asked for each permission and layer alone."""
    track = Track()
    for one in all_envelopes():
        found = answer_of((track, said, OWN), one, place, day(300), day(300))
        for wanted in one.requires:
            for layer in one.rights_layers:
                question = Question(wanted, day(300), day(300), place, one.min_epoch, layer)
                assert found.allowed <= state(question, said, OWN).allowed
        if not one.admits(place) or place in ("", "XX"):
            assert not found.allowed


@given(st.lists(entries, max_size=8))
def test_more_required_or_a_higher_epoch_never_allows_more(said) -> None:
    told = (Track(), said, OWN)
    for one in all_envelopes():
        more = vocabulary().by_code("voice_synthesis.train")
        wider = answer_of(told, one, "DE", day(300), day(300)).allowed
        for stricter in (
            replace(one, requires=(*one.requires, more)),
            replace(one, min_epoch=one.min_epoch + 1),
            replace(one, rights_layers=("recording", "composition", "voice_likeness")),
            replace(one, jurisdictions_exclude=("DE",)),
        ):
            assert answer_of(told, stricter, "DE", day(300), day(300)).allowed <= wider


@pytest.mark.django_db
def test_a_track_from_nothing_to_yes_and_back(track, artist, prove) -> None:
    def asked(place: str = "DE") -> tuple[bool, str]:
        now = timezone.now()
        found = answer_for(track, GEN, place, now, now)
        return found.allowed, found.reason

    assert asked() == (False, reasons.NO_AI)
    lift(artist, track)
    prove()
    assert asked() == (False, reasons.NOT_GRANTED)
    say_yes(artist, track, TRAIN)
    assert asked() == (False, reasons.NOT_PROVEN)
    prove()
    assert asked() == (True, reasons.YES)
    assert asked("FR") == (False, reasons.JURISDICTION)
    assert asked("") == (False, reasons.JURISDICTION_MISSING)
    assert asked("XX") == (False, reasons.JURISDICTION)
    take_back(artist, track, TRAIN)
    assert asked() == (False, reasons.REVOKED)


@pytest.mark.django_db
def test_a_yes_for_one_layer_is_none_for_the_envelope(track, artist, prove) -> None:
    lift(artist, track)
    say_yes(artist, track, TRAIN, layer="recording")
    prove()
    now = timezone.now()
    assert not answer_for(track, GEN, "DE", now, now).allowed
    alone = replace(GEN, rights_layers=("recording",))
    assert answer_for(track, alone, "DE", now, now).allowed


@pytest.mark.django_db
def test_rights_are_checked_without_a_yes_but_not_for_a_holder_who_was_forgotten(track) -> None:
    now = timezone.now()
    assert answer_for(track, RIGHTS, "DE", now, now) == Answer(True, reasons.DEFAULT)
    track.release.owner.is_active = False
    track.release.owner.save()
    assert answer_for(track, RIGHTS, "DE", now, now).reason == reasons.UNKNOWN_METADATA


@pytest.mark.django_db
def test_many_tracks_and_where_each_is_allowed(track, artist, prove) -> None:
    other = TrackFactory(answers={"label_licensed": False})
    lift(artist, track)
    for place in ("DE", "FR"):
        say_yes(artist, track, TRAIN, place)
    prove()
    now = timezone.now()
    found = {
        one.pk: answer.allowed for one, answer in answers_for([track, other], GEN, "DE", now, now)
    }
    assert found == {track.pk: True, other.pk: False}
    told = list(told_of([track, other]))
    places = {track.pk: frozenset({"DE", "FR"}), other.pk: frozenset()}
    assert countries_allowing(told, GEN, now) == places
    everywhere = frozenset({"DE", "FR", NOWHERE})
    assert countries_allowing(told, RIGHTS, now) == {track.pk: everywhere, other.pk: everywhere}
