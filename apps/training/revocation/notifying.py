"""Notify: recipients are told by mail, confirm with one press, or somebody has to call them."""

from typing import Any

from django.db import transaction

from apps.training.models import Notification, RevocationCase
from apps.training.revocation.reach import recipients_of, snapshots_affected, time_for
from apps.training.revocation.triggers import trigger_of
from apps.training.revocation.waiting import Waiting


def notify(case: RevocationCase) -> dict[str, Any]:
    """Who was told and who confirmed. Raises Waiting until each has confirmed or was escalated."""
    _tell_once(case)
    rows = Notification.objects.filter(case=case)
    told = {
        "recipients": rows.count(),
        "told": rows.filter(sent_at__isnull=False).count(),
        "acknowledged": rows.filter(acknowledged_at__isnull=False).count(),
        "escalated": rows.filter(escalated_at__isnull=False).count(),
    }
    if rows.filter(acknowledged_at=None, escalated_at=None).exists():
        raise Waiting(**told)
    return told


@transaction.atomic
def _tell_once(case: RevocationCase) -> None:
    """A row for each recipient; the sweep sends the mails."""
    trigger = trigger_of(case)
    used = [held.snapshot for held in snapshots_affected(case)]
    due = trigger.recorded_at + time_for("notify", trigger, used)
    for recipient in recipients_of(case):
        Notification.objects.get_or_create(case=case, recipient=recipient, defaults={"due_at": due})
