"""A track that a person must look at: the case, who has it, until when, and what was said."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from apps.catalogue.models import Track
from apps.policy.models import Decision


class Case(models.Model):
    """One held track waiting for one decision by a person."""

    class State(models.TextChoices):
        OPEN = "open", _("open")
        DECIDED = "decided", _("decided")
        OVERTAKEN = "overtaken", _("overtaken")  # the artist corrected or withdrew the track

    class Kind(models.TextChoices):
        HELD = "held", _("held")
        APPEAL = "appeal", _("objection")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    track = models.ForeignKey(Track, on_delete=models.PROTECT, related_name="cases")
    kind = models.CharField(max_length=16, choices=Kind.choices, default=Kind.HELD)
    # The machine's decision (or the refused one) that put it here.
    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="cases")
    reasons = models.JSONField(default=list)  # reason codes, strongest first, for the filters
    artist_note = models.TextField(_("what the artist says"), blank=True)
    state = models.CharField(
        max_length=16, choices=State.choices, default=State.OPEN, db_index=True
    )
    opened_at = models.DateTimeField(auto_now_add=True)
    due_at = models.DateTimeField(db_index=True)
    claimed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="claimed_cases",
    )
    claimed_until = models.DateTimeField(null=True, blank=True)
    ruling = models.OneToOneField(
        Decision, on_delete=models.PROTECT, null=True, blank=True, related_name="decided_case"
    )
    closed_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["due_at"]
        permissions: ClassVar = [
            ("decide_case", "Can decide cases"),
            ("decide_severe_case", "Can decide severe cases"),
            ("reassign_case", "Can take a case over from somebody"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["track"], condition=Q(state="open"), name="one_open_case_per_track"
            ),
            models.CheckConstraint(
                condition=Q(claimed_by__isnull=True, claimed_until__isnull=True)
                | Q(claimed_by__isnull=False, claimed_until__isnull=False),
                name="a_claim_has_an_end",
            ),
            models.CheckConstraint(
                condition=Q(state="open", closed_at__isnull=True)
                | (~Q(state="open") & Q(closed_at__isnull=False)),
                name="a_closed_case_has_a_time",
            ),
        ]

    def __str__(self) -> str:
        return str(self.track)


class CannedReply(models.Model):
    """A text that reviewers send often, kept beside the reason code it belongs to."""

    reason_code = models.CharField(_("reason"), max_length=60)
    title = models.CharField(_("title"), max_length=120)
    text = models.TextField(_("text to the artist"))
    is_active = models.BooleanField(_("in use"), default=True)

    class Meta:
        ordering = ["reason_code", "title"]
        verbose_name_plural = _("canned replies")

    def __str__(self) -> str:
        return self.title
