"""References by the API and the desk's form: handed in, heard, listed, mended, forgotten."""

import json
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from apps.audit.models import Event
from apps.exports.tokens import issue_token
from apps.fingerprints import deliveries
from apps.fingerprints.deliveries import deliver_reference
from apps.fingerprints.models import Reference, ReferenceDelivery, reference_sounds
from apps.fingerprints.references import Heard, add_reference
from apps.pipeline import reference_taking
from apps.pipeline.orphans import find_orphans
from apps.pipeline.reference_taking import take_reference
from apps.pipeline.sweep import ring_again
from tests.factories import (
    ComplianceOfficerFactory,
    LabelFactory,
    LabelStaffFactory,
    MembershipFactory,
    ReviewerFactory,
)
from tests.sounds import tune, write_wav

pytestmark = pytest.mark.django_db
API = "/api/references"


@pytest.fixture(scope="module")
def song(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_wav(tmp_path_factory.mktemp("song") / "a song.wav", tune(6.0, seed=5))


@pytest.fixture
def officer() -> Any:
    return ComplianceOfficerFactory()


@pytest.fixture
def program(officer: Any) -> Client:
    return bearer(issue_token(user=officer, name="deliveries")[1])


def bearer(text: str) -> Client:
    return Client(headers={"Authorization": f"Bearer {text}"})


def sent(song: Path) -> BytesIO:
    file = BytesIO(song.read_bytes())
    file.name = song.name
    return file


def several(count: int, **words: str) -> list[Reference]:
    return [
        add_reference(heard=Heard(f"f{n}", f"s{n}", [], 60.0), by=None, title=f"T{n}", **words)
        for n in range(count)
    ]


def test_a_recording_is_handed_in_heard_and_becomes_a_reference(
    program: Client, song: Path, django_capture_on_commit_callbacks: Any
) -> None:
    told = {"file": sent(song), "title": "Delta", "owner": "Nile", "source": "takedown"}
    answer = program.post(API, told)
    assert answer.status_code == 202
    made = answer.json()
    assert (made["state"], made["reference"], made["error"]) == ("waiting", None, None)
    incoming = ReferenceDelivery.objects.get().file.name
    assert list(find_orphans()) == []
    with django_capture_on_commit_callbacks(execute=True):
        take_reference(made["uid"])
        take_reference(made["uid"])  # a message may come twice
    row = Reference.objects.get()
    assert (row.title, row.owner, row.source) == ("Delta", "Nile", "takedown")
    assert len(row.read_items()) > 10
    assert not reference_sounds().exists(incoming)
    state = program.get(f"{API}/deliveries/{made['uid']}").json()
    assert (state["state"], state["reference"]) == ("done", row.pk)
    shown = program.get(f"{API}/{row.pk}").json()
    assert (shown["title"], shown["can_be_heard"]) == ("Delta", True)
    assert "items" not in shown
    kinds = set(Event.objects.filter(kind__startswith="reference.").values_list("kind", flat=True))
    assert kinds == {"reference.delivered", "reference.added"}


def test_what_cannot_be_heard_says_so_and_keeps_nothing(
    program: Client, django_capture_on_commit_callbacks: Any
) -> None:
    file = SimpleUploadedFile("noise.mp3", b"this is no music")
    made = program.post(API, {"file": file}).json()
    with django_capture_on_commit_callbacks(execute=True):
        take_reference(made["uid"])
    state = program.get(f"{API}/deliveries/{made['uid']}").json()
    assert state["state"] == "refused"
    assert state["error"]["text"]
    assert not Reference.objects.exists()
    assert reference_sounds().listdir("incoming")[1] == []


@pytest.mark.parametrize(
    ("told", "status", "words"),
    [
        ({}, 400, "as the part “file”"),
        ({"isrc": "nonsense"}, 400, "12 characters"),
        ({"source": "moon"}, 400, "cannot come from “moon”"),
        ({"title": "x" * 301}, 400, "at most 300"),
        ({"colour": "red"}, 400, "colour"),
        ({"no_audio": "perhaps"}, 400, "no_audio"),
    ],
)
def test_bad_words_are_refused_with_a_sentence(
    program: Client, song: Path, told: dict[str, str], status: int, words: str
) -> None:
    answer = program.post(API, {**told, "file": sent(song)} if told else {})
    assert answer.status_code == status
    assert words in answer.json()["text"]
    assert not ReferenceDelivery.objects.exists()


def test_a_file_that_is_too_large_is_refused(program: Client, song: Path, settings: Any) -> None:
    settings.MAX_AUDIO_BYTES = 1000
    answer = program.post(API, {"file": sent(song)})
    assert answer.status_code == 413
    assert not ReferenceDelivery.objects.exists()


def test_a_list_comes_in_pages_and_by_owner(program: Client) -> None:
    rows = several(5)
    add_reference(heard=Heard("o", "o", [], 1.0), by=None, title="Other", owner="Nile")
    page = program.get(API, {"limit": 4}).json()
    assert [one["id"] for one in page["references"]] == [row.pk for row in rows[:4]]
    page = program.get(API, {"limit": 4, "after": page["next"]}).json()
    assert (len(page["references"]), page["next"]) == (2, None)
    found = program.get(API, {"owner": "Nile"}).json()["references"]
    assert [one["title"] for one in found] == ["Other"]
    for wrong in ({"limit": 0}, {"limit": 501}, {"after": -1}, {"source": "moon"}):
        assert program.get(API, wrong).status_code == 422
    assert program.get(API, {"owner": "\x00"}).json()["references"] == []


def test_one_is_mended_and_forgotten(program: Client) -> None:
    (row,) = several(1)
    patch = {"content_type": "application/json"}
    answer = program.patch(f"{API}/{row.pk}", json.dumps({"isrc": "QZ-ABC-26-00001"}), **patch)
    assert (answer.status_code, answer.json()["isrc"]) == (200, "QZABC2600001")
    assert answer.json()["title"] == "T0"
    for wrong, words in (
        ({"title": ""}, "needs a title"),
        ({"owner": "Me"}, "owner"),
        ({"isrc": "x"}, "12 characters"),
        ({"title": 7}, "title"),
    ):
        answer = program.patch(f"{API}/{row.pk}", json.dumps(wrong), **patch)
        assert answer.status_code == 400
        assert words in answer.json()["text"]
    assert program.patch(f"{API}/{row.pk}", "{", **patch).status_code == 400
    assert program.delete(f"{API}/{row.pk}").status_code == 204
    assert not Reference.objects.exists()
    for gone in (row.pk, 2**63):
        assert program.get(f"{API}/{gone}").status_code == 404
        assert program.delete(f"{API}/{gone}").status_code == 404
        assert program.patch(f"{API}/{gone}", "{}", **patch).status_code == 404


def test_only_tokens_of_the_house_reach_them(song: Path) -> None:
    label, staff = LabelFactory(), LabelStaffFactory()
    MembershipFactory(user=staff, label=label)
    stranger = bearer(issue_token(user=staff, name="label", label=label)[1])
    assert stranger.post(API, {"file": sent(song)}).status_code == 404
    assert stranger.get(API).status_code == 404
    assert Client().post(API, {"file": sent(song)}).status_code == 401
    signed_in = Client()
    signed_in.force_login(ReviewerFactory())
    assert signed_in.get(API).status_code == 200  # reviewers read, and do no more
    assert signed_in.post(API, {"file": sent(song)}).status_code == 401
    (row,) = several(1)
    assert signed_in.delete(f"{API}/{row.pk}").status_code == 404
    assert not ReferenceDelivery.objects.exists()


def test_our_own_trouble_is_tried_three_times(
    officer: Any, song: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = deliver_reference(path=song, name="a.wav", by=officer, words={})

    def fails(*_: object, **__: object) -> None:
        raise MemoryError

    monkeypatch.setattr(reference_taking, "listen", fails)
    for left in (True, True, False):
        take_reference(row.pk)
        assert deliveries.waiting().exists() is left
    row.refresh_from_db()
    assert (row.state, row.error_code) == ("refused", "our_fault")


def test_the_sweep_rings_again_for_what_nobody_has(
    officer: Any, song: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = deliver_reference(path=song, name="a.wav", by=officer, words={})
    ReferenceDelivery.objects.update(created_at="2026-01-01T00:00:00Z")
    rung: list[tuple[str, ...]] = []
    monkeypatch.setattr("apps.pipeline.sweep.wake", lambda *bell: rung.append(bell))
    monkeypatch.setattr("apps.pipeline.sweep.messages_waiting", lambda: 0)
    ring_again()
    assert (deliveries.TASK, str(row.pk)) in rung


def test_the_desk_hands_one_in_by_a_form(officer: Any, song: Path) -> None:
    client = Client()
    client.force_login(officer)
    address = reverse("reference_deliver")
    assert address in client.get("/admin/fingerprints/reference/").content.decode()
    told = {"source": "takedown", "title": "Delta", "isrc": "nonsense"}
    answer = client.post(address, {**told, "file": sent(song)})
    assert answer.status_code == 400
    assert "12 characters" in answer.content.decode()
    assert client.post(address, told).status_code == 400  # no file
    answer = client.post(address, {**told, "isrc": "", "file": sent(song)}, follow=True)
    assert "Handed in: a song.wav." in answer.content.decode()
    take_reference(ReferenceDelivery.objects.get().pk)
    assert "Delta" in client.get(address).content.decode()
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(officer)
    assert strict.post(address, {**told, "file": sent(song)}).status_code == 403
