"""What the clock does for enrolled voices: what fails keeps nothing else from being done."""

from datetime import timedelta

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.utils import timezone

from apps.pipeline import voice_work
from apps.pipeline.sweep import sweep
from apps.registry.enrolled import ending
from apps.registry.enrolled.ending import expire_due
from apps.registry.enrolled.stems import add_stem
from apps.registry.enrolled.tidying import LeftUndone, try_each
from apps.registry.models import VoiceEnrolment, Voiceprint, VoiceStem
from tests.registry.enrolling import consented, enrolled, somebody

pytestmark = pytest.mark.django_db


def breaks(*_args, **_kwargs) -> int:
    raise OSError("the disk is full")


def over_in(row: VoiceEnrolment, days: int) -> None:
    VoiceEnrolment.objects.filter(pk=row.pk).update(
        expires_at=timezone.now() + timedelta(days=days)
    )


@pytest.fixture
def waiting(listener):
    """A voice that is due for deletion, one due for a reminder, and stems nobody listened to."""
    due, soon = enrolled(listener), enrolled(listener, "Bo", seed=2)
    over_in(due, -1)
    over_in(soon, 5)
    soon.person.contact_email = "bo@example.org"
    soon.person.save()
    draft = consented(somebody("Cy"))
    add_stem(enrolment=draft, by=None, data=b"sound", name="a.wav", song="One", kind="singing")
    VoiceStem.objects.update(created_at=timezone.now() - timedelta(days=2))
    return due, soon


def left() -> tuple[int, int, int]:
    """Voices, waiting stems, mails."""
    return Voiceprint.objects.count(), VoiceStem.objects.count(), len(mail.outbox)


def test_everything_is_done_when_nothing_fails(waiting):
    assert voice_work.tidy_voices() == 3
    assert left() == (1, 0, 1)


@pytest.mark.parametrize(
    ("part", "named", "after"),
    [
        ("expire_due", "voices", (2, 0, 1)),
        ("_drop_old_stems", "stems", (1, 1, 1)),
        ("remind", "reminders", (1, 0, 0)),
    ],
)
def test_a_part_that_fails_stops_no_other_and_is_told(
    waiting, monkeypatch, caplog, part, named, after
):
    with monkeypatch.context() as broken:
        broken.setattr(voice_work, part, breaks)
        with pytest.raises(LeftUndone, match=f"^{named}$"):
            voice_work.tidy_voices()
    assert left() == after
    assert "the disk is full" in caplog.text
    voice_work.tidy_voices()  # the next sweep does what was left undone
    assert left() == (1, 0, 1)


def test_one_voice_that_cannot_be_deleted_keeps_no_other(listener, monkeypatch):
    rows = [enrolled(listener, name, seed) for seed, name in ((1, "Ada"), (2, "Bo"))]
    for row in rows:
        over_in(row, -1)
    real = ending._destroy
    monkeypatch.setattr(
        ending, "_destroy", lambda row: breaks() if row.pk == rows[0].pk else real(row)
    )
    with pytest.raises(LeftUndone, match=str(rows[0].pk)):
        expire_due()
    assert [one.enrolment_id for one in Voiceprint.objects.all()] == [rows[0].pk]


def test_the_sweep_goes_on_and_its_command_ends_with_status_1(monkeypatch, capsys):
    monkeypatch.setattr(voice_work, "expire_due", breaks)
    done = sweep()
    assert done.pop("voices") == -1
    assert set(done.values()) == {0}
    with pytest.raises(CommandError, match="Not done: voices") as told:
        call_command("sweep", "--json")
    assert told.value.returncode == 1
    assert '"voices": -1' in capsys.readouterr().out


def test_many_failures_are_one_error_that_names_them_all():
    done = []
    with pytest.raises(LeftUndone, match=r"^first, third$"):
        try_each([("first", breaks), ("second", lambda: done.append(2) or 1), ("third", breaks)])
    assert done == [2]
