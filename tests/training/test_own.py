"""The product obeys itself: its own detector has a manifest, a lineage and a card."""

import json
from hashlib import sha256
from io import StringIO

import pytest
from django.core.management import call_command

from apps.screening.checks.synthetic_audio import SyntheticAudioCheck
from apps.screening.comb import calibration
from apps.training.errors import OwnChanged
from apps.training.lineage import lineage_of
from apps.training.models import ModelVersion
from apps.training.own import CARD, register_own
from apps.training.releasing import blockers_of

pytestmark = pytest.mark.django_db


def test_it_is_registered_once_and_was_made_from_no_upload(prove) -> None:
    first, second = register_own(), register_own()
    assert first == second
    told = lineage_of("synthetic_audio", SyntheticAudioCheck.version).as_dict()
    assert (told["verified"], told["asset_count"], told["snapshots"]) == (True, 0, [])
    digest = sha256(calibration.FILE.read_bytes()).hexdigest()
    assert told["weights_sha256"] == digest
    assert {one["name"] for one in told["other_sources"]} >= {"calibration.json", "spacings.toml"}
    assert told["other_sources"][0]["digest"]["sha256"] == digest


def test_another_calibration_needs_another_version(prove, monkeypatch, tmp_path) -> None:
    register_own()
    changed = tmp_path / "calibration.json"
    changed.write_text(calibration.FILE.read_text() + "\n")
    monkeypatch.setattr(calibration, "FILE", changed)
    with pytest.raises(OwnChanged, match="new version"):
        register_own()
    assert ModelVersion.objects.count() == 1


def test_it_is_released_like_any_other(prove) -> None:
    assert [one.code for one in blockers_of(register_own())] == ["approvals"]


def test_its_card_says_how_often_it_is_wrong(prove) -> None:
    register_own()
    assert SyntheticAudioCheck.__doc__ is not None
    said = " ".join(SyntheticAudioCheck.__doc__.split())
    for figure in ("726 pieces made by people 7 likely", "305 clips of 30 generators 171 likely"):
        assert figure in said
    assert "Of 726 pieces made by people 7" in CARD.limits[0]
    assert "Of 305 clips of 30 generators 171" in CARD.limits[1]


def test_the_command_and_the_set_up_register_it(prove) -> None:
    out = StringIO()
    call_command("training", "register-own", "--json", stdout=out)
    assert json.loads(out.getvalue())["model"] == "synthetic_audio"
    out = StringIO()
    call_command("training", "lineage", "synthetic_audio", SyntheticAudioCheck.version, stdout=out)
    assert "Tracks it was trained on: 0; verified" in out.getvalue()
    assert "made of calibration.json" in out.getvalue()
