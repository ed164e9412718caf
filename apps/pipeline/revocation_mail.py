"""Mails about what was taken back: recipients are told, reminded, and called when they are silent;
artists get their receipts. One mail for each person and sweep, however many cases there are.
"""

import logging
from collections.abc import Iterable
from datetime import timedelta
from smtplib import SMTPException
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import IntegrityError, transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from apps.accounts.models import User
from apps.accounts.roles import Role
from apps.audit.models import Event
from apps.pipeline.mail import RETRY_AFTER
from apps.pipeline.models import SentMail
from apps.training.models import Notification, RevocationCase
from apps.training.revocation.receipts import cannot_be_undone
from apps.training.revocation.recipients import escalate_overdue

log = logging.getLogger(__name__)

CLOSED = "revocation.closed"
REMIND_BEFORE = timedelta(days=3)
MOST = 1000  # receipts in one sweep
CALLED = (Role.COMPLIANCE_OFFICER, Role.ADMINISTRATOR)  # who calls a silent recipient


def send_revocation_mails() -> int:
    """Sends what is due; returns how many mails. Safe in any number of processes at once."""
    return tell_recipients() + remind_recipients() + escalate() + send_receipts()


def tell_recipients() -> int:
    """Tells each recipient of all that is new for them, in one mail with one link."""
    dead = timezone.now() - RETRY_AFTER
    waiting = Notification.objects.filter(sent_at=None, case__lifted_at=None)
    Notification.objects.filter(sent_at=None, claimed_at__lt=dead).update(claimed_at=None)
    free = waiting.filter(claimed_at=None)
    return sum(_tell(key) for key in sorted(set(free.values_list("recipient", flat=True))))


def remind_recipients() -> int:
    """Reminds each recipient once who has not confirmed when it is nearly due."""
    soon = timezone.now() + REMIND_BEFORE
    quiet = Notification.objects.filter(
        acknowledged_at=None, escalated_at=None, reminded_at=None, due_at__lte=soon
    ).exclude(sent_at=None)
    pairs = set(quiet.order_by().values_list("recipient", "sent_at"))
    return sum(_remind(quiet.filter(recipient=who, sent_at=at)) for who, at in pairs)


def escalate() -> int:
    """Tells our own people which recipients did not confirm in time."""
    late = escalate_overdue()
    people = User.objects.filter(is_active=True, role__in=CALLED).values_list("email", flat=True)
    if not late or not people:
        return 0
    lines = [f"{one.recipient.name} · {one.recipient.email} · {one.case}" for one in late]
    with override(settings.LANGUAGE_CODE):
        title = _("%(site)s: recipients that did not confirm") % {"site": settings.SITE_NAME}
        body = render_to_string(
            "emails/revocation_escalated.txt",
            {"lines": lines, "link": _link("admin:index"), "site": settings.SITE_NAME},
        )
    return _sent(EmailMessage(title, body, to=list(people), headers=_headers("late", late[0].pk)))


def send_receipts() -> int:
    """Sends each artist the news of their closed cases."""
    news = Event.objects.filter(kind=CLOSED, mail=None).order_by("pk")[:MOST]
    cases = RevocationCase.objects.in_bulk([event.subject_id for event in news])
    of_holder: dict[str, list[tuple[Event, RevocationCase]]] = {}
    for event in news:
        case = next((one for key, one in cases.items() if str(key) == event.subject_id), None)
        if case is not None and case.subject_ref:
            of_holder.setdefault(case.subject_ref, []).append((event, case))
    return sum(_send_receipts(ref, pairs) for ref, pairs in of_holder.items())


def _tell(recipient_id: int) -> int:
    now = timezone.now()
    mine = Notification.objects.filter(
        recipient=recipient_id, sent_at=None, claimed_at=None, case__lifted_at=None
    )
    Notification.objects.filter(pk__in=list(mine.values_list("pk", flat=True))).filter(
        claimed_at=None
    ).update(claimed_at=now)
    rows = _rows(Notification.objects.filter(recipient=recipient_id, claimed_at=now))
    if not rows or not _sent(_to_recipient(rows, reminder=False)):
        return 0
    Notification.objects.filter(pk__in=[one.pk for one in rows]).update(sent_at=now)
    return 1


def _remind(quiet: Any) -> int:
    now = timezone.now()
    keys = list(quiet.values_list("pk", flat=True))
    mine = Notification.objects.filter(pk__in=keys, reminded_at=None)
    if not mine.update(reminded_at=now):
        return 0
    rows = _rows(Notification.objects.filter(pk__in=keys))
    if _sent(_to_recipient(rows, reminder=True)):
        return 1
    Notification.objects.filter(pk__in=keys).update(reminded_at=None)
    return 0


def _rows(found: Any) -> list[Notification]:
    return list(found.select_related("case", "recipient").order_by("pk"))


def _to_recipient(rows: list[Notification], *, reminder: bool) -> EmailMessage:
    first = rows[0]
    with override(settings.LANGUAGE_CODE):
        told = {
            "rows": [(one, one.case.tracks.count()) for one in rows],
            "name": first.recipient.name,
            "due": min(one.due_at for one in rows),
            "reminder": reminder,
            "link": _link("told", first.token),
            "site": settings.SITE_NAME,
        }
        body = render_to_string("emails/revocation_recipient.txt", told)
        subject = _("%(site)s: please delete what was taken back") % {"site": settings.SITE_NAME}
    kind = "reminder" if reminder else "told"
    headers = _headers(kind, first.token)
    return EmailMessage(subject, body, to=[first.recipient.email], headers=headers)


def _send_receipts(ref: str, pairs: list[tuple[Event, RevocationCase]]) -> int:
    if not _claimed(event for event, _case in pairs):
        return 0
    rows = SentMail.objects.filter(event__in=[event for event, _case in pairs])
    holder = User.objects.filter(consent_party__ref=ref, is_active=True).first()
    if holder is None:  # a closed account: the receipt stays with the case
        rows.update(sent_at=timezone.now())
        return 0
    if not _sent(_to_artist(holder, [case for _event, case in pairs], pairs[-1][0])):
        return 0
    rows.update(sent_at=timezone.now())
    return 1


def _claimed(events: Iterable[Event]) -> bool:
    now = timezone.now()
    try:
        with transaction.atomic():
            SentMail.objects.bulk_create(SentMail(event=one, claimed_at=now) for one in events)
    except IntegrityError:  # another sender has some of them
        return False
    return True


def _to_artist(holder: User, cases: list[RevocationCase], event: Event) -> EmailMessage:
    with override(settings.LANGUAGE_CODE):
        told = {
            "name": holder.name,
            "cases": [(one, cannot_be_undone(one)) for one in cases],
            "link": _link("used"),
            "site": settings.SITE_NAME,
        }
        body = render_to_string("emails/revocation_closed.txt", told)
        subject = _("%(site)s: what you took back is done") % {"site": settings.SITE_NAME}
    return EmailMessage(subject, body, to=[holder.email], headers=_headers("receipt", event.uid))


def _sent(message: EmailMessage) -> int:
    """1 when it went out."""
    try:
        message.send()
    except (OSError, SMTPException) as error:
        log.warning("A mail about what was taken back was not sent: %s", error)
        return 0
    return 1


def _link(name: str, *args: object) -> str:
    return f"{settings.SITE_URL}{reverse(name, args=args)}"


def _headers(kind: str, key: object) -> dict[str, str]:
    host = urlsplit(settings.SITE_URL).hostname
    return {"Auto-Submitted": "auto-generated", "Message-ID": f"<{kind}-{key}@{host}>"}
