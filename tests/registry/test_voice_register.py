"""The life of an enrolled voice, from the first proof to the receipt of its deletion."""

import json
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from apps.audit.models import Event
from apps.registry.enrolled import steps
from apps.registry.enrolled.clips import read_clip
from apps.registry.enrolled.ending import expire_due, renew, resume, suspend, withdraw
from apps.registry.enrolled.errors import (
    ChallengeFailed,
    ForbiddenVoiceMove,
    MissingProof,
    NotAllowed,
    UnfitStems,
    VoiceRefusal,
    VoiceUnreadable,
)
from apps.registry.enrolled.sealing import rewrap_keys
from apps.registry.enrolled.states import MOVES
from apps.registry.enrolled.stored import read_print
from apps.registry.models import (
    VoiceClip,
    VoiceEnrolment,
    VoiceKey,
    Voiceprint,
    VoiceRegister,
    VoiceState,
)
from tests.factories import AdministratorFactory, ComplianceOfficerFactory, ReviewerFactory
from tests.registry import enrolling
from tests.registry.enrolling import consented, enrolled, finish, somebody, stems_of
from tests.voices import person, speech

pytestmark = pytest.mark.django_db
S = VoiceState


@pytest.fixture
def officer():
    return ComplianceOfficerFactory()


def test_a_whole_life(listener, officer):
    row = enrolled(listener, by=officer)
    assert row.state == S.ACTIVE
    assert (row.stems, row.songs, row.model) == (5, 3, listener.id)
    assert row.self_consistency > 0.8
    assert row.challenge_similarity > 0.73
    assert row.sung_s >= 60
    assert row.spoken_s >= 30
    assert timedelta(days=364) < row.expires_at - timezone.now() <= timedelta(days=365)
    voice = read_print(Voiceprint.objects.get(), {})
    assert voice.segments.vectors.shape == (VoiceClip.objects.count(), 256)
    assert read_clip(VoiceClip.objects.first())[:4] == b"RIFF"

    suspend(enrolment=row, by=officer, note="A dispute.")
    resume(enrolment=row, by=officer)
    receipt = withdraw(enrolment=row, by=officer, reason="She asked by mail.")
    assert receipt["voiceprints"] == 1
    assert receipt["keys"] == 1
    assert receipt["clips"] > 50
    for model in (Voiceprint, VoiceClip, VoiceKey):
        assert not model.objects.exists()
    assert (row.state, row.self_consistency) == (S.WITHDRAWN, None)
    assert row.text == enrolling.TEXT  # the consent stays as it was signed
    kinds = list(Event.objects.filter(subject_id=str(row.pk)).values_list("kind", flat=True))
    assert kinds == [
        *("voice.started", "voice.identity_verified", "voice.rights_verified"),
        *("voice.consented", "voice.challenge_issued", "voice.challenge_taken", "voice.active"),
        *("voice.suspended", "voice.active", "voice.withdrawn"),
    ]


def test_withdrawing_twice_is_refused_and_another_life_may_begin(listener):
    row = enrolled(listener)
    withdraw(enrolment=row, by=None, reason="Asked.")
    with pytest.raises(ForbiddenVoiceMove):
        withdraw(enrolment=row, by=None, reason="Asked again.")
    again = consented(row.person)
    finish(again, listener)
    assert again.state == S.ACTIVE


def test_one_open_enrolment_per_person():
    who = somebody()
    steps.start_enrolment(person=who, by=None)
    with pytest.raises(VoiceRefusal, match="Ada Lind has an enrolment already"):
        steps.start_enrolment(person=who, by=None)


def test_what_expires_is_deleted_and_what_is_renewed_is_not(listener):
    first, second = enrolled(listener), enrolled(listener, "Bo", seed=2)
    past = timezone.now() - timedelta(days=1)
    VoiceEnrolment.objects.filter(pk=first.pk).update(expires_at=past)
    renew(enrolment=second, by=None, signed_by="Bo", note="By mail.")
    assert expire_due() == 1
    assert expire_due() == 0
    first.refresh_from_db()
    assert first.state == S.EXPIRED
    assert first.receipt["voiceprints"] == 1
    assert list(Voiceprint.objects.values_list("enrolment", flat=True)) == [second.pk]
    with pytest.raises(ForbiddenVoiceMove):
        renew(enrolment=first, by=None, signed_by="Ada", note="By mail.")


def test_without_the_key_nothing_can_be_read(listener):
    first, second = enrolled(listener), enrolled(listener, "Bo", seed=2)
    print_of_first = first.voiceprints.get()
    other = second.voiceprints.get()
    print_of_first.key = other.key
    with pytest.raises(VoiceUnreadable, match="damaged"):
        read_print(print_of_first, {})
    clip = first.voiceclips.first()
    clip.segment += 1
    with pytest.raises(VoiceUnreadable):
        read_clip(clip)


def test_another_master_key_is_said_and_an_earlier_one_still_reads(listener, settings):
    row = enrolled(listener)
    stored = row.voiceprints.get
    earlier = settings.VOICE_MASTER_KEY
    settings.VOICE_MASTER_KEY = "another master key, which is long enough"
    with pytest.raises(VoiceUnreadable, match="VOICE_MASTER_KEY_FALLBACKS"):
        read_print(stored(), {})
    with pytest.raises(VoiceUnreadable):
        rewrap_keys()
    settings.VOICE_MASTER_KEY_FALLBACKS = [earlier]
    before = read_print(stored(), {})
    assert rewrap_keys() == 1
    assert rewrap_keys() == 0
    settings.VOICE_MASTER_KEY_FALLBACKS = []
    after = read_print(stored(), {})
    assert (before.segments.vectors == after.segments.vectors).all()
    settings.VOICE_MASTER_KEY = "too short"
    with pytest.raises(VoiceUnreadable, match="set VOICE_MASTER_KEY"):
        read_print(stored(), {})


def test_the_master_key_is_kept_for_its_owner_only(settings):
    kept = settings.DATA_DIR / "voice-master-key"
    assert kept.stat().st_mode & 0o777 == 0o600
    assert kept.read_text() == settings.VOICE_MASTER_KEY


def test_two_voices_that_cannot_be_told_apart_are_recorded_until_one_leaves(listener):
    first = enrolled(listener)
    second = enrolled(listener, "Same Voice", seed=1)
    assert [one["person"] for one in second.collisions] == [str(first.person_id)]
    assert second.collisions[0]["similarity"] > 0.9
    withdraw(enrolment=first, by=None, reason="Asked.")
    second.refresh_from_db()
    assert second.collisions == []


def _mixed(seed):
    return (*stems_of(seed)[:2], *stems_of(seed + 1)[2:])


@pytest.mark.parametrize(
    ("change", "error", "says"),
    [
        (lambda: {"stems": stems_of(1)[:4]}, UnfitStems, "these are 4 of 3"),
        (lambda: {"stems": (*stems_of(1)[:4], stems_of(1)[0])}, UnfitStems, "sent twice"),
        (
            lambda: {"stems": [enrolling.as_stem(s.samples, "One", s.kind) for s in stems_of(1)]},
            UnfitStems,
            "these are 5 of 1",
        ),
        (
            lambda: {
                "stems": [
                    enrolling.as_stem(s.samples[: 16_000 * 10], s.song, s.kind) for s in stems_of(1)
                ]
            },
            UnfitStems,
            "60 s of singing",
        ),
        (
            lambda: {
                "stems": [enrolling.as_stem(s.samples, s.song, "singing") for s in stems_of(1)]
            },
            UnfitStems,
            "or a note why",
        ),
        (lambda: {"stems": _mixed(1)}, UnfitStems, "heterogeneous"),
        (lambda: {"challenge": None}, ChallengeFailed, "is not there"),
        (lambda: {"challenge": enrolling.challenge_of(2)}, ChallengeFailed, "is not there"),
    ],
)
def test_stems_that_are_not_enough(listener, change, error, says):
    row = consented(somebody())
    with pytest.raises(error, match=says):
        finish(row, listener, **change())
    row.refresh_from_db()
    assert row.state == S.CONSENTED
    assert not Voiceprint.objects.exists()
    assert not VoiceKey.objects.exists()


def test_speech_may_be_waived_with_a_note(listener):
    row = consented(somebody())
    sung = [enrolling.as_stem(s.samples, s.song, "singing") for s in stems_of(1)]
    finish(row, listener, stems=sung, speech_waived="She is mute but for singing.")
    assert row.state == S.ACTIVE
    assert row.speech_waived


def test_somebody_else_says_the_phrase(listener):
    row = steps.start_enrolment(person=somebody(), by=None)
    for step in (enrolling.identity, enrolling.rights, enrolling.release):
        step(row)
    other = enrolling.as_stem(speech(person(2), 6, 5), "", "challenge")
    steps.issue_challenge(enrolment=row, by=None)
    steps.take_challenge(enrolment=row, by=None, recording_sha256=other.sha256)
    with pytest.raises(ChallengeFailed, match="not said by the voice"):
        finish(row, listener, challenge=other)


def test_a_phrase_is_good_for_ten_minutes():
    row = steps.start_enrolment(person=somebody(), by=None)
    for step in (enrolling.identity, enrolling.rights, enrolling.release):
        step(row)
    with pytest.raises(ChallengeFailed):
        steps.take_challenge(enrolment=row, by=None, recording_sha256="a" * 64)
    phrase = steps.issue_challenge(enrolment=row, by=None)
    assert len(phrase.split()) == 6
    late = timezone.now() - timedelta(seconds=1)
    VoiceEnrolment.objects.filter(pk=row.pk).update(challenge_until=late)
    with pytest.raises(ChallengeFailed, match="within 10 minutes"):
        steps.take_challenge(enrolment=row, by=None, recording_sha256="a" * 64)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"signed_by": " "}, "who signed"),
        ({"text": ""}, "the text of the release"),
        ({"purpose": ""}, "purpose"),
        ({"retention_days": 366}, "1 to 365"),
        ({"retention_days": 0}, "1 to 365"),
        ({"signed_at": timezone.now() + timedelta(days=1)}, "future"),
    ],
)
def test_a_release_that_lacks_something(change, says):
    row = steps.start_enrolment(person=somebody(), by=None)
    enrolling.identity(row)
    enrolling.rights(row)
    with pytest.raises(MissingProof, match=says):
        enrolling.release(row, **change)


def test_minors_are_not_enrolled():
    row = steps.start_enrolment(person=somebody(), by=None)
    enrolling.identity(row)
    with pytest.raises(MissingProof, match="adults"):
        steps.verify_rights(enrolment=row, by=None, reference="a parent", is_adult=False)


def test_only_compliance_officers_manage_voices():
    assert not steps.register().is_on
    for role in (ReviewerFactory, AdministratorFactory):
        with pytest.raises(NotAllowed):
            steps.turn_register(on=True, by=role())
        with pytest.raises(NotAllowed):
            steps.start_enrolment(person=somebody(), by=role())
    assert not VoiceRegister.objects.exists()
    steps.turn_register(on=True, by=ComplianceOfficerFactory())
    assert steps.register().is_on


@given(st.lists(st.sampled_from([*VoiceState]), max_size=12))
def test_no_way_to_active_leaves_a_proof_out(steps_taken):
    """Any walk along the table that reaches "active" went through every proof, in order."""
    proofs = [S.DRAFT, S.IDENTITY_VERIFIED, S.RIGHTS_VERIFIED, S.CONSENTED, S.ACTIVE]
    walk = [S.DRAFT]
    for step in steps_taken:
        if step in MOVES[walk[-1]]:
            walk.append(step)
    if S.ACTIVE in walk:
        assert walk[:5] == proofs
    ended = [n for n, state in enumerate(walk) if not MOVES[state]]
    assert ended in ([], [len(walk) - 1])


def test_the_database_refuses_an_active_voice_without_proof():
    row = steps.start_enrolment(person=somebody(), by=None)
    for state in (S.ACTIVE, S.SUSPENDED, S.WITHDRAWN, S.EXPIRED):
        with pytest.raises(IntegrityError), transaction.atomic():
            VoiceEnrolment.objects.filter(pk=row.pk).update(state=state)


def test_steps_out_of_order_are_refused(listener):
    row = steps.start_enrolment(person=somebody(), by=None)
    for step in (enrolling.rights, enrolling.release, enrolling.challenge):
        with pytest.raises(ForbiddenVoiceMove):
            step(row)
    with pytest.raises(ForbiddenVoiceMove):
        finish(row, listener)
    for step in (enrolling.identity, enrolling.rights, enrolling.release):
        step(row)
    with pytest.raises(MissingProof, match="challenge"):
        finish(row, listener)


def test_no_vector_leaves_by_repr_audit_or_dump(listener, capsys):
    row = enrolled(listener)
    stored = row.voiceprints.get()
    voice = read_print(stored, {})
    number = f"{float(voice.segments.vectors[0].max()):.6f}"[:6]
    told = json.dumps([event.data for event in Event.objects.all()])
    assert "similarity" not in told
    assert "vector" not in told
    call_command("dumpdata", "registry", "audit", "--natural-foreign")
    dumped = capsys.readouterr().out
    for text in (repr(stored), str(stored), repr(row), str(row), told, dumped):
        assert number not in text
    assert number not in repr(stems_of(1)[0])
