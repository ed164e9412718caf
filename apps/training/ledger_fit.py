"""Whether the log can vouch for a dataset: it signs, its checkpoint is fresh, no yes waits."""

from datetime import timedelta

from django.conf import settings
from django.db.models import Exists, OuterRef

from apps.audit import keys
from apps.audit.errors import LedgerError
from apps.audit.models import Checkpoint, Pending
from apps.audit.notes import BadNote, open_checkpoint
from apps.audit.sequencer import sequence_pending
from apps.audit.standing import standing
from apps.audit.verify import PATIENCE
from apps.consent.clock import ledger_now
from apps.consent.models import ConsentEvent, ConsentState
from apps.consent.projection import settle
from apps.training.errors import LedgerUnfit

MOST = 200  # rounds of settling; each is thousands of tracks


def bring_up_to_date() -> None:
    """Gives what waits its leaves and counts it. Raises LedgerUnfit where the log does not sign."""
    try:
        sequence_pending()
    except LedgerError as error:
        raise LedgerUnfit(why=error) from error
    for _round in range(MOST):
        if not settle():
            return


def fresh_checkpoint() -> Checkpoint:
    """The newest checkpoint, verified and of this moment. Raises LedgerUnfit."""
    newest = newest_checkpoint()
    if ledger_now() - newest.at > timedelta(seconds=settings.SNAPSHOT_CHECKPOINT_S):
        raise LedgerUnfit(why=f"Its newest checkpoint is of {newest.at:%Y-%m-%d %H:%M}.")
    return newest


def newest_checkpoint() -> Checkpoint:
    """The newest checkpoint, verified, however old: in a log that rests it covers all there is.

    Raises LedgerUnfit where there is none, nothing is signed any more, or a consent waits.
    """
    newest = Checkpoint.objects.order_by("-size", "-id").first()
    if newest is None:
        raise LedgerUnfit(why="Nothing has been signed yet.")
    if refused := standing().refused:
        raise LedgerUnfit(why=f"Signing is refused ({refused}).")
    _require_none_waiting()
    try:
        open_checkpoint(newest.note, keys.verifiers())
    except (BadNote, LedgerError) as error:
        raise LedgerUnfit(why=error) from error
    return newest


def _require_none_waiting() -> None:
    source, old = ConsentEvent._meta.db_table, ledger_now() - PATIENCE
    waiting = Pending.objects.filter(source=source, at__lt=old).count()
    overdue = ConsentEvent.objects.filter(uid=OuterRef("waits_for"), recorded_at__lt=old)
    unsettled = ConsentState.objects.filter(Exists(overdue), waits_for__isnull=False).count()
    if waiting or unsettled:
        raise LedgerUnfit(why=f"{waiting + unsettled} consents wait to be counted.")
