"""Events from before the log get their payload and their place in the queue, in their order."""

from django.db import migrations

from apps.audit import payload
from apps.audit.canonical import MOST
from apps.audit.merkle import leaf_hash

BATCH = 2000


def exact(value):
    """The value with what `canonical` cannot write as text; such values came before it was asked."""
    if isinstance(value, dict):
        return {str(key): exact(one) for key, one in value.items()}
    if isinstance(value, list):
        return [exact(one) for one in value]
    if isinstance(value, float) or (isinstance(value, int) and abs(value) > MOST):
        return repr(value)
    return value


def fill(apps, schema_editor):
    Event, EventDetail, Pending = (
        apps.get_model("audit", name) for name in ("Event", "EventDetail", "Pending")
    )
    last = 0
    while batch := list(Event.objects.filter(pk__gt=last).order_by("pk")[:BATCH]):
        last = batch[-1].pk
        details = [describe(event, EventDetail) for event in batch]
        Event.objects.bulk_update(batch, ["payload", "leaf_hash"], batch_size=200)
        EventDetail.objects.bulk_create(details)
        Pending.objects.bulk_create(
            Pending(source="audit_event", uid=event.uid, leaf_hash=event.leaf_hash)
            for event in batch
        )


def describe(event, EventDetail):
    data, salt = exact(event.data), payload.new_salt()
    actor_id = str(event.actor_id) if event.actor_id else None
    event.payload = payload.payload_of(
        uid=str(event.uid),
        at=event.at,
        kind=event.kind,
        subject_type=event.subject_type,
        subject_id=event.subject_id,
        actor_id=actor_id,
        commitment=payload.commitment_to(salt, actor_id, data),
    )
    event.leaf_hash = leaf_hash(event.payload.encode())
    return EventDetail(event_id=event.pk, actor_id=event.actor_id, data=data, salt=salt)


class Migration(migrations.Migration):

    dependencies = [("audit", "0002_ledger_tables")]

    operations = [migrations.RunPython(fill)]
