"""Close: a signed receipt that says what was done, when, and plainly what could not be undone."""

from hashlib import sha256
from typing import Any

from django.db import transaction
from django.utils import timezone

from apps.audit.record import record
from apps.training.models import RevocationCase
from apps.training.revocation.receipts import sign_receipt
from apps.training.revocation.waiting import Waiting


@transaction.atomic
def close(case: RevocationCase) -> dict[str, Any]:
    """Signs the receipt and closes the case. Raises Waiting while somebody owes a remedy, and a
    LedgerError where there is no key to sign with. Closed before, it says so again.
    """
    row = RevocationCase.objects.select_for_update().get(pk=case.pk)
    if row.closed_at is None:
        if owed := row.obligations.filter(closed_at=None).count():
            raise Waiting(still_owed=owed)
        row.closed_at = timezone.now()
        row.receipt = sign_receipt(row, row.closed_at)
        row.save(update_fields=["closed_at", "receipt"])
        record(kind="revocation.closed", subject=row, actor=None, receipt_sha256=_hash(row.receipt))
    return {"receipt_sha256": _hash(row.receipt)}


def _hash(receipt: str) -> str:
    return sha256(receipt.encode()).hexdigest()
