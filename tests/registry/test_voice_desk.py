"""The pages of enrolled voices: a whole enrolment in the browser's way, and who may do what."""

import io
import wave
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings as site
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps.audit.models import Event
from apps.pipeline import voice_work
from apps.registry.enrolled.stored import read_print
from apps.registry.models import (
    Alias,
    Person,
    VoiceClip,
    VoiceEnrolment,
    Voiceprint,
    VoiceState,
    VoiceStem,
)
from tests.factories import (
    AdministratorFactory,
    ArtistFactory,
    ComplianceOfficerFactory,
    ReviewerFactory,
    SeniorReviewerFactory,
)
from tests.registry.enrolling import challenge_of, enrolled, somebody, stems_of
from tests.voices import RATE

pytestmark = pytest.mark.django_db
STEPS = "admin:registry_voiceenrolment_"


def enter(person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def as_file(samples, name: str = "take.wav") -> io.BytesIO:
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setparams((1, 2, RATE, len(samples), "NONE", ""))
        file.writeframes((samples * 32767).astype("<i2").tobytes())
    buffer.seek(0)
    buffer.name = name
    return buffer


def private_files() -> list[Path]:
    return [path for path in (site.DATA_DIR / "files" / "voices").rglob("*") if path.is_file()]


class Desk:
    """What the officer clicks."""

    def __init__(self, client: Client, row: VoiceEnrolment) -> None:
        self.client, self.row = client, row

    def step(self, name: str, **data):
        return self.client.post(reverse(f"{STEPS}{name}", args=[self.row.pk]), data)

    def page(self) -> str:
        return self.client.get(reverse(f"{STEPS}change", args=[self.row.pk])).content.decode()

    def proofs(self) -> None:
        today = timezone.localdate().isoformat()
        said = {"provider": "Veri", "reference": "V-7", "checked_on": today}
        signed = {"text_version": "1", "signed_by": "Ada", "signed_at": "2026-11-01T10:00"}
        signed |= {"purpose": "Against imitations.", "retention_days": "365"}
        assert self.step("identity", **said).status_code == 302
        assert self.step("rights", reference="herself", is_adult="on").status_code == 302
        assert self.step("release", **signed).status_code == 302


@pytest.fixture
def desk():
    client = enter(ComplianceOfficerFactory())
    answer = client.post(reverse(f"{STEPS}start"), {"person": somebody().pk})
    assert answer.status_code == 302
    return Desk(client, VoiceEnrolment.objects.get())


@pytest.fixture
def in_worker(monkeypatch, listener):
    monkeypatch.setattr(voice_work, "chosen_backend", lambda: listener)


def send_everything(desk: Desk, stems, said) -> None:
    desk.proofs()
    assert desk.step("phrase").status_code == 302
    desk.row.refresh_from_db()
    assert desk.row.challenge_phrase in desk.page()
    assert desk.step("challenge", file=as_file(said.samples)).status_code == 302
    for stem in stems:
        sent = desk.step("stem", file=as_file(stem.samples), song=stem.song, kind=stem.kind)
        assert sent.status_code == 302


def test_an_enrolment_in_the_browser(desk, in_worker, django_capture_on_commit_callbacks):
    send_everything(desk, stems_of(1), challenge_of(1))
    assert len(private_files()) == 6
    assert not any(b"RIFF" in path.read_bytes() for path in private_files())
    assert desk.step("finish").status_code == 302
    assert "A worker listens" in desk.page()
    with django_capture_on_commit_callbacks(execute=True):
        voice_work.enrol_voice(str(desk.row.pk))
    desk.row.refresh_from_db()
    assert desk.row.state == VoiceState.ACTIVE, desk.row.trouble
    assert not VoiceStem.objects.exists()
    assert private_files() == []
    page = desk.page()
    voice = read_print(Voiceprint.objects.get(), {})
    assert f"{float(voice.segments.vectors[0].max()):.5f}" not in page
    assert "voice enrolled" in page
    assert "✓ Veri, V-7" in page
    assert desk.step("suspend", note="A dispute.").status_code == 302
    assert desk.step("resume").status_code == 302
    assert desk.step("renew", signed_by="Ada", note="By mail.").status_code == 302
    assert desk.step("withdraw", reason="She asked.").status_code == 400  # not ticked
    assert desk.step("withdraw", reason="She asked.", sure="on").status_code == 302
    assert not Voiceprint.objects.exists()
    assert "voiceprints: 1" in desk.page()
    assert desk.step("withdraw", reason="Again.", sure="on").status_code == 400


def test_stems_that_do_not_suffice_are_deleted_and_the_page_says_why(
    desk, in_worker, django_capture_on_commit_callbacks
):
    send_everything(desk, stems_of(1)[:2], challenge_of(1))
    desk.step("finish")
    with django_capture_on_commit_callbacks(execute=True):
        voice_work.enrol_voice(desk.row.pk)
    assert "5 vocal stems of 3 songs are needed" in desk.page()
    assert private_files() == []
    assert not Voiceprint.objects.exists()
    voice_work.enrol_voice(desk.row.pk)  # a second bell finds nothing to do


def test_a_worker_that_cannot_leaves_the_stems_for_the_next(desk, monkeypatch):
    send_everything(desk, stems_of(1)[:1], challenge_of(1))
    desk.step("finish")
    monkeypatch.setenv("VOICE_BACKEND", "none")
    voice_work.enrol_voice(desk.row.pk)
    assert "VOICE_BACKEND is none" in desk.page()
    assert VoiceStem.objects.count() == 2
    later = timezone.now() - timedelta(hours=1)
    VoiceEnrolment.objects.update(claimed_at=later, asked_at=later)
    assert list(voice_work.waiting()) == [desk.row]  # the sweep rings for it again
    assert voice_work.tidy_voices() == 0
    VoiceEnrolment.objects.update(attempts=3)
    voice_work.enrol_voice(desk.row.pk)
    assert "failed three times" in desk.page()
    assert not VoiceStem.objects.exists()


def test_forgotten_stems_go_after_a_day(desk):
    send_everything(desk, stems_of(1)[:1], challenge_of(1))
    assert voice_work.tidy_voices() == 0
    VoiceStem.objects.update(created_at=timezone.now() - timedelta(days=2))
    assert voice_work.tidy_voices() == 2
    assert not VoiceStem.objects.exists()


def test_refused_steps_say_why_and_keep_what_was_typed(desk):
    answer = desk.step("rights", reference="herself", is_adult="on")
    assert answer.status_code == 400
    assert "cannot become: rights verified" in answer.content.decode()
    answer = desk.step("identity", provider="Veri & <Co>", reference="", checked_on="x")
    assert answer.status_code == 400
    assert "Veri &amp; &lt;Co&gt;" in answer.content.decode()
    assert desk.step("identity", provider="a\0b", reference="x", checked_on="x").status_code == 400


@pytest.mark.parametrize(
    ("made_by", "sees", "hears"),
    [
        (ArtistFactory, 302, 302),
        (ReviewerFactory, 403, 200),
        (SeniorReviewerFactory, 403, 200),
        (ComplianceOfficerFactory, 200, 200),
        (AdministratorFactory, 200, 403),
    ],
)
def test_who_sees_and_who_hears(made_by, sees, hears, listener):
    row, person = enrolled(listener), made_by()
    client = enter(person)
    assert client.get(reverse(f"{STEPS}change", args=[row.pk])).status_code == sees
    assert client.get(reverse(f"{STEPS}changelist")).status_code == sees
    assert client.get(reverse("admin:registry_voiceregister_changelist")).status_code == sees
    clip = VoiceClip.objects.first()
    answer = client.get(reverse("admin:registry_voiceclip_sound", args=[clip.pk]))
    assert answer.status_code == hears
    heard = Event.objects.filter(kind="voice.heard")
    assert heard.count() == (hears == 200)
    if hears == 200:
        assert "private, no-store" in answer["Cache-Control"]
        with wave.open(io.BytesIO(answer.content)) as file:
            assert file.getframerate() == 16_000
            assert file.getnframes() == 25_600
        assert heard.get().actor == person
    if made_by is not ComplianceOfficerFactory:
        answer = client.post(reverse(f"{STEPS}suspend", args=[row.pk]), {"note": "x"})
        assert answer.status_code in (302, 403)
        row.refresh_from_db()
        assert row.state == VoiceState.ACTIVE


def test_a_clip_that_cannot_be_read_is_a_sentence(listener, settings):
    enrolled(listener)
    settings.VOICE_MASTER_KEY = "another master key, which is long enough"
    client = enter(ReviewerFactory())
    clip = VoiceClip.objects.first()
    answer = client.get(reverse("admin:registry_voiceclip_sound", args=[clip.pk]))
    assert answer.status_code == 503
    assert b"VOICE_MASTER_KEY" in answer.content
    assert not Event.objects.filter(kind="voice.heard").exists()


def test_the_switch_and_the_public_schedule():
    officer = enter(ComplianceOfficerFactory())
    public = reverse("voice_retention")
    assert "The register is off" in Client().get(public).content.decode()
    officer.post(reverse("admin:registry_voiceregister_switch"), {"on": "yes"})
    said = Client().get(public).content.decode()
    assert "The register is on" in said
    assert "365 days at most" in said
    assert (
        "Turn it off"
        in officer.get(reverse("admin:registry_voiceregister_changelist")).content.decode()
    )


def test_reminders_go_out_once_at_thirty_and_at_seven_days(listener):
    row = enrolled(listener)
    row.person.contact_email = "ada@example.org"
    row.person.save()

    def days_left(days: int) -> int:
        VoiceEnrolment.objects.update(expires_at=timezone.now() + timedelta(days=days))
        return voice_work.remind()

    assert [days_left(days) for days in (60, 29, 28, 6, 5)] == [0, 1, 0, 1, 0]
    assert len(mail.outbox) == 2
    assert mail.outbox[0].to == ["ada@example.org"]
    assert "Ada Lind" in mail.outbox[0].body
    assert VoiceEnrolment.objects.get().reminded_days == 7


def test_whom_an_enrolment_is_for_is_typed_and_the_list_stays_small():
    client = enter(ComplianceOfficerFactory())
    Person.objects.bulk_create(Person(name=f"Artist {n}") for n in range(3000))
    ada = somebody()
    Alias.objects.create(person=ada, text="Adda")
    Person.objects.create(name="Twin"), Person.objects.create(name="twin")
    begin = reverse(f"{STEPS}start")
    page = client.get(reverse(f"{STEPS}changelist"))
    assert len(page.content) < 60_000
    for text, says in (("Twin", "Several people"), ("Nobody", "No protected person"), ("", "")):
        answer = client.post(begin, {"person": text}, follow=True)
        assert says in answer.content.decode()
        assert not VoiceEnrolment.objects.exists()
    for text in ("ADDA", "ada lind", str(ada.pk)):
        client.post(begin, {"person": text})
        assert VoiceEnrolment.objects.get().person == ada
        VoiceEnrolment.objects.all().delete()
