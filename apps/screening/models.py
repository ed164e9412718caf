"""One screening of one track: its run, what each check said, and what was made to look at."""

import uuid

from django.core.files.storage import Storage, storages
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from apps.catalogue.models import AudioFile, Declaration, Track


def renditions() -> Storage:
    """Where our own re-encodings and pictures lie, private."""
    return storages["renditions"]


class ScreeningRun(models.Model):
    """The job row, which is the truth: a worker holds it by lease and token, a sweep wakes it."""

    class State(models.TextChoices):
        QUEUED = "queued", _("waiting")
        RUNNING = "running", _("running")
        DONE = "done", _("done")
        FAILED = "failed", _("could not be finished")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    track = models.ForeignKey(Track, on_delete=models.PROTECT, related_name="runs")
    declaration = models.ForeignKey(Declaration, on_delete=models.PROTECT, related_name="runs")
    audio = models.ForeignKey(AudioFile, on_delete=models.PROTECT, related_name="runs")
    state = models.CharField(
        max_length=16, choices=State.choices, default=State.QUEUED, db_index=True
    )
    attempts = models.PositiveSmallIntegerField(default=0)
    token = models.UUIDField(null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True, db_index=True)
    stage = models.CharField(max_length=40, blank=True)  # "decoding", a check's slug, "pictures"
    error_code = models.CharField(max_length=40, blank=True)
    error_text = models.CharField(max_length=500, blank=True)
    cpu_s = models.FloatField(null=True, blank=True)
    wall_s = models.FloatField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["created_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["track"],
                condition=Q(state__in=["queued", "running"]),
                name="one_open_run_per_track",
            ),
            models.CheckConstraint(
                condition=Q(state="running", token__isnull=False, lease_until__isnull=False)
                | ~Q(state="running"),
                name="a_running_run_has_a_lease",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.track} · {self.get_state_display()}"


class CheckResult(models.Model):
    """What one check said in one run; written once."""

    class Status(models.TextChoices):
        OK = "ok", _("done")
        ERROR = "error", _("failed")
        NOT_ASSESSABLE = "not_assessable", _("not assessable")

    run = models.ForeignKey(ScreeningRun, on_delete=models.CASCADE, related_name="results")
    slug = models.CharField(max_length=40)
    version = models.CharField(max_length=20)
    status = models.CharField(max_length=16, choices=Status.choices)
    note = models.CharField(max_length=500, blank=True)
    cpu_s = models.FloatField(default=0)
    wall_s = models.FloatField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["run", "slug"], name="one_result_per_check_and_run")
        ]

    def __str__(self) -> str:
        return f"{self.slug} {self.status}"


class Finding(models.Model):
    """One thing that a check found, with its evidence."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    result = models.ForeignKey(CheckResult, on_delete=models.CASCADE, related_name="findings")
    position = models.PositiveSmallIntegerField()
    code = models.CharField(max_length=60, db_index=True)
    score = models.FloatField()
    summary = models.CharField(max_length=500)
    evidence = models.JSONField(default=list)

    class Meta:
        ordering = ["result_id", "position"]
        constraints = [
            models.UniqueConstraint(fields=["result", "position"], name="finding_position_once"),
            models.CheckConstraint(
                condition=Q(score__gte=0) & Q(score__lte=1), name="finding_score_in_0_1"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.score:.2f}"


class Rendition(models.Model):
    """Something we made from an upload to listen to or look at; never the upload itself."""

    class Kind(models.TextChoices):
        PREVIEW = "preview", _("preview")
        PEAKS = "peaks", _("waveform")
        SPECTROGRAM = "spectrogram", _("spectrogram")

    audio = models.ForeignKey(AudioFile, on_delete=models.CASCADE, related_name="renditions")
    kind = models.CharField(max_length=16, choices=Kind.choices)
    file = models.FileField(storage=renditions, max_length=200)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["audio", "kind"], name="one_rendition_per_kind")
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.audio}"
