"""Prints of recordings, submitted or from outside: the raw items are the truth."""

import uuid
from typing import TYPE_CHECKING

import numpy as np
from django.conf import settings
from django.core.files.storage import Storage, storages
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.catalogue.models import Track
from apps.fingerprints.landmarks.packed import VERSION
from apps.fingerprints.licence_rows import LicenceUse, MaterialLicence
from apps.fingerprints.retro_rows import RetroFind, RetroSearch
from apps.fingerprints.shard_rows import ShardAnswer, ShardQuestion

__all__ = [
    "LicenceUse", "MaterialLicence", "PrintChange", "PrintClock", "RecordingPrint", "Reference",
    "RetroFind", "RetroSearch", "ShardAnswer", "ShardQuestion",
]  # fmt: skip

if TYPE_CHECKING:
    from apps.fingerprints.keys import Items
    from apps.fingerprints.landmarks.packed import Words


def reference_sounds() -> Storage:
    """Where the small copies of references lie, private."""
    return storages["references"]


class Printed(models.Model):
    """What a recording is compared by, beside its hashes.

    `items`: its Chromaprint print; empty where that says nothing, and in less than three seconds.
    `marks`: its spectral peaks (`landmarks/packed.py`), `marks_version`: how they were chosen; 0,
    and none, where nobody looked: in recordings from before.
    """

    items = models.BinaryField()  # uint32, little-endian
    marks = models.BinaryField(default=b"")  # uint32, little-endian
    marks_version = models.PositiveSmallIntegerField(default=0)

    class Meta:
        abstract = True

    def read_items(self) -> "Items":
        """The items as an array of uint32."""
        return np.frombuffer(bytes(self.items), dtype="<u4").astype(np.uint32)

    def read_marks(self) -> "Words":
        """The packed peaks as an array of uint32; none where they were chosen in another way."""
        if self.marks_version != VERSION:
            return np.empty(0, dtype=np.uint32)
        return np.frombuffer(bytes(self.marks), dtype="<u4").astype(np.uint32)


class RecordingPrint(Printed):
    """What one track's recording is known by: two hashes, its print and its landmarks."""

    track = models.OneToOneField(Track, on_delete=models.CASCADE, related_name="print")
    sha256 = models.CharField(max_length=64, db_index=True)
    pcm_sha256 = models.CharField(max_length=64, db_index=True)
    duration_s = models.FloatField()
    heard_at = models.DateTimeField(default=timezone.now)  # when these samples came first
    stored_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["stored_at"]

    def __str__(self) -> str:
        return f"print of {self.track}"


class Reference(Printed):
    """A recording from outside that uploads are compared with, and what is known of its rights.

    `preview` and `peaks`: a small copy to listen to, and its waveform; empty where it may not be
    kept.
    """

    class Source(models.TextChoices):
        CATALOGUE = "catalogue", _("earlier catalogue")
        DELIVERY = "delivery", _("label delivery")
        TAKEDOWN = "takedown", _("takedown notice")

    source = models.CharField(_("source"), max_length=12, choices=Source.choices)
    title = models.CharField(_("title"), max_length=300)
    artist = models.CharField(_("artist"), max_length=300, blank=True)
    owner = models.CharField(_("owner of the rights"), max_length=200, blank=True)
    isrc = models.CharField("ISRC", max_length=12, blank=True)
    rights_note = models.TextField(_("note on the rights"), max_length=2000, blank=True)
    sha256 = models.CharField(max_length=64, db_index=True)
    pcm_sha256 = models.CharField(max_length=64, db_index=True)
    duration_s = models.FloatField(_("length in seconds"))
    preview = models.FileField(storage=reference_sounds, max_length=200, blank=True)
    peaks = models.FileField(storage=reference_sounds, max_length=200, blank=True)
    added_at = models.DateTimeField(_("added"), auto_now_add=True)
    changed_at = models.DateTimeField(_("changed"), auto_now=True)

    class Meta:
        verbose_name = _("reference recording")
        verbose_name_plural = _("reference recordings")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["source", "owner", "pcm_sha256"], name="fingerprints_reference_once"
            ),
            models.CheckConstraint(
                condition=Q(source__in=["catalogue", "delivery", "takedown"]),
                name="fingerprints_reference_has_a_source",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class ReferenceDelivery(models.Model):
    """A recording handed in to become a reference. The row is the truth; a worker hears it.

    `words`: title, artist, owner, isrc, rights_note as far as they are known. `file` is deleted
    when it was heard, or refused: `reference` or `error_code` and `error_text` say how it ended.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        DONE = "done", _("done")
        REFUSED = "refused", _("refused")

    uid = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    source = models.CharField(max_length=12, choices=Reference.Source.choices)
    words = models.JSONField(default=dict)
    no_audio = models.BooleanField(default=False)
    original_name = models.CharField(max_length=255)
    file = models.FileField(storage=reference_sounds, max_length=200, blank=True)
    state = models.CharField(max_length=16, choices=State.choices, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    claimed_at = models.DateTimeField(null=True, blank=True)
    reference = models.ForeignKey(
        Reference, on_delete=models.SET_NULL, null=True, blank=True, related_name="deliveries"
    )
    error_code = models.CharField(max_length=40, blank=True)
    error_text = models.CharField(max_length=500, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at"]
        indexes = [models.Index(fields=["state", "created_at"], name="fingerprints_deliveries")]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="waiting", error_code="", finished_at=None)
                | Q(state="done", error_code="", finished_at__isnull=False)
                | (Q(state="refused", finished_at__isnull=False) & ~Q(error_code="")),
                name="fingerprints_delivery_ends_once",
            ),
        ]

    def __str__(self) -> str:
        return self.original_name


class PrintClock(models.Model):
    """One row: the last number given to a change. Who holds its lock writes the log."""

    seq = models.PositiveBigIntegerField(default=0)

    def __str__(self) -> str:
        return str(self.seq)


class PrintChange(models.Model):
    """A print came, changed or went. Numbers follow the order of commits, without gaps.

    `number`: of the print in the index (`log.py`). `mark`: random, so that two histories that give
    the same number to different changes can be told apart.
    """

    seq = models.PositiveBigIntegerField(primary_key=True)
    mark = models.CharField(max_length=16)
    number = models.PositiveBigIntegerField()

    class Meta:
        ordering = ["seq"]

    def __str__(self) -> str:
        return f"{self.seq}: {self.number}"
