"""tus 1.0.0 over HTTP. The cases carry the names of tusd's own tests where there is one."""

import base64
import hashlib
import io
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps.catalogue import upload_bytes
from apps.catalogue.models import AudioFile, Track, Upload, originals
from apps.catalogue.states import TrackState
from apps.catalogue.upload_bytes import folder_of, hold
from tests.factories import ArtistFactory, LabelStaffFactory, ReleaseFactory, TrackFactory

pytestmark = pytest.mark.django_db
SOUND = bytes(range(256)) * 8  # 2048 bytes of nothing in particular
BODY = "application/offset+octet-stream"
TUS = {"Tus-Resumable": "1.0.0"}


@pytest.fixture
def release():
    return ReleaseFactory()


@pytest.fixture
def artist(release) -> Client:
    client = Client()
    client.force_login(release.owner)
    return client


def stored() -> bytes:
    with AudioFile.objects.get().file.open() as file:
        return file.read()


def b64(text: str | bytes) -> str:
    return base64.b64encode(text.encode() if isinstance(text, str) else text).decode()


def begin(client: Client, release, *, length=2048, name="01 rain.wav", **more):
    headers = {
        **TUS,
        "Upload-Length": str(length),
        "Upload-Metadata": f"filename {b64(name)},filetype {b64('audio/wav')}",
        **more.pop("headers", {}),
    }
    return client.post(reverse("upload_begin", args=[release.pk]), headers=headers, **more)


def patch(client: Client, url: str, data: bytes, *, offset=0, **headers):
    return client.patch(
        url,
        data,
        content_type=BODY,
        headers={**TUS, "Upload-Offset": str(offset), **headers},
        CONTENT_TYPE=BODY,
        CONTENT_LENGTH=str(len(data)),
    )


@pytest.fixture
def url(artist, release) -> str:
    return begin(artist, release)["Location"]


def test_options(artist, release):
    answer = artist.options(reverse("upload_begin", args=[release.pk]))
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
    def test_create(self, artist, release):
        answer = begin(artist, release)
        upload = Upload.objects.get()
        assert answer.status_code == 201
        assert answer["Location"] == reverse("upload", args=[upload.pk])
        assert answer["Upload-Offset"] == "0"
        assert "Upload-Expires" in answer
        assert answer["Cache-Control"].find("no-store") >= 0
        assert (upload.owner, upload.release, upload.length) == (release.owner, release, 2048)
        assert upload.original_name == "01 rain.wav"

    def test_create_exceeding_max_size_fail(self, artist, release, settings):
        settings.MAX_AUDIO_BYTES = 1000
        answer = begin(artist, release, length=1001)
        assert answer.status_code == 413
        assert answer.json()["code"] == "file_too_large"
        assert "1000\xa0bytes" in answer.json()["text"]
        assert not Upload.objects.exists()

    def test_create_over_quota_fail(self, artist, release, settings):
        settings.UPLOADS_PER_DAY = 2
        assert [begin(artist, release).status_code for _ in range(3)] == [201, 201, 413]
        assert begin(artist, release).json()["code"] == "quota_reached"

    def test_create_on_a_full_disk_fail(self, artist, release, monkeypatch):
        monkeypatch.setattr(upload_bytes, "KEPT_FREE", 10**18)
        answer = begin(artist, release)
        assert answer.status_code == 507
        assert answer.json()["code"] == "storage_full"

    @pytest.mark.parametrize("length", ["-5", "", "1.5", "9" * 20, "٣"])
    def test_invalid_upload_length_fail(self, artist, release, length):
        answer = artist.post(
            reverse("upload_begin", args=[release.pk]),
            headers={**TUS, "Upload-Length": length.encode().decode("latin-1")},
        )
        assert answer.status_code == 400
        assert answer.json()["code"] == "bad_header"

    def test_empty_file_fail(self, artist, release):
        assert begin(artist, release, length=0).json()["code"] == "empty_file"

    def test_defer_length_is_not_offered(self, artist, release):
        answer = begin(artist, release, headers={"Upload-Defer-Length": "1"})
        assert (answer.status_code, answer.json()["code"]) == (400, "not_offered")

    @pytest.mark.parametrize("metadata", ["filename", "filename ???", "filename /w==", "=,,= ="])
    def test_invalid_metadata_never_breaks_anything(self, artist, release, metadata):
        answer = begin(artist, release, headers={"Upload-Metadata": metadata})
        assert answer.status_code in (201, 400)

    def test_the_name_is_data_and_never_a_path(self, artist, release):
        begin(artist, release, name="../../../etc/\u202epasswd.wav")
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

    def test_into_a_track_that_is_being_checked(self, artist, release):
        track = TrackFactory(release=release, state=TrackState.SUBMITTED)
        metadata = f"filename {b64('a.wav')},track {b64(str(track.pk))}"
        answer = begin(artist, release, headers={"Upload-Metadata": metadata})
        assert (answer.status_code, answer.json()["code"]) == (409, "not_editable")

    @pytest.mark.parametrize("track", ["", "nonsense"])
    def test_into_a_track_of_somebody_else(self, artist, release, track):
        track = track or str(TrackFactory().pk)
        metadata = f"filename {b64('a.wav')},track {b64(track)}"
        assert begin(artist, release, headers={"Upload-Metadata": metadata}).status_code == 404


class TestCreationWithUpload:
    def send(self, client, release, data, **headers):
        return begin(
            client,
            release,
            data=data,
            content_type=BODY,
            headers=headers,
        )

    def test_create_with_upload(self, artist, release):
        answer = self.send(artist, release, SOUND[:100])
        assert (answer.status_code, answer["Upload-Offset"]) == (201, "100")

    def test_all_of_it_at_once(self, artist, release):
        assert self.send(artist, release, SOUND)["Upload-Offset"] == "2048"
        assert stored() == SOUND

    def test_more_than_announced(self, artist, release):
        assert self.send(artist, release, SOUND + b"!").status_code == 413

    def test_incorrect_content_type_is_no_upload(self, artist, release):
        answer = begin(artist, release, data=SOUND, content_type="text/plain")
        assert (answer.status_code, answer["Upload-Offset"]) == (201, "0")


class TestHead:
    def test_status(self, artist, url):
        patch(artist, url, SOUND[:700])
        answer = artist.head(url, headers=TUS)
        assert answer.status_code == 200
        assert (answer["Upload-Offset"], answer["Upload-Length"]) == ("700", "2048")
        assert "no-store" in answer["Cache-Control"]

    def test_upload_not_found_fail(self, artist):
        nowhere = reverse("upload", args=["00000000-0000-4000-8000-000000000000"])
        assert artist.head(nowhere, headers=TUS).status_code == 404

    def test_upload_of_somebody_else(self, url):
        other = Client()
        other.force_login(ArtistFactory())
        assert other.head(url, headers=TUS).status_code == 404
        assert patch(other, url, SOUND).status_code == 404
        assert other.delete(url, headers=TUS).status_code == 404

    def test_expired(self, artist, url):
        Upload.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
        assert artist.head(url, headers=TUS).status_code == 410
        assert patch(artist, url, SOUND).json()["code"] == "upload_expired"

    def test_the_disk_is_the_truth_after_a_crash(self, artist, url):
        """Bytes that were stored by a process that died before it could write its row."""
        with hold(Upload.objects.get().pk) as part:
            part.path.write_bytes(SOUND[:900])
        assert artist.head(url, headers=TUS)["Upload-Offset"] == "900"
        assert patch(artist, url, SOUND[900:], offset=900).status_code == 204
        assert stored() == SOUND

    def test_bytes_that_were_lost_are_asked_for_again(self, artist, url):
        patch(artist, url, SOUND[:900])
        (folder_of(Upload.objects.get().pk) / "part").unlink()
        assert artist.head(url, headers=TUS)["Upload-Offset"] == "0"


class TestPatch:
    def test_upload_chunk(self, artist, url):
        answer = patch(artist, url, SOUND[:1000])
        assert (answer.status_code, answer["Upload-Offset"]) == (204, "1000")
        assert answer.content == b""
        assert patch(artist, url, SOUND[1000:], offset=1000)["Upload-Offset"] == "2048"
        assert stored() == SOUND
        assert AudioFile.objects.get().pk == Upload.objects.get().pk
        assert Track.objects.get().title == "rain"

    def test_missmatching_offset_fail(self, artist, url):
        patch(artist, url, SOUND[:5])
        answer = patch(artist, url, SOUND[4:], offset=4)
        assert (answer.status_code, answer.json()["code"]) == (409, "offset_mismatch")
        assert Upload.objects.get().offset == 5

    def test_exceeding_max_size_fail(self, artist, url):
        answer = patch(artist, url, SOUND + b"!")
        assert (answer.status_code, answer.json()["code"]) == (413, "longer_than_announced")
        assert Upload.objects.get().offset == 0

    def test_upload_chunk_to_finished(self, artist, url):
        patch(artist, url, SOUND)
        assert patch(artist, url, b"", offset=2048).status_code == 204
        assert patch(artist, url, SOUND).status_code == 409
        assert AudioFile.objects.count() == 1

    def test_upload_not_found_fail(self, artist):
        nowhere = reverse("upload", args=["00000000-0000-4000-8000-000000000000"])
        assert patch(artist, nowhere, SOUND).status_code == 404

    @pytest.mark.parametrize("offset", ["-5", "x", ""])
    def test_invalid_offset_fail(self, artist, url, offset):
        assert patch(artist, url, SOUND, offset=offset).status_code == 400

    def test_invalid_content_type_fail(self, artist, url):
        answer = artist.patch(url, SOUND, content_type="audio/wav", headers=TUS)
        assert (answer.status_code, answer.json()["code"]) == (415, "wrong_content_type")

    def test_without_content_length(self, artist, url):
        answer = artist.generic(
            "PATCH",
            url,
            b"",
            headers={**TUS, "Upload-Offset": "0"},
            CONTENT_TYPE=BODY,
            CONTENT_LENGTH="",
        )
        assert answer.status_code == 411

    def test_body_read_error(self, artist, url):
        """The line breaks after 700 of 2048 bytes: what arrived is kept."""
        answer = self.cut_off(artist, url, SOUND[:700])
        assert answer["Upload-Offset"] == "700"
        assert Upload.objects.get().offset == 700
        assert patch(artist, url, SOUND[700:], offset=700).status_code == 204
        assert stored() == SOUND

    def test_cut_at_every_place(self, artist, url):
        for offset in range(0, 2048, 64):
            assert self.cut_off(artist, url, SOUND[offset : offset + 64], offset).status_code == 204
        assert stored() == SOUND

    def test_disk_full_in_the_middle(self, artist, url, monkeypatch):
        def no_room(file, block):
            raise upload_bytes.StorageFull

        monkeypatch.setattr(upload_bytes, "_write_all", no_room)
        answer = patch(artist, url, SOUND)
        assert (answer.status_code, answer.json()["code"]) == (507, "storage_full")

    def test_locker(self, artist, url, monkeypatch):
        monkeypatch.setattr(upload_bytes, "LOCK_WAIT_S", 0.2)
        with hold(Upload.objects.get().pk):
            answer = patch(artist, url, SOUND)
            assert (answer.status_code, answer.json()["code"]) == (423, "upload_busy")
            assert artist.head(url, headers=TUS).status_code == 423
        assert patch(artist, url, SOUND).status_code == 204

    def test_request_unlock(self, artist, url):
        """A request that waits asks the holder to let go; the holder keeps what it has."""
        upload = Upload.objects.get()

        def arrives_while_another_waits():
            yield SOUND[:1000]
            (folder_of(upload.pk) / "wanted").touch()
            yield SOUND[1000:1500]
            raise AssertionError("the holder went on reading")

        answer = self.stream(artist, url, arrives_while_another_waits(), 2048)
        assert (answer.status_code, answer.json()["code"]) == (423, "upload_busy")
        assert artist.head(url, headers=TUS)["Upload-Offset"] == "1500"

    def test_method_override(self, artist, url):
        answer = artist.post(
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
    def test_unsupported_version(self, artist, url, version):
        answer = artist.head(url, headers={"Tus-Resumable": version})
        assert answer.status_code == 412
        assert answer["Tus-Version"] == "1.0.0"

    def test_get_is_no_download(self, artist, url):
        assert artist.get(url, headers=TUS).status_code == 405


class TestChecksum:
    @pytest.mark.parametrize("algorithm", ["sha1", "sha256"])
    def test_right(self, artist, url, algorithm):
        digest = hashlib.new(algorithm, SOUND[:99]).digest()
        answer = patch(artist, url, SOUND[:99], **{"Upload-Checksum": f"{algorithm} {b64(digest)}"})
        assert (answer.status_code, answer["Upload-Offset"]) == (204, "99")

    def test_wrong(self, artist, url):
        patch(artist, url, SOUND[:10])
        digest = hashlib.sha256(b"something else").digest()
        checksum = {"Upload-Checksum": f"sha256 {b64(digest)}"}
        answer = patch(artist, url, SOUND[10:], offset=10, **checksum)
        assert (answer.status_code, answer.json()["code"]) == (460, "checksum_mismatch")
        assert artist.head(url, headers=TUS)["Upload-Offset"] == "10"
        assert not AudioFile.objects.exists()

    @pytest.mark.parametrize("value", ["md5 AAAA", "sha1", "sha1 ???", "sha256 AAAA", ""])
    def test_unknown(self, artist, url, value):
        answer = patch(artist, url, SOUND, **{"Upload-Checksum": value})
        assert (answer.status_code, answer.json()["code"]) == (400, "bad_checksum")


class TestTerminate:
    def test_termination(self, artist, url):
        patch(artist, url, SOUND[:100])
        folder = folder_of(Upload.objects.get().pk)
        assert artist.delete(url, headers=TUS).status_code == 204
        assert not Upload.objects.exists()
        assert not folder.exists()
        assert artist.head(url, headers=TUS).status_code == 404

    def test_what_is_finished_stays(self, artist, url):
        patch(artist, url, SOUND)
        assert artist.delete(url, headers=TUS).status_code == 204
        audio = AudioFile.objects.get()
        assert originals().exists(audio.file.name)
