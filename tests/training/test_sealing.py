"""A sealed snapshot: what is in it, what proves it, and that nothing changes it any more."""

import hmac
import json
from datetime import timedelta
from hashlib import sha256

import pytest
from django.db import transaction
from django.db.models import ProtectedError
from django.utils import timezone

from apps.audit import keys, merkle
from apps.audit.canonical import canonical
from apps.audit.models import Checkpoint, Event, Leaf
from apps.audit.notes import open_checkpoint
from apps.audit.verify import verify
from apps.consent.errors import ConsentError
from apps.training import sealing, sorting, storing
from apps.training.errors import (
    BadName,
    FilesMissing,
    LedgerUnfit,
    NothingAllowed,
    NotStaff,
    OnlyNow,
    UnknownCountry,
)
from apps.training.lines import asset_ref, trace_sha256
from apps.training.models import Snapshot, SnapshotMember
from apps.training.models.snapshot import SealedForEver
from apps.training.sealing import discard, sweep_unfinished, take_snapshot
from apps.training.sorting import SameLine, write_sorted
from tests.factories import ArtistFactory
from tests.training.listing import GENERATE, RANK, ask, cleared_track, listed, open_track

pytestmark = pytest.mark.django_db


def members_of(snapshot: Snapshot) -> list[bytes]:
    with storing.open_file(snapshot, storing.MEMBERS) as opened:
        return opened.read().splitlines()


def files_left() -> list[str]:
    kept = storing.datasets()
    folders = kept.listdir(".")[0] if kept.exists(".") else []
    return [name for one in folders for name in kept.listdir(one)[1]]


def test_what_a_sealed_snapshot_says_can_be_computed_again(officer, prove) -> None:
    tracks = [open_track(GENERATE, "DE", "FR") for _ in range(5)]
    left_out = cleared_track()
    asked = ask("generative_music", "FR", "DE")
    snapshot = take_snapshot(asked=asked, name="Spring", by=officer)
    lines = members_of(snapshot)
    assert snapshot.state == Snapshot.State.SEALED
    assert (snapshot.asset_count, snapshot.excluded) == (5, {"no_ai": 1})
    assert lines == sorted(set(lines))
    assert len(lines) == 5
    with storing.open_file(snapshot, storing.MEMBERS) as opened:
        assert sha256(opened.read()).hexdigest() == snapshot.members_sha256
    root = merkle.root_of([merkle.leaf_hash(line) for line in lines])
    assert root.hex() == snapshot.merkle_root
    assert all(canonical(json.loads(line)) == line for line in lines)
    refs = {
        hmac.new(bytes(snapshot.ref_key), str(one.pk).encode(), sha256).hexdigest(): one
        for one in tracks
    }
    assert [json.loads(line)["asset_ref"] for line in lines] == sorted(refs)
    assert asset_ref(bytes(snapshot.ref_key), left_out.pk) not in refs
    for line in lines:
        told = json.loads(line)
        track = refs[told["asset_ref"]]
        decision = track.decisions.get()
        assert told["content_sha256"] == track.audio.sha256
        assert told["rights_decision"] == {
            "outcome": "allowed",
            "ruleset": decision.ruleset_id,
            "trace_sha256": trace_sha256(decision),
        }
        assert [one["jurisdiction"] for one in told["consents"]] == ["DE", "FR"]
        for yes in told["consents"]:
            leaf = Leaf.objects.get(index=yes["ledger_index"])
            assert (yes["leaf_hash"], yes["status"]) == (bytes(leaf.leaf_hash).hex(), "granted")
            assert yes["ledger_index"] < snapshot.ledger_size
            assert yes["policy_version"] == "2026-11-20"
    assert {one.track_id for one in snapshot.members.all()} == {one.pk for one in tracks}


def test_the_log_vouches_for_it(officer, prove) -> None:
    open_track()
    snapshot = take_snapshot(asked=ask(), name="Spring", by=officer)
    said = open_checkpoint(snapshot.note, keys.verifiers())
    assert said.size == snapshot.ledger_size == Checkpoint.objects.order_by("-size").first().size
    told = Event.objects.get(kind="snapshot.sealed").data
    assert told["members_sha256"] == snapshot.members_sha256
    assert told["merkle_root"] == snapshot.merkle_root
    assert told["note_sha256"] == sha256(snapshot.note.encode()).hexdigest()
    prove()
    assert verify().fault is None


def test_the_description_pins_the_members(officer, prove) -> None:
    open_track()
    snapshot = take_snapshot(asked=ask(), name="Spring", by=officer)
    with storing.open_file(snapshot, storing.DESCRIPTOR) as opened:
        text = opened.read()
    assert sha256(text).hexdigest() == snapshot.descriptor_sha256
    told = json.loads(text)
    assert told["conformsTo"] == "http://mlcommons.org/croissant/1.1"
    assert told["distribution"][0]["sha256"] == snapshot.members_sha256
    assert told["isLiveDataset"] is False
    required = {"@context", "@type", "name", "description", "license", "url", "creator"}
    assert required | {"datePublished"} <= told.keys()
    assert "epoch 1" in told["description"]
    assert snapshot.retention_until - snapshot.sealed_at > timedelta(days=364)


def test_a_yes_that_has_no_leaf_yet_gets_one_first(officer, prove) -> None:
    """The newest consents are in, and each stands under the checkpoint."""
    open_track(RANK)
    snapshot = take_snapshot(asked=ask("ranking"), name="Ranking", by=officer)
    assert snapshot.asset_count == 1
    assert SnapshotMember.objects.get().leaf_index < snapshot.ledger_size


def test_what_is_sealed_stays(officer, prove) -> None:
    track = open_track()
    snapshot = take_snapshot(asked=ask(), name="Spring", by=officer)
    snapshot.name = "Autumn"
    attempts = [
        snapshot.save,
        lambda: snapshot.save(update_fields=["name"]),
        snapshot.delete,
        lambda: Snapshot.objects.filter(pk=snapshot.pk).update(asset_count=9),
        lambda: Snapshot.objects.filter(pk=snapshot.pk).update(state="building"),
        Snapshot.objects.all().delete,
        snapshot.members.all().delete,
        lambda: snapshot.members.update(policy_version="x"),
        lambda: snapshot.members.get().delete(),
        lambda: snapshot.members.get().save(),
        lambda: SnapshotMember(snapshot=snapshot, track_id=track.pk).save(),
        lambda: Snapshot.objects.bulk_update([snapshot], ["name"]),
    ]
    for attempt in attempts:
        with pytest.raises((SealedForEver, ProtectedError)), transaction.atomic():
            attempt()
    assert Snapshot.objects.get().name == "Spring"
    Snapshot.objects.filter(pk=snapshot.pk).update(state="stale", stale_since=timezone.now())
    assert not discard(snapshot)
    assert Snapshot.objects.get().state == "stale"


def test_refusals_leave_nothing(officer, prove) -> None:
    long_ago = timezone.now() - timedelta(hours=1)
    cases = [
        (NothingAllowed, {}),
        (UnknownCountry, {"asked": ask("search", "XX")}),
        (OnlyNow, {"asked": ask("search", at=long_ago, known_at=long_ago)}),
        (BadName, {"name": " "}),
        (BadName, {"name": "a\nb"}),
        (BadName, {"name": "x" * 81}),
        (NotStaff, {"by": ArtistFactory()}),
    ]
    for error, change in cases:
        with pytest.raises(error):
            take_snapshot(**{"asked": ask(), "name": "Spring", "by": officer, **change})
    assert not Snapshot.objects.exists()
    assert files_left() == []


def test_a_log_that_cannot_vouch_seals_nothing(officer, prove, settings) -> None:
    open_track()
    prove()
    settings.SNAPSHOT_CHECKPOINT_S = -1
    with pytest.raises(LedgerUnfit, match="newest checkpoint"):
        take_snapshot(asked=ask(), name="Spring", by=officer)
    settings.SNAPSHOT_CHECKPOINT_S = 600
    settings.LEDGER_HEAD.unlink()
    with pytest.raises(LedgerUnfit, match="head"):
        take_snapshot(asked=ask(), name="Spring", by=officer)
    assert not Snapshot.objects.exists()


def test_a_crash_leaves_a_row_that_is_swept(officer, prove, monkeypatch) -> None:
    open_track()

    class Killed(BaseException):
        """As if the process had been killed: nothing tidies up."""

    def killed(*_: object) -> None:
        raise Killed

    monkeypatch.setattr(sealing, "_seal", killed)
    with pytest.raises(Killed):
        take_snapshot(asked=ask(), name="Spring", by=officer)
    snapshot = Snapshot.objects.get()
    assert snapshot.state == Snapshot.State.BUILDING
    assert len(files_left()) == 2
    assert sweep_unfinished() == 0
    Snapshot.objects.update(valid_at=timezone.now() - timedelta(hours=3))
    assert (sweep_unfinished(), sweep_unfinished()) == (1, 0)
    assert files_left() == []
    assert not Snapshot.objects.exists()
    assert not SnapshotMember.objects.exists()


def test_a_disk_that_fails_leaves_nothing(officer, prove, monkeypatch) -> None:
    open_track()

    def full(*_: object) -> None:
        raise OSError("No space left on device")

    monkeypatch.setattr(storing.datasets().__class__, "save", full)
    with pytest.raises(OSError, match="space"):
        take_snapshot(asked=ask(), name="Spring", by=officer)
    assert not Snapshot.objects.exists()


def test_a_missing_file_is_named(officer, prove) -> None:
    open_track()
    snapshot = take_snapshot(asked=ask(), name="Spring", by=officer)
    storing.drop_files(snapshot)
    with (
        pytest.raises(FilesMissing, match=r"members\.jsonl"),
        storing.open_file(snapshot, storing.MEMBERS),
    ):
        pass


def test_more_lines_than_are_sorted_at_once(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(sorting, "RUN", 7)
    lines = [sha256(bytes([n])).hexdigest().encode() for n in range(50)]
    file = tmp_path / "members.jsonl"
    written = write_sorted(iter(lines), file)
    assert file.read_bytes().split() == sorted(lines)
    assert written.root == merkle.root_of([merkle.leaf_hash(one) for one in sorted(lines)]).hex()
    assert [one.name for one in tmp_path.iterdir()] == ["members.jsonl"]
    with pytest.raises(SameLine):
        write_sorted([*lines, lines[20]], file)


def test_two_snapshots_cannot_be_compared(officer, prove) -> None:
    open_track()
    first, second = (take_snapshot(asked=ask(), name="Spring", by=officer) for _ in range(2))
    assert first.uid != second.uid
    assert members_of(first) != members_of(second)
    assert listed().count == first.asset_count
    assert not issubclass(SealedForEver, ConsentError)
