"""tus 1.0.0 over HTTP: bytes arriving. The cases carry the names of tusd's own tests."""

import hashlib
import io
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps.catalogue import upload_bytes
from apps.catalogue.models import AudioFile, Track, Upload, originals
from apps.catalogue.upload_bytes import folder_of, hold
from tests.factories import ArtistFactory
from tests.portal.tus import BODY, SOUND, TUS, b64, begin, patch, stored

pytestmark = pytest.mark.django_db


@pytest.fixture
def url(browser, release) -> str:
    return begin(browser, release)["Location"]


class TestHead:
    def test_status(self, browser, url):
        patch(browser, url, SOUND[:700])
        answer = browser.head(url, headers=TUS)
        assert answer.status_code == 200
        assert (answer["Upload-Offset"], answer["Upload-Length"]) == ("700", "2048")
        assert "no-store" in answer["Cache-Control"]

    def test_upload_not_found_fail(self, browser):
        nowhere = reverse("upload", args=["00000000-0000-4000-8000-000000000000"])
        assert browser.head(nowhere, headers=TUS).status_code == 404

    def test_upload_of_somebody_else(self, url):
        other = Client()
        other.force_login(ArtistFactory())
        assert other.head(url, headers=TUS).status_code == 404
        assert patch(other, url, SOUND).status_code == 404
        assert other.delete(url, headers=TUS).status_code == 404

    def test_expired(self, browser, url):
        Upload.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
        assert browser.head(url, headers=TUS).status_code == 410
        assert patch(browser, url, SOUND).json()["code"] == "upload_expired"

    def test_the_disk_is_the_truth_after_a_crash(self, browser, url):
        """Bytes that were stored by a process that died before it could write its row."""
        with hold(Upload.objects.get().pk) as part:
            part.path.write_bytes(SOUND[:900])
        assert browser.head(url, headers=TUS)["Upload-Offset"] == "900"
        assert patch(browser, url, SOUND[900:], offset=900).status_code == 204
        assert stored() == SOUND

    def test_bytes_that_were_lost_are_asked_for_again(self, browser, url):
        patch(browser, url, SOUND[:900])
        (folder_of(Upload.objects.get().pk) / "part").unlink()
        assert browser.head(url, headers=TUS)["Upload-Offset"] == "0"


class TestPatch:
    def test_upload_chunk(self, browser, url):
        answer = patch(browser, url, SOUND[:1000])
        assert (answer.status_code, answer["Upload-Offset"]) == (204, "1000")
        assert answer.content == b""
        assert patch(browser, url, SOUND[1000:], offset=1000)["Upload-Offset"] == "2048"
        assert stored() == SOUND
        assert AudioFile.objects.get().pk == Upload.objects.get().pk
        assert Track.objects.get().title == "rain"

    def test_missmatching_offset_fail(self, browser, url):
        patch(browser, url, SOUND[:5])
        answer = patch(browser, url, SOUND[4:], offset=4)
        assert (answer.status_code, answer.json()["code"]) == (409, "offset_mismatch")
        assert Upload.objects.get().offset == 5

    def test_exceeding_max_size_fail(self, browser, url):
        answer = patch(browser, url, SOUND + b"!")
        assert (answer.status_code, answer.json()["code"]) == (413, "longer_than_announced")
        assert Upload.objects.get().offset == 0

    def test_upload_chunk_to_finished(self, browser, url):
        patch(browser, url, SOUND)
        assert patch(browser, url, b"", offset=2048).status_code == 204
        assert patch(browser, url, SOUND).status_code == 409
        assert AudioFile.objects.count() == 1

    def test_upload_not_found_fail(self, browser):
        nowhere = reverse("upload", args=["00000000-0000-4000-8000-000000000000"])
        assert patch(browser, nowhere, SOUND).status_code == 404

    @pytest.mark.parametrize("offset", ["-5", "x", ""])
    def test_invalid_offset_fail(self, browser, url, offset):
        assert patch(browser, url, SOUND, offset=offset).status_code == 400

    def test_invalid_content_type_fail(self, browser, url):
        answer = browser.patch(url, SOUND, content_type="audio/wav", headers=TUS)
        assert (answer.status_code, answer.json()["code"]) == (415, "wrong_content_type")

    def test_without_content_length(self, browser, url):
        answer = browser.generic(
            "PATCH",
            url,
            b"",
            headers={**TUS, "Upload-Offset": "0"},
            CONTENT_TYPE=BODY,
            CONTENT_LENGTH="",
        )
        assert answer.status_code == 411

    def test_body_read_error(self, browser, url):
        """The line breaks after 700 of 2048 bytes: what arrived is kept."""
        answer = self.cut_off(browser, url, SOUND[:700])
        assert answer["Upload-Offset"] == "700"
        assert Upload.objects.get().offset == 700
        assert patch(browser, url, SOUND[700:], offset=700).status_code == 204
        assert stored() == SOUND

    def test_cut_at_every_place(self, browser, url):
        for offset in range(0, 2048, 64):
            assert (
                self.cut_off(browser, url, SOUND[offset : offset + 64], offset).status_code == 204
            )
        assert stored() == SOUND

    def test_disk_full_in_the_middle(self, browser, url, monkeypatch):
        def no_room(file, block):
            raise upload_bytes.StorageFull

        monkeypatch.setattr(upload_bytes, "_write_all", no_room)
        answer = patch(browser, url, SOUND)
        assert (answer.status_code, answer.json()["code"]) == (507, "storage_full")

    def test_locker(self, browser, url, monkeypatch):
        monkeypatch.setattr(upload_bytes, "LOCK_WAIT_S", 0.2)
        with hold(Upload.objects.get().pk):
            answer = patch(browser, url, SOUND)
            assert (answer.status_code, answer.json()["code"]) == (423, "upload_busy")
            assert browser.head(url, headers=TUS).status_code == 423
        assert patch(browser, url, SOUND).status_code == 204

    def test_request_unlock(self, browser, url):
        """A request that waits asks the holder to let go; the holder keeps what it has."""
        upload = Upload.objects.get()

        def arrives_while_another_waits():
            yield SOUND[:1000]
            (folder_of(upload.pk) / "wanted").touch()
            yield SOUND[1000:1500]
            raise AssertionError("the holder went on reading")

        answer = self.stream(browser, url, arrives_while_another_waits(), 2048)
        assert (answer.status_code, answer.json()["code"]) == (423, "upload_busy")
        assert browser.head(url, headers=TUS)["Upload-Offset"] == "1500"

    def test_method_override(self, browser, url):
        answer = browser.post(
            url,
            SOUND,
            content_type=BODY,
            headers={**TUS, "Upload-Offset": "0", "X-HTTP-Method-Override": "PATCH"},
        )
        assert (answer.status_code, answer["Upload-Offset"]) == (204, "2048")

    def cut_off(self, client, url, data, offset=0):
        def line():
            yield data
            raise ConnectionResetError

        return self.stream(client, url, line(), len(SOUND) - offset, offset)

    def stream(self, client, url, blocks, size, offset=0):
        class Line(io.RawIOBase):
            def read(self, size: int = -1) -> bytes:
                return next(blocks, b"")

        return client.generic(
            "PATCH",
            url,
            b"",
            headers={**TUS, "Upload-Offset": str(offset)},
            CONTENT_TYPE=BODY,
            CONTENT_LENGTH=str(size),
            **{"wsgi.input": Line()},
        )


class TestVersion:
    @pytest.mark.parametrize("version", ["", "0.2.0", "2.0.0"])
    def test_unsupported_version(self, browser, url, version):
        answer = browser.head(url, headers={"Tus-Resumable": version})
        assert answer.status_code == 412
        assert answer["Tus-Version"] == "1.0.0"

    def test_get_is_no_download(self, browser, url):
        assert browser.get(url, headers=TUS).status_code == 405


class TestChecksum:
    @pytest.mark.parametrize("algorithm", ["sha1", "sha256"])
    def test_right(self, browser, url, algorithm):
        digest = hashlib.new(algorithm, SOUND[:99]).digest()
        answer = patch(
            browser, url, SOUND[:99], **{"Upload-Checksum": f"{algorithm} {b64(digest)}"}
        )
        assert (answer.status_code, answer["Upload-Offset"]) == (204, "99")

    def test_wrong(self, browser, url):
        patch(browser, url, SOUND[:10])
        digest = hashlib.sha256(b"something else").digest()
        checksum = {"Upload-Checksum": f"sha256 {b64(digest)}"}
        answer = patch(browser, url, SOUND[10:], offset=10, **checksum)
        assert (answer.status_code, answer.json()["code"]) == (460, "checksum_mismatch")
        assert browser.head(url, headers=TUS)["Upload-Offset"] == "10"
        assert not AudioFile.objects.exists()

    @pytest.mark.parametrize("value", ["md5 AAAA", "sha1", "sha1 ???", "sha256 AAAA", ""])
    def test_unknown(self, browser, url, value):
        answer = patch(browser, url, SOUND, **{"Upload-Checksum": value})
        assert (answer.status_code, answer.json()["code"]) == (400, "bad_checksum")


class TestTerminate:
    def test_termination(self, browser, url):
        patch(browser, url, SOUND[:100])
        folder = folder_of(Upload.objects.get().pk)
        assert browser.delete(url, headers=TUS).status_code == 204
        assert not Upload.objects.exists()
        assert not folder.exists()
        assert browser.head(url, headers=TUS).status_code == 404

    def test_what_is_finished_stays(self, browser, url):
        patch(browser, url, SOUND)
        assert browser.delete(url, headers=TUS).status_code == 204
        audio = AudioFile.objects.get()
        assert originals().exists(audio.file.name)
