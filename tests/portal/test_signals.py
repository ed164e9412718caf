"""What the site tells machines about AI: headers, files, the registry. Reserved unless proven."""

import csv
import io
import json

import pytest
from django.test import Client
from django.urls import reverse

from apps.audit.models import Event
from apps.consent.signals import CAWG_KEYS
from apps.consent.vocabulary import vocabulary
from apps.screening.links import rendition_url
from tests.consent.saying import lift, say_yes, take_back
from tests.exports.worlds import make_world
from tests.factories import ComplianceOfficerFactory, RenditionFactory, TrackFactory
from tests.portal.test_authorisation import close
from tests.portal.test_permissions_page import client_of, prove

pytestmark = pytest.mark.django_db
RESERVED = {"Content-Usage": "train-ai=n, search=y", "tdm-reservation": "1"}


@pytest.fixture
def track():
    return TrackFactory(answers={"label_licensed": False}, isrc="QZABC2600001", title="River")


@pytest.fixture
def artist(track):
    return track.release.owner


def allow_everything(artist, of) -> None:
    lift(artist, of)
    prove()
    for one in vocabulary().permissions:
        if one.can_be_refused:
            say_yes(artist, of, (one.use_case, one.verb))
    prove()


@pytest.fixture
def preview(track):
    return RenditionFactory(audio=track.audio)


def pages(track, preview) -> list[str]:
    return [
        reverse("track", args=[track.pk]),
        reverse("track_result", args=[track.pk]),
        reverse("track_permissions", args=[track.pk]),
        reverse("training_mining", args=[track.pk]),
        reverse("release", args=[track.release_id]),
        reverse("release_result", args=[track.release_id]),
        reverse("release_permissions", args=[track.release_id]),
        rendition_url(preview, user=track.release.owner),
    ]


def headers(client: Client, path: str) -> dict[str, str]:
    answer = client.get(path)
    assert answer.status_code == 200, path
    close(answer)
    names = ("Content-Usage", "tdm-reservation", "tdm-policy")
    return {name: answer[name] for name in names if name in answer}


def test_every_page_and_sound_of_an_asset_is_reserved(track, artist, preview) -> None:
    client = client_of(artist)
    for path in pages(track, preview):
        assert headers(client, path) == RESERVED, path


def test_with_every_yes_it_says_where_to_ask_until_one_no(track, artist, preview) -> None:
    allow_everything(artist, artist)
    client = client_of(artist)
    policy = {"tdm-policy": "http://127.0.0.1:8000/tdm-policy.json"}
    for path in pages(track, preview):
        assert headers(client, path) == RESERVED | policy, path
    TrackFactory(release=track.release, position=2)  # nobody said whether a label licensed it
    release = reverse("release_result", args=[track.release_id])
    assert headers(client, release) == RESERVED  # the strictest of its tracks
    take_back(artist, artist, ("third_party_licensing", "share"))
    for path in pages(track, preview):
        assert headers(client, path) == RESERVED, path


def test_the_assertion_of_a_track(track, artist) -> None:
    path = reverse("training_mining", args=[track.pk])
    told = client_of(artist).get(path).json()
    assert told["label"] == "cawg.training-mining"
    assert told["data"]["entries"] == {key: {"use": "notAllowed"} for key in CAWG_KEYS}


def test_files_for_everybody() -> None:
    client = Client()
    answer = client.get("/.well-known/tdmrep.json")
    assert answer["Content-Type"] == "application/json"
    assert answer.json() == [{"location": "/", "tdm-reservation": 1}]
    policy = client.get("/tdm-policy.json")
    assert policy["Content-Type"] == "application/ld+json"
    [permission] = policy.json()["permission"]
    assert permission["duty"] == [{"action": "obtainConsent"}]
    assert policy.json()["assigner"]["vcard:hasEmail"] == "mailto:clearance@localhost"


def registry(user) -> list[dict[str, str]]:
    answer = client_of(user).get("/label/rights-registry.csv")
    assert answer.status_code == 200
    return list(csv.DictReader(io.StringIO(b"".join(answer.streaming_content).decode())))


def test_the_registry_by_isrc(track, artist) -> None:
    TrackFactory(isrc="")
    officer = ComplianceOfficerFactory()
    [row] = registry(officer)
    assert (row["isrc"], row["title"], row["no_ai"]) == ("QZABC2600001", "River", "yes")
    assert row["cawg_ai_generative_training"] == "notAllowed"
    allow_everything(artist, artist)
    [row] = registry(officer)
    assert (row["no_ai"], row["cawg_ai_training"], row["countries"]) == (
        "no",
        "constrained",
        "DE",
    )
    assert Event.objects.filter(kind="rights_registry.exported", detail__actor=officer).count() == 2


def test_label_staff_get_the_registry_of_their_labels(track) -> None:
    world = make_world()
    found = {row["track_id"] for row in registry(world.staff)}
    assert str(world.other.pk) not in found
    assert str(track.pk) not in found


def test_decision_exports_carry_the_flags() -> None:
    world = make_world()
    address = reverse("label_decisions_export") + "?format=json&every=1"
    answer = client_of(world.staff).get(address)
    told = json.loads(b"".join(answer.streaming_content))
    rows = told if isinstance(told, list) else told["decisions"]
    for row in rows:
        assert row["no_ai"] is True
        assert row["content_usage"].startswith("train-ai=n")
        assert row["tdm_reservation"] == "1"
        assert set(row["cawg_training_mining"].values()) == {"notAllowed"}
