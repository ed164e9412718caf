"""Gives waiting rows their leaves and signs what the log has become: one at a time.

Leaves, tiles and the checkpoint are one transaction. Before it signs, it proves that the tables
hold what was signed last, and that both go on from the head outside the database. Where they do
not, it raises a `LedgerError` and signs nothing: two checkpoints that contradict each other can
never be taken back.
"""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Max

from apps.audit import keys, queue
from apps.audit.errors import DatabaseBehind, Forked, HeadMissing, WrongKey
from apps.audit.head import read_head, write_head
from apps.audit.merkle import (
    EMPTY,
    BadProof,
    Node,
    consistency_proof,
    root,
    verify_consistency,
)
from apps.audit.models import Checkpoint, Leaf, Pending
from apps.audit.notes import BadNote, Signer, open_checkpoint
from apps.audit.notes import Checkpoint as Said
from apps.audit.tree import Gap, StoredTree, grown, write_tiles

BATCH = 20_000  # rows of one transaction: about a second


def sequence_pending(*, batch: int = BATCH) -> int:
    """Gives every waiting row its leaf, in transactions of `batch`; returns how many.

    Raises LedgerError, and then nothing more was signed.
    """
    total = 0
    while True:
        taken = _sequence(batch)
        total += taken
        if taken < batch:
            return total


def _sequence(batch: int) -> int:
    signer = keys.signer()
    if not Pending.objects.exists() and _head_is_current(signer):
        return 0
    with transaction.atomic():
        queue.lock()
        last = prove_unbroken(signer)
        added = queue.take(last.size, batch)
        note = _extend(signer, last, added) if added else _newest_note()
    if note:
        write_head(note)
    return len(added)


def _newest_note() -> str:
    newest = Checkpoint.objects.last()
    return newest.note if newest else ""


def _head_is_current(signer: Signer) -> bool:
    """Whether there is nothing to do but look: the head is the newest checkpoint of ours."""
    newest, head = Checkpoint.objects.last(), read_head([signer.verifier, *keys.retired()])
    if newest is None or head is None:
        return newest is None and (head is None or head.size == 0)
    return (head.origin, head.size, head.root) == (newest.origin, newest.size, bytes(newest.root))


def prove_unbroken(signer: Signer) -> Said:
    """The last signed state, after proving that tables and outside head agree with it.

    A log that begins anew under another name may begin without a head. Raises DatabaseBehind,
    Forked, HeadMissing, UnreadableHead or WrongKey.
    """
    newest = Checkpoint.objects.last()
    head = read_head([signer.verifier, *keys.retired()])
    if newest is None:
        if head and head.size:
            raise DatabaseBehind(head=head.size, size=0)
        last = Said(signer.name, 0, EMPTY)
    else:
        last = _last_said(newest, signer)
    node = StoredTree().node
    _require_same_tables(node, last)
    if newest and head is None and last.origin == signer.name:
        raise HeadMissing(file=settings.LEDGER_HEAD)
    if head:
        _require_descent(node, head, last)
    else:
        _begin_head(newest, signer)
    return last


def _begin_head(newest: Checkpoint | None, signer: Signer) -> None:
    """The first head is there before the first checkpoint is committed, and never missing after.

    It says what is true whether that commit comes or not: nothing yet, or the last checkpoint.
    """
    empty = Said(signer.name, 0, EMPTY)
    write_head(newest.note if newest else signer.sign(empty.text))


def _last_said(newest: Checkpoint, signer: Signer) -> Said:
    try:
        return open_checkpoint(newest.note, [signer.verifier, *keys.retired()])
    except BadNote as error:
        raise WrongKey(why=error) from error


def _require_same_tables(node: Node, last: Said) -> None:
    top = Leaf.objects.aggregate(top=Max("index"))["top"]
    leaves = 0 if top is None else top + 1
    if leaves != last.size:
        raise Forked(why=f"{leaves} leaves, {last.size} signed")
    if _root(node, last.size) != last.root:
        raise Forked(why=f"another root at {last.size} leaves")


def _require_descent(node: Node, head: Said, last: Said) -> None:
    if head.size > last.size:
        raise DatabaseBehind(head=head.size, size=last.size)
    try:
        path = consistency_proof(node, head.size, last.size)
        verify_consistency(head.size, last.size, path, head.root, last.root)
    except (BadProof, Gap) as error:
        raise Forked(why=f"head of {head.size} leaves: {error}") from error


def _root(node: Node, size: int) -> bytes:
    try:
        return root(node, size)
    except Gap as error:
        raise Forked(why=str(error)) from error


def _extend(signer: Signer, last: Said, added: Sequence[bytes]) -> str:
    """Tiles and a signed checkpoint for the leaves just taken; returns the signed text."""
    frontier = grown(StoredTree().node, last.size, added)
    write_tiles(last.size, frontier.size, added)
    _require_growth(last, frontier.size, frontier.root)
    said = Said(signer.name, frontier.size, frontier.root)
    values: dict[str, Any] = {"origin": said.origin, "size": said.size, "root": said.root}
    vkey = signer.verifier.vkey
    return Checkpoint.objects.create(note=signer.sign(said.text), vkey=vkey, **values).note


def _require_growth(last: Said, size: int, top: bytes) -> None:
    """Proves from what is stored now that the new tree begins with the one signed before."""
    node = StoredTree().node
    try:
        path = consistency_proof(node, last.size, size)
        verify_consistency(last.size, size, path, last.root, top)
    except (BadProof, Gap) as error:
        raise Forked(why=str(error)) from error
