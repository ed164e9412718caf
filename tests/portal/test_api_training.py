"""The API for training pipelines: nothing is filled in, nothing personal comes out."""

import json
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from apps.accounts.models import User
from apps.consent.gate import purpose_token
from apps.exports.tokens import TokenRefused, issue_token
from apps.training.models import ModelVersion, Snapshot, SnapshotOrder
from apps.training.ordering import fulfil_order
from apps.training.staleness import mark_stale
from tests.consent.featuring import SOUND, allow, make
from tests.consent.saying import TERMS, take_back
from tests.factories import (
    ArtistFactory,
    ComplianceOfficerFactory,
    LabelFactory,
    MembershipFactory,
    ReviewerFactory,
    RulesetFactory,
    TrackFactory,
    TrainingEngineerFactory,
)
from tests.training.listing import GENERATE, open_track
from tests.training.making import registered, sealed

pytestmark = pytest.mark.django_db
POST = {"content_type": "application/json"}


@pytest.fixture(autouse=True)
def law(db) -> None:
    RulesetFactory()


@pytest.fixture
def engineer() -> User:
    return TrainingEngineerFactory(name="Engineer Only")


@pytest.fixture
def program(engineer) -> Client:
    return bearer(issue_token(user=engineer, name="pipeline")[1])


def bearer(text: str) -> Client:
    return Client(headers={"Authorization": f"Bearer {text}"})


def question(**changed: object) -> dict[str, object]:
    now = timezone.now().isoformat()
    asked = {
        "name": "Spring",
        "model_class": "generative_music",
        "policy_version": TERMS,
        "jurisdictions": ["DE"],
        "valid_at": now,
        "known_at": now,
    }
    told = {**asked, **changed}
    return {name: value for name, value in told.items() if value is not ...}


class TestOrdering:
    def test_from_the_question_to_the_file(self, program, prove) -> None:
        track = open_track(GENERATE, title="A very secret title")
        prove()
        answer = program.post("/api/allowlists", question(), **POST)
        assert answer.status_code == 202
        ordered = answer.json()
        assert (ordered["state"], ordered["snapshot"], ordered["count"]) == ("waiting", None, None)
        fulfil_order(ordered["uid"])
        done = program.get(f"/api/allowlists/{ordered['uid']}").json()
        kept = Snapshot.objects.get()
        assert done["state"] == "sealed"
        assert (done["count"], done["excluded"]) == (1, {})
        assert (done["snapshot"], done["merkle_root"]) == (str(kept.uid), kept.merkle_root)
        told = program.get(f"/api/snapshots/{kept.uid}").json()
        assert (told["count"], told["jurisdictions"], told["state"]) == (1, ["DE"], "sealed")
        assert told["checkpoint"] == kept.note
        members = program.get(f"/api/snapshots/{kept.uid}/members").getvalue()
        [line] = members.splitlines()
        assert json.loads(line)["content_sha256"] == track.audio.sha256
        described = program.get(f"/api/snapshots/{kept.uid}/descriptor").getvalue()
        for secret in (
            str(track.pk),
            "secret title",
            track.release.owner.email,
            str(track.audio_id),
        ):
            for text in (json.dumps([ordered, done, told]), members.decode(), described.decode()):
                assert secret not in text

    def test_asked_twice_it_is_one_order(self, program) -> None:
        asked = question()
        first = program.post("/api/allowlists", asked, **POST).json()
        assert program.post("/api/allowlists", asked, **POST).json() == first
        other = program.post("/api/allowlists", {**asked, "model_class": "search"}, **POST)
        assert (other.status_code, other.json()["code"]) == (409, "name_taken")
        assert SnapshotOrder.objects.count() == 1

    @pytest.mark.parametrize("left_out", sorted(question()))
    def test_nothing_is_filled_in(self, program, left_out) -> None:
        answer = program.post("/api/allowlists", question(**{left_out: ...}), **POST)
        assert answer.status_code == 400
        assert answer.json()["text"] == f"“{left_out}” is missing. Nothing is filled in for you."
        assert not SnapshotOrder.objects.exists()

    @pytest.mark.parametrize(
        ("changed", "code"),
        [
            ({"model_class": "everything"}, "unknown_model_class"),
            ({"policy_version": "latest"}, "unknown_policy"),
            ({"jurisdictions": []}, "jurisdiction_missing"),
            ({"jurisdictions": [""]}, "jurisdiction_missing"),
            ({"jurisdictions": ["EU"]}, "unknown_jurisdiction"),
            ({"jurisdictions": ["de"]}, "unknown_jurisdiction"),
            ({"name": ""}, "bad_name"),
            ({"name": "x\u0000y"}, "bad_name"),
            ({"valid_at": "2026-11-26T00:00:00Z", "known_at": "2026-11-26T00:00:00Z"}, "only_now"),
            ({"valid_at": "2996-11-26T00:00:00Z"}, "not_yet"),
            ({"valid_at": "now"}, "bad_request"),
            ({"valid_at": "2026-11-27T12:00:00"}, "bad_request"),  # of which country?
            ({"jurisdictions": "DE"}, "bad_request"),
            ({"model_class": None}, "bad_request"),
            ({"latest": True}, "bad_request"),
        ],
    )
    def test_bad_questions_are_answered_in_a_sentence(self, program, changed, code) -> None:
        answer = program.post("/api/allowlists", question(**changed), **POST)
        assert (answer.status_code, answer.json()["code"]) == (400, code)
        assert answer.json()["text"].strip()
        assert not SnapshotOrder.objects.exists()

    @pytest.mark.parametrize("body", ["", "[]", "null", "{", '"x"', "[1]"])
    def test_what_is_no_question_at_all(self, program, body) -> None:
        assert program.post("/api/allowlists", body, **POST).status_code == 400

    def test_somebody_elses_order_does_not_exist(self, program) -> None:
        other = TrainingEngineerFactory()
        theirs = bearer(issue_token(user=other, name="x")[1])
        made = theirs.post("/api/allowlists", question(), **POST).json()
        assert program.get(f"/api/allowlists/{made['uid']}").status_code == 404
        assert theirs.get(f"/api/allowlists/{made['uid']}").status_code == 200

    def test_why_nothing_was_sealed(self, program, prove) -> None:
        prove()
        made = program.post("/api/allowlists", question(), **POST).json()
        fulfil_order(made["uid"])
        told = program.get(f"/api/allowlists/{made['uid']}").json()
        assert (told["state"], told["error"]["code"]) == ("refused", "nothing_allowed")


class TestSnapshots:
    def test_nothing_is_fetched_from_what_became_stale(self, program, engineer, prove) -> None:
        track = open_track(GENERATE)
        prove()
        kept = sealed(engineer)
        take_back(track.release.owner, track, GENERATE)
        mark_stale(kept, at=timezone.now(), tracks=1)
        assert program.get(f"/api/snapshots/{kept.uid}").json()["state"] == "stale"
        for what in ("members", "descriptor"):
            answer = program.get(f"/api/snapshots/{kept.uid}/{what}")
            assert (answer.status_code, answer.json()["code"]) == (409, "stale")
        wanted = {
            "model_class": "generative_music",
            "jurisdiction": "DE",
            "snapshot_uid": str(kept.uid),
        }
        assert program.post("/api/purpose-tokens", wanted, **POST).status_code == 409

    def test_one_that_is_being_built_does_not_exist(self, program, engineer, prove) -> None:
        open_track(GENERATE)
        prove()
        kept = sealed(engineer)
        row = Snapshot.objects.get(pk=kept.pk)
        row.pk, row.uid, row.state, row.sealed_at = None, uuid4(), Snapshot.State.BUILDING, None
        row._state.adding = True
        row.save(force_insert=True)
        assert program.get(f"/api/snapshots/{row.uid}").status_code == 404


class TestModels:
    def test_the_governance_question(self, program, engineer, prove) -> None:
        open_track(GENERATE)
        prove()
        model = registered(engineer, sealed(engineer))
        told = program.get(f"/api/models/{model.name}/{model.version}").json()
        assert (told["asset_count"], told["by_terms"], told["verified"]) == (1, {TERMS: 1}, True)
        manifest = program.get(f"/api/models/{model.name}/{model.version}/manifest")
        assert manifest.content.decode() == model.manifest
        for text in (json.dumps(told), model.manifest):
            assert engineer.email not in text
            assert engineer.name not in text

    @pytest.mark.parametrize(
        "path", ["x/v1", "genaudio/v9", "genaudio/..", "genaudio/%2e%2e", "genaudio/v1%00"]
    )
    def test_one_that_there_is_not(self, program, path) -> None:
        assert program.get(f"/api/models/{path}").status_code == 404
        assert not ModelVersion.objects.exists()


class TestFeatures:
    @pytest.fixture
    def kept(self, engineer, prove) -> Snapshot:
        open_track(GENERATE)
        prove()
        return sealed(engineer)

    def wanted(self, kept: Snapshot, **changed: str) -> dict[str, str]:
        told = {"model_class": "generative_music", "jurisdiction": "DE"}
        return {**told, "snapshot_uid": str(kept.uid), **changed}

    def test_bytes_for_a_purpose(self, program, kept, prove) -> None:
        track = TrackFactory(answers={"label_licensed": False})
        allow(track)
        prove()
        feature = make(track)
        token = program.post("/api/purpose-tokens", self.wanted(kept), **POST).json()["token"]
        url = f"/api/features/{feature.pk}"
        opened = program.get(url, headers={"Purpose-Token": token})
        assert (opened.status_code, opened.content) == (200, SOUND)
        take_back(track.release.owner, track, GENERATE)
        closed = program.get(url, headers={"Purpose-Token": token})
        assert (closed.status_code, closed.json()["code"]) == (403, "not_permitted")

    @pytest.mark.parametrize("token", ["", "x", "a:b:c", "é"])
    def test_without_a_purpose_nothing_opens(self, program, token) -> None:
        answer = program.get(f"/api/features/{uuid4()}", headers={"Purpose-Token": token})
        assert (answer.status_code, answer.json()["code"]) == (403, "token_invalid")

    def test_a_token_of_somebody_else_is_not_a_way_in(self, engineer, kept) -> None:
        token = purpose_token(by=engineer, model_class="generative_music", jurisdiction="DE")
        client = Client()
        client.force_login(ReviewerFactory())
        answer = client.get(f"/api/features/{uuid4()}", headers={"Purpose-Token": token})
        assert answer.status_code == 404

    @pytest.mark.parametrize(
        ("changed", "status"),
        [
            ({"model_class": "ranking"}, 403),
            ({"jurisdiction": "FR"}, 403),
            ({"snapshot_uid": str(uuid4())}, 404),
            ({"snapshot_uid": "x"}, 400),
        ],
    )
    def test_a_purpose_is_that_of_its_snapshot(self, program, kept, changed, status) -> None:
        answer = program.post("/api/purpose-tokens", self.wanted(kept, **changed), **POST)
        assert answer.status_code == status
        assert answer.json()["text"]


class TestWho:
    def test_others_find_nothing(self, engineer, prove) -> None:
        open_track(GENERATE)
        prove()
        model = registered(engineer, sealed(engineer))
        uid = model.inputs.get().snapshot.uid
        for person in (ArtistFactory(), ReviewerFactory(), MembershipFactory().user):
            client = Client()
            client.force_login(person)
            for path in (
                f"snapshots/{uid}",
                f"snapshots/{uid}/members",
                "models/genaudio/v2026.04.3",
            ):
                assert client.get(f"/api/{path}").status_code == 404
            assert client.post("/api/allowlists", question(), **POST).status_code == 404

    def test_compliance_looks_and_orders_nothing(self) -> None:
        client = Client()
        client.force_login(ComplianceOfficerFactory())
        assert client.post("/api/allowlists", question(), **POST).status_code == 404

    def test_an_engineer_has_tokens_without_a_label(self, engineer) -> None:
        with pytest.raises(TokenRefused):
            issue_token(user=engineer, name="x", label=LabelFactory())
        with pytest.raises(TokenRefused):
            issue_token(user=ReviewerFactory(), name="x")
        text = issue_token(user=engineer, name="x")[1]
        assert bearer(text).get("/api/decisions").status_code == 404
        engineer.is_active = False
        engineer.save()
        assert bearer(text).get(f"/api/snapshots/{uuid4()}").status_code == 401

    def test_an_old_purpose_is_none(self, program, engineer, settings) -> None:
        settings.GATE_TOKEN_S = -1
        token = purpose_token(by=engineer, model_class="generative_music", jurisdiction="DE")
        answer = program.get(f"/api/features/{uuid4()}", headers={"Purpose-Token": token})
        assert answer.json()["code"] == "token_expired"
