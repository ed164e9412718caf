"""The only ways to write an event, and to forget what can be forgotten of it."""

import uuid
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db import models, transaction
from django.utils import timezone

from apps.accounts.models import User
from apps.audit import payload
from apps.audit.merkle import leaf_hash
from apps.audit.models import Event, EventDetail


def record(*, kind: str, subject: models.Model, actor: User | None, **data: Any) -> Event:
    """Adds one event. Call it inside the transaction of the change that it tells about.

    `kind` is "noun.verbed" ("track.submitted"); `data` holds what `canonical` can write: text,
    whole numbers, true and false, lists and objects. Anything else raises NotCanonical.
    """
    subject_type, subject_id = subject._meta.label_lower, str(subject.pk)
    detail = described(
        kind=kind, subject_type=subject_type, subject_id=subject_id, actor=actor, data=data
    )
    return save_described([detail])[0]


def save_described(details: Sequence[EventDetail]) -> list[Event]:
    """Writes events and their details, all of them or none."""
    events = [detail.event for detail in details]
    with transaction.atomic(savepoint=False):
        Event.objects.bulk_create(events)
        for detail in details:
            detail.event = detail.event  # it has its number now
        EventDetail.objects.bulk_create(details)
    return events


def described(
    *,
    kind: str,
    subject_type: str,
    subject_id: str,
    actor: User | None,
    data: dict[str, Any],
    at: datetime | None = None,
) -> EventDetail:
    """An event and its detail, not saved."""
    uid, at, salt = uuid.uuid4(), at or timezone.now(), payload.new_salt()
    actor_id = str(actor.pk) if actor else None
    text = payload.payload_of(
        uid=str(uid),
        at=at,
        kind=kind,
        subject_type=subject_type,
        subject_id=subject_id,
        actor_id=actor_id,
        commitment=payload.commitment_to(salt, actor_id, data),
    )
    event = Event(
        uid=uid,
        at=at,
        kind=kind,
        subject_type=subject_type,
        subject_id=subject_id,
        payload=text,
        leaf_hash=leaf_hash(text.encode()),
    )
    return EventDetail(event=event, actor=actor, data=data, salt=salt)


@transaction.atomic
def erase_details(*, events: Iterable[Event], by: User, reason: str) -> int:
    """Forgets who did these events and with which data; their leaves and proofs stay. Returns how
    many had something left to forget. An event tells which, and why.
    """
    rows = EventDetail.objects.filter(event__in=[event.pk for event in events])
    gone = list(rows.select_related("event").order_by("event_id").select_for_update(of=("self",)))
    if not gone:
        return 0
    EventDetail.objects.filter(pk__in=[row.pk for row in gone]).delete()
    uids = [str(row.event.uid) for row in gone]
    record(kind="event.details_erased", subject=gone[0].event, actor=by, reason=reason, events=uids)
    return len(gone)
