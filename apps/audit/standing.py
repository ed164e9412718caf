"""How the log stands: what waits, what was signed, and whether signing is refused."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Min

from apps.accounts.models import User
from apps.audit.models import Checkpoint, Event, Leaf, Pending
from apps.audit.record import record

REFUSED = "ledger.refused"


@dataclass(frozen=True)
class Standing:
    """`refused`: the code of the error for which nothing is signed; "" when it is."""

    waiting: int
    waits_since: datetime | None
    leaves: int
    signed_at: datetime | None
    refused: str


def standing() -> Standing:
    """The log as it stands now, in a few queries."""
    queue = Pending.objects.order_by().aggregate(count=Count("pk"), since=Min("at"))
    newest = Checkpoint.objects.last()
    return Standing(
        waiting=queue["count"],
        waits_since=queue["since"],
        leaves=newest.size if newest else 0,
        signed_at=newest.at if newest else None,
        refused=_refused(),
    )


def record_refusal(code: str, text: str) -> bool:
    """Writes down that signing is refused; False when that was written already.

    The next checkpoint ends it: the event itself waits for a leaf, so there will be one.
    """
    newest = Checkpoint.objects.last()
    if _refused() == code:
        return False
    actor: User | None = None
    record(kind=REFUSED, subject=newest or Checkpoint(pk=0), actor=actor, code=code, text=text)
    return True


def _refused() -> str:
    """Over once the refusal itself has its leaf."""
    told = Event.objects.filter(kind=REFUSED).select_related("detail").last()
    if told is None or Leaf.objects.filter(uid=told.uid).exists():
        return ""
    return str(told.data.get("code", REFUSED))
