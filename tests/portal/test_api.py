"""The JSON API: who may ask what, by session and by token; what others own does not exist."""

import csv
import io
import json

import pytest
from django.test import Client

from apps.accounts.models import ApiToken
from apps.accounts.roles import Role
from apps.audit.models import Event
from apps.catalogue.states import TrackState
from apps.consent.signals import CAWG_KEYS
from apps.exports import formats
from apps.exports.models import Export
from apps.exports.tokens import TokenRefused, find_token, issue_token, revoke_token
from tests.exports.worlds import World, make_world
from tests.factories import MembershipFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return make_world()


def client_of(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def bearer(text: str) -> Client:
    return Client(headers={"Authorization": f"Bearer {text}"})


def token_for(world, label=None) -> str:
    return issue_token(user=world.staff, name="sync", label=label or world.nile)[1]


class TestTrack:
    def test_where_it_stands(self, world):
        answer = client_of(world.staff).get(f"/api/tracks/{world.river.pk}").json()
        assert answer == {
            "id": str(world.river.pk),
            "title": "River",
            "state": "cleared",
            "cleared": True,
            "decision": str(world.decisions[1].pk),
            "outcome": "allowed",
            "decided_at": "2026-11-20T09:22:00Z",
            "destinations": {"spotify": "deliver", "bandcamp": "refused"},
            "ruleset": world.decisions[1].ruleset_id,
            "no_ai": True,
            "content_usage": "train-ai=n, search=y",
            "tdm_reservation": "1",
            "cawg_training_mining": dict.fromkeys(CAWG_KEYS, "notAllowed"),
        }

    def test_before_any_decision(self, world):
        owner = world.river.release.owner
        world.river.pk, world.river.declaration, world.river.state = None, None, TrackState.DRAFT
        world.river.save(force_insert=True)
        answer = client_of(owner).get(f"/api/tracks/{world.river.pk}").json()
        assert (answer["cleared"], answer["decision"], answer["destinations"]) == (False, None, {})


class TestGate:
    def test_cleared(self, world):
        answer = client_of(world.staff).get(f"/api/tracks/{world.river.pk}/gate").json()
        assert answer == {"cleared": True, "decision": str(world.decisions[1].pk), "reasons": []}

    @pytest.mark.parametrize(("destination", "cleared"), [("spotify", True), ("bandcamp", False)])
    def test_by_destination(self, world, destination, cleared):
        url = f"/api/tracks/{world.river.pk}/gate?destination={destination}"
        assert client_of(world.staff).get(url).json()["cleared"] is cleared

    def test_held_says_why(self, world):
        world.staff.role = Role.COMPLIANCE_OFFICER
        world.staff.save()
        answer = client_of(world.staff).get(f"/api/tracks/{world.other.pk}/gate").json()
        assert answer["cleared"] is False
        assert any("held" in reason for reason in answer["reasons"])


class TestWhoMayAsk:
    @pytest.mark.parametrize(
        ("role", "nile", "delta"),
        [
            (Role.ARTIST, 404, 404),
            (Role.REVIEWER, 200, 200),
            (Role.SENIOR_REVIEWER, 200, 200),
            (Role.LABEL_STAFF, 200, 404),
            (Role.COMPLIANCE_OFFICER, 200, 200),
            (Role.ADMINISTRATOR, 200, 200),
        ],
    )
    def test_by_role(self, world, role, nile, delta):
        user = UserFactory(role=role)
        if role == Role.LABEL_STAFF:
            MembershipFactory(user=user, label=world.nile)
        client = client_of(user)
        for track, status in ((world.river, nile), (world.other, delta)):
            assert client.get(f"/api/tracks/{track.pk}").status_code == status
            assert client.get(f"/api/tracks/{track.pk}/gate").status_code == status

    def test_an_artist_asks_for_their_own(self, world):
        client = client_of(world.river.release.owner)
        assert client.get(f"/api/tracks/{world.river.pk}").status_code == 200
        assert client.get("/api/decisions").status_code == 404

    def test_visitors_and_wrong_tokens(self, world):
        for client in (Client(), bearer("sck_wrong"), bearer("")):
            answer = client.get(f"/api/tracks/{world.river.pk}")
            assert answer.status_code == 401

    def test_a_track_that_is_none(self, world):
        answer = client_of(world.staff).get("/api/tracks/00000000-0000-0000-0000-000000000099")
        assert answer.status_code == 404
        assert answer.json() == {"code": "not_found", "text": "There is no such track for you."}


class TestDecisions:
    def test_json(self, world):
        answer = bearer(token_for(world)).get("/api/decisions")
        data = json.loads(b"".join(answer.streaming_content))
        assert {row["label"] for row in data} == {"Nile Records"}
        assert len(data) == 3
        assert Export.objects.get().rows == 3
        assert Event.objects.get(kind="decisions.exported").actor == world.staff

    def test_csv_filtered(self, world):
        url = "/api/decisions?format=csv&outcome=allowed&latest=true&since=2026-11-20T00:00:00Z"
        answer = bearer(token_for(world)).get(url)
        assert answer["Content-Type"] == "text/csv; charset=utf-8"
        assert answer["Content-Disposition"].startswith('attachment; filename="soundcheck-')
        lines = list(csv.DictReader(io.StringIO(b"".join(answer.streaming_content).decode())))
        assert [line["title"] for line in lines] == ["River"]

    def test_another_label_is_empty_and_no_error(self, world):
        answer = bearer(token_for(world)).get(f"/api/decisions?label={world.delta.pk}")
        assert json.loads(b"".join(answer.streaming_content)) == []

    @pytest.mark.parametrize("query", ["format=pdf", "outcome=perhaps", "since=yesterday"])
    def test_nonsense_is_named(self, world, query):
        answer = bearer(token_for(world)).get(f"/api/decisions?{query}")
        assert answer.status_code == 422
        assert query.split("=")[0] in json.dumps(answer.json())

    def test_more_rows_than_excel_holds(self, world, monkeypatch):
        monkeypatch.setattr(formats, "XLSX_ROWS", 2)
        answer = bearer(token_for(world)).get("/api/decisions?format=xlsx")
        assert (answer.status_code, answer.json()["code"]) == (400, "too_many_rows")


class TestTokens:
    def test_only_the_hash_is_kept(self, world):
        token, text = issue_token(user=world.staff, name=" Sync ", label=world.nile)
        assert token.name == "Sync"
        assert text.startswith(token.prefix)
        assert text not in json.dumps(list(ApiToken.objects.values()), default=str)
        assert Event.objects.get(kind="api_token.issued").actor == world.staff

    def test_within_one_label_of_two(self, world):
        MembershipFactory(user=world.staff, label=world.delta)
        client = bearer(token_for(world, world.delta))
        assert client.get(f"/api/tracks/{world.other.pk}").status_code == 200
        assert client.get(f"/api/tracks/{world.river.pk}").status_code == 404

    def test_loses_what_its_owner_loses(self, world):
        client = bearer(token_for(world))
        world.staff.membership_set.all().delete()
        assert client.get(f"/api/tracks/{world.river.pk}").status_code == 404

    def test_dies_with_its_owners_account(self, world):
        client = bearer(token_for(world))
        world.staff.is_active = False
        world.staff.save()
        assert client.get(f"/api/tracks/{world.river.pk}").status_code == 401

    def test_taken_back(self, world):
        token, text = issue_token(user=world.staff, name="x", label=world.nile)
        assert find_token(text) == token
        revoke_token(token=token, by=world.staff)
        revoke_token(token=token, by=world.staff)
        assert find_token(text) is None
        assert Event.objects.filter(kind="api_token.revoked").count() == 1

    def test_its_use_is_noted_once_a_minute(self, world, django_assert_num_queries):
        text = token_for(world)
        find_token(text)
        assert ApiToken.objects.get().last_used_at is not None
        with django_assert_num_queries(1):
            find_token(text)

    def test_refused(self, world):
        for name, label in (("", world.nile), ("x", world.delta), ("x", None)):
            with pytest.raises(TokenRefused):
                issue_token(user=world.staff, name=name, label=label)
        with pytest.raises(TokenRefused):
            issue_token(user=world.reviewer, name="x", label=world.nile)
        assert not ApiToken.objects.exists()

    def test_twenty_in_use(self, world):
        for n in range(20):
            issue_token(user=world.staff, name=str(n), label=world.nile)
        with pytest.raises(TokenRefused, match="Take one back"):
            issue_token(user=world.staff, name="one more", label=world.nile)

    def test_of_an_administrator_for_everything(self, world):
        admin = UserFactory(role=Role.ADMINISTRATOR)
        client = bearer(issue_token(user=admin, name="all")[1])
        answer = client.get("/api/decisions")
        assert len(json.loads(b"".join(answer.streaming_content))) == 4


class TestDescription:
    def test_openapi(self):
        told = Client().get("/api/openapi.json").json()
        assert set(told["paths"]) == {
            "/api/tracks/{track_id}",
            "/api/tracks/{track_id}/gate",
            "/api/decisions",
            "/api/allowlists",
            "/api/allowlists/{uid}",
            "/api/snapshots/{uid}",
            "/api/snapshots/{uid}/members",
            "/api/snapshots/{uid}/descriptor",
            "/api/models/{name}/{version}",
            "/api/models/{name}/{version}/manifest",
            "/api/purpose-tokens",
            "/api/features/{feature_id}",
            "/api/references",
            "/api/references/{reference_id}",
            "/api/references/deliveries/{uid}",
        }
        wanted = told["components"]["schemas"]["Wanted"]
        assert set(wanted["required"]) == set(wanted["properties"])  # nothing has a default
        assert told["components"]["securitySchemes"]

    def test_no_page_that_loads_scripts_from_elsewhere(self):
        assert Client().get("/api/docs").status_code == 404
