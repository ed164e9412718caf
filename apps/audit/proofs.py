"""The proof that a row is in the log, as a text that anybody can verify."""

from uuid import UUID

from apps.audit.errors import NotInTheLog, StillWaiting
from apps.audit.merkle import inclusion_proof
from apps.audit.models import Checkpoint, Leaf, Pending
from apps.audit.notes import Proof
from apps.audit.tree import StoredTree


def proof_of(uid: UUID) -> str:
    """The tlog-proof of the row with this uid. Raises NotInTheLog or StillWaiting."""
    leaf = Leaf.objects.filter(uid=uid).first()
    if leaf is None:
        waits = Pending.objects.filter(uid=uid).exists()
        raise (StillWaiting if waits else NotInTheLog)(uid=uid)
    newest = Checkpoint.objects.order_by("-size", "-id")[:1].get()
    path = inclusion_proof(StoredTree().node, leaf.index, newest.size)
    return Proof(leaf.index, tuple(path), newest.note).text
