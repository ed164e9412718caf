"""tus 1.0.0 over HTTP: what is offered, and how an upload begins, with or without bytes."""

import pytest
from django.test import Client
from django.urls import reverse

from apps.catalogue import upload_bytes
from apps.catalogue.models import Upload
from apps.catalogue.states import TrackState
from tests.factories import ArtistFactory, LabelStaffFactory, TrackFactory
from tests.portal.tus import BODY, SOUND, TUS, b64, begin, stored

pytestmark = pytest.mark.django_db


def test_options(browser, release):
    answer = browser.options(reverse("upload_begin", args=[release.pk]))
    assert answer.status_code == 204
    assert answer["Tus-Version"] == answer["Tus-Resumable"] == "1.0.0"
    assert answer["Tus-Max-Size"] == str(2 * 1024**3)
    assert answer["Tus-Checksum-Algorithm"] == "sha1,sha256"
    assert set(answer["Tus-Extension"].split(",")) == {
        "creation",
        "creation-with-upload",
        "expiration",
        "checksum",
        "termination",
    }


class TestPost:
    def test_create(self, browser, release):
        answer = begin(browser, release)
        upload = Upload.objects.get()
        assert answer.status_code == 201
        assert answer["Location"] == reverse("upload", args=[upload.pk])
        assert answer["Upload-Offset"] == "0"
        assert "Upload-Expires" in answer
        assert answer["Cache-Control"].find("no-store") >= 0
        assert (upload.owner, upload.release, upload.length) == (release.owner, release, 2048)
        assert upload.original_name == "01 rain.wav"

    def test_create_exceeding_max_size_fail(self, browser, release, settings):
        settings.MAX_AUDIO_BYTES = 1000
        answer = begin(browser, release, length=1001)
        assert answer.status_code == 413
        assert answer.json()["code"] == "file_too_large"
        assert "1000\xa0bytes" in answer.json()["text"]
        assert not Upload.objects.exists()

    def test_create_over_quota_fail(self, browser, release, settings):
        settings.UPLOADS_PER_DAY = 2
        assert [begin(browser, release).status_code for _ in range(3)] == [201, 201, 413]
        assert begin(browser, release).json()["code"] == "quota_reached"

    def test_create_on_a_full_disk_fail(self, browser, release, monkeypatch):
        monkeypatch.setattr(upload_bytes, "KEPT_FREE", 10**18)
        answer = begin(browser, release)
        assert answer.status_code == 507
        assert answer.json()["code"] == "storage_full"

    @pytest.mark.parametrize("length", ["-5", "", "1.5", "9" * 20, "٣"])
    def test_invalid_upload_length_fail(self, browser, release, length):
        answer = browser.post(
            reverse("upload_begin", args=[release.pk]),
            headers={**TUS, "Upload-Length": length.encode().decode("latin-1")},
        )
        assert answer.status_code == 400
        assert answer.json()["code"] == "bad_header"

    def test_empty_file_fail(self, browser, release):
        assert begin(browser, release, length=0).json()["code"] == "empty_file"

    def test_defer_length_is_not_offered(self, browser, release):
        answer = begin(browser, release, headers={"Upload-Defer-Length": "1"})
        assert (answer.status_code, answer.json()["code"]) == (400, "not_offered")

    @pytest.mark.parametrize("metadata", ["filename", "filename ???", "filename /w==", "=,,= ="])
    def test_invalid_metadata_never_breaks_anything(self, browser, release, metadata):
        answer = begin(browser, release, headers={"Upload-Metadata": metadata})
        assert answer.status_code in (201, 400)

    def test_the_name_is_data_and_never_a_path(self, browser, release):
        begin(browser, release, name="../../../etc/\u202epasswd.wav")
        assert Upload.objects.get().original_name == "passwd.wav"

    def test_release_of_somebody_else(self, release):
        other = Client()
        other.force_login(ArtistFactory())
        assert begin(other, release).status_code == 404

    def test_label_staff_may_not(self, release):
        staff = Client()
        staff.force_login(LabelStaffFactory())
        assert begin(staff, release).status_code == 403

    def test_signed_out(self, release):
        answer = begin(Client(), release)
        assert (answer.status_code, answer.json()["code"]) == (401, "signed_out")

    def test_without_csrf_token(self, release):
        strict = Client(enforce_csrf_checks=True)
        strict.force_login(release.owner)
        assert begin(strict, release).status_code == 403

    def test_into_a_track_that_is_being_checked(self, browser, release):
        track = TrackFactory(release=release, state=TrackState.SUBMITTED)
        metadata = f"filename {b64('a.wav')},track {b64(str(track.pk))}"
        answer = begin(browser, release, headers={"Upload-Metadata": metadata})
        assert (answer.status_code, answer.json()["code"]) == (409, "not_editable")

    @pytest.mark.parametrize("track", ["", "nonsense"])
    def test_into_a_track_of_somebody_else(self, browser, release, track):
        track = track or str(TrackFactory().pk)
        metadata = f"filename {b64('a.wav')},track {b64(track)}"
        assert begin(browser, release, headers={"Upload-Metadata": metadata}).status_code == 404


class TestCreationWithUpload:
    def send(self, client, release, data, **headers):
        return begin(
            client,
            release,
            data=data,
            content_type=BODY,
            headers=headers,
        )

    def test_create_with_upload(self, browser, release):
        answer = self.send(browser, release, SOUND[:100])
        assert (answer.status_code, answer["Upload-Offset"]) == (201, "100")

    def test_all_of_it_at_once(self, browser, release):
        assert self.send(browser, release, SOUND)["Upload-Offset"] == "2048"
        assert stored() == SOUND

    def test_more_than_announced(self, browser, release):
        assert self.send(browser, release, SOUND + b"!").status_code == 413

    def test_incorrect_content_type_is_no_upload(self, browser, release):
        answer = begin(browser, release, data=SOUND, content_type="text/plain")
        assert (answer.status_code, answer["Upload-Offset"]) == (201, "0")
