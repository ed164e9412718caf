"""Enrolled voices while two things happen at once: deletions, comparisons, listening workers."""

import threading
import uuid
from datetime import timedelta

import pytest
from django.db import connections
from django.utils import timezone

from apps.audit.models import Event
from apps.pipeline import sweep, voice_work
from apps.registry.enrolled.ending import expire_due, renew, withdraw
from apps.registry.enrolled.errors import ForbiddenVoiceMove
from apps.registry.enrolled.questions import ask_about_voice
from apps.registry.enrolled.steps import turn_register
from apps.registry.enrolled.stored import read_print
from apps.registry.enrolled.voices import voices_for
from apps.registry.models import VoiceClip, VoiceEnrolment, VoiceKey, Voiceprint, VoiceState
from apps.registry.voice.compare import compare
from apps.registry.voice.thresholds import load_calibration
from tests.factories import ComplianceOfficerFactory, ReviewerFactory
from tests.registry.enrolling import consented, enrolled, finish, somebody, stems_of

TRACK = uuid.UUID(int=9)


def at_once(*jobs) -> list[object]:
    """What each job returned or raised, all of them started together."""
    answers: list[object] = [None] * len(jobs)
    start = threading.Barrier(len(jobs))

    def run(number: int) -> None:
        start.wait(5)
        try:
            answers[number] = jobs[number]()
        except Exception as error:
            answers[number] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(n,)) for n in range(len(jobs))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return answers


def nothing_is_kept() -> bool:
    return not any(model.objects.exists() for model in (Voiceprint, VoiceClip, VoiceKey))


@pytest.mark.django_db(transaction=True)
def test_of_two_withdrawals_at_once_one_deletes_and_one_is_refused(listener):
    pk = enrolled(listener).pk
    take = VoiceEnrolment.objects.get
    answers = at_once(
        *(lambda: withdraw(enrolment=take(pk=pk), by=None, reason="Asked."),) * 2,
    )
    receipts = [one for one in answers if isinstance(one, dict)]
    refused = [one for one in answers if isinstance(one, ForbiddenVoiceMove)]
    assert (len(receipts), len(refused)) == (1, 1), answers
    assert receipts[0]["keys"] == 1
    assert Event.objects.filter(kind="voice.withdrawn").count() == 1
    assert nothing_is_kept()


@pytest.mark.django_db(transaction=True)
def test_renewed_while_it_expires_it_is_either_kept_whole_or_gone_whole(listener):
    pk = enrolled(listener).pk
    VoiceEnrolment.objects.update(expires_at=timezone.now() + timedelta(seconds=60))
    take, later = VoiceEnrolment.objects.get, timezone.now() + timedelta(seconds=120)
    renewed, _count = at_once(
        lambda: renew(enrolment=take(pk=pk), by=None, signed_by="Ada", note="By mail."),
        lambda: expire_due(later),
    )
    row = take(pk=pk)
    if renewed is None:
        assert row.state == VoiceState.ACTIVE
        assert Voiceprint.objects.count() == VoiceKey.objects.count() == 1
    else:
        assert row.state == VoiceState.EXPIRED
        assert nothing_is_kept()


@pytest.mark.django_db
def test_withdrawn_in_the_middle_of_a_comparison(listener):
    """What was handed out before is compared to its end in memory; nothing is handed out after."""
    turn_register(on=True, by=ComplianceOfficerFactory())
    row = enrolled(listener)
    [voice] = voices_for(TRACK).targets(people=[], names=["Ada Lind"])
    clip = VoiceClip.objects.get(pk=voice.clips[0])
    stored = row.voiceprints.select_related("key", "enrolment__person").get()
    withdraw(enrolment=row, by=None, reason="Asked.")
    query = listener.embed(stems_of(1)[0].samples)
    domain = load_calibration(listener.calibration).domains["singing"]
    assert compare(query, voice, domain, model=listener.id).similarity > 0.8
    assert voices_for(TRACK).targets(people=[voice.person], names=["Ada Lind"]) == []
    assert not VoiceClip.objects.filter(pk=clip.pk).exists()
    assert read_print(stored, {}).name == "Ada Lind"  # the key that is still in memory
    with pytest.raises(VoiceKey.DoesNotExist):
        stored.key.refresh_from_db()


@pytest.mark.django_db
def test_withdrawn_while_a_worker_listens_nothing_comes_back(listener, monkeypatch):
    row = consented(somebody())
    VoiceEnrolment.objects.filter(pk=row.pk).update(asked_at=timezone.now())

    def listen(claimed: VoiceEnrolment) -> None:
        withdraw(enrolment=VoiceEnrolment.objects.get(pk=row.pk), by=None, reason="Asked.")
        finish(claimed, listener)

    monkeypatch.setattr(voice_work, "_listen", listen)
    voice_work.enrol_voice(row.pk)
    row.refresh_from_db()
    assert row.state == VoiceState.WITHDRAWN
    assert nothing_is_kept()


@pytest.mark.django_db
def test_a_worker_that_comes_too_late_writes_no_trouble_on_an_active_voice(listener, monkeypatch):
    row = consented(somebody())
    VoiceEnrolment.objects.filter(pk=row.pk).update(asked_at=timezone.now())

    def listen(claimed: VoiceEnrolment) -> None:
        finish(VoiceEnrolment.objects.get(pk=row.pk), listener)  # another worker was faster
        finish(claimed, listener)

    monkeypatch.setattr(voice_work, "_listen", listen)
    voice_work.enrol_voice(row.pk)
    row.refresh_from_db()
    assert (row.state, row.trouble) == (VoiceState.ACTIVE, "")


@pytest.mark.django_db
def test_a_register_that_is_off_hands_out_nothing_and_reads_nothing(listener):
    row = enrolled(listener)
    ask_about_voice(
        track_id=TRACK, person=None, sweep=True, by=ReviewerFactory(), reason="reviewer"
    )
    before = Event.objects.filter(kind="voice.compared").count()
    register = voices_for(TRACK)
    assert register.targets(people=[str(row.person_id)], names=["Ada Lind"]) == []
    assert register.everyone() == []
    assert Event.objects.filter(kind="voice.compared").count() == before


@pytest.mark.django_db
def test_a_lost_bell_is_rung_again_as_often_as_messages_are_missing(monkeypatch):
    """The row is the truth: asked for an hour ago, nobody at it, and no message on its way."""
    rung: list[tuple[str, ...]] = []
    monkeypatch.setattr(sweep, "wake", lambda *bell: rung.append(bell))
    row = consented(somebody())
    VoiceEnrolment.objects.filter(pk=row.pk).update(asked_at=timezone.now() - timedelta(hours=1))
    monkeypatch.setattr(sweep, "messages_waiting", lambda: len(rung))
    assert [sweep.ring_again() for _time in range(3)] == [1, 0, 0]
    assert rung == [("pipeline.enrol_voice", str(row.pk))]


@pytest.mark.django_db
def test_no_traceback_or_log_line_shows_a_vector(listener):
    turn_register(on=True, by=ComplianceOfficerFactory())
    enrolled(listener)
    [voice] = voices_for(TRACK).targets(people=[], names=["Ada Lind"])
    digits = f"{float(voice.segments.vectors[0].max()):.4f}"  # with its point: ids have none
    for shown in (repr(voice), str(voice), f"{voice.segments!r}"):
        assert "array" not in shown.split("starts_s")[0]
        assert digits not in shown
