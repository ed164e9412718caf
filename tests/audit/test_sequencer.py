"""The sequencer: every row one leaf, every checkpoint a continuation, and refusal otherwise."""

import stat
import uuid

import pytest
from django.db import connection

from apps.audit import keys, sequencer
from apps.audit.errors import (
    DatabaseBehind,
    Forked,
    HeadMissing,
    NoKey,
    UnreadableHead,
    UnreadableKey,
    WrongKey,
    WrongOrigin,
)
from apps.audit.merkle import root_of
from apps.audit.models import Checkpoint, Leaf, Pending, Tile
from apps.audit.notes import new_signer, open_checkpoint, verify_proof
from apps.audit.proofs import proof_of
from apps.audit.sequencer import sequence_pending
from tests.audit.conftest import head
from tests.emptying import ledger_lifted

pytestmark = pytest.mark.django_db


def test_waiting_events_become_leaves_in_their_order_under_a_signed_root(signer, happen) -> None:
    events = happen(3)
    assert Pending.objects.count() == 3
    assert sequence_pending() == 3
    assert not Pending.objects.exists()
    leaves = list(Leaf.objects.all())
    assert [leaf.uid for leaf in leaves] == [event.uid for event in events]
    assert {leaf.source for leaf in leaves} == {"audit_event"}
    said = open_checkpoint(Checkpoint.objects.get().note, [signer.verifier])
    assert (said.size, said.root) == (3, root_of([bytes(leaf.leaf_hash) for leaf in leaves]))
    assert head() == Checkpoint.objects.get().note


@pytest.mark.parametrize("batch", [1, 7, 300, 100_000])
def test_any_batches_lead_to_the_same_tree_and_every_leaf_can_be_proven(
    signer, happen, batch
) -> None:
    events = happen(20 if batch == 1 else 600)
    sequence_pending(batch=batch)
    happen(3)
    sequence_pending(batch=batch)
    hashes = [bytes(raw) for raw in Leaf.objects.values_list("leaf_hash", flat=True)]
    newest = Checkpoint.objects.last()
    assert (newest.size, bytes(newest.root)) == (len(events) + 3, root_of(hashes))
    assert Tile.objects.count() == len(hashes) // 256
    for event in (events[0], events[len(events) // 2], events[-1]):
        event.refresh_from_db()
        verify_proof(proof_of(event.uid), bytes(event.leaf_hash), [signer.verifier])


def test_nothing_to_do_costs_nothing(signer, happen, django_assert_max_num_queries) -> None:
    assert sequence_pending() == 0
    assert not Checkpoint.objects.exists()
    happen()
    sequence_pending()
    with django_assert_max_num_queries(2):
        assert sequence_pending() == 0
    assert Checkpoint.objects.count() == 1


def test_a_head_that_lags_is_brought_up(signer, happen, settings) -> None:
    """A crash between the commit and the head."""
    happen()
    sequence_pending()
    before = head()
    happen(5)
    sequence_pending()
    settings.LEDGER_HEAD.write_text(before)
    assert sequence_pending() == 0
    assert head() == Checkpoint.objects.last().note
    settings.LEDGER_HEAD.write_text(before)
    happen()
    assert sequence_pending() == 1


def test_an_older_database_is_not_signed(signer, happen) -> None:
    """A backup was restored: rows and leaves of later are gone, the head knows."""
    happen(2)
    sequence_pending()
    happen(2)
    sequence_pending()
    with ledger_lifted(connection):
        Leaf.objects.filter(index__gte=2).delete()
        Checkpoint.objects.filter(size=4).delete()
    before = head()
    with pytest.raises(DatabaseBehind, match="4 leaves were signed"):
        sequence_pending()
    happen(5)
    with pytest.raises(DatabaseBehind):
        sequence_pending()
    assert (head(), Checkpoint.objects.count(), Pending.objects.count()) == (before, 1, 5)


def test_an_emptied_database_is_not_signed(signer, happen) -> None:
    happen(2)
    sequence_pending()
    with ledger_lifted(connection):
        for model in (Leaf, Checkpoint):
            model.objects.all().delete()
    happen()
    with pytest.raises(DatabaseBehind):
        sequence_pending()


def test_a_forked_database_is_not_signed(signer, happen, settings) -> None:
    """The same size, another history: signed by the same key in a copy of the site."""
    happen(3)
    sequence_pending()
    ours = head()
    with ledger_lifted(connection):
        for model in (Leaf, Checkpoint):
            model.objects.all().delete()
    settings.LEDGER_HEAD.unlink()
    happen(4)
    sequence_pending()
    settings.LEDGER_HEAD.write_text(ours)
    happen()
    with pytest.raises(Forked):
        sequence_pending()


@pytest.mark.parametrize("model", [Leaf, Tile])
def test_changed_hashes_are_not_signed_over(signer, happen, model) -> None:
    happen(300)
    sequence_pending()
    happen()
    with ledger_lifted(connection):
        if model is Leaf:
            Leaf.objects.filter(index=280).update(leaf_hash=bytes(32))
        else:
            Tile.objects.update(root=bytes(32), hashes=bytes(8192))
    with pytest.raises(Forked):
        sequence_pending()
    assert Pending.objects.count() == 1


def test_added_leaves_are_not_signed_over(signer, happen) -> None:
    happen(2)
    sequence_pending()
    Leaf.objects.create(index=2, source="x", uid=uuid.uuid4(), leaf_hash=bytes(32))
    happen()
    with pytest.raises(Forked, match="3 leaves, 2 signed"):
        sequence_pending()


def test_a_missing_head_is_not_made_up(signer, happen, settings) -> None:
    happen()
    sequence_pending()
    settings.LEDGER_HEAD.unlink()
    with pytest.raises(HeadMissing, match="Put it back"):
        sequence_pending()
    settings.LEDGER_HEAD.write_text("nonsense")
    with pytest.raises(UnreadableHead):
        sequence_pending()


def test_another_key_does_not_sign(signer, happen, settings) -> None:
    happen()
    sequence_pending()
    settings.LEDGER_KEY = new_signer(settings.LEDGER_ORIGIN).skey
    happen()
    with pytest.raises((WrongKey, UnreadableHead)):
        sequence_pending()
    settings.LEDGER_KEY = new_signer("other").skey
    with pytest.raises(WrongOrigin):
        sequence_pending()
    settings.LEDGER_KEY = "PRIVATE"
    with pytest.raises(UnreadableKey):
        sequence_pending()
    assert Checkpoint.objects.count() == 1


def test_without_a_key_nothing_is_signed_and_nothing_lost(happen) -> None:
    happen()
    with pytest.raises(NoKey, match="prepare"):
        sequence_pending()
    assert Pending.objects.count() == 1


def test_a_log_goes_on_under_a_new_name_and_key_after_a_loss(signer, happen, settings) -> None:
    for _ in range(2):
        happen(2)
        sequence_pending()
    with ledger_lifted(connection):
        Leaf.objects.filter(index__gte=2).delete()
        Checkpoint.objects.filter(size=4).delete()
    settings.LEDGER_HEAD.rename(settings.LEDGER_HEAD.with_name("head-of-the-lost"))
    settings.LEDGER_ORIGIN = "second/log"
    settings.LEDGER_KEY = new_signer("second/log").skey
    happen()
    with pytest.raises(WrongKey, match="LEDGER_RETIRED_KEYS"):
        sequence_pending()
    settings.LEDGER_RETIRED_KEYS = [signer.verifier.vkey]
    assert sequence_pending() == 1
    assert head().startswith("second/log\n3\n")


def test_a_key_is_changed_by_going_on_under_another_name(signer, happen, settings) -> None:
    happen(4)
    sequence_pending()
    settings.LEDGER_ORIGIN = "second/log"
    settings.LEDGER_KEY = new_signer("second/log").skey
    settings.LEDGER_RETIRED_KEYS = [signer.verifier.vkey]
    happen(1)
    assert sequence_pending() == 1
    assert list(Checkpoint.objects.values_list("origin", "size")) == [
        (signer.name, 4),
        ("second/log", 5),
    ]
    assert head().startswith("second/log\n5\n")


def test_the_key_file_is_made_once_and_for_its_owner_only(signer, settings) -> None:
    file = settings.LEDGER_KEY_FILE
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    text = file.read_text()
    assert not keys.make_key()
    assert file.read_text() == text


def test_a_lost_key_is_not_replaced_by_a_new_one(signer, happen, settings) -> None:
    happen()
    sequence_pending()
    settings.LEDGER_KEY_FILE.unlink()
    assert not keys.make_key()
    with pytest.raises(NoKey):
        sequence_pending()


def test_a_crash_before_the_commit_leaves_everything_as_it_was(
    signer, happen, monkeypatch, settings
) -> None:
    happen(2)

    def crash(*_: object) -> None:
        raise OSError("power")

    monkeypatch.setattr(sequencer, "write_tiles", crash)
    with pytest.raises(OSError, match="power"):
        sequence_pending()
    assert (Pending.objects.count(), Leaf.objects.count()) == (2, 0)
    assert head().startswith("soundcheck/ledger\n0\n")


def test_a_crash_between_the_first_commit_and_its_head_is_no_loss_of_the_head(
    signer, happen, monkeypatch
) -> None:
    happen()
    written, begun = sequencer.write_head, []

    def crash(note: str) -> None:
        if begun:
            raise OSError("power")
        begun.append(note)
        written(note)

    monkeypatch.setattr(sequencer, "write_head", crash)
    with pytest.raises(OSError, match="power"):
        sequence_pending()
    monkeypatch.undo()
    assert Checkpoint.objects.get().size == 1
    assert sequence_pending() == 0
    assert head() == Checkpoint.objects.get().note
