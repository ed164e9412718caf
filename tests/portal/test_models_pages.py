"""The registry of models at the desk: which exact tracks trained a version, under which terms."""

import io
import json
import zipfile
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone
from lxml import html

from apps.accounts.models import User
from apps.portal import lineage_page, views_models
from apps.training.bundle import verify_bundle
from apps.training.lines import asset_ref
from apps.training.models import ModelVersion, Snapshot
from apps.training.staleness import mark_stale
from apps.training.storing import MEMBERS, datasets, place_of
from tests.consent.saying import TERMS
from tests.factories import (
    AdministratorFactory,
    ComplianceOfficerFactory,
    RulesetFactory,
    TrainingEngineerFactory,
)
from tests.training.listing import GENERATE, cleared_track, open_track
from tests.training.making import registered, sealed
from tests.training.rows import model_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def law(db) -> None:
    RulesetFactory()


@pytest.fixture
def officer() -> User:
    return ComplianceOfficerFactory()


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def desk(officer) -> Client:
    return client_of(officer)


@pytest.fixture
def trained(officer, prove) -> ModelVersion:
    """A version trained on three tracks; a fourth was left out."""
    for number in range(3):
        open_track(GENERATE, title=f"River {number}", isrc=f"QZABC260000{number}")
    cleared_track()
    prove()
    return registered(officer, sealed(officer))


def url_of(model: ModelVersion, *more: object) -> str:
    parts = "".join(f"{one}/" for one in more)
    return f"/admin/training/models/{model.name}/{model.version}/{parts}"


def text_of(client: Client, path: str, **query: object) -> str:
    answer = client.get(path, query)
    assert answer.status_code == 200
    main = html.fromstring(answer.content.decode()).xpath('//*[@id="content"]')[0]
    return " ".join(main.text_content().split())


def test_nothing_yet(desk) -> None:
    text = text_of(desk, "/admin/training/models/")
    assert "No model is registered" in text
    assert "No dataset was sealed yet" in text


def test_the_registry(desk, trained) -> None:
    model_of(base=trained, name="genaudio", version="v2026.05.0")
    text = text_of(desk, "/admin/training/models/")
    assert "genaudio v2026.04.3" in text
    assert "genaudio v2026.05.0" in text
    assert "Spring" in text
    assert "No model has this" in text_of(desk, "/admin/training/models/", q="ranking")
    assert "genaudio v2026.05.0" in text_of(desk, "/admin/training/models/", q="2026.05")
    assert "genaudio v2026.05.0" in text_of(desk, "/admin/training/models/", q="2026\x00.05")


def test_which_exact_tracks_under_which_terms(desk, trained) -> None:
    text = text_of(desk, url_of(trained))
    assert "3 tracks in 1 dataset under the terms 2026-11-20, for Germany" in text
    assert f"{TERMS}: 3" in text
    assert "“No AI” is on: 1" in text  # the one that was left out
    assert trained.manifest_sha256 in text
    assert "Verified just now" in text
    assert "does not verify" not in text


def test_a_file_that_was_changed_is_seen(desk, trained) -> None:
    snapshot = trained.inputs.get().snapshot
    place = place_of(snapshot, MEMBERS)
    with datasets().open(place, "ab") as opened:
        opened.write(b"{}\n")
    text = text_of(desk, url_of(trained))
    assert "genaudio v2026.04.3 does not verify" in text
    assert "is not the file that was sealed" in text
    assert "Verified just now" not in text


def test_a_base_counts_and_its_faults_do_too(desk, officer, trained) -> None:
    open_track(GENERATE)
    tuned = model_of(base=trained, version="v2026.06.0")  # its manifest is not signed
    text = text_of(desk, url_of(tuned))
    assert "3 tracks in 1 dataset" in text
    assert "through genaudio v2026.04.3" in text
    assert "rank v2026.06.0 does not verify" in text


def test_what_was_taken_back_since(desk, trained) -> None:
    mark_stale(trained.inputs.get().snapshot, at=timezone.now(), tracks=1)
    assert "Something in it was taken back since" in text_of(desk, url_of(trained))


def test_members_page_by_page_with_the_names_of_the_file(desk, trained, monkeypatch) -> None:
    monkeypatch.setattr(lineage_page, "PER_PAGE", 2)
    snapshot = trained.inputs.get().snapshot
    url = url_of(trained, "datasets", snapshot.uid)
    pages = [text_of(desk, url, page=number) for number in (1, 2)]
    keys = snapshot.members.order_by("track_id").values_list("track_id", flat=True)
    refs = [asset_ref(bytes(snapshot.ref_key), key) for key in keys]
    assert [ref in pages[0] for ref in refs] == [True, True, False]
    assert [ref in pages[1] for ref in refs] == [False, False, True]
    assert "River" in pages[0]
    with datasets().open(place_of(snapshot, MEMBERS)) as opened:
        told = opened.read().splitlines()
    assert {json.loads(line)["asset_ref"] for line in told} == set(refs)


@pytest.mark.parametrize("page", ["0", "-1", "x", "9" * 30, "1e9", "２", ""])
def test_a_page_that_there_is_not_is_the_nearest(desk, trained, page) -> None:
    url = url_of(trained, "datasets", trained.inputs.get().snapshot.uid)
    assert "Page 1 of 1" not in text_of(desk, url, page=page)
    assert "River" in text_of(desk, url, page=page)


def test_is_a_track_in_it(desk, trained) -> None:
    snapshot = trained.inputs.get().snapshot
    url = url_of(trained, "datasets", snapshot.uid)
    key = snapshot.members.first().track_id
    assert asset_ref(bytes(snapshot.ref_key), key) in text_of(desk, url, q=str(key))
    assert "River 1" in text_of(desk, url, q="qz-abc-26-00001")
    for absent in (uuid4(), "QZABC2699999", "' OR 1=1 --", "<b>", "\u202e", "a\x00b"):
        assert "No. No member of this dataset" in text_of(desk, url, q=absent)


def test_engineers_see_blinded_names_only(trained) -> None:
    engineer = client_of(TrainingEngineerFactory())
    snapshot = trained.inputs.get().snapshot
    url = url_of(trained, "datasets", snapshot.uid)
    key = snapshot.members.first().track_id
    for text in (text_of(engineer, url), text_of(engineer, url, q=str(key))):
        assert asset_ref(bytes(snapshot.ref_key), key) in text  # the search was not made
        assert "River" not in text
        assert "Is a track in it?" not in text
    page = engineer.get(url).content.decode()
    assert str(key) not in page


def test_files_as_they_were_sealed(desk, trained) -> None:
    snapshot = trained.inputs.get().snapshot
    members = desk.get(url_of(trained, "datasets", snapshot.uid, "members"))
    assert len(members.getvalue().splitlines()) == 3
    assert "attachment" in members["Content-Disposition"]
    described = desk.get(url_of(trained, "datasets", snapshot.uid, "descriptor"))
    assert json.loads(described.getvalue())["@type"]
    manifest = desk.get(url_of(trained, "manifest"))
    assert manifest.content.decode() == trained.manifest
    assert desk.get(url_of(trained, "datasets", snapshot.uid, "weights")).status_code == 404


def test_a_dataset_of_another_model_is_not_shown_under_this_one(desk, officer, trained) -> None:
    other = Snapshot.objects.get(pk=sealed(officer).pk)
    assert desk.get(url_of(trained, "datasets", other.uid)).status_code == 404
    assert desk.get(url_of(trained, "datasets", uuid4(), "members")).status_code == 404


@pytest.mark.parametrize("version", ["v9", "..", "v2026.04.3%2F", "%00", "<b>"])
def test_a_version_that_there_is_not(desk, trained, version) -> None:
    assert desk.get(f"/admin/training/models/genaudio/{version}/").status_code in (404, 400)


def test_two_people_release_it(desk, officer, trained) -> None:
    assert "2 people have to approve it, 0 have" in text_of(desk, url_of(trained))
    desk.post(url_of(trained, "approve"), {"note": "Seen\x00 it."})
    text = text_of(desk, url_of(trained))
    assert "Seen it." in text
    assert "Approve the release" not in text  # nobody approves twice
    assert "2 people have to approve it, 1 have" in text
    refused = desk.post(url_of(trained, "release"), follow=True)
    assert "have to approve it" in refused.content.decode()
    other = client_of(AdministratorFactory())
    other.post(url_of(trained, "approve"))
    assert "Nothing stands against it" in text_of(other, url_of(trained))
    other.post(url_of(trained, "release"))
    trained.refresh_from_db()
    assert trained.state == ModelVersion.State.RELEASED


def test_a_large_one_says_what_stands_against_it_when_asked(desk, trained, monkeypatch) -> None:
    monkeypatch.setattr(views_models, "AT_ONCE", 2)
    text = text_of(desk, url_of(trained))
    assert "See what stands against it" in text
    assert "people have to approve" not in text
    assert "people have to approve" in text_of(desk, url_of(trained), check=1)


def test_engineers_neither_approve_nor_release(trained) -> None:
    engineer = client_of(TrainingEngineerFactory())
    for what in ("approve", "release"):
        assert engineer.post(url_of(trained, what)).status_code == 403
    assert not trained.approvals.exists()
    assert "Approve the release" not in text_of(engineer, url_of(trained))


def test_the_bundle_verifies_elsewhere(desk, trained, tmp_path) -> None:
    answer = desk.get(url_of(trained, "bundle"))
    assert answer["Content-Type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(answer.getvalue())) as packed:
        packed.extractall(tmp_path)
    [folder] = tmp_path.iterdir()
    assert verify_bundle(folder)


def test_no_bundle_of_what_does_not_verify(desk, trained) -> None:
    with datasets().open(place_of(trained.inputs.get().snapshot, MEMBERS), "ab") as opened:
        opened.write(b"{}\n")
    answer = desk.get(url_of(trained, "bundle"), follow=True)
    assert "does not verify" in answer.content.decode()


@pytest.mark.parametrize(("what", "said"), [("card", "Makes short loops"), ("eu-summary", "#")])
def test_texts_from_the_register(desk, trained, what, said) -> None:
    answer = desk.get(url_of(trained, "texts", what))
    assert said in answer.content.decode()
    assert "attachment" in answer["Content-Disposition"]
    assert desk.get(url_of(trained, "texts", "weights")).status_code == 404
