"""Prints of the recordings that artists submitted: the raw items are the truth."""

from typing import TYPE_CHECKING

import numpy as np
from django.db import models
from django.utils import timezone

from apps.catalogue.models import Track

if TYPE_CHECKING:
    from apps.fingerprints.keys import Items


class RecordingPrint(models.Model):
    """What one track's recording is known by: two hashes and its Chromaprint items.

    `items` is empty where no print could be made: less than three seconds of sound.
    """

    track = models.OneToOneField(Track, on_delete=models.CASCADE, related_name="print")
    sha256 = models.CharField(max_length=64, db_index=True)
    pcm_sha256 = models.CharField(max_length=64, db_index=True)
    items = models.BinaryField()  # uint32, little-endian
    duration_s = models.FloatField()
    heard_at = models.DateTimeField(default=timezone.now)  # when these samples came first
    stored_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["stored_at"]

    def __str__(self) -> str:
        return f"print of {self.track}"

    def read_items(self) -> "Items":
        """The items as an array of uint32."""
        return np.frombuffer(bytes(self.items), dtype="<u4").astype(np.uint32)


class PrintKey(models.Model):
    """One lookup key of a print; see `keys.lookup_keys`."""

    print = models.ForeignKey(RecordingPrint, on_delete=models.CASCADE, related_name="keys")
    key = models.IntegerField()

    class Meta:
        # Key first: one lookup reads nothing but this index.
        constraints = [models.UniqueConstraint(fields=["key", "print"], name="one_print_per_key")]

    def __str__(self) -> str:
        return f"{self.key:06x}"
