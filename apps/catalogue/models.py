"""What artists bring: releases, tracks, audio, proofs, and what they declared about them."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.core.files.storage import Storage, storages
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Label, User
from apps.catalogue.states import EDITABLE, TrackState


def originals() -> Storage:
    """Where uploads lie, private."""
    return storages["originals"]


def proofs() -> Storage:
    """Where licences and other proofs lie, private."""
    return storages["proofs"]


class Advisory(models.TextChoices):
    """Parental advisory, as stores ask for it."""

    NONE = "none", _("not explicit")
    EXPLICIT = "explicit", _("explicit")
    CLEAN = "clean", _("clean version of an explicit track")


class ReleaseQuerySet(models.QuerySet["Release"]):
    """Who sees which releases."""

    def owned_by(self, user: User) -> "ReleaseQuerySet":
        """Releases of one account."""
        return self.filter(owner=user)

    def of_labels(self, user: User) -> "ReleaseQuerySet":
        """Releases of the labels whose staff this person is."""
        return self.filter(label__members=user)


class Release(models.Model):
    """An album, EP or single: what tracks share. A release has no state of its own."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="releases"
    )
    title = models.CharField(_("title"), max_length=500, blank=True)
    version_title = models.CharField(_("version"), max_length=200, blank=True)
    upc = models.CharField(_("UPC or EAN"), max_length=20, blank=True)
    label = models.ForeignKey(
        Label, on_delete=models.PROTECT, null=True, blank=True, related_name="releases"
    )
    label_name = models.CharField(_("label"), max_length=200, blank=True)
    territories = models.JSONField(_("territories"), default=list, blank=True)
    destinations = models.JSONField(_("destinations"), default=list, blank=True)
    artwork_ai = models.CharField(_("artwork made with AI"), max_length=20, blank=True)
    revision = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True)

    objects = ReleaseQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return self.title or str(_("Untitled release"))


class AudioFile(models.Model):
    """One uploaded original. The name is data; the file lies under its id."""

    class State(models.TextChoices):
        RECEIVED = "received", _("uploaded, being read")
        READY = "ready", _("ready")
        REFUSED = "refused", _("cannot be used")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="audio_files"
    )
    original_name = models.CharField(max_length=255)
    file = models.FileField(storage=originals, max_length=200)
    size_bytes = models.BigIntegerField()
    state = models.CharField(max_length=16, choices=State.choices, default=State.RECEIVED)
    attempts = models.PositiveSmallIntegerField(default=0)
    error_code = models.CharField(max_length=40, blank=True)
    error_text = models.CharField(max_length=500, blank=True)
    source = models.JSONField(default=dict, blank=True)  # screening.audio.Source, as JSON
    duration_s = models.FloatField(null=True, blank=True)
    sha256 = models.CharField(max_length=64, blank=True, db_index=True)
    created_at = models.DateTimeField(auto_now_add=True)
    inspected_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return self.original_name


class Upload(models.Model):
    """An upload under way (tus): bytes lie in UPLOAD_DIR until the last one has arrived."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="uploads"
    )
    release = models.ForeignKey(Release, on_delete=models.CASCADE, related_name="uploads")
    track = models.ForeignKey(
        "Track", on_delete=models.CASCADE, null=True, blank=True, related_name="uploads"
    )
    original_name = models.CharField(max_length=255)
    length = models.BigIntegerField()
    offset = models.BigIntegerField(default=0)
    audio = models.OneToOneField(
        AudioFile, on_delete=models.SET_NULL, null=True, blank=True, related_name="upload"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()

    class Meta:
        ordering = ["created_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(offset__gte=0) & Q(offset__lte=models.F("length")),
                name="upload_offset_within_length",
            )
        ]

    def __str__(self) -> str:
        return f"{self.original_name} {self.offset}/{self.length}"


class Track(models.Model):
    """One recording and all that is said about it while it is a draft."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="tracks")
    position = models.PositiveSmallIntegerField(default=1)
    state = models.CharField(
        max_length=20, choices=TrackState.choices, default=TrackState.DRAFT, db_index=True
    )
    title = models.CharField(_("title"), max_length=500, blank=True)
    version_title = models.CharField(_("version"), max_length=200, blank=True)
    language = models.CharField(_("language of the words"), max_length=20, blank=True)
    isrc = models.CharField(_("ISRC"), max_length=20, blank=True)
    parental_advisory = models.CharField(
        _("parental advisory"), max_length=10, choices=Advisory.choices, blank=True
    )
    original_release_year = models.PositiveSmallIntegerField(
        _("year of first release"), null=True, blank=True
    )
    # The rest of the declaration while it is a draft, in the declaration's own words:
    # "ai", "voice", "likeness", "borrowed", "rights_in_result", "label_licensed".
    answers = models.JSONField(default=dict, blank=True)
    audio = models.ForeignKey(
        AudioFile, on_delete=models.PROTECT, null=True, blank=True, related_name="tracks"
    )
    declaration = models.ForeignKey(
        "Declaration", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    revision = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["position", "created_at"]
        permissions: ClassVar = [
            ("submit_release", "Can submit releases"),
            ("play_track", "Can listen to tracks under review"),
        ]

    def __str__(self) -> str:
        name = self.title or (self.audio.original_name if self.audio else str(_("Untitled")))
        return f"{name} ({self.version_title})" if self.version_title else name

    @property
    def is_editable(self) -> bool:
        """Whether the artist may change it in its present state."""
        return self.state in EDITABLE


class Contributor(models.Model):
    """Somebody credited on a track."""

    class Role(models.TextChoices):
        MAIN = "main", _("main artist")
        FEATURED = "featured", _("featured artist")
        COMPOSER = "composer", _("composer")
        LYRICIST = "lyricist", _("lyricist")
        PRODUCER = "producer", _("producer")
        REMIXER = "remixer", _("remixer")

    track = models.ForeignKey(Track, on_delete=models.CASCADE, related_name="contributors")
    name = models.CharField(_("name"), max_length=200)
    role = models.CharField(_("role"), max_length=20, choices=Role.choices, default=Role.MAIN)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return f"{self.name} ({self.get_role_display()})"


class Proof(models.Model):
    """A licence, receipt or permission that the artist sent."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    track = models.ForeignKey(Track, on_delete=models.CASCADE, related_name="proofs")
    # What it proves, as a path into the declaration: "borrowed.0", "voice", "likeness.1", "ai.2".
    concerns = models.CharField(max_length=40)
    original_name = models.CharField(max_length=255)
    file = models.FileField(storage=proofs, max_length=200)
    size_bytes = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["created_at"]

    def __str__(self) -> str:
        return self.original_name


class Declaration(models.Model):
    """What the artist declared and accepted at one submission. Written once, never changed."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    track = models.ForeignKey(Track, on_delete=models.PROTECT, related_name="declarations")
    audio = models.ForeignKey(AudioFile, on_delete=models.PROTECT, related_name="+")
    document = models.JSONField()
    sha256 = models.CharField(max_length=64)
    terms_version = models.CharField(max_length=20)  # of the responsibility text (rule R8)
    accepted_at = models.DateTimeField()
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    submission_key = models.CharField(max_length=64)  # from the form; makes a double submit one
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["created_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["track", "submission_key"], name="one_declaration_per_submission"
            )
        ]

    def __str__(self) -> str:
        return f"{self.track} · {self.created_at:%Y-%m-%d %H:%M}"
