"""Uploads: from the last byte to a track, the plain form, and a server that dies in the middle."""

import os
import threading
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps.audit.models import Event
from apps.catalogue import upload_finish
from apps.catalogue.drafts import NotEditable, TooManyTracks
from apps.catalogue.models import AudioFile, Track, Upload, originals
from apps.catalogue.states import TrackState
from apps.catalogue.upload_bytes import folder_of, hold
from apps.catalogue.upload_errors import EmptyFile, OffsetMismatch, StorageFull
from apps.catalogue.uploads import (
    append_chunk,
    cancel_upload,
    create_upload,
    drop_expired_uploads,
    finish_upload,
    read_upload,
    receive_file,
)
from tests.factories import ArtistFactory, TrackFactory, short_wav

pytestmark = pytest.mark.django_db
SOUND = short_wav()
SIZE = len(SOUND)


def begun(release, *, length=None, name="02_river.wav", track=None) -> Upload:
    return create_upload(
        owner=release.owner,
        release=release,
        name=name,
        length=SIZE if length is None else length,
        track=track,
    )


def send(upload: Upload, data: bytes, offset: int = 0) -> Upload:
    reader = SimpleUploadedFile("part", data)
    return append_chunk(upload=upload, offset=offset, stream=reader, size=len(data))


def bytes_of(audio: AudioFile) -> bytes:
    with audio.file.open() as file:
        return file.read()


def leftovers(settings) -> list[str]:
    folder = Path(settings.UPLOAD_DIR)
    return sorted(path.name for path in folder.glob("*")) if folder.exists() else []


class TestFinish:
    def test_a_new_track_with_a_cleaned_title_behind_the_others(self, release, settings):
        TrackFactory(release=release)
        row = send(begun(release), SOUND)
        track = Track.objects.get(audio=row.audio)
        assert (track.title, track.position, track.state) == ("river", 2, TrackState.DRAFT)
        assert row.audio.state == AudioFile.State.RECEIVED
        assert bytes_of(row.audio) == SOUND
        assert leftovers(settings) == []

    def test_files_sent_together_keep_their_order_whatever_finishes_first(self, release):
        first = TrackFactory(release=release, title="already here")
        uploads = [begun(release, name=f"{n:02} song {n}.wav") for n in range(1, 6)]
        for number in (3, 1, 5, 4, 2):
            send(uploads[number - 1], SOUND)
        titles = [track.title for track in release.tracks.all()]
        assert titles == ["already here", *(f"song {n}" for n in range(1, 6))]
        assert first.position == 1
        assert [track.position for track in release.tracks.all()] == [1, 2, 3, 4, 5, 6]

    def test_the_stored_name_comes_from_the_id_alone(self, release):
        audio = send(begun(release, name="../../x.wav"), SOUND).audio
        assert audio.file.name == f"{audio.pk.hex[:2]}/{audio.pk.hex}"
        assert os.stat(audio.file.path).st_mode & 0o777 == 0o600

    def test_an_event_and_a_bell_for_the_worker(self, release, django_capture_on_commit_callbacks):
        with django_capture_on_commit_callbacks() as bells:
            audio = send(begun(release), SOUND).audio
        assert Event.objects.filter(kind="audio.received", subject_id=str(audio.pk)).count() == 1
        assert len(bells) == 1

    def test_another_file_for_a_track_keeps_the_track(self, release):
        track = TrackFactory(release=release, title="River", state=TrackState.CHANGES_ASKED)
        audio = send(begun(release, track=track), SOUND).audio
        track.refresh_from_db()
        assert (track.audio, track.title) == (audio, "River")
        assert Track.objects.count() == 1

    def test_twice_makes_one_file(self, release):
        upload = begun(release)
        audio = send(upload, SOUND).audio
        assert finish_upload(upload=upload) == finish_upload(upload=upload) == audio
        assert AudioFile.objects.count() == Track.objects.count() == 1

    def test_not_before_the_last_byte(self, release):
        upload = send(begun(release), SOUND[:50])
        with pytest.raises(OffsetMismatch):
            finish_upload(upload=upload)

    def test_a_track_submitted_in_the_meantime_keeps_its_file(self, release):
        track = TrackFactory(release=release)
        upload = begun(release, track=track)
        Track.objects.update(state=TrackState.SUBMITTED)
        with pytest.raises(NotEditable):
            send(upload, SOUND)
        Track.objects.update(state=TrackState.HELD)
        assert bytes_of(finish_upload(upload=upload)) == SOUND

    def test_cut_off_between_the_file_and_the_row(self, release, monkeypatch, settings):
        """The bytes had moved, the row was not yet written: asking for the offset finishes it."""

        def dies(*args, **kwargs):
            raise SystemExit

        upload = begun(release)
        with monkeypatch.context() as patch:
            patch.setattr(upload_finish, "_attach", dies)
            with pytest.raises(SystemExit):
                send(upload, SOUND)
        assert not AudioFile.objects.exists()
        row = read_upload(upload=upload)
        assert (row.offset, bytes_of(row.audio)) == (len(SOUND), SOUND)
        assert leftovers(settings) == []

    def test_cut_off_while_the_file_was_being_copied(self, release):
        upload = begun(release)
        originals().save(upload_finish.place_of(upload), SimpleUploadedFile("half", SOUND[:9]))
        assert bytes_of(send(upload, SOUND).audio) == SOUND


class TestCreate:
    def test_no_bytes(self, release):
        with pytest.raises(EmptyFile, match="empty"):
            begun(release, length=0)

    def test_a_hundred_tracks_counting_those_on_their_way(self, release, monkeypatch):
        monkeypatch.setattr("apps.catalogue.uploads.MAX_TRACKS", 2)
        TrackFactory(release=release)
        begun(release)
        with pytest.raises(TooManyTracks):
            begun(release)

    def test_a_disk_promised_to_others(self, release, monkeypatch):
        free = 3000
        monkeypatch.setattr("apps.catalogue.upload_bytes.KEPT_FREE", 0)
        monkeypatch.setattr(
            "shutil.disk_usage", lambda path: type("Disk", (), {"free": free})(), raising=True
        )
        begun(release, length=2000)
        with pytest.raises(StorageFull, match="our fault"):
            begun(release, length=1001)
        begun(release, length=1000)


class TestLettingGo:
    def test_cancel_leaves_nothing(self, release, settings):
        upload = send(begun(release), SOUND[:100])
        cancel_upload(upload=upload)
        assert not Upload.objects.exists()
        assert leftovers(settings) == []

    def test_expired(self, release, settings):
        gone, kept = send(begun(release), SOUND[:100]), begun(release)
        Upload.objects.filter(pk=gone.pk).update(expires_at=timezone.now() - timedelta(hours=1))
        assert drop_expired_uploads() == 1
        assert list(Upload.objects.all()) == [kept]
        assert Event.objects.filter(kind="upload.expired").count() == 1

    def test_one_that_is_being_written_is_left_alone(self, release, monkeypatch):
        monkeypatch.setattr("apps.catalogue.upload_bytes.LOCK_WAIT_S", 0.1)
        upload = begun(release)
        Upload.objects.update(expires_at=timezone.now() - timedelta(hours=1))
        with hold(upload.pk):
            assert drop_expired_uploads() == 0
        assert drop_expired_uploads() == 1

    def test_a_finished_one_stays_what_it_became(self, release):
        audio = send(begun(release), SOUND).audio
        Upload.objects.update(expires_at=timezone.now() - timedelta(hours=1))
        drop_expired_uploads()
        assert not Upload.objects.exists()
        assert bytes_of(audio) == SOUND

    def test_folders_without_a_row(self, release, settings):
        stray = begun(release)
        send(stray, SOUND[:10])
        Upload.objects.all().delete()
        incoming = Path(settings.UPLOAD_DIR) / "incoming-x"
        incoming.write_bytes(b"half a file")
        assert drop_expired_uploads() == 0
        assert len(leftovers(settings)) == 2  # too young to be given up
        for path in (folder_of(stray.pk), incoming):
            os.utime(path, (0, 0))
        drop_expired_uploads()
        assert leftovers(settings) == []


@pytest.mark.django_db(transaction=True)
def test_two_windows_finish_the_same_upload(release):
    upload = begun(release)
    with hold(upload.pk) as part:
        part.path.write_bytes(SOUND)
    made: list[AudioFile] = []

    def finish() -> None:
        from django.db import connection

        made.append(finish_upload(upload=upload))
        connection.close()

    threads = [threading.Thread(target=finish) for _ in range(4)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert len(made) == 4
    assert AudioFile.objects.count() == Track.objects.count() == 1


class TestPlainForm:
    def post(self, client, release, *files, **data):
        url = reverse("upload_plain", args=[release.pk])
        return client.post(url, {"files": list(files), **data})

    def told(self, answer) -> str:
        return " ".join(str(message) for message in answer.wsgi_request._messages)

    def test_several_files(self, browser, release, settings):
        answer = self.post(
            browser,
            release,
            SimpleUploadedFile("01 rain.wav", SOUND),
            SimpleUploadedFile("02 river.wav", SOUND * 2),
        )
        assert answer.status_code == 302
        assert [track.title for track in release.tracks.all()] == ["rain", "river"]
        assert bytes_of(release.tracks.last().audio) == SOUND * 2
        assert leftovers(settings) == []

    def test_one_bad_file_takes_no_other_down(self, browser, release, settings):
        settings.MAX_AUDIO_BYTES = len(SOUND)
        answer = self.post(
            browser,
            release,
            SimpleUploadedFile("big.wav", SOUND + b"!"),
            SimpleUploadedFile("empty.wav", b""),
            SimpleUploadedFile("good.wav", SOUND),
        )
        assert [track.title for track in release.tracks.all()] == ["good"]
        assert "big.wav: This file is larger" in self.told(answer)
        assert leftovers(settings) == []

    def test_another_file_for_a_track(self, browser, release):
        track = TrackFactory(release=release)
        self.post(browser, release, SimpleUploadedFile("b.wav", SOUND), track=str(track.pk))
        track.refresh_from_db()
        assert bytes_of(track.audio) == SOUND

    def test_nothing_chosen(self, browser, release):
        assert "Choose a file first." in self.told(self.post(browser, release))

    def test_a_quota_that_is_used_up(self, browser, release, settings):
        settings.UPLOADS_PER_DAY = 1
        files = [SimpleUploadedFile(f"{n}.wav", SOUND) for n in range(2)]
        assert "You can upload 1 file a day" in self.told(self.post(browser, release, *files))
        assert release.tracks.count() == 1
        assert leftovers(settings) == []

    def test_release_of_somebody_else(self, release, settings):
        other = Client()
        other.force_login(ArtistFactory())
        answer = self.post(other, release, SimpleUploadedFile("a.wav", SOUND))
        assert answer.status_code == 404
        assert leftovers(settings) == []

    def test_without_csrf_token(self, release, settings):
        strict = Client(enforce_csrf_checks=True)
        strict.force_login(release.owner)
        answer = self.post(strict, release, SimpleUploadedFile("a.wav", SOUND))
        assert answer.status_code == 403
        assert not Upload.objects.exists()

    def test_a_request_that_cannot_fit_is_refused_unread(self, browser, release, settings):
        settings.MAX_AUDIO_BYTES = 10
        answer = browser.post(
            reverse("upload_plain", args=[release.pk]),
            b"",
            content_type="multipart/form-data; boundary=x",
            CONTENT_TYPE="multipart/form-data; boundary=x",
            CONTENT_LENGTH=str(1024**3),
        )
        assert answer.status_code == 400

    def test_other_forms_take_no_large_files(self, browser, settings):
        """Log-in takes no file at all; without a limit anybody could fill the disk through it."""
        settings.MAX_PROOF_BYTES = 10
        answer = Client().post(
            reverse("account_login"),
            b"",
            content_type="multipart/form-data; boundary=x",
            CONTENT_TYPE="multipart/form-data; boundary=x",
            CONTENT_LENGTH=str(1024**3),
        )
        assert answer.status_code == 400


class TestStatus:
    def ask(self, client, upload):
        return client.get(reverse("upload_status", args=[upload.pk])).json()

    def test_every_state(self, browser, release):
        upload = begun(release)
        assert self.ask(browser, upload)["state"] == "uploading"
        audio = send(upload, SOUND).audio
        track = str(Track.objects.get().pk)
        told = self.ask(browser, upload)
        assert told == {"state": "received", "text": "uploaded, being read", "track": track}
        source = {"codec": "flac", "channels": 2, "bit_depth": 24, "sample_rate": 48000}
        AudioFile.objects.update(state="ready", duration_s=221.4, source=source)
        assert self.ask(browser, upload)["text"] == "3:41 · FLAC · stereo · 24-bit · 48 kHz"
        AudioFile.objects.update(state="refused", error_text="This is a picture.")
        told = self.ask(browser, upload)
        assert (told["state"], told["text"]) == ("refused", "This is a picture.")
        assert audio.pk == upload.pk

    def test_of_somebody_else(self, release):
        other = Client()
        other.force_login(ArtistFactory())
        answer = other.get(reverse("upload_status", args=[begun(release).pk]))
        assert answer.status_code == 404


def test_a_whole_file_that_lies_on_the_disk_already(release, settings, tmp_path):
    path = tmp_path / "anything"
    path.write_bytes(SOUND)
    audio = receive_file(owner=release.owner, release=release, name="a.wav", path=path)
    assert bytes_of(audio) == SOUND
    assert not path.exists()
