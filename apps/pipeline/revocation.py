"""What the clock does for everything that was taken back: opens cases, notes what ran out, blocks
what is late, looks at datasets again, sends the mails. The steps themselves are tasks of workers.
"""

from collections.abc import Callable
from datetime import timedelta

from django.db.models import CharField, F, OuterRef, Q, Subquery, Value
from django.db.models.functions import Cast, Concat
from django.utils import timezone

from apps.pipeline.revocation_mail import send_revocation_mails
from apps.training.models import LedgerCursor, Snapshot
from apps.training.revocation.ending import end_old_terms, expire_yeses
from apps.training.revocation.obligations import block_overdue
from apps.training.revocation.opening import open_cases
from apps.training.staleness import look_again

LOOK_EVERY = timedelta(minutes=10)
MOST = 20  # datasets looked at in one sweep


def note_what_ended() -> int:
    """Events for what time alone took away: how many."""
    return expire_yeses() + end_old_terms()


def look_at_datasets() -> int:
    """Looks at sealed datasets again, the longest unseen first; returns how many became stale."""
    name = Concat(Value("snapshot:"), Cast(OuterRef("pk"), CharField()))
    seen = Subquery(LedgerCursor.objects.filter(name=name).values("at")[:1])
    old = Q(seen=None) | Q(seen__lt=timezone.now() - LOOK_EVERY)
    sealed = Snapshot.objects.filter(state=Snapshot.State.SEALED).annotate(seen=seen).filter(old)
    found = list(sealed.order_by(F("seen").asc(nulls_first=True), "pk")[:MOST])
    return sum(bool(look_again(one).stale) for one in found)


# In this order: what ended is an event, an event opens a case. Each goes on when another fails.
PARTS: dict[str, Callable[[], int]] = {
    "ended": note_what_ended,
    "cases": open_cases,
    "late": block_overdue,
    "datasets": look_at_datasets,
    "told": send_revocation_mails,
}
