"""What was taken back, and what has to happen because of it: steps, deadlines, proofs."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from apps.training.models.registry import ModelVersion


class RevocationCase(models.Model):
    """One restriction that moves through everything made of the tracks it is about.

    `trigger` is the leaf of the ledger it began with: a consent event, or the event that says a
    track expired or was deleted. The same trigger never opens a second case.
    """

    class Kind(models.TextChoices):
        REVOKED = "revoked", _("permission taken back")
        NO_AI = "no_ai", _("“No AI” turned on")
        OBJECTED = "objected", _("objection")
        DISPUTE = "dispute", _("dispute")
        INVALIDATED = "invalidated", _("had no right to say yes")
        EXPIRED = "expired", _("permission ran out")
        DELETED = "deleted", _("track deleted")
        TERMS = "terms", _("new terms")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(_("what happened"), max_length=16, choices=Kind.choices)
    trigger = models.UUIDField(unique=True, editable=False)  # uid of the ledger row
    subject_ref = models.CharField(max_length=64, db_index=True)  # pseudonym of the holder
    permission = models.CharField(max_length=60, blank=True)  # "" : all of them
    began_at = models.DateTimeField(_("counts from"))  # looking back where authority was invalid
    opened_at = models.DateTimeField(_("opened"), auto_now_add=True)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)
    lifted_at = models.DateTimeField(null=True, blank=True)  # a dispute that was settled
    receipt = models.TextField(blank=True)  # the signed receipt, once closed

    class Meta:
        ordering = ["-opened_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True) | ~Q(receipt=""),
                name="training_closed_case_has_a_receipt",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.opened_at:%Y-%m-%d %H:%M}"


class CaseTrack(models.Model):
    """A track that a case is about. It outlives the track."""

    case = models.ForeignKey(
        RevocationCase, on_delete=models.PROTECT, related_name="tracks", db_index=False
    )
    track_id = models.UUIDField(db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "track_id"], name="training_track_once_a_case")
        ]

    def __str__(self) -> str:
        return f"{self.track_id} of {self.case_id}"


class RevocationStep(models.Model):
    """One step of a case. It may run twice; `proof` says what it did, in counts and hashes."""

    class Kind(models.TextChoices):
        STOP = "stop", _("stop every new use")
        TRACE = "trace", _("find all that was made of it")
        MARK = "mark", _("mark datasets")
        PURGE = "purge", _("delete features")
        OBLIGE = "oblige", _("say who owes what")
        NOTIFY = "notify", _("tell recipients")
        CLOSE = "close", _("close with a receipt")

    case = models.ForeignKey(RevocationCase, on_delete=models.PROTECT, related_name="steps")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    due_at = models.DateTimeField(_("due"))
    attempts = models.PositiveIntegerField(default=0)
    tried_at = models.DateTimeField(null=True, blank=True)
    done_at = models.DateTimeField(_("done"), null=True, blank=True)
    proof = models.JSONField(default=dict)
    error = models.TextField(blank=True)

    class Meta:
        ordering = ["case", "id"]
        constraints = [
            models.UniqueConstraint(fields=["case", "kind"], name="training_step_once_a_case")
        ]
        indexes = [
            models.Index(
                fields=["due_at"], condition=Q(done_at__isnull=True), name="training_step_to_do"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.case_id}"


class Obligation(models.Model):
    """What has to happen to a model version that learned from something taken back."""

    class Remedy(models.TextChoices):
        RETRAIN = "retrain", _("train anew without it")
        UNLEARN = "unlearn", _("unlearn it")
        RETIRE = "retire", _("retire the version")
        LICENSED = "licensed", _("licensed after all")
        NONE = "none", _("nothing is owed: it was trained before")

    case = models.ForeignKey(RevocationCase, on_delete=models.PROTECT, related_name="obligations")
    model_version = models.ForeignKey(
        ModelVersion, on_delete=models.PROTECT, related_name="obligations"
    )
    due_at = models.DateTimeField(_("due"))
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    remedy = models.CharField(max_length=12, choices=Remedy.choices, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    evidence = models.TextField(_("what shows it"), blank=True)
    closed_at = models.DateTimeField(_("met"), null=True, blank=True)

    class Meta:
        ordering = ["due_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["case", "model_version"], name="training_obligation_once"
            ),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True)
                | (~Q(remedy="") & ~Q(evidence="") & Q(decided_by__isnull=False)),
                name="training_met_obligation_says_how",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.model_version} because of {self.case_id}"
