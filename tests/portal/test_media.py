"""Media links: signed, short, for one person; parts of files for players that seek."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from apps.accounts.roles import Role
from apps.fingerprints.references import Heard, add_reference, remove_reference
from apps.fingerprints.sounds import Sounds, keep_sounds
from apps.portal.ranges import ByteRange, Unsatisfiable, read_range
from apps.screening.links import (
    BadLink,
    ExpiredLink,
    read_link,
    read_reference_link,
    reference_url,
    rendition_url,
)
from apps.screening.models import Rendition
from tests.factories import RenditionFactory, UserFactory, short_wav

SOUND = short_wav()


class TestRange:
    @pytest.mark.parametrize(
        ("header", "part"),
        [
            ("bytes=0-", ByteRange(0, 99)),
            ("bytes=0-0", ByteRange(0, 0)),
            ("bytes=10-19", ByteRange(10, 19)),
            ("bytes=90-1000", ByteRange(90, 99)),
            ("bytes=-5", ByteRange(95, 99)),
            ("bytes=-500", ByteRange(0, 99)),
            ("", None),
            ("bytes=-", None),
            ("bytes=5-2", None),
            ("bytes=1-2,5-6", None),
            ("lines=1-2", None),
            ("bytes=a-b", None),
            ("bytes=٣-٤", None),
        ],
    )
    def test_what_is_asked_for(self, header, part):
        assert read_range(header, 100) == part

    @pytest.mark.parametrize("header", ["bytes=100-", "bytes=100-200", "bytes=-0"])
    def test_behind_the_end(self, header):
        with pytest.raises(Unsatisfiable):
            read_range(header, 100)

    @given(st.text(max_size=30) | st.from_regex(r"bytes=\d{0,25}-\d{0,25}"), st.integers(1, 10**9))
    def test_any_header_gives_a_part_within_the_file(self, header, size):
        try:
            part = read_range(header, size)
        except Unsatisfiable:
            return
        assert part is None or 0 <= part.first <= part.last < size


@pytest.mark.django_db
class TestLink:
    def test_round_trip(self):
        rendition = RenditionFactory()
        token = token_of(rendition, rendition.audio.owner)
        assert read_link(token, user=rendition.audio.owner) == rendition.pk

    def test_for_somebody_else(self):
        rendition = RenditionFactory()
        with pytest.raises(BadLink):
            read_link(token_of(rendition, rendition.audio.owner), user=UserFactory())

    def test_changed(self):
        rendition, other = RenditionFactory(), RenditionFactory()
        token = token_of(rendition, rendition.audio.owner)
        with pytest.raises(BadLink):
            read_link(token.replace(f"{rendition.pk}.", f"{other.pk}.", 1), user=UserFactory())

    def test_run_out(self, settings):
        rendition = RenditionFactory()
        owner = rendition.audio.owner
        token = token_of(rendition, owner)
        later = timezone.now() + timedelta(seconds=settings.MEDIA_LINK_SECONDS + 2)
        with time_machine.travel(later), pytest.raises(ExpiredLink):
            read_link(token, user=owner)


def token_of(rendition: Rendition, user) -> str:
    return rendition_url(rendition, user=user).rstrip("/").rsplit("/", 1)[1]


def listen(rendition, user, url="", **headers):
    client = Client()
    client.force_login(user)
    return client.get(url or rendition_url(rendition, user=user), headers=headers)


def body(answer) -> bytes:
    return b"".join(answer.streaming_content)


@pytest.mark.django_db
class TestRendition:
    @pytest.fixture
    def rendition(self) -> Rendition:
        return RenditionFactory(data=SOUND)

    def test_whole(self, rendition):
        answer = listen(rendition, rendition.audio.owner)
        assert answer.status_code == 200
        assert body(answer) == SOUND
        assert answer["Content-Type"] == "audio/wav"
        assert answer["Content-Length"] == str(len(SOUND))
        assert answer["Accept-Ranges"] == "bytes"

    def test_sealed(self, rendition):
        answer = listen(rendition, rendition.audio.owner)
        body(answer)
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in answer["Content-Security-Policy"]
        assert "private" in answer["Cache-Control"]
        assert "public" not in answer["Cache-Control"]

    def test_a_part(self, rendition):
        answer = listen(rendition, rendition.audio.owner, Range="bytes=10-19")
        assert answer.status_code == 206
        assert body(answer) == SOUND[10:20]
        assert answer["Content-Range"] == f"bytes 10-19/{len(SOUND)}"
        assert answer["Content-Length"] == "10"

    def test_behind_the_end(self, rendition):
        answer = listen(rendition, rendition.audio.owner, Range="bytes=999999-")
        assert answer.status_code == 416
        assert answer["Content-Range"] == f"bytes */{len(SOUND)}"

    def test_a_part_of_another_version_sends_everything(self, rendition):
        headers = {"Range": "bytes=10-19", "If-Range": '"another"'}
        answer = listen(rendition, rendition.audio.owner, **headers)
        assert answer.status_code == 200
        assert body(answer) == SOUND

    def test_head(self, rendition):
        owner = rendition.audio.owner
        client = Client()
        client.force_login(owner)
        answer = client.head(rendition_url(rendition, user=owner))
        assert (answer.status_code, answer.content) == (200, b"")
        assert answer["Content-Length"] == str(len(SOUND))

    @pytest.mark.parametrize("role", [Role.REVIEWER, Role.SENIOR_REVIEWER])
    def test_reviewers_may(self, rendition, role):
        answer = listen(rendition, UserFactory(role=role))
        assert answer.status_code == 200
        body(answer)

    @pytest.mark.parametrize(
        "role", [Role.ARTIST, Role.LABEL_STAFF, Role.COMPLIANCE_OFFICER, Role.ADMINISTRATOR]
    )
    def test_a_good_link_is_not_enough(self, rendition, role):
        assert listen(rendition, UserFactory(role=role)).status_code == 404

    def test_a_link_of_somebody_else(self, rendition):
        reviewer = UserFactory(role=Role.REVIEWER)
        url = rendition_url(rendition, user=rendition.audio.owner)
        assert listen(rendition, reviewer, url).status_code == 404

    def test_signed_out(self, rendition):
        url = rendition_url(rendition, user=rendition.audio.owner)
        assert Client().get(url).status_code == 302

    def test_run_out(self, rendition, settings):
        url = rendition_url(rendition, user=rendition.audio.owner)
        settings.MEDIA_LINK_SECONDS = -1
        answer = listen(rendition, rendition.audio.owner, url)
        assert answer.status_code == 410
        assert "Load the page again" in answer.content.decode()

    @pytest.mark.parametrize("data", [b"<script>alert(1)</script>", b"", b"%PDF-1.7"])
    def test_what_we_never_make_is_never_sent(self, data):
        rendition = RenditionFactory(data=data)
        assert listen(rendition, rendition.audio.owner).status_code == 404

    def test_gone_from_the_disk(self, rendition):
        rendition.file.storage.delete(rendition.file.name)
        assert listen(rendition, rendition.audio.owner).status_code == 404

    @pytest.mark.parametrize(
        ("kind", "data", "media_type"),
        [
            (Rendition.Kind.PEAKS, b'{"low": []}', "application/json"),
            (Rendition.Kind.SPECTROGRAM, b"\x89PNG\r\n\x1a\n", "image/png"),
            (Rendition.Kind.PREVIEW, b"\xff\xfb\x90\x64", "audio/mpeg"),
        ],
    )
    def test_types(self, kind, data, media_type):
        rendition = RenditionFactory(kind=kind, data=data)
        answer = listen(rendition, rendition.audio.owner)
        body(answer)
        assert answer["Content-Type"] == media_type


@pytest.mark.django_db
class TestReference:
    @pytest.fixture
    def reference(self):
        row = add_reference(heard=Heard("file", "samples", [], 60.0), by=None, title="Outside")
        keep_sounds(
            reference_id=row.pk, sounds=Sounds(b"\xff\xfb\x90" + bytes(100), b'{"low": []}')
        )
        row.refresh_from_db()
        return row

    @pytest.mark.parametrize(("kind", "media_type"), [("preview", "audio/mpeg"), ("peaks", "json")])
    def test_reviewers_get_it_whole_and_in_part(self, reference, kind, media_type):
        reviewer = UserFactory(role=Role.REVIEWER)
        client = enter(reviewer)
        answer = client.get(reference_url(reference, kind, user=reviewer))
        assert (answer.status_code, media_type in answer["Content-Type"]) == (200, True)
        assert "private" in answer["Cache-Control"]
        assert len(body(answer)) > 3
        part = client.get(
            reference_url(reference, kind, user=reviewer), headers={"Range": "bytes=0-2"}
        )
        assert (part.status_code, len(body(part))) == (206, 3)

    def test_nobody_else_does(self, reference):
        reviewer, artist = UserFactory(role=Role.REVIEWER), UserFactory()
        administrator = UserFactory(role=Role.ADMINISTRATOR)
        for person in (artist, administrator):
            assert (
                enter(person).get(reference_url(reference, "preview", user=person)).status_code
                == 404
            )
        foreign = reference_url(reference, "preview", user=reviewer)
        assert enter(artist).get(foreign).status_code == 404
        token = rendition_url(RenditionFactory(), user=reviewer).rstrip("/").rsplit("/", 1)[1]
        with pytest.raises(BadLink):  # a link of one kind opens nothing of the other
            read_reference_link(token, user=reviewer)

    def test_old_links_and_removed_references_open_nothing(self, reference, settings):
        reviewer = UserFactory(role=Role.REVIEWER)
        link = reference_url(reference, "preview", user=reviewer)
        client, late = enter(reviewer), timedelta(seconds=settings.MEDIA_LINK_SECONDS + 5)
        with time_machine.travel(timezone.now() + late):
            assert client.get(link).status_code == 410
        remove_reference(reference_id=reference.pk, by=None)
        assert enter(reviewer).get(link).status_code == 404

    def test_what_is_not_kept_has_no_address(self, reference):
        keep_sounds(reference_id=reference.pk, sounds=None)
        reference.refresh_from_db()
        assert reference_url(reference, "preview", user=UserFactory()) == ""


def enter(person):
    client = Client()
    client.force_login(person)
    return client
