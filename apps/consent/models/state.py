"""The state of every track now: computed from the ledger, for speed. Never the authority."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from apps.catalogue.models import Track
from apps.consent.vocabulary import ALL_LAYERS


class ConsentState(models.Model):
    """What holds for one track, permission, layer and country, where anybody has chosen.

    `allowed` is the answer of `resolve.state` at the time of the last event, under any epoch. What
    changes by itself is for every reader to apply: the end (`effective_to`), the epoch asked for.
    `jurisdiction` is "" for every country that no yes was given for. `status`: granted, denied or
    revoked, as the source's `consent_records` has it.
    """

    class Status(models.TextChoices):
        GRANTED = "granted", _("yes")
        DENIED = "denied", _("no")
        REVOKED = "revoked", _("taken back")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    track = models.ForeignKey(Track, on_delete=models.CASCADE, related_name="consent_states")
    # Beside the track: the view may read no other table (SQLite cannot rebuild one under a view).
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="consent_states"
    )
    use_case = models.CharField(max_length=40)
    verb = models.CharField(max_length=16)
    rights_layer = models.CharField(max_length=16, default=ALL_LAYERS)
    jurisdiction = models.CharField(max_length=2, blank=True)
    allowed = models.BooleanField(default=False)
    status = models.CharField(max_length=16, choices=Status.choices)
    reason = models.CharField(max_length=24)
    event_uid = models.UUIDField()
    policy_version = models.CharField(max_length=20, blank=True)
    policy_epoch = models.PositiveIntegerField(default=0)
    effective_from = models.DateTimeField()
    effective_to = models.DateTimeField(null=True, blank=True)
    captured_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    leaf_index = models.BigIntegerField(null=True, blank=True)
    waits_for = models.UUIDField(null=True, blank=True)  # the newest yes without a leaf yet

    class Meta:
        ordering = ["track_id", "use_case", "verb"]
        constraints = [
            models.UniqueConstraint(
                fields=["track", "use_case", "verb", "rights_layer", "jurisdiction"],
                name="consent_one_state_per_question",
            ),
            models.CheckConstraint(
                condition=Q(allowed=False) | Q(status="granted"), name="consent_allowed_is_granted"
            ),
        ]
        indexes = [
            models.Index(
                fields=["use_case", "verb", "jurisdiction", "policy_epoch", "track"],
                condition=Q(allowed=True),
                name="consent_allow_list",
            ),
            models.Index(  # one question about every track reads this and not the table
                fields=["use_case", "verb", "rights_layer", "jurisdiction"],
                include=[
                    "track",
                    "allowed",
                    "reason",
                    "policy_epoch",
                    "effective_to",
                    "policy_version",
                    "leaf_index",
                ],
                name="consent_by_question",
            ),
            models.Index(
                fields=["waits_for"], condition=Q(waits_for__isnull=False), name="consent_waiting"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.track_id} {self.use_case}.{self.verb} {self.status}"


class ConsentRecord(models.Model):
    """The source document's `consent_records`: a view with its columns, and the jurisdiction.

    `use_case` is "generative_music.train": without the verb, a yes to being listened to could be
    read as a yes to training.
    """

    id = models.UUIDField(primary_key=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.DO_NOTHING, related_name="+"
    )
    asset = models.ForeignKey(Track, on_delete=models.DO_NOTHING, related_name="+")
    use_case = models.CharField(_("use"), max_length=60)
    consent_status = models.CharField(_("status"), max_length=16)
    policy_version = models.CharField(_("terms"), max_length=20)
    jurisdiction = models.CharField(_("jurisdiction"), max_length=2)
    captured_at = models.DateTimeField(_("captured"))
    revoked_at = models.DateTimeField(_("taken back"), null=True)

    class Meta:
        managed = False
        db_table = "consent_records"

    def __str__(self) -> str:
        return f"{self.asset_id} {self.use_case} {self.consent_status}"
