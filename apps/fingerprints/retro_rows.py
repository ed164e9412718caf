"""Looking back: a new reference is looked for in the tracks that we have. Rows only."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class RetroSearch(models.Model):
    """One reference is to be looked for, or was. The row is the truth; the message only a bell."""

    class State(models.TextChoices):
        WAITING = "waiting", _("not yet looked for")
        DONE = "done", _("looked for")
        FAILED = "failed", _("could not be looked for")

    reference = models.OneToOneField(
        "fingerprints.Reference", on_delete=models.CASCADE, related_name="retro"
    )
    state = models.CharField(
        max_length=8, choices=State.choices, default=State.WAITING, db_index=True
    )
    asked_at = models.DateTimeField(default=timezone.now)
    searched_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    trouble = models.CharField(max_length=300, blank=True)

    class Meta:
        verbose_name = _("search for a reference")
        verbose_name_plural = _("searches for references")
        ordering = ["pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(state="done") | Q(searched_at__isnull=False),
                name="a_finished_search_has_a_time",
            )
        ]

    def __str__(self) -> str:
        return str(self.reference)


class RetroFind(models.Model):
    """A reference was found in the recording that a track had then.

    `stretches`: where, from the track's side: {"here": [s, s], "there": [s, s], "speed",
    "pitch_cents", "bit_error", "score"}, the best first. `bit_error` None: landmarks found it.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("waits: a person is deciding, or the track is refused")
        CHECKED = "checked", _("checked again")
        COMMON = "common", _("common material, left as it is")

    search = models.ForeignKey(RetroSearch, on_delete=models.CASCADE, related_name="finds")
    track = models.ForeignKey("catalogue.Track", on_delete=models.CASCADE, related_name="+")
    pcm_sha256 = models.CharField(max_length=64)
    relation = models.CharField(max_length=24)
    bit_error = models.FloatField(null=True)
    stretches = models.JSONField(default=list)
    state = models.CharField(
        max_length=8, choices=State.choices, default=State.WAITING, db_index=True
    )
    found_at = models.DateTimeField(_("found"), default=timezone.now)
    run = models.UUIDField(null=True, blank=True)

    class Meta:
        verbose_name = _("track with a reference in it")
        verbose_name_plural = _("tracks with this reference in them")
        ordering = ["pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["search", "track", "pcm_sha256"], name="one_find_per_recording"
            )
        ]

    def __str__(self) -> str:
        return str(self.track)
