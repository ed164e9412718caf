"""Who received what, and whether they were told that it was taken back."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from apps.training.models.revocation import RevocationCase
from apps.training.models.snapshot import Snapshot


class Recipient(models.Model):
    """A company or team outside the house that receives tracks, features or datasets."""

    name = models.CharField(_("name"), max_length=120, unique=True)
    email = models.EmailField(_("told at"))
    country = models.CharField(_("country"), max_length=2)
    contract = models.CharField(_("under which contract"), max_length=200)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Disclosure(models.Model):
    """Something was handed over: a snapshot, or one track."""

    recipient = models.ForeignKey(Recipient, on_delete=models.PROTECT, related_name="disclosures")
    snapshot = models.ForeignKey(
        Snapshot, on_delete=models.PROTECT, null=True, blank=True, related_name="disclosures"
    )
    track_id = models.UUIDField(null=True, blank=True, db_index=True)
    at = models.DateTimeField(_("when"))
    what = models.CharField(_("what"), max_length=200)

    class Meta:
        ordering = ["-at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(snapshot__isnull=False, track_id__isnull=True)
                | Q(snapshot__isnull=True, track_id__isnull=False),
                name="training_disclosure_is_of_one_thing",
            )
        ]

    def __str__(self) -> str:
        return f"{self.what} to {self.recipient}"


class Notification(models.Model):
    """A recipient was told of a case. `token` is in the link with which they acknowledge."""

    case = models.ForeignKey(RevocationCase, on_delete=models.PROTECT, related_name="notifications")
    recipient = models.ForeignKey(Recipient, on_delete=models.PROTECT, related_name="notifications")
    token = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    due_at = models.DateTimeField(_("due"))
    claimed_at = models.DateTimeField(null=True, blank=True)  # somebody is sending it
    sent_at = models.DateTimeField(_("told"), null=True, blank=True)
    reminded_at = models.DateTimeField(_("reminded"), null=True, blank=True)
    acknowledged_at = models.DateTimeField(_("acknowledged"), null=True, blank=True)
    escalated_at = models.DateTimeField(_("escalated"), null=True, blank=True)

    class Meta:
        ordering = ["due_at"]
        constraints = [
            models.UniqueConstraint(fields=["case", "recipient"], name="training_told_once_a_case"),
            models.CheckConstraint(
                condition=Q(acknowledged_at__isnull=True) | Q(sent_at__isnull=False),
                name="training_acknowledged_after_told",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.recipient} about {self.case_id}"
