"""An order for a snapshot: asked for by a program, worked off by a worker."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from apps.training.models.snapshot import Snapshot


class SnapshotOrder(models.Model):
    """Somebody asked for a snapshot. The row is the truth; the message only wakes a worker.

    `snapshot` where it was sealed, `error_code` and `error_text` where it was refused.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        SEALED = "sealed", _("sealed")
        REFUSED = "refused", _("refused")

    uid = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(_("name"), max_length=80)
    model_class = models.CharField(_("for"), max_length=40)
    policy_version = models.CharField(_("terms"), max_length=20)
    jurisdictions = models.CharField(_("countries"), max_length=1000)  # "DE,FR", sorted
    valid_at = models.DateTimeField(_("as of"))
    known_at = models.DateTimeField(_("as known at"))
    state = models.CharField(max_length=16, choices=State.choices, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    claimed_at = models.DateTimeField(null=True, blank=True)
    snapshot = models.OneToOneField(
        Snapshot, on_delete=models.PROTECT, null=True, blank=True, related_name="order"
    )
    error_code = models.CharField(max_length=40, blank=True)
    error_text = models.CharField(max_length=500, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(_("asked"), auto_now_add=True)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(fields=["by", "name"], name="training_one_order_per_name"),
            models.CheckConstraint(
                condition=Q(state="waiting", snapshot=None, error_code="", finished_at=None)
                | Q(
                    state="sealed", snapshot__isnull=False, error_code="", finished_at__isnull=False
                )
                | (
                    Q(state="refused", snapshot=None, finished_at__isnull=False) & ~Q(error_code="")
                ),
                name="training_order_says_how_it_ended",
            ),
        ]
        indexes = [
            models.Index(
                fields=["created_at"], condition=Q(state="waiting"), name="training_order_to_do"
            )
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.get_state_display()})"
