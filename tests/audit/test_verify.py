"""`audit verify` finds the first broken leaf; `checkpoint` and `proof` tell what holds."""

import json
import subprocess
import sys
import uuid
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from apps.audit.merkle import leaf_hash
from apps.audit.models import Checkpoint, Event, EventDetail, Leaf, Pending, Tile
from apps.audit.notes import new_signer, verify_proof
from apps.audit.record import erase_details
from apps.audit.sequencer import sequence_pending
from apps.audit.verify import verify
from tests.emptying import ledger_lifted

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.django_db


@pytest.fixture
def log(signer, happen):
    """600 leaves under two checkpoints."""
    happen(400)
    sequence_pending()
    happen(200)
    sequence_pending()


def run(*arguments: str) -> tuple[int, str, str]:
    out, status, said = StringIO(), 0, ""
    try:
        call_command("audit", *arguments, stdout=out)
    except SystemExit as ended:
        status = int(ended.code or 0)
    except CommandError as error:
        status, said = error.returncode, str(error)
    return status, out.getvalue(), said


def test_a_whole_log_verifies(log) -> None:
    report = verify()
    assert report.fault is None
    assert (report.leaves, report.checkpoints, report.waiting) == (600, 2, 0)
    assert report.root == bytes(Checkpoint.objects.last().root).hex()
    for start in (1, 256, 399, 512, 600, 10_000):
        assert verify(start=start).fault is None


def test_an_empty_log_verifies(signer) -> None:
    assert verify().fault is None
    assert run("checkpoint")[:2] == (0, "The log is empty.\n")


@pytest.mark.parametrize("index", [0, 255, 256, 412, 599])
def test_one_changed_payload_is_found_by_its_index(log, index) -> None:
    leaf = Leaf.objects.get(index=index)
    with ledger_lifted(connection):
        event = Event.objects.get(uid=leaf.uid)
        payload = event.payload.replace("test.happened", "test.hoppened")
        Event.objects.filter(pk=event.pk).update(payload=payload)
    status, out, _ = run("verify", "--json")
    fault = json.loads(out)["fault"]
    assert status == 1
    assert (fault["index"], fault["source"], fault["uid"]) == (index, "audit_event", str(leaf.uid))
    assert fault["what"] == "the payload is not the one that was hashed"
    status, out, _ = run("verify")
    assert (status, out.count("\n")) == (1, 1)
    assert f"leaf {index}," in out


def test_a_leaf_hash_changed_together_with_its_payload_is_found_by_the_root(log) -> None:
    event = Event.objects.first()
    with ledger_lifted(connection):
        payload = event.payload.replace("test.happened", "test.hoppened")
        changed = {"payload": payload, "leaf_hash": leaf_hash(payload.encode())}
        Event.objects.filter(pk=event.pk).update(**changed, kind="test.hoppened")
        Leaf.objects.filter(index=0).update(leaf_hash=changed["leaf_hash"])
    assert "tile/0/0" in verify().fault.what
    leaves = [bytes(raw) for raw in Leaf.objects.values_list("leaf_hash", flat=True)[:256]]
    from apps.audit.merkle import root_of

    with ledger_lifted(connection):
        Tile.objects.filter(level=0, index=0).update(hashes=b"".join(leaves), root=root_of(leaves))
    assert "another root" in verify().fault.what


@pytest.mark.parametrize("name", ["kind", "subject_type", "subject_id", "at"])
def test_a_changed_column_is_found(log, name) -> None:
    event = Event.objects.order_by("id")[7]
    with ledger_lifted(connection):
        value = event.at + timedelta(microseconds=1) if name == "at" else "other"
        Event.objects.filter(pk=event.pk).update(**{name: value})
    fault = verify().fault
    assert (fault.index, fault.what) == (7, f"the column {name} differs from the payload")


@pytest.mark.parametrize("payload", ["no json", '["list"]', "{}", "7", ""])
def test_a_payload_that_was_written_past_us_is_a_fault_and_no_traceback(log, payload) -> None:
    event, changed = Event.objects.first(), leaf_hash(payload.encode())
    with ledger_lifted(connection):
        Event.objects.filter(pk=event.pk).update(payload=payload, leaf_hash=changed)
        Leaf.objects.filter(index=0).update(leaf_hash=changed)
    assert (verify().fault.index, verify().fault.what) == (
        0,
        "the payload does not hold its columns",
    )


def test_a_deleted_row_and_a_deleted_leaf_are_found(log) -> None:
    event = Event.objects.order_by("id")[3]
    with ledger_lifted(connection):
        EventDetail.objects.filter(event=event).delete()
        Event.objects.filter(pk=event.pk).delete()
    assert (verify().fault.index, verify().fault.what) == (3, "the row is gone")
    with ledger_lifted(connection):
        Leaf.objects.filter(index=2).delete()
    assert (verify().fault.index, verify().fault.what) == (
        2,
        "the leaf is missing, or its source is no ledger table",
    )


def test_rows_beside_the_log_are_found(log, happen) -> None:
    [event] = happen()
    Pending.objects.all().delete()
    assert verify().fault.what == "the row was never queued for the log"
    Pending.objects.create(source="audit_event", uid=event.uid, leaf_hash=event.leaf_hash)
    assert verify().fault is None
    Pending.objects.update(at=timezone.now() - timedelta(seconds=61))
    assert "more than a minute" in verify().fault.what
    Pending.objects.all().delete()
    Leaf.objects.create(index=600, source="audit_event", uid=event.uid, leaf_hash=event.leaf_hash)
    assert verify().fault.what == "the leaf was never signed"


def test_a_changed_checkpoint_and_a_missing_or_newer_head_are_found(log, settings) -> None:
    with ledger_lifted(connection):
        Checkpoint.objects.filter(size=400).update(root=bytes(32))
    assert "columns differ" in verify().fault.what
    with ledger_lifted(connection):
        Checkpoint.objects.filter(size=400).delete()
        Checkpoint.objects.filter(size=600).update(note="nonsense")
    assert "know no key" in verify().fault.what
    with ledger_lifted(connection):
        Checkpoint.objects.all().delete()
        Leaf.objects.all().delete()
    assert verify().fault.what == (
        "the head outside the database has 600 leaves, the database only 0"
    )


def test_against_a_checkpoint_kept_elsewhere(log, signer, tmp_path) -> None:
    kept = tmp_path / "checkpoint.txt"
    kept.write_text(Checkpoint.objects.first().note)
    assert run("verify", "--against", str(kept))[0] == 0
    from apps.audit.notes import Checkpoint as Said

    kept.write_text(signer.sign(Said(signer.name, 100, bytes(32)).text))
    status, out, _ = run("verify", "--against", str(kept), "--json")
    assert status == 1
    assert json.loads(out)["fault"]["what"].startswith("the checkpoint given of 100 leaves")
    kept.write_text(signer.sign(Said(signer.name, 601, bytes(32)).text))
    assert run("verify", "--against", str(kept))[0] == 1
    kept.write_text(new_signer(signer.name).sign(Said(signer.name, 100, bytes(32)).text))
    assert run("verify", "--against", str(kept))[0] == 1


@pytest.mark.parametrize(
    "arguments",
    [
        ("verify", "--from", "-1"),
        ("verify", "--against", "/nowhere"),
        ("proof", "x"),
    ],
)
def test_wrong_usage_is_one_line_and_status_2(db, arguments) -> None:
    status, out, said = run(*arguments)
    assert (status, out) == (2, "")
    assert said


def test_arguments_that_cannot_be_read_are_one_line_and_status_2() -> None:
    for arguments in (["verify", "--from", "x"], ["proof"], ["prove"], []):
        command = [sys.executable, "manage.py", "audit", *arguments]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)


def test_erasing_details_breaks_no_proof_and_is_told(signer, happen, person) -> None:
    events = happen(3, note="Ada Lovelace, ada@example.org")
    sequence_pending()
    assert "Ada" not in events[0].payload
    assert str(person.pk) not in json.loads(events[0].payload)["actor"]
    _, before, _ = run("proof", str(events[0].uid))
    assert erase_details(events=events[:2], by=person, reason="asked to") == 2
    erased = Event.objects.get(pk=events[0].pk)
    assert (erased.data, erased.actor, erased.actor_id) == ({}, None, None)
    assert Event.objects.get(pk=events[2].pk).data["note"].startswith("Ada")
    told = Event.objects.get(kind="event.details_erased")
    assert told.data == {"reason": "asked to", "events": [str(one.uid) for one in events[:2]]}
    status, out, _ = run("checkpoint", "--json")
    assert (status, json.loads(out)["leaves"], json.loads(out)["added"]) == (0, 4, 1)
    assert run("verify")[0] == 0
    for text in (before, run("proof", str(erased.uid))[1]):
        verify_proof(text, bytes(erased.leaf_hash), [signer.verifier])
    assert erase_details(events=events[:2], by=person, reason="again") == 0


def test_a_proof_of_what_waits_or_never_was(signer, happen) -> None:
    [event] = happen()
    status, _, said = run("proof", str(event.uid))
    assert status == 1
    assert "waits" in said
    status, _, said = run("proof", str(uuid.uuid4()))
    assert status == 1
    assert "No row" in said
    sequence_pending()
    status, out, _ = run("proof", str(event.uid))
    assert status == 0
    assert out.startswith("c2sp.org/tlog-proof@v1\nindex 0\n\nsoundcheck/ledger\n1\n")


def test_a_refusal_to_sign_is_a_sentence(happen) -> None:
    happen()
    status, out, said = run("checkpoint", "--json")
    assert status == 1
    assert json.loads(out)["error"] == "no_key"
    assert "prepare" in said
    assert run("verify")[0] == 1
