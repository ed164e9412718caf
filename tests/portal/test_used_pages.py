"""What has used an artist's work: what the pages list, what they answer, and whose it is."""

import json
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone
from lxml import html

from apps.accounts.models import User
from apps.audit.merkle import leaf_hash, verify_inclusion
from apps.catalogue.models import Track
from apps.consent.parties import party_of
from apps.training.models import (
    CaseTrack,
    ModelVersion,
    Obligation,
    RevocationCase,
    RevocationStep,
    Snapshot,
)
from tests.factories import (
    ComplianceOfficerFactory,
    LabelFactory,
    MembershipFactory,
    RulesetFactory,
    TrackFactory,
)
from tests.training.listing import GENERATE, open_track
from tests.training.making import registered, sealed
from tests.training.rows import model_of, snapshot_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def track() -> Track:
    return TrackFactory(title="River")


@pytest.fixture
def artist(track) -> User:
    return track.release.owner


@pytest.fixture
def browser(artist) -> Client:
    client = Client()
    client.force_login(artist)
    return client


def text_of(client: Client, path: str, **query: object) -> str:
    answer = client.get(path, query)
    assert answer.status_code == 200
    main = html.fromstring(answer.content.decode()).xpath("//main")[0]
    return " ".join(main.text_content().split())


def page_of(track: Track) -> str:
    return f"/tracks/{track.pk}/permissions/"


def take_back(track: Track, model: ModelVersion | None = None, **values: object) -> RevocationCase:
    """A case about the track with one step to do, and what the model owes because of it."""
    now = timezone.now()
    case = RevocationCase.objects.create(
        kind=RevocationCase.Kind.REVOKED,
        trigger=uuid4(),
        subject_ref=party_of(track.release.owner).ref,
        began_at=now,
        **values,
    )
    CaseTrack.objects.create(case=case, track_id=track.pk)
    RevocationStep.objects.create(case=case, kind="stop", due_at=now, done_at=now)
    RevocationStep.objects.create(case=case, kind="purge", due_at=now)
    if model:
        Obligation.objects.create(case=case, model_version=model, due_at=now)
    return case


def test_nothing_used_it(browser, track) -> None:
    text = text_of(browser, page_of(track))
    assert "Nothing. No dataset and no model of ours holds this track." in text
    assert "Is my track in this model?" not in text  # there is no model to ask about
    assert "Nothing has used your work" in text_of(browser, "/permissions/used/")


def test_a_dataset_and_its_model_with_the_words_of_the_yes(browser, track) -> None:
    snapshot = snapshot_of([track], countries="DE,FR")
    model_of(snapshot, name="rank", version="v2026.04.3")
    text = text_of(browser, page_of(track))
    assert "Recommending and ranking" in text
    assert "Germany, France" in text
    assert "rank v2026.04.3" in text
    assert "not in use" in text
    assert "2026-11-20" in text


def test_what_was_built_on_it_is_told(browser, track) -> None:
    base = model_of(snapshot_of([track]), name="rank", version="v1")
    tuned = model_of(base=base, name="rank", version="v2")
    model_of(base=tuned, name="rank", version="v3")
    text = text_of(browser, page_of(track))
    assert text.count("It was built on rank v1") == 2
    for version in ("v1", "v2", "v3"):
        assert f"rank {version}" in text


@pytest.mark.parametrize("other", [True, False])
def test_is_my_track_in_this_model(browser, track, other) -> None:
    strangers = TrackFactory()
    model = model_of(snapshot_of([strangers] if other else [track, strangers]))
    text = text_of(browser, page_of(track), model=model.pk)
    said = "No. rank v1 did not learn" if other else "Yes. rank v1 learned from this track"
    assert said in text
    assert "We looked through the 1 dataset" in text


def test_a_model_whose_base_learned_from_it_did_so_too(browser, track) -> None:
    base = model_of(snapshot_of([track]), version="v1")
    tuned = model_of(snapshot_of([TrackFactory()]), base=base, version="v2")
    text = text_of(browser, page_of(track), model=tuned.pk)
    assert "Yes. rank v2 learned from this track" in text
    assert "all 2 datasets" in text


@pytest.mark.parametrize("asked", ["", "0", "x", "999999", "1' OR '1'='1", "<script>", "１"])
def test_a_model_that_there_is_not_is_no_question(browser, track, asked) -> None:
    model_of(snapshot_of([track]))
    text = text_of(browser, page_of(track), model=asked)
    assert "Yes. " not in text
    assert "No. " not in text


def test_a_snapshot_that_is_being_built_has_used_nothing(browser, track) -> None:
    snapshot_of([track], state=Snapshot.State.BUILDING, sealed_at=None)
    assert "Nothing. No dataset" in text_of(browser, page_of(track))
    assert "Nothing has used" in text_of(browser, "/permissions/used/")


def test_what_was_taken_back_and_what_is_owed(browser, track) -> None:
    model = model_of(snapshot_of([track], state="stale", stale_since=timezone.now()))
    take_back(track, model)
    text = text_of(browser, page_of(track))
    assert "something in it was taken back" in text
    assert "this model has to be put right by" in text
    assert "Permission taken back" in text
    assert "Stop every new use: done" in text
    assert "Delete features: by" in text
    assert "Download the signed receipt" not in text


def test_what_others_took_back_is_not_told(browser, track) -> None:
    other = TrackFactory()
    model = model_of(snapshot_of([track, other]))
    take_back(other, model)
    for path in (page_of(track), "/permissions/used/"):
        text = text_of(browser, path)
        assert "put right" not in text
        assert "taken back" not in text.replace("you take back", "")


def test_the_receipt_of_a_closed_case(browser, track) -> None:
    case = take_back(track, closed_at=timezone.now(), receipt='{"signed": "by us"}')
    answer = browser.get(f"/permissions/cases/{case.pk}/receipt/")
    assert answer.content.decode() == '{"signed": "by us"}'
    assert f'filename="receipt-{case.pk}' in answer["Content-Disposition"]
    assert "Download the signed receipt" in text_of(browser, "/permissions/used/")


def test_a_receipt_that_is_not_there_yet_or_not_yours(browser, track) -> None:
    opened = take_back(track)
    of_others = take_back(TrackFactory(), closed_at=timezone.now(), receipt="{}")
    for case in (opened, of_others):
        assert browser.get(f"/permissions/cases/{case.pk}/receipt/").status_code == 404


def test_label_staff_get_no_receipt_that_names_other_tracks_of_an_artist(track) -> None:
    track.release.label = LabelFactory()
    track.release.save()
    client = Client()
    client.force_login(MembershipFactory(label=track.release.label).user)
    case = take_back(track, closed_at=timezone.now(), receipt="{}")
    url = f"/permissions/cases/{case.pk}/receipt/"
    assert client.get(url).status_code == 200
    CaseTrack.objects.create(case=case, track_id=TrackFactory().pk)
    assert client.get(url).status_code == 404


@pytest.mark.parametrize("inside", [True, False])
def test_the_proof_either_way_can_be_checked(prove, inside) -> None:
    RulesetFactory()
    track = open_track(GENERATE)
    other = open_track(GENERATE)
    prove()
    officer = ComplianceOfficerFactory()
    model = registered(officer, sealed(officer))
    asked = track if inside else TrackFactory()
    client = Client()
    client.force_login(asked.release.owner)
    assert "Download the proof" in text_of(client, page_of(asked), model=model.pk)
    answer = client.get(f"/tracks/{asked.pk}/models/{model.name}/{model.version}/proof/")
    assert "attachment" in answer["Content-Disposition"]
    [told] = answer.json()["learned_from"]
    [found] = told["datasets"]
    assert (found["present"], found["tree_size"]) == (inside, 2)
    for line in found["lines"]:
        path = [bytes.fromhex(one) for one in line["path"]]
        leaf = leaf_hash(line["line"].encode())
        verify_inclusion(leaf, line["index"], 2, path, bytes.fromhex(found["root"]))
    refs = [json.loads(line["line"])["asset_ref"] for line in found["lines"]]
    assert (found["asset_ref"] in refs) is inside
    assert str(other.pk) not in answer.content.decode()


@pytest.mark.parametrize("version", ["v9", "%00", "v1%00", ".."])
def test_no_proof_of_a_model_that_there_is_not(browser, track, version) -> None:
    model_of(snapshot_of([track]))
    path = f"/tracks/{track.pk}/models/rank/{version}/proof/"
    assert browser.get(path).status_code == 404


def test_everything_of_the_account_is_counted(browser, artist, track) -> None:
    others = TrackFactory.create_batch(2, release__owner=artist)
    model_of(snapshot_of([track, *others, TrackFactory()]))
    text = text_of(browser, "/permissions/used/")
    assert "3 tracks" in text


def test_label_staff_see_what_used_the_releases_of_their_labels(track) -> None:
    track.release.label = LabelFactory()
    track.release.save()
    client = Client()
    client.force_login(MembershipFactory(label=track.release.label).user)
    model_of(snapshot_of([track, TrackFactory()]), name="rank", version="v9")
    text = text_of(client, "/permissions/used/")
    assert "rank v9" in text
    assert "1 track" in text


def test_names_of_models_are_text(browser, track) -> None:
    model_of(snapshot_of([track]), version="<b>v1</b>")
    assert b"<b>v1</b>" not in browser.get(page_of(track)).content
