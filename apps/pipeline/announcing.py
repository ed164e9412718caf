"""Tells every account of new terms before they begin, by mail, and keeps the delivery.

Terms that come are in the product with a beginning that lies ahead. Each account gets one mail per
version; where a version came without notice, or a mail could not go out, it goes out late. Whoever
was told later than the notice period is counted as told late, and the dashboard of the compliance
officers shows it: nobody's old yes means more in the meantime, because wider terms
have a higher epoch, which older answers do not cross.
"""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise
from smtplib import SMTPException
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from apps.accounts.models import User
from apps.accounts.roles import Role
from apps.consent import terms_reading
from apps.consent.terms_diff import Change, find_changes
from apps.consent.terms_reading import TermsVersion
from apps.consent.titles import title_of
from apps.pipeline.mail import RETRY_AFTER
from apps.pipeline.models import TermsNotice

log = logging.getLogger(__name__)

TOLD = (Role.ARTIST, Role.LABEL_STAFF)  # whose answers the terms are about
MOST = 200  # mails in one sweep; the rest waits for the next
OLDEST = timedelta(days=90)  # terms that began longer ago are history, not news


@dataclass(frozen=True)
class Coming:
    """A version that comes or has just come, and what it changes."""

    terms: TermsVersion
    changes: tuple[Change, ...]
    widens: bool
    has_begun: bool


@dataclass(frozen=True)
class Reach:
    """How many accounts were told of a version in time, late, or not yet."""

    coming: Coming
    in_time: int
    late: int
    not_yet: int


def announce_terms() -> int:
    """Mails what is coming to whoever was not told; returns how many mails. Safe at any time."""
    dead = timezone.now() - RETRY_AFTER
    TermsNotice.objects.filter(sent_at=None, claimed_at__lt=dead).delete()
    left, sent = MOST, 0
    for coming in coming_terms():
        accounts = list(untold(coming.terms)[:left])
        left -= len(accounts)
        sent += sum(_tell(account, coming) for account in accounts)
    return sent


def coming_terms() -> Iterator[Coming]:
    """The versions that have not begun, or not long ago, the oldest first."""
    now = timezone.now()
    for before, terms in pairwise(terms_reading.all_terms()):
        if terms.effective_from > now - OLDEST:
            changes = tuple(find_changes(before, terms, terms.languages[0]))
            begun = terms.effective_from <= now
            yield Coming(terms, changes, terms.epoch > before.epoch, begun)


def untold(terms: TermsVersion) -> QuerySet[User]:
    """Open accounts, older than the version, that answer to terms and have no notice of it."""
    told = TermsNotice.objects.filter(account=OuterRef("pk"), terms_version=terms.version)
    asked = User.objects.filter(is_active=True, role__in=TOLD, date_joined__lt=terms.effective_from)
    return asked.filter(~Exists(told)).order_by("pk")


def reach_of(coming: Coming) -> Reach:
    """How far the announcement got. Two queries."""
    notice = timedelta(days=settings.TERMS_NOTICE_DAYS)
    in_time = Q(sent_at__lte=F("begins_at") - notice)
    counted = TermsNotice.objects.filter(
        terms_version=coming.terms.version, sent_at__isnull=False
    ).aggregate(all=Count("pk"), in_time=Count("pk", filter=in_time))
    late = counted["all"] - counted["in_time"]
    return Reach(coming, counted["in_time"], late, untold(coming.terms).count())


def _tell(account: User, coming: Coming) -> int:
    """1 when the mail went out. The row comes first: of many senders one sends."""
    with transaction.atomic():
        row, is_new = TermsNotice.objects.get_or_create(
            account=account,
            terms_version=coming.terms.version,
            defaults={
                "begins_at": coming.terms.effective_from,
                "widens": coming.widens,
                "claimed_at": timezone.now(),
            },
        )
    if not is_new:
        return 0
    try:
        compose(account, coming).send()
    except (OSError, SMTPException) as error:
        log.warning("A notice of terms was not sent: %s", error)
        return 0
    TermsNotice.objects.filter(pk=row.pk).update(sent_at=timezone.now())
    return 1


def compose(account: User, coming: Coming) -> EmailMessage:
    """The mail: from when, what changes in plain words, and that silence means no."""
    with override(settings.LANGUAGE_CODE):
        context = {
            "name": account.name,
            "terms": coming.terms,
            "changes": [(title_of(one.permission), one) for one in coming.changes],
            "widens": coming.widens,
            "has_begun": coming.has_begun,
            "day": coming.terms.effective_from,
            "link": settings.SITE_URL + reverse("terms"),
            "choose": settings.SITE_URL + reverse("permissions"),
            "site": settings.SITE_NAME,
        }
        body = render_to_string("emails/terms.txt", context)
        subject = _("%(site)s: the terms about AI change") % {"site": settings.SITE_NAME}
    host = urlsplit(settings.SITE_URL).hostname
    return EmailMessage(
        subject=subject,
        body=body,
        to=[account.email],
        headers={
            "Auto-Submitted": "auto-generated",
            "Message-ID": f"<terms-{coming.terms.version}-{account.pk}@{host}>",
        },
    )
