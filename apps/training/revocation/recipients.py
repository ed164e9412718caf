"""Who received something: what was handed over, who confirmed, who did not answer in time."""

from django.db import transaction
from django.utils import timezone

from apps.accounts.models import User
from apps.audit.record import record
from apps.catalogue.models import Track
from apps.training.models import Disclosure, Notification, Recipient, RevocationStep, Snapshot
from apps.training.revocation.errors import NothingDisclosed
from apps.training.revocation.steps import ring_again


@transaction.atomic
def disclose(
    *,
    by: User,
    recipient: Recipient,
    what: str,
    snapshot: Snapshot | None = None,
    track: Track | None = None,
) -> Disclosure:
    """Writes down that a dataset or a track was handed over. Raises NothingDisclosed."""
    if (snapshot is None) == (track is None) or not what.strip():
        raise NothingDisclosed
    made = Disclosure.objects.create(
        recipient=recipient,
        snapshot=snapshot,
        track_id=track.pk if track else None,
        at=timezone.now(),
        what=what.strip()[:200],
    )
    record(kind="disclosure.made", subject=made, actor=by, recipient=str(recipient.pk))
    return made


@transaction.atomic
def acknowledge(*, notification: Notification) -> bool:
    """The recipient confirms all that one mail told; whether anything was open. Safe to repeat."""
    rows = Notification.objects.select_for_update()
    told = rows.filter(recipient=notification.recipient_id, sent_at=notification.sent_at)
    found = [one for one in told if one.sent_at and one.acknowledged_at is None]
    for one in found:
        one.acknowledged_at = timezone.now()
        one.save(update_fields=["acknowledged_at"])
        record(
            kind="revocation.acknowledged", subject=one.case, actor=None, by=str(one.recipient_id)
        )
        ring_again(one.case, RevocationStep.Kind.NOTIFY)
    return bool(found)


def told_together(notification: Notification) -> list[Notification]:
    """All that one mail told its recipient, the oldest case first."""
    rows = Notification.objects.filter(
        recipient=notification.recipient_id, sent_at=notification.sent_at
    )
    return list(rows.select_related("case", "recipient").order_by("pk"))


@transaction.atomic
def escalate_overdue() -> list[Notification]:
    """Notes every recipient who was to confirm by now and did not; people have to call them."""
    late = Notification.objects.filter(
        acknowledged_at=None, escalated_at=None, due_at__lte=timezone.now()
    )
    found = list(late.select_for_update(of=("self",)).select_related("recipient", "case"))
    for one in found:
        one.escalated_at = timezone.now()
        one.save(update_fields=["escalated_at"])
        record(kind="revocation.escalated", subject=one.case, actor=None, by=str(one.recipient_id))
        ring_again(one.case, RevocationStep.Kind.NOTIFY)
    return found
