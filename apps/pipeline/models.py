"""What the mail outbox has sent."""

from django.db import models

from apps.audit.models import Event


class SentMail(models.Model):
    """One event that was mailed, or is being mailed. The row comes first: one sender has it.

    `claimed_at` without `sent_at`: somebody is at it, or died at it; it is tried again later.
    """

    event = models.OneToOneField(Event, on_delete=models.PROTECT, related_name="mail")
    claimed_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.event} · {'sent' if self.sent_at else 'not yet'}"
