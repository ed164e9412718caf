"""Whether this process lives, and whether the house can work: for balancers and watchmen."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.models import Max, Min
from django.db.models.functions import Now
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from kombu.connection import Connection
from kombu.exceptions import KombuError

from apps.audit.standing import standing
from apps.catalogue.upload_bytes import KEPT_FREE
from apps.screening.models import ScreeningRun

PROVEN_WITHIN_S = 60  # an event that waits longer for its leaf has no clock that would take it
LATE_S = 600  # a run that waits longer than this has no worker that would take it


class NotWell(Exception):
    """A part that cannot work; the message says which way."""


@require_safe
@never_cache
def alive(request: HttpRequest) -> JsonResponse:
    """200 while the process answers at all. Touches nothing."""
    return JsonResponse({"status": "ok"})


@require_safe
@never_cache
def ready(request: HttpRequest) -> JsonResponse:
    """200 when database, queue and disk work, 503 when one does not. `work` and `ledger` only
    report.

    Late work is `"status": "late"` and still 200: taking web servers away would help nobody. A
    ledger that refuses to sign is `"status": "refused"`, with the code of its error.
    """
    parts = {name: _ask(part) for name, part in _PARTS.items()}
    well = all(part["status"] == "ok" for part in parts.values())
    work = _ask(_work) if parts["database"]["status"] == "ok" else {"status": "unknown"}
    ledger = _ask(_ledger) if parts["database"]["status"] == "ok" else {"status": "unknown"}
    body = {"status": "ok" if well else "failing", **parts, "work": work, "ledger": ledger}
    return JsonResponse(body, status=200 if well else 503)


def _ask(part: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    try:
        return {"status": "ok", **part()}
    except (NotWell, DatabaseError, KombuError, OSError) as error:
        return {"status": "failing", "why": type(error).__name__, **_said(error)}


def _said(error: Exception) -> dict[str, str]:
    """Our own words only: other people's errors may hold addresses and passwords."""
    return {"text": str(error)} if isinstance(error, NotWell) else {}


def _database() -> dict[str, Any]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return {}


def _queue() -> dict[str, Any]:
    if not settings.BROKER_URL:
        folder = Path(settings.QUEUE_DIR)
        folder.mkdir(parents=True, exist_ok=True)
        if not os.access(folder, os.W_OK):
            raise NotWell("The folder of the queue cannot be written.")
        return {}
    with Connection(settings.BROKER_URL, connect_timeout=2) as broker:  # type: ignore[no-untyped-call]
        broker.ensure_connection(max_retries=1, timeout=2)
    return {}


def _disk() -> dict[str, Any]:
    Path(settings.DATA_DIR).mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(settings.DATA_DIR).free
    if free < KEPT_FREE:
        raise NotWell("The disk is nearly full: no upload is taken.")
    return {"free_bytes": free}


def _work() -> dict[str, Any]:
    waiting = ScreeningRun.objects.filter(state=ScreeningRun.State.QUEUED)
    running = ScreeningRun.objects.filter(state=ScreeningRun.State.RUNNING)
    oldest = waiting.aggregate(at=Min("created_at"))["at"]
    age = round((timezone.now() - oldest).total_seconds(), 1) if oldest else 0.0
    return {
        "status": "late" if age > LATE_S else "ok",
        "waiting": waiting.count(),
        "running": running.count(),
        "oldest_waiting_s": age,
        "without_worker": running.filter(lease_until__lt=Now()).count(),
        "last_finished": ScreeningRun.objects.aggregate(at=Max("finished_at"))["at"],
    }


def _ledger() -> dict[str, Any]:
    log = standing()
    age = (timezone.now() - log.waits_since).total_seconds() if log.waits_since else 0.0
    late = "late" if age > PROVEN_WITHIN_S else "ok"
    return {
        "status": "refused" if log.refused else late,
        "why": log.refused,
        "leaves": log.leaves,
        "signed_at": log.signed_at,
        "waiting": log.waiting,
        "oldest_waiting_s": round(age, 1),
    }


_PARTS: dict[str, Callable[[], dict[str, Any]]] = {
    "database": _database,
    "queue": _queue,
    "disk": _disk,
}
