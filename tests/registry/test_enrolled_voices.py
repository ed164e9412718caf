"""What the checks are given of the register: whom, in which order, and what the audit keeps."""

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from apps.audit.models import Event
from apps.registry.enrolled.ending import suspend
from apps.registry.enrolled.errors import NotAllowed, VoiceRefusal, VoiceUnreadable
from apps.registry.enrolled.questions import ask_about_voice
from apps.registry.enrolled.steps import turn_register
from apps.registry.enrolled.voices import voices_for
from apps.registry.models import Alias, VoiceEnrolment, Voiceprint
from apps.registry.voice.contract import EnrolledVoice
from apps.screening.checks.base import Submission
from apps.screening.checks.voice_likeness import VoiceLikenessCheck
from apps.screening.run import run_check
from tests.factories import ArtistFactory, ComplianceOfficerFactory, ReviewerFactory
from tests.registry.enrolling import enrolled

pytestmark = pytest.mark.django_db
TRACK = uuid.UUID(int=7)


def names(voices: list[EnrolledVoice]) -> list[str]:
    return [voice.name for voice in voices]


@pytest.fixture
def three(listener):
    turn_register(on=True, by=ComplianceOfficerFactory())
    rows = [enrolled(listener, name, seed) for seed, name in enumerate(("Ada", "Bo", "Cy"), 1)]
    return [row.person for row in rows]


def test_whom_a_track_is_compared_with(three, listener):
    ada, bo, cy = three
    Alias.objects.create(person=cy, text="Señor Cy")
    register = voices_for(TRACK)
    assert register.is_on
    assert register.targets(people=[], names=[]) == []
    assert register.everyone() == []
    assert names(register.targets(people=[str(bo.pk), "no id"], names=["ADA", "nobody"])) == [
        "Bo",
        "Ada",
    ]
    assert names(register.targets(people=[], names=["senor  cy!"])) == ["Cy"]
    reviewer = ReviewerFactory()
    ask_about_voice(track_id=TRACK, person=bo, by=reviewer, reason="reviewer")
    ask_about_voice(track_id=TRACK, person=cy, by=reviewer, reason="complaint")
    found = register.targets(people=[str(ada.pk), str(bo.pk)], names=["Bo"])
    assert names(found) == ["Cy", "Bo", "Ada"]
    assert names(voices_for(None).targets(people=[], names=["Bo"])) == ["Bo"]
    enrolled(listener, "Di", seed=4)
    assert len(register.targets(people=[str(ada.pk)], names=["Di"])) == 3


def test_every_read_is_an_event_without_a_score(three):
    voices_for(TRACK).targets(people=[str(three[0].pk)], names=[])
    event = Event.objects.filter(kind="voice.compared").latest("id")
    assert event.data == {"person": str(three[0].pk), "track": str(TRACK)}


def test_everyone_only_where_somebody_asked(three):
    ask_about_voice(
        track_id=TRACK, person=None, sweep=True, by=ReviewerFactory(), reason="reviewer"
    )
    assert names(voices_for(TRACK).everyone()) == ["Ada", "Bo", "Cy"]
    assert voices_for(uuid.uuid4()).everyone() == []
    assert voices_for(None).everyone() == []


def test_clips_belong_to_their_segments(three):
    voice = voices_for(TRACK).targets(people=[str(three[0].pk)], names=[])[0]
    assert len(voice.clips) == len(voice.segments.vectors)
    assert all(voice.clips)


def test_only_active_voices_are_compared(three):
    ada, bo, cy = three
    ids = [str(person.pk) for person in three]
    suspend(enrolment=ada.voice_enrolments.get(), by=None, note="A dispute.")
    past = timezone.now() - timedelta(seconds=1)
    VoiceEnrolment.objects.filter(person=bo).update(expires_at=past)
    assert names(voices_for(TRACK).targets(people=ids, names=["Ada", "Bo"])) == ["Cy"]
    cy.is_active = False
    cy.save()
    assert voices_for(TRACK).targets(people=ids, names=[]) == []


def test_who_may_ask(three):
    for by, error in ((ArtistFactory(), NotAllowed), (ReviewerFactory(), VoiceRefusal)):
        with pytest.raises(error):
            ask_about_voice(track_id=TRACK, person=None, by=by, reason="reviewer")
    with pytest.raises(VoiceRefusal):
        ask_about_voice(track_id=TRACK, person=three[0], by=ReviewerFactory(), reason="whim")


def test_a_voice_that_cannot_be_read_holds_the_track(three, settings, listener):
    settings.VOICE_MASTER_KEY = "another master key, which is long enough"
    with pytest.raises(VoiceUnreadable):
        voices_for(TRACK).targets(people=[], names=["Ada"])
    handed = Submission(
        declaration={"artists": [{"name": "Ada"}]}, filename="a.wav", voices=voices_for(TRACK)
    )
    outcome = run_check(VoiceLikenessCheck(backend=lambda: listener), None, handed)
    assert outcome.status == "error"
    assert "VOICE_MASTER_KEY_FALLBACKS" in outcome.note
    assert Voiceprint.objects.count() == 3
