"""A registered version: its manifest says the seven things, and what is not sound is refused."""

import base64
import json
from datetime import timedelta
from hashlib import sha256
from uuid import uuid4

import pytest
from django.db import transaction

from apps.audit import keys
from apps.audit.models import Checkpoint, Event
from apps.audit.notes import new_signer
from apps.consent.clock import ledger_now
from apps.consent.envelopes_reading import envelope_called
from apps.consent.terms_reading import terms_called
from apps.training import storing
from apps.training.dsse import BadEnvelope, open_statement, pae, sign_statement
from apps.training.errors import (
    BadCard,
    BadDates,
    BadHash,
    BadModelName,
    BeforeSeal,
    BlockedBase,
    DuplicateVersion,
    FilesChanged,
    FilesMissing,
    LedgerUnfit,
    NothingInside,
    NotSealed,
    NotStaff,
    OtherClass,
    SnapshotTooOld,
    Stale,
    UnknownSnapshot,
)
from apps.training.lineage import fault_of
from apps.training.models import ModelVersion, Snapshot
from apps.training.models.snapshot import SealedForEver
from apps.training.policies import envelope_json, policy_json, policy_markdown
from apps.training.registering import Card
from tests.consent.saying import take_back
from tests.factories import ReviewerFactory
from tests.training.listing import GENERATE, open_track
from tests.training.making import CARD, WEIGHTS, registered, run_now, sealed

pytestmark = pytest.mark.django_db


def told(model: ModelVersion) -> dict:
    return open_statement(model.manifest, keys.verifiers())


def test_the_manifest_says_the_seven_things(officer, prove) -> None:
    for _ in range(3):
        open_track()
    snapshot = sealed(officer)
    model = registered(officer, snapshot)
    statement = told(model)
    said = statement["predicate"]
    [dataset] = said["datasets"]
    assert statement["_type"] == "https://in-toto.io/Statement/v1"
    assert statement["subject"] == [{"name": "genaudio/v2026.04.3", "digest": {"sha256": WEIGHTS}}]
    assert dataset["snapshot_id"] == str(snapshot.uid)
    assert dataset["members"]["digest"]["sha256"] == snapshot.members_sha256
    assert dataset["members"]["merkle"]["root"] == snapshot.merkle_root
    assert dataset["descriptor"]["digest"]["sha256"] == snapshot.descriptor_sha256
    assert (dataset["asset_count"], said["asset_count"]) == (3, 3)
    assert dataset["terms"]["policy_version"] == "2026-11-20"
    assert dataset["terms"]["by_policy_version"] == {"2026-11-20": 3}
    assert dataset["filter"] == {"text": snapshot.filter_text, "excluded": {}}
    assert (said["model"]["version"], said["model"]["base_model"]) == ("v2026.04.3", None)
    assert said["training"]["started_at"] <= said["training"]["finished_at"]
    assert dataset["retention"]["until"] > said["training"]["finished_at"]
    newest = Checkpoint.objects.order_by("-size").first()
    assert said["consent_ledger"]["tree_size"] >= snapshot.ledger_size
    pinned = said["consent_ledger"]["checkpoint"]["digest"]["sha256"]
    assert pinned == sha256(newest.note.encode()).hexdigest()


def test_the_registration_is_in_the_log(officer, prove) -> None:
    open_track()
    model = registered(officer, sealed(officer))
    event = Event.objects.get(kind="model.registered")
    assert event.data["manifest_sha256"] == model.manifest_sha256
    assert sha256(model.manifest.encode()).hexdigest() == model.manifest_sha256
    assert fault_of(model) == ""
    second = registered(officer, sealed(officer), version="v2026.04.4", base=model)
    assert told(second)["predicate"]["previous"]["manifest_sha256"] == model.manifest_sha256
    assert told(second)["predicate"]["model"]["base_model"]["version"] == "v2026.04.3"


def test_terms_and_envelopes_are_pinned_by_their_own_hash() -> None:
    envelope = envelope_called("generative_music", 1)
    assert sha256(envelope_json(envelope)).hexdigest() == envelope.sha256
    assert sha256(policy_json("2026-11-20")).hexdigest() == terms_called("2026-11-20").sha256
    assert terms_called("2026-11-20").sentence("generative_music.train", "en").encode() in (
        policy_markdown("2026-11-20")
    )


def test_what_is_not_sound_is_refused(officer, prove, settings) -> None:
    open_track()
    snapshot = sealed(officer)
    model = registered(officer, snapshot, name="base")
    old, now = snapshot.sealed_at - timedelta(seconds=1), ledger_now()
    cases = [
        (NothingInside, {"inputs": []}),
        (NothingInside, {"inputs": [(snapshot.uid, "train")] * 2}),
        (UnknownSnapshot, {"inputs": [(uuid4(), "train")]}),
        (UnknownSnapshot, {"inputs": [("no id", "train")]}),
        (BadModelName, {"inputs": [(snapshot.uid, "eating")]}),
        (OtherClass, {"model_class": "ranking"}),
        (BeforeSeal, {"run": run_now(started_at=old)}),
        (BadDates, {"run": run_now(finished_at=old)}),
        (BadDates, {"run": run_now(finished_at=now + timedelta(days=1))}),
        (DuplicateVersion, {"name": "base"}),
        (BadHash, {"weights_sha256": "AB" * 32}),
        (BadHash, {"weights_sha256": ""}),
        (BadModelName, {"name": "a b"}),
        (BadModelName, {"version": "../../etc/passwd"}),
        (BadModelName, {"run": run_now(run_id="")}),
        (BadModelName, {"run": run_now(code_commit="HEAD; rm -rf")}),
        (BadCard, {"card": Card(" ", CARD.limits)}),
        (BadCard, {"card": Card("Something.", ())}),
        (NotStaff, {"by": ReviewerFactory()}),
    ]
    for error, change in cases:
        with pytest.raises(error):
            registered(officer, snapshot, **change)
    settings.TRAINING_SNAPSHOT_HOURS = 0
    with pytest.raises(SnapshotTooOld):
        registered(officer, snapshot)
    settings.TRAINING_SNAPSHOT_HOURS = 72
    for state in (ModelVersion.State.BLOCKED, ModelVersion.State.RETIRED):
        ModelVersion.objects.filter(pk=model.pk).update(state=state)
        with pytest.raises(BlockedBase):
            registered(officer, snapshot, base=model)
    assert ModelVersion.objects.count() == 1


def test_what_was_taken_back_is_not_trained_on(officer, prove) -> None:
    track = open_track()
    snapshot = sealed(officer)
    take_back(track.release.owner, track, GENERATE)
    with pytest.raises(Stale):
        registered(officer, snapshot)
    with pytest.raises(Stale):  # and it is marked now
        registered(officer, snapshot)
    assert not ModelVersion.objects.exists()


def test_an_unsealed_snapshot_is_not_trained_on(officer, prove) -> None:
    open_track()
    snapshot = sealed(officer)
    values = Snapshot.objects.filter(pk=snapshot.pk).values().get()
    values.update(id=None, uid=uuid4(), state="building", sealed_at=None)
    building = Snapshot.objects.create(**values)
    with pytest.raises(NotSealed):
        registered(officer, building)
    Snapshot.objects.filter(pk=snapshot.pk).update(state="retired")
    with pytest.raises(NotSealed):
        registered(officer, snapshot)


def test_changed_files_are_not_trained_on(officer, prove) -> None:
    open_track()
    snapshot = sealed(officer)
    file = storing.datasets().path(storing.place_of(snapshot, storing.MEMBERS))
    with open(file, "r+b") as opened:
        opened.seek(20)
        was = opened.read(1)
        opened.seek(20)
        opened.write(b"1" if was == b"0" else b"0")
    with pytest.raises(FilesChanged):
        registered(officer, snapshot)
    storing.drop_files(snapshot)
    with pytest.raises(FilesMissing):
        registered(officer, snapshot)


def test_a_log_that_does_not_sign_registers_nothing(officer, prove, settings) -> None:
    open_track()
    snapshot = sealed(officer)
    settings.LEDGER_HEAD.unlink()
    with pytest.raises(LedgerUnfit):
        registered(officer, snapshot)
    assert not ModelVersion.objects.exists()


def test_what_is_registered_stays(officer, prove) -> None:
    open_track()
    model = registered(officer, sealed(officer))
    model.version = "v2"
    attempts = [
        model.save,
        lambda: model.save(update_fields=["version"]),
        model.delete,
        ModelVersion.objects.all().delete,
        lambda: ModelVersion.objects.update(manifest="{}"),
    ]
    for attempt in attempts:
        with pytest.raises(SealedForEver), transaction.atomic():
            attempt()
    ModelVersion.objects.filter(pk=model.pk).update(state="retired")
    assert ModelVersion.objects.get().version == "v2026.04.3"


def test_an_envelope_holds_for_one_key_and_one_spelling() -> None:
    signer, other = new_signer("a/log"), new_signer("a/log")
    text = sign_statement({"a": 1, "b": "ü"}, signer)
    assert open_statement(text, [other.verifier, signer.verifier]) == {"a": 1, "b": "ü"}
    assert pae(b"{}") == b"DSSEv1 28 application/vnd.in-toto+json 2 {}"
    envelope = json.loads(text)
    raw = base64.b64decode(envelope["payload"])
    changed = base64.b64encode(raw.replace(b"1", b"2")).decode()
    wrong = [
        json.dumps(envelope),
        text + "\n",
        text.replace(envelope["payload"], changed),
        text.replace("in-toto", "in_toto"),
        text[:-1],
        "",
        "[]",
        '{"payload":1}',
    ]
    for one in wrong:
        with pytest.raises(BadEnvelope):
            open_statement(one, [signer.verifier])
    with pytest.raises(BadEnvelope, match="no key"):
        open_statement(text, [other.verifier])
