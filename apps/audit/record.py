"""The only way to write an event."""

from typing import Any

from django.db import models

from apps.accounts.models import User
from apps.audit.models import Event


def record(*, kind: str, subject: models.Model, actor: User | None, **data: Any) -> Event:
    """Adds one event. Call it inside the transaction of the change that it tells about.

    `kind` is "noun.verbed" ("track.submitted"); `data` holds JSON values only.
    """
    return Event.objects.create(
        kind=kind,
        subject_type=subject._meta.label_lower,
        subject_id=str(subject.pk),
        actor=actor,
        data=data,
    )
