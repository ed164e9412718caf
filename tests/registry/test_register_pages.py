"""The pages of the register: an artist's, and the desk's."""

from pathlib import Path

import pytest
from django.test import Client

from apps.audit.models import Event
from apps.registry.artist_keys import make_artist_key
from apps.registry.models import ArtistKey, Claim, Person, Standing
from apps.registry.people import add_person
from tests.factories import (
    ArtistFactory,
    ArtistKeyFactory,
    ClaimFactory,
    ComplianceOfficerFactory,
    PersonFactory,
    ReviewerFactory,
    StandingFactory,
)
from tests.registry.lookups import SPOTIFY, found, write

pytestmark = pytest.mark.django_db


def client_of(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_an_artist_uses_a_key_and_claims_a_name():
    account, person = ArtistFactory(), add_person(by=None, name="Taylor Swift")
    client = client_of(account)
    _key, text = make_artist_key(person=PersonFactory(name="B"), by=ComplianceOfficerFactory())
    assert "You may release" in client.post("/names/key/", {"key": text}, follow=True).text
    assert "cannot be used" in client.post("/names/key/", {"key": text}, follow=True).text
    asked = {"name": "taylor swift", "relation": "represents", "proof_kind": "spotify_artist_id"}
    assert client.post("/names/claim/", {**asked, "proof": "nonsense"}).status_code == 422
    page = client.post("/names/claim/", {**asked, "proof": SPOTIFY}, follow=True).text
    assert "We look at it" in page
    assert Claim.objects.get().person == person
    page = client.post("/names/claim/", {**asked, "name": "Nobody", "proof": SPOTIFY}, follow=True)
    assert "not protected" in page.text


def test_the_desk_adds_and_changes_people_by_the_verbs():
    client = client_of(ComplianceOfficerFactory())
    data = {
        "name": "Test Singer", "kind": "person", "is_active": "on", "source": "a letter",
        "aliases-TOTAL_FORMS": "1", "aliases-INITIAL_FORMS": "0", "aliases-0-text": "Певец Тест",
        "aliases-0-kind": "transliteration",
    }  # fmt: skip
    assert client.post("/admin/registry/person/add/", data).status_code == 302
    person = Person.objects.get()
    assert found("Певец Тест") == ["Test Singer"]
    alias = person.aliases.get()
    data |= {"aliases-INITIAL_FORMS": "1", "aliases-0-id": alias.pk, "aliases-0-DELETE": "on"}
    data |= {"aliases-0-person": str(person.pk), "name": "Test Singer 2"}
    assert client.post(f"/admin/registry/person/{person.pk}/change/", data).status_code == 302
    person.refresh_from_db()
    assert (person.name, person.aliases.count(), found("Певец Тест")) == ("Test Singer 2", 0, [])
    kinds = set(Event.objects.values_list("kind", flat=True))
    assert {"person.added", "person.changed"} <= kinds
    assert client.post("/admin/registry/person/add/", {**data, "name": "!!!"}).status_code == 200


def test_the_desk_grants_a_standing_answers_a_claim_and_shows_a_key_once():
    account, person, claim = ArtistFactory(), PersonFactory(), ClaimFactory()
    client = client_of(ReviewerFactory())
    data = {"email": account.email.upper(), "person": str(person.pk), "relation": "represents"}
    data |= {"proof_kind": "document", "proof": "contract"}
    assert client.post("/admin/registry/standing/add/", data).status_code == 302
    assert client.post("/admin/registry/standing/add/", data).status_code == 302
    assert Standing.objects.filter(account=account, person=person).count() == 1
    url = f"/admin/registry/claim/{claim.pk}/change/"
    assert client.post(url, {"verdict": "decline", "answer": ""}).status_code == 200
    assert client.post(url, {"verdict": "accept", "answer": ""}).status_code == 302
    assert client.get(url).status_code == 200
    assert Standing.objects.filter(account=claim.account).exists()
    assert (
        client.post("/admin/registry/artistkey/add/", {"person": str(person.pk)}).status_code == 403
    )
    desk = client_of(ComplianceOfficerFactory())
    page = desk.post("/admin/registry/artistkey/add/", {"person": str(person.pk), "days": "7"})
    key = ArtistKey.objects.get()
    assert f"<code>{key.prefix}-" in page.text
    assert f"{key.prefix}-" not in desk.get(f"/admin/registry/artistkey/{key.pk}/change/").text


def test_the_desk_takes_standings_and_keys_back():
    standing, key = StandingFactory(), ArtistKeyFactory()
    desk = client_of(ComplianceOfficerFactory())
    for model, row, action in (("standing", standing, "take_back"), ("artistkey", key, "revoke")):
        chosen = {"action": action, "_selected_action": [str(row.pk)]}
        assert desk.post(f"/admin/registry/{model}/", chosen).status_code == 302
        row.refresh_from_db()
        assert row.revoked_at is not None
    reviewer = client_of(ReviewerFactory())
    other = StandingFactory()
    reviewer.post(
        "/admin/registry/standing/", {"action": "take_back", "_selected_action": [other.pk]}
    )
    other.refresh_from_db()
    assert other.revoked_at is None


def test_the_desk_imports_a_list(tmp_path: Path):
    desk = client_of(ComplianceOfficerFactory())
    file = write(tmp_path / "a.csv", "name\nTest Singer\n!!!\n")
    with file.open("rb") as stream:
        page = desk.post("/admin/registry/person/import/", {"file": stream})
    assert page.status_code == 200
    assert "line 3" in page.text
    assert Person.objects.count() == 1
    with write(file, b"name\nBj\xf6rk\n").open("rb") as stream:
        page = desk.post("/admin/registry/person/import/", {"file": stream})
    assert "not UTF-8" in page.text
