"""Recordings handed in to become references: kept as they came until a worker has heard them.

No web page decodes audio. What is wrong with the words is said at once; what is wrong with the
recording stands on the row when a worker has tried.
"""

import logging
import secrets
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from uuid import UUID

from django.core.files import File
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from apps.accounts.models import User
from apps.audit.record import record
from apps.catalogue.wake import wake
from apps.fingerprints.errors import UnknownSource
from apps.fingerprints.models import Reference, ReferenceDelivery, reference_sounds
from apps.fingerprints.references import checked_words
from apps.fingerprints.sounds import forget_files

log = logging.getLogger(__name__)

TASK = "pipeline.take_reference"
PATIENCE = timedelta(minutes=30)  # after that another worker may try
MAX_ATTEMPTS = 3
FIELDS = ("title", "artist", "owner", "isrc", "rights_note")
S = ReferenceDelivery.State


def deliver_reference(
    *,
    path: Path,
    name: str,
    by: User,
    source: str = Reference.Source.DELIVERY,
    words: Mapping[str, str],
    no_audio: bool = False,
) -> ReferenceDelivery:
    """Keeps a recording for a worker to hear. `path`: the file here; `name`: what it was called.

    Raises UnknownSource, TextTooLong, IsrcInvalid; then nothing is kept. OSError when the storage
    fails.
    """
    if source not in Reference.Source.values:
        raise UnknownSource(given=source[:20], allowed=", ".join(Reference.Source.values))
    given = {field: words.get(field, "") for field in FIELDS}
    told = checked_words({**given, "title": given["title"].strip() or "from the file"})
    told["title"] = told["title"] if given["title"].strip() else ""
    with path.open("rb") as file:
        stored = reference_sounds().save(f"incoming/{secrets.token_hex(16)}", File(file))
    try:
        with transaction.atomic():
            row = ReferenceDelivery.objects.create(
                source=source,
                words=told,
                no_audio=no_audio,
                original_name=" ".join(name.split())[:255] or "recording",
                file=stored,
                by=by,
            )
            record(kind="reference.delivered", subject=row, actor=by, source=source)
            wake(TASK, str(row.pk))
    except BaseException:
        reference_sounds().delete(stored)
        raise
    return row


def waiting() -> QuerySet[ReferenceDelivery]:
    """Deliveries that no worker has."""
    free = Q(claimed_at=None) | Q(claimed_at__lt=timezone.now() - PATIENCE)
    return ReferenceDelivery.objects.filter(free, state=S.WAITING)


@transaction.atomic
def claim_delivery(uid: UUID | str) -> ReferenceDelivery | None:
    """The delivery for one worker; None where another has it, or nothing is left to do."""
    free = waiting().filter(pk=uid).select_for_update(skip_locked=True)
    if not free.exists():
        return None
    rows = ReferenceDelivery.objects.filter(pk=uid)
    rows.update(claimed_at=timezone.now(), attempts=F("attempts") + 1)
    return ReferenceDelivery.objects.select_related("by").get(pk=uid)


def give_back(row: ReferenceDelivery) -> None:
    """To the sweep, which rings again."""
    ReferenceDelivery.objects.filter(pk=row.pk, state=S.WAITING).update(claimed_at=None)


@transaction.atomic
def close_delivery(
    row: ReferenceDelivery, *, reference: Reference | None = None, code: str = "", text: str = ""
) -> None:
    """How it ended, once; the file as it came is forgotten with it."""
    rows = ReferenceDelivery.objects.select_for_update().filter(pk=row.pk, state=S.WAITING)
    ended = {
        "state": S.REFUSED if code else S.DONE,
        "reference": reference,
        "error_code": code[:40],
        "error_text": text[:500],
        "finished_at": timezone.now(),
    }
    if rows.update(**ended, file=""):
        forget_files([row.file.name])
        if code:
            record(kind="reference.refused", subject=row, actor=row.by, code=code)
