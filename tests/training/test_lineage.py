"""Which exact tracks trained a version, and under what terms."""

import pytest

from apps.training import storing
from apps.training.errors import UnknownModel
from apps.training.lineage import fault_of, lineage_of, members_of
from apps.training.models import ModelVersion
from tests.training.listing import GENERATE, open_track
from tests.training.making import registered, sealed

pytestmark = pytest.mark.django_db


def test_the_answer_names_every_track_and_its_terms(officer, prove) -> None:
    tracks = [open_track(GENERATE, "DE", "FR") for _ in range(4)]
    registered(officer, sealed(officer, "generative_music", "DE", "FR"))
    found = lineage_of("genaudio", "v2026.04.3")
    members = list(found.members())
    assert {key for key, _, _ in members} == {one.pk for one in tracks}
    assert {terms for _, terms, _ in members} == {"2026-11-20"}
    assert all(leaf is not None for _, _, leaf in members)
    told = found.as_dict()
    assert told["verified"] is True
    assert told["asset_count"] == 4
    assert told["by_terms"] == {"2026-11-20": 4}
    assert told["by_country"] == {"DE": 4, "FR": 4}
    assert told["snapshots"][0]["envelope"] == "generative_music.1"
    assert told["bases"] == []


def test_a_base_is_told_all_the_way_down(officer, prove) -> None:
    open_track()
    first = registered(officer, sealed(officer), name="ground")
    open_track()
    second = registered(officer, sealed(officer), name="middle", base=first)
    registered(officer, sealed(officer), name="top", base=second)
    told = lineage_of("top", "v2026.04.3").as_dict()
    assert [(one["model"], one["asset_count"]) for one in told["bases"]] == [
        ("middle", 2),
        ("ground", 1),
    ]
    assert len(lineage_of("top", "v2026.04.3").snapshots) == 3


def test_members_are_read_a_page_at_a_time(officer, prove) -> None:
    keys = sorted(open_track().pk for _ in range(3))
    snapshot = sealed(officer)
    assert [key for key, *_ in members_of(snapshot)] == keys
    assert [key for key, *_ in members_of(snapshot, after=keys[0])] == keys[1:]


def test_what_does_not_verify_is_named(officer, prove) -> None:
    open_track()
    snapshot = sealed(officer)
    model = registered(officer, snapshot)
    file = storing.datasets().path(storing.place_of(snapshot, storing.DESCRIPTOR))
    with open(file, "ab") as opened:
        opened.write(b" ")
    assert "croissant.json" in fault_of(model)
    assert lineage_of("genaudio", "v2026.04.3").as_dict()["verified"] is False
    model.weights_sha256 = "cd" * 32
    assert "not those of its manifest" in fault_of(model)
    model.manifest = model.manifest.replace("sig", "gis")
    assert "does not verify" in fault_of(model)
    model.refresh_from_db()
    storing.drop_files(snapshot)
    assert "missing" in fault_of(model)


def test_a_model_that_is_not_there() -> None:
    with pytest.raises(UnknownModel, match="nothing v9"):
        lineage_of("nothing", "v9")
    assert not ModelVersion.objects.exists()
