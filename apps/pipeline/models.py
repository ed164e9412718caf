"""What the mail outbox has sent: news about tracks, and notices of new terms."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

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


class TermsNotice(models.Model):
    """One account was told of one version of the terms before it begins, or is being told.

    `claimed_at` without `sent_at`: somebody is at it, or died at it; it is tried again later.
    `begins_at` is when the version begins, as the mail said.
    """

    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="terms_notices"
    )
    terms_version = models.CharField(max_length=20)
    begins_at = models.DateTimeField()
    widens = models.BooleanField()
    claimed_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["account", "terms_version"], name="one_terms_notice_per_account"
            ),
            models.CheckConstraint(
                condition=Q(sent_at__isnull=True) | Q(sent_at__gte=F("claimed_at")),
                name="terms_notice_sent_after_claimed",
            ),
        ]
        indexes = [models.Index(fields=["terms_version", "sent_at"])]

    def __str__(self) -> str:
        return f"{self.terms_version} · {self.account_id}"
