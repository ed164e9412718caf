"""Saying yes and no: what is written, what is refused, what happens to all that it reaches."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from apps.audit.models import Event, Leaf
from apps.consent import errors
from apps.consent.choices import Choice, object_to_use, record_choices, revoke_all
from apps.consent.models import ConsentEvent, ConsentState, Evidence
from apps.consent.reservations import reserve_no_ai
from apps.consent.writing import How
from tests.consent.saying import SUGGEST, TERMS, TRAIN, lift, now_of, say_no, say_yes, take_back
from tests.factories import ArtistFactory, TrackFactory

pytestmark = pytest.mark.django_db


def test_a_yes_counts_once_it_is_in_the_log_and_a_no_at_once(track, artist, prove) -> None:
    event = say_yes(artist, track)
    assert now_of(track).reason == "not_proven"
    assert ConsentState.objects.get().reason == "not_proven"
    prove()
    assert Leaf.objects.filter(uid=event.uid).exists()
    assert now_of(track).allowed
    assert ConsentState.objects.get().allowed
    take_back(artist, track)
    assert now_of(track).reason == "revoked"
    state = ConsentState.objects.get(jurisdiction="DE")
    assert (state.allowed, state.status) == (False, "revoked")
    assert state.revoked_at > state.captured_at


def test_what_is_written(track, artist) -> None:
    event = say_yes(artist, track, how=How(component="permissions page", evidence={"ip": "::1"}))
    event.refresh_from_db()
    assert (event.status, event.permission, event.basis) == (
        "granted",
        "recommendation.infer",
        "consent",
    )
    assert (event.policy_version, event.policy_epoch, event.jurisdiction) == (TERMS, 1, "DE")
    assert event.effective_to - event.effective_from == timedelta(days=730)
    assert str(artist.pk) not in event.payload
    assert artist.email not in event.payload
    assert "::1" not in event.payload
    assert Evidence.objects.get(event=event).data["ip"] == "::1"
    told = Event.objects.get(kind="consent.granted")
    assert told.data["event"] == str(event.uid)


def test_a_yes_for_the_account_reaches_all_and_a_no_for_one_track_stays(
    track, artist, prove
) -> None:
    other = TrackFactory(release__owner=artist, answers={"label_licensed": False})
    say_no(artist, other)
    say_yes(artist, artist)
    prove()
    assert now_of(track).allowed
    assert now_of(other).reason == "denied"
    take_back(artist, artist)
    assert not now_of(track).allowed
    say_yes(artist, track.release)
    prove()
    assert now_of(track).allowed


def test_nothing_generative_while_no_ai_is_on(track, artist, prove) -> None:
    with pytest.raises(errors.NoAIOn):
        say_yes(artist, track, TRAIN)
    lift(artist, track)
    assert now_of(track, TRAIN).reason == "no_ai"
    prove()
    assert now_of(track, TRAIN).reason == "not_granted"
    say_yes(artist, track, TRAIN)
    prove()
    assert now_of(track, TRAIN).allowed
    assert not now_of(track, TRAIN, "FR").allowed
    reserve_no_ai(by=artist, of=artist)
    assert now_of(track, TRAIN).reason == "no_ai"
    lift(artist, track)
    prove()
    assert now_of(track, TRAIN).reason == "before_lift"


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"use": ("generativ_music", "train")}, errors.UnknownUse),
        ({"use": ("search", "share")}, errors.UnknownUse),
        ({"use": ("rights_check", "infer")}, errors.NoChoice),
        ({"use": TRAIN}, errors.NoAIOn),
        ({"jurisdiction": ""}, errors.JurisdictionMissing),
        ({"jurisdiction": "Germany"}, errors.UnknownJurisdiction),
        ({"exclude": ("XX",)}, errors.UnknownJurisdiction),
        ({"terms_version": "2025-01-01"}, errors.TermsNotInForce),
        ({"terms_version": ""}, errors.TermsNotInForce),
        ({"language": "tlh"}, errors.UnknownValue),
        ({"layer": "artwork"}, errors.UnknownValue),
        ({"how": How(method="telepathy")}, errors.UnknownValue),
        ({"effective_from": timezone.now() - timedelta(days=1)}, errors.BackdatedGrant),
        ({"effective_from": timezone.now() + timedelta(days=999)}, errors.NotYet),
    ],
)
def test_what_is_refused_leaves_nothing_behind(track, artist, change, error) -> None:
    before = Event.objects.count()
    with pytest.raises(error) as refused:
        say_yes(artist, track, **change)
    assert str(refused.value).endswith(".")
    assert not ConsentEvent.objects.exists()
    assert not ConsentState.objects.exists()
    assert Event.objects.count() == before


def test_who_may_speak(track, artist, officer, label_staff, prove) -> None:
    stranger = ArtistFactory()
    for verb in (say_yes, say_no, take_back):
        with pytest.raises(errors.NoAuthority):
            verb(stranger, track)
    with pytest.raises(errors.AuthorityMissing):
        say_yes(label_staff, track)
    with pytest.raises(errors.NoAuthority):
        say_yes(officer, track)
    with pytest.raises(errors.NoAuthority):
        say_yes(label_staff, artist, how=How(authority="contract 7"))
    event = say_yes(label_staff, track, how=How(authority="contract 7"))
    assert event.authority_sha256
    assert event.subject_ref != event.grantor_ref
    prove()
    assert now_of(track).allowed
    take_back(officer, track)
    assert now_of(track).reason in ("denied", "revoked")
    say_yes(artist, track)
    prove()
    assert now_of(track).allowed


def test_music_of_a_label_trains_nothing(track, artist, label_staff) -> None:
    lift(artist, track)
    with pytest.raises(errors.LabelLicensed):
        say_yes(artist, track, TRAIN)
    with pytest.raises(errors.LabelLicensed):
        say_yes(label_staff, track.release, TRAIN, how=How(authority="contract 7"))


def test_a_no_keeps_what_was_shown_and_counts_everywhere(track, artist, prove) -> None:
    say_yes(artist, track, country="FR")
    prove()
    event = say_no(artist, track, country="DE")
    assert (event.jurisdiction, event.policy_version) == ("DE", TERMS)
    assert not now_of(track, country="FR").allowed
    old = say_no(artist, track, ("metadata_tagging", "infer"), terms_version="1999")
    assert old.policy_version == ""
    with pytest.raises(errors.UnknownJurisdiction):
        say_no(artist, track, ("metadata_tagging", "train"), country="Germany")


def test_bundled_yeses_are_refused(track, artist) -> None:
    lift(artist, track)
    both = [Choice(*TRAIN, granted=True), Choice(*SUGGEST, granted=True)]
    with pytest.raises(errors.BundledGrants):
        record_choices(by=artist, of=track, choices=both, jurisdiction="DE", terms_version=TERMS)
    assert not ConsentEvent.objects.filter(status="granted").exists()
    mixed = [Choice(*TRAIN, granted=True), Choice(*SUGGEST, granted=False)]
    made = record_choices(
        by=artist, of=track, choices=mixed, jurisdiction="DE", terms_version=TERMS
    )
    assert [one.status for one in made] == ["granted", "denied"]


def test_a_form_sent_twice_is_one_event(track, artist) -> None:
    how = How(submission_key="k1")
    assert say_yes(artist, track, how=how) == say_yes(artist, track, how=how)
    with pytest.raises(errors.SubmissionChanged):
        say_no(artist, track, how=how)
    first = take_back(artist, track)
    assert take_back(artist, track) == first
    assert ConsentEvent.objects.count() == 2


def test_a_no_may_be_backdated_and_counts_from_now_on_all_the_same(track, artist, prove) -> None:
    say_yes(artist, track)
    prove()
    long_ago = timezone.now() - timedelta(days=30)
    last = take_back(artist, track, effective_from=long_ago)
    assert now_of(track).reason == "revoked"
    assert [one.effective_from == long_ago for one in ConsentEvent.objects.all()[1:]] == [
        True,
        False,
    ]
    assert last.effective_from > long_ago


def test_objecting_is_for_our_own_interest_only(track, artist) -> None:
    assert now_of(track, ("analytics", "infer")).allowed
    object_to_use(by=artist, of=track, use_case="analytics", verb="infer")
    assert now_of(track, ("analytics", "infer")).reason == "objected"
    with pytest.raises(errors.CannotObject):
        object_to_use(by=artist, of=track, use_case="recommendation", verb="infer")


def test_all_taken_back_at_once(track, artist, prove) -> None:
    say_yes(artist, artist)
    say_yes(artist, track, ("metadata_tagging", "infer"))
    prove()
    assert len(revoke_all(by=artist, of=artist)) == 2
    assert not now_of(track).allowed
    assert not now_of(track, ("metadata_tagging", "infer")).allowed


def test_the_database_refuses_what_the_verbs_refuse(track, artist) -> None:
    made = say_yes(artist, track)
    values = {
        field.attname: getattr(made, field.attname)
        for field in ConsentEvent._meta.fields
        if field.name not in ("id", "uid")
    }
    for change in (
        {"effective_from": made.recorded_at - timedelta(minutes=6)},
        {"effective_from": made.recorded_at + timedelta(minutes=6)},
        {"jurisdiction": ""},
        {"policy_version": ""},
        {"notice_sha256": ""},
        {"policy_epoch": 0},
        {"use_case": ""},
        {"status": "maybe"},
        {"grantor_role": "registry"},
        {"grantor_role": "staff"},
        {"grantor_role": "label"},
        {"scope_type": "galaxy"},
        {"effective_to": made.effective_from - timedelta(days=1)},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            ConsentEvent.objects.create(**{**values, **change})
    for attack in (
        lambda: ConsentEvent.objects.update(status="granted"),
        lambda: Evidence.objects.all().delete() and ConsentEvent.objects.all().delete(),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            attack()
