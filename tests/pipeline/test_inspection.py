"""The first look at an upload: ready, refused with a sentence, or tried again; answered once."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.db.models.functions import Now
from django.utils import timezone

from apps.audit.models import Event
from apps.catalogue.models import AudioFile
from apps.pipeline import inspection
from apps.pipeline.inspection import GIVEN_UP, LOOK_S, MAX_ATTEMPTS, inspect_audio, waiting
from apps.screening.sandbox import CannotStart
from tests.factories import AudioFileFactory
from tests.sounds import tune, write_wav

pytestmark = pytest.mark.django_db
S = AudioFile.State


def received(data: bytes, name: str = "river.wav", **fields: object) -> AudioFile:
    return AudioFileFactory(
        state=S.RECEIVED,
        original_name=name,
        file=ContentFile(data, name="original"),
        size_bytes=len(data),
        source={},
        duration_s=None,
        sha256="",
        inspected_at=None,
        **fields,
    )


def again(audio: AudioFile) -> AudioFile:
    """The same upload when the first look is long over."""
    old = Now() - timedelta(seconds=LOOK_S + 1)
    AudioFile.objects.filter(pk=audio.pk, state=S.RECEIVED).update(inspected_at=old)
    return AudioFile.objects.get(pk=audio.pk)


def test_a_good_file_is_ready_with_what_its_header_says(tmp_path: Path) -> None:
    audio = received(write_wav(tmp_path / "a.wav", tune(3.0)).read_bytes())
    inspect_audio(audio.pk)
    audio.refresh_from_db()
    assert (audio.state, audio.attempts) == (S.READY, 1)
    assert audio.duration_s == pytest.approx(3.0, abs=0.01)
    assert (audio.source["codec"], audio.source["sample_rate"]) == ("pcm_s16le", 44_100)
    assert Event.objects.get(kind="audio.ready").subject_id == str(audio.pk)


@pytest.mark.parametrize("data", [b"", b"RIFF", b"\x89PNG\r\n\x1a\n" + bytes(200), b"PK\3\4" * 99])
def test_what_is_no_audio_is_refused_with_a_sentence(data: bytes) -> None:
    audio = received(data)
    inspect_audio(audio.pk)
    audio.refresh_from_db()
    assert audio.state == S.REFUSED
    assert audio.error_code
    assert audio.error_text.endswith(".")
    assert Event.objects.get(kind="audio.refused").data["code"] == audio.error_code


def test_the_same_message_twice_changes_nothing(tmp_path: Path) -> None:
    audio = received(write_wav(tmp_path / "a.wav", tune(2.0)).read_bytes())
    inspect_audio(audio.pk)
    inspect_audio(str(audio.pk))
    assert Event.objects.filter(kind="audio.ready").count() == 1
    assert AudioFile.objects.get().attempts == 1


def test_while_one_worker_looks_no_other_does(tmp_path: Path) -> None:
    audio = received(write_wav(tmp_path / "a.wav", tune(2.0)).read_bytes())
    AudioFile.objects.update(inspected_at=timezone.now(), attempts=1)
    inspect_audio(audio.pk)
    assert AudioFile.objects.get().state == S.RECEIVED
    assert not waiting().exists()
    inspect_audio(again(audio).pk)
    assert AudioFile.objects.get().state == S.READY


def test_a_file_that_killed_its_reader_three_times_is_refused(tmp_path: Path) -> None:
    audio = received(write_wav(tmp_path / "a.wav", tune(2.0)).read_bytes(), attempts=MAX_ATTEMPTS)
    inspect_audio(audio.pk)
    audio.refresh_from_db()
    assert (audio.state, audio.error_code) == (S.REFUSED, "unreadable_audio")
    assert audio.error_text == GIVEN_UP


@pytest.mark.parametrize(
    ("error", "counted"),
    [(MemoryError(), 1), (ValueError("a bug"), 1), (OSError(28, "full"), 0), (CannotStart("x"), 0)],
)
def test_trouble_that_is_ours_is_not_counted_against_the_file(
    error: Exception, counted: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    audio = received(write_wav(tmp_path / "a.wav", tune(2.0)).read_bytes())

    def fail(*args: object, **kwargs: object) -> None:
        raise error

    with monkeypatch.context() as patch:
        patch.setattr(inspection, "probe_audio", fail)
        inspect_audio(audio.pk)
    audio.refresh_from_db()
    assert (audio.state, audio.attempts) == (S.RECEIVED, counted)
    inspect_audio(again(audio).pk)
    assert AudioFile.objects.get().state == S.READY


def test_an_original_that_is_gone_is_refused_in_the_end() -> None:
    audio = received(b"RIFF")
    audio.file.storage.delete(audio.file.name)
    for _ in range(MAX_ATTEMPTS + 1):
        inspect_audio(again(audio).pk)
    assert AudioFile.objects.get().state == S.REFUSED
