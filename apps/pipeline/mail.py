"""The outbox: tells artists what became of their tracks, from the audit events.

An event that was rolled back was never there, so nothing is mailed for it. The row of `SentMail`
comes before the mail, so that of many senders one sends. A sender that dies in between leaves a
row without `sent_at`; after RETRY_AFTER the mail is tried again. So a notice arrives at least once
and is never lost; the rare second copy has the same Message-ID, by which mail programs drop it.
"""

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from smtplib import SMTPException
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import IntegrityError, transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from apps.audit.models import Event
from apps.catalogue.models import Release, Track
from apps.catalogue.states import TrackState
from apps.pipeline.models import SentMail
from apps.pipeline.notices import Notice, notice_of

log = logging.getLogger(__name__)

TOLD = (TrackState.CLEARED, TrackState.HELD, TrackState.REFUSED, TrackState.CHANGES_ASKED)
KINDS = tuple(f"track.{state}" for state in TOLD)
OLDEST = timedelta(days=14)  # older events are history, not news
RETRY_AFTER = timedelta(minutes=10)
PATIENCE = timedelta(minutes=2)  # how long one track's news waits for the rest of its release


@dataclass(frozen=True)
class Batch:
    """What one mail tells: events of one release, oldest first."""

    release: Release
    events: tuple[Event, ...]


def send_waiting() -> int:
    """Sends what is due; returns how many mails. Safe in any number of processes at once."""
    SentMail.objects.filter(sent_at=None, claimed_at__lt=timezone.now() - RETRY_AFTER).delete()
    return sum(_send(batch) for batch in _batches(_waiting()))


def _waiting() -> list[Event]:
    news = Event.objects.filter(kind__in=KINDS, at__gt=timezone.now() - OLDEST, mail=None)
    return list(news.select_related("detail").order_by("id")[:1000])


def _batches(events: Iterable[Event]) -> list[Batch]:
    """Events by release, without those whose neighbours are still being checked."""
    tracks = Track.objects.select_related("release__owner").in_bulk(
        [UUID(event.subject_id) for event in events]
    )
    of_release: dict[Release, list[Event]] = {}
    for event in events:
        if track := tracks.get(UUID(event.subject_id)):
            of_release.setdefault(track.release, []).append(event)
    batches = [Batch(release, tuple(found)) for release, found in of_release.items()]
    return [batch for batch in batches if _is_due(batch)]


def _is_due(batch: Batch) -> bool:
    waited = timezone.now() - batch.events[0].at
    checking = batch.release.tracks.filter(state=TrackState.SUBMITTED)
    return waited > PATIENCE or not checking.exists()


def _send(batch: Batch) -> int:
    """1 when a mail went out."""
    if not _claim(batch):
        return 0
    rows = SentMail.objects.filter(event__in=batch.events)
    try:
        message = compose(batch)
        if message is not None:
            message.send()
    except (OSError, SMTPException) as error:
        log.warning("A mail about release %s was not sent: %s", batch.release.pk, error)
        return 0
    except Exception:  # a broken template must not hold up everybody else's mail
        log.exception("A mail about release %s could not be written", batch.release.pk)
        return 0
    rows.update(sent_at=timezone.now())
    return int(message is not None)


def _claim(batch: Batch) -> bool:
    now = timezone.now()
    try:
        with transaction.atomic():
            SentMail.objects.bulk_create(
                SentMail(event=event, claimed_at=now) for event in batch.events
            )
    except IntegrityError:  # another sender has some of them
        return False
    return True


def compose(batch: Batch) -> EmailMessage | None:
    """The mail of a batch; None when everything in it was the owner's own doing.

    Of several events about one track the last one counts.
    """
    owner = batch.release.owner
    news = {event.subject_id: event for event in batch.events if event.actor_id != owner.pk}
    if not news or not owner.is_active:
        return None
    with override(settings.LANGUAGE_CODE):
        notices = [notice_of(event) for event in news.values()]
        notices.sort(key=lambda notice: notice.track.position)
        body = render_to_string(
            "emails/release.txt",
            {
                "release": batch.release,
                "notices": notices,
                "name": owner.name,
                "link": settings.SITE_URL + reverse("release_result", args=[batch.release.pk]),
                "site": settings.SITE_NAME,
            },
        )
        subject = " ".join(subject_of(batch.release, notices).split())
    return EmailMessage(
        subject=subject,
        body=body,
        to=[owner.email],
        headers={
            "Auto-Submitted": "auto-generated",
            "Message-ID": f"<{batch.events[-1].uid}@{urlsplit(settings.SITE_URL).hostname}>",
        },
    )


def subject_of(release: Release, notices: list[Notice]) -> str:
    """What became of it, in one line."""
    if len(notices) == 1:
        notice = notices[0]
        return f"{notice.track}: {notice.headline}"
    counts = {state: sum(notice.state == state for notice in notices) for state in TOLD}
    words = {
        TrackState.CLEARED: ngettext("%(n)d cleared", "%(n)d cleared", counts[TrackState.CLEARED]),
        TrackState.HELD: ngettext("%(n)d held", "%(n)d held", counts[TrackState.HELD]),
        TrackState.REFUSED: ngettext("%(n)d refused", "%(n)d refused", counts[TrackState.REFUSED]),
        TrackState.CHANGES_ASKED: ngettext(
            "%(n)d waits for you", "%(n)d wait for you", counts[TrackState.CHANGES_ASKED]
        ),
    }
    told = [words[state] % {"n": counts[state]} for state in TOLD if counts[state]]
    return _("%(release)s: %(told)s") % {"release": release, "told": ", ".join(told)}
