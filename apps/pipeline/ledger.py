"""Keeps the log going, and tells people when it refuses to sign."""

import logging
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import send_mail
from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import override

from apps.accounts.models import User
from apps.accounts.roles import Role
from apps.audit import keys
from apps.audit.errors import GuardsDown, LedgerError
from apps.audit.guards import require_guards
from apps.audit.sequencer import sequence_pending
from apps.audit.standing import record_refusal
from apps.consent.projection import settle

log = logging.getLogger(__name__)

TOLD = (Role.ADMINISTRATOR, Role.COMPLIANCE_OFFICER)


def keep_ledger() -> int:
    """Gives what waits its leaves and signs; returns how many, -1 when it was refused.

    Safe at any time, in any number of processes at once. A refusal is told once.
    """
    try:
        added = sequence_pending()
        settle()  # permissions that waited for their leaf
        return added
    except LedgerError as error:
        _tell(error)
    except Exception:  # the clock goes on
        log.exception("The ledger could not be continued")
    return -1


def get_ledger_ready() -> None:
    """Before the clock starts: a site of its own makes its key. Raises GuardsDown."""
    require_guards(connection)
    if settings.EMBEDDED and keys.make_key():
        log.info("A signing key for the ledger was made: keep a copy of %s", keys.place())


def stop_without_guards() -> None:
    """Ends this process with a sentence when the ledger is not guarded."""
    try:
        require_guards(connection)
    except GuardsDown as error:
        raise SystemExit(str(error)) from error
    finally:
        connection.close()


def _tell(error: LedgerError) -> None:
    if not record_refusal(error.code, str(error)):
        return
    log.error("The ledger refuses to sign: %s", error)
    with override(settings.LANGUAGE_CODE):
        people = User.objects.filter(is_active=True, role__in=TOLD).values_list("email", flat=True)
        title = _("%(site)s: the ledger refuses to sign") % {"site": settings.SITE_NAME}
        body = _("%(why)s\n\nNothing is lost: what happens meanwhile waits for its proof.\n")
        try:
            send_mail(title, body % {"why": error}, None, list(people))
        except (OSError, SMTPException) as failed:
            log.warning("The mail about it was not sent: %s", failed)
