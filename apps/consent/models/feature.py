"""What was computed from uploads: registered with its parents, its envelope and its zone."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from apps.catalogue.models import Track
from apps.consent.envelopes_reading import ZONES


class DerivedFeature(models.Model):
    """A fingerprint, embedding, spectrogram or stem, computed for one envelope and no other.

    Its bytes lie in the storage of its zone under `place`, sealed with a key of its own that is
    wrapped with the zone's key; or in a table of ours, where `table` names it and `place` is the
    row's key. Once purged, the row stays as a tombstone: what it was, when it went, how and why.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(_("kind"), max_length=40)
    extractor = models.CharField(_("made by"), max_length=80)
    params_sha256 = models.CharField(max_length=64)
    sha256 = models.CharField(max_length=64)
    model_class = models.CharField(_("for"), max_length=40)
    envelope_version = models.PositiveIntegerField()
    zone = models.CharField(_("zone"), max_length=8)
    table = models.CharField(max_length=63, blank=True)
    place = models.CharField(max_length=200)
    nonce = models.BinaryField(max_length=12, blank=True, default=b"")
    wrapped_key = models.BinaryField(max_length=64, blank=True, default=b"")
    created_at = models.DateTimeField(_("made"), auto_now_add=True)
    purged_at = models.DateTimeField(_("purged"), null=True, blank=True)
    purge_reason = models.CharField(_("why"), max_length=40, blank=True)

    class Meta:
        ordering = ["created_at"]
        constraints = [
            models.CheckConstraint(condition=Q(zone__in=ZONES), name="consent_feature_has_a_zone"),
            models.CheckConstraint(
                condition=Q(purged_at__isnull=True, purge_reason="")
                | (Q(purged_at__isnull=False, wrapped_key=b"") & ~Q(purge_reason="")),
                name="consent_purged_feature_has_no_key",
            ),
            models.UniqueConstraint(
                fields=["table", "place"],
                condition=Q(purged_at__isnull=True),
                name="consent_one_feature_per_place",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} for {self.model_class}"


class FeatureParent(models.Model):
    """What a feature was made of: a track, or another feature. It outlives its track."""

    feature = models.ForeignKey(DerivedFeature, on_delete=models.CASCADE, related_name="parents")
    track = models.ForeignKey(
        Track, on_delete=models.DO_NOTHING, db_constraint=False, null=True, related_name="+"
    )
    parent = models.ForeignKey(
        DerivedFeature, on_delete=models.PROTECT, null=True, related_name="children"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(track__isnull=False, parent__isnull=True)
                | Q(track__isnull=True, parent__isnull=False),
                name="consent_feature_parent_is_one_thing",
            ),
            models.UniqueConstraint(fields=["feature", "track"], name="consent_parent_track_once"),
            models.UniqueConstraint(fields=["feature", "parent"], name="consent_parent_once"),
        ]

    def __str__(self) -> str:
        return f"{self.feature_id} of {self.track_id or self.parent_id}"
