"""What stands beside ledger rows and can be erased, compared with what their payloads commit to.

A model whose rows belong to ledger rows (`event`) and hold `salt`, `actor` and `data` says with
`commitments` which hashes its row's payload should hold. What was erased proves nothing wrong.
"""

import json
from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import models
from django.db.models import Exists, OuterRef

from apps.audit.canonical import NotCanonical
from apps.audit.leaves import Broken, Fault
from apps.audit.models import Leaf

AT_ONCE = 2000
CHANGED = "what is kept beside the row is not what it was hashed with"
Commitments = Callable[[bytes, str | None, Any], dict[str, str]]


def committed_models() -> list[type[models.Model]]:
    """Every model whose rows are committed to by a payload."""
    return [model for model in apps.get_models() if hasattr(model, "commitments")]


def verify_details(start: int = 0) -> int:
    """Compares all that still exists, of leaves from `start` on; returns how many rows.

    Raises Broken at the first that differs.
    """
    return sum(_verify(model, start) for model in committed_models())


def _verify(model: type[models.Model], start: int) -> int:
    commitments: Commitments = model.commitments  # type: ignore[attr-defined]
    count = 0
    for uid, payload, salt, actor_id, data in _rows(model, start):
        who = str(actor_id) if actor_id else None
        if not _holds(payload, commitments, bytes(salt), who, data):
            raise Broken(_fault(uid))
        count += 1
    return count


def _rows(model: type[models.Model], start: int) -> Iterator[tuple[UUID, str, Any, Any, Any]]:
    rows = model._default_manager.order_by("pk")
    if start:
        leaf = Leaf.objects.filter(uid=OuterRef("event__uid"), index__gte=start)
        rows = rows.filter(Exists(leaf))
    asked = rows.values_list("event__uid", "event__payload", "salt", "actor_id", "data")
    return asked.iterator(AT_ONCE)


def _holds(payload: str, commitments: Commitments, salt: bytes, who: str | None, data: Any) -> bool:
    try:
        told = json.loads(payload)
        return all(told.get(name) == said for name, said in commitments(salt, who, data).items())
    except (ValueError, AttributeError, NotCanonical):  # the payload or the data is nothing of ours
        return False


def _fault(uid: UUID) -> Fault:
    leaf = Leaf.objects.filter(uid=uid).first()
    return Fault(CHANGED, leaf.index if leaf else None, leaf.source if leaf else None, str(uid))
