"""Enrolled voices: consent and proof as rows, and what a voice is kept as, encrypted.

A person's vectors and clips are unreadable without the row of their key. Of an enrolment that
ended, the row stays as the receipt; nothing biometric does.
"""

import uuid

from django.conf import settings
from django.core.files.storage import Storage, storages
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from apps.registry.models.people import Person

ACCOUNT = settings.AUTH_USER_MODEL
RETENTION_DAYS = 365


def voice_storage() -> Storage:
    """Where stems wait, encrypted, until a worker has listened to them."""
    return storages["voices"]


class VoiceState(models.TextChoices):
    """Where an enrolment stands."""

    DRAFT = "draft", _("begun")
    IDENTITY_VERIFIED = "identity_verified", _("identity verified")
    RIGHTS_VERIFIED = "rights_verified", _("rights verified")
    CONSENTED = "consented", _("release signed")
    ACTIVE = "active", _("active")
    SUSPENDED = "suspended", _("suspended")
    EXPIRED = "expired", _("expired, deleted")
    WITHDRAWN = "withdrawn", _("withdrawn, deleted")


ENDED = (VoiceState.EXPIRED, VoiceState.WITHDRAWN)
KEPT = (VoiceState.ACTIVE, VoiceState.SUSPENDED)


class VoiceRegister(models.Model):
    """One row: whether uploads are compared with enrolled voices, and how long those are kept."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    is_on = models.BooleanField(_("on"), default=False)
    retention_days = models.PositiveSmallIntegerField(_("days kept"), default=RETENTION_DAYS)
    changed_by = models.ForeignKey(ACCOUNT, models.PROTECT, null=True, related_name="+")
    changed_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = verbose_name_plural = _("register of voices")
        constraints = [
            models.CheckConstraint(condition=Q(id=1), name="one_register_of_voices"),
            models.CheckConstraint(
                condition=Q(retention_days__range=(1, RETENTION_DAYS)),
                name="voices_are_kept_a_year_at_most",
            ),
        ]

    def __str__(self) -> str:
        return str(_("on") if self.is_on else _("off"))


class VoiceEnrolment(models.Model):
    """One person's way into the register and out of it, with every proof on the way."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(Person, models.PROTECT, related_name="voice_enrolments")
    state = models.CharField(
        _("state"), max_length=20, choices=VoiceState.choices, default=VoiceState.DRAFT
    )
    started_by = models.ForeignKey(ACCOUNT, models.PROTECT, null=True, related_name="+")
    started_at = models.DateTimeField(_("begun"), auto_now_add=True)

    # Who they are: who checked it and the number of the check. Never the document itself.
    identity_provider = models.CharField(max_length=120, blank=True)
    identity_reference = models.CharField(max_length=200, blank=True)
    identity_date = models.DateField(null=True)
    identity_by = models.ForeignKey(ACCOUNT, models.PROTECT, null=True, related_name="+")
    identity_at = models.DateTimeField(null=True)
    rights_reference = models.TextField(blank=True, max_length=1000)
    is_adult = models.BooleanField(default=False)
    rights_by = models.ForeignKey(ACCOUNT, models.PROTECT, null=True, related_name="+")
    rights_at = models.DateTimeField(null=True)

    # The written release
    purpose = models.TextField(blank=True, max_length=1000)
    retention_days = models.PositiveSmallIntegerField(default=RETENTION_DAYS)
    training_opt_in = models.BooleanField(default=False)
    signed_by = models.CharField(max_length=200, blank=True)
    signed_at = models.DateTimeField(null=True)
    text_version = models.CharField(max_length=40, blank=True)
    text = models.TextField(blank=True, max_length=20_000)
    text_sha256 = models.CharField(max_length=64, blank=True)

    # The living voice
    challenge_phrase = models.CharField(max_length=200, blank=True)
    challenge_until = models.DateTimeField(null=True)
    challenge_at = models.DateTimeField(null=True)
    challenge_by = models.ForeignKey(ACCOUNT, models.PROTECT, null=True, related_name="+")
    challenge_note = models.CharField(max_length=500, blank=True)
    challenge_sha256 = models.CharField(max_length=64, blank=True)
    challenge_similarity = models.FloatField(null=True)

    # What was heard
    stems = models.PositiveSmallIntegerField(_("stems"), default=0)
    songs = models.PositiveSmallIntegerField(_("songs"), default=0)
    sung_s = models.FloatField(default=0.0)
    spoken_s = models.FloatField(default=0.0)
    speech_waived = models.CharField(max_length=500, blank=True)
    stem_sha256s = models.JSONField(default=list)
    self_consistency = models.FloatField(_("consistency"), null=True)
    collisions = models.JSONField(default=list)  # [{"person": id, "similarity": 0..1}]
    model = models.CharField(max_length=80, blank=True)

    activated_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(_("kept until"), null=True, db_index=True)
    renewed_at = models.DateTimeField(null=True)
    reminded_days = models.PositiveSmallIntegerField(null=True)  # the last reminder: 30 or 7 before
    deleted_at = models.DateTimeField(null=True)
    receipt = models.JSONField(default=dict)

    # Work for a worker: asked for, being done, or a sentence that says why not
    asked_at = models.DateTimeField(null=True)
    claimed_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    trouble = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["-started_at"]
        verbose_name = _("enrolled voice")
        verbose_name_plural = _("enrolled voices")
        constraints = [
            models.UniqueConstraint(
                fields=["person"],
                condition=~Q(state__in=["expired", "withdrawn"]),
                name="one_open_enrolment_per_voice",
            ),
            models.CheckConstraint(
                name="an_active_voice_has_every_proof",
                condition=~Q(state__in=["active", "suspended"])
                | Q(
                    identity_at__isnull=False,
                    rights_at__isnull=False,
                    is_adult=True,
                    signed_at__isnull=False,
                    challenge_at__isnull=False,
                    stems__gte=5,
                    songs__gte=3,
                    self_consistency__isnull=False,
                    expires_at__isnull=False,
                ),
            ),
            models.CheckConstraint(
                name="a_voice_that_ended_is_deleted",
                condition=~Q(state__in=["expired", "withdrawn"]) | Q(deleted_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} · {self.get_state_display()}"


class VoiceKey(models.Model):
    """The key of one person's data, wrapped by the master key that `master` names."""

    person = models.OneToOneField(
        Person, models.PROTECT, primary_key=True, related_name="voice_key"
    )
    master = models.CharField(max_length=16)
    nonce = models.BinaryField(max_length=12)
    wrapped = models.BinaryField(max_length=64)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return "voice key"


class Sealed(models.Model):
    """Something encrypted with a person's key."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    enrolment = models.ForeignKey(VoiceEnrolment, models.PROTECT, related_name="%(class)ss")
    key = models.ForeignKey(VoiceKey, models.PROTECT, related_name="%(class)ss")
    nonce = models.BinaryField(max_length=12)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"


class Voiceprint(Sealed):
    """The vectors of an enrolled voice."""

    sealed = models.BinaryField()
    model = models.CharField(max_length=80)


class VoiceClip(Sealed):
    """The sound of one enrolled stretch: a WAV of 16 kHz, for reviewers to compare by ear."""

    sealed = models.BinaryField()
    segment = models.PositiveIntegerField()
    start_s = models.FloatField()

    class Meta:
        ordering = ["segment"]
        constraints = [
            models.UniqueConstraint(fields=["enrolment", "segment"], name="one_clip_per_segment")
        ]


class VoiceStem(Sealed):
    """A recording sent for enrolment, until a worker has listened to it; then it is deleted."""

    class Kind(models.TextChoices):
        SINGING = "singing", _("singing")
        SPEECH = "speech", _("speech")
        CHALLENGE = "challenge", _("challenge phrase")

    file = models.FileField(storage=voice_storage, upload_to="%Y/%m")
    name = models.CharField(max_length=200)
    song = models.CharField(max_length=200, blank=True)
    kind = models.CharField(max_length=12, choices=Kind.choices)
    sha256 = models.CharField(max_length=64)


class VoiceQuestion(models.Model):
    """Somebody asked that a track be compared: with one person, or with everybody."""

    class Reason(models.TextChoices):
        COMPLAINT = "complaint", _("complaint")
        REVIEWER = "reviewer", _("reviewer")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    track = models.UUIDField(db_index=True)
    person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="voice_questions")
    is_sweep = models.BooleanField(default=False)
    asked_by = models.ForeignKey(ACCOUNT, models.PROTECT, related_name="+")
    reason = models.CharField(max_length=12, choices=Reason.choices)
    note = models.TextField(blank=True, max_length=2000)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["created_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(person__isnull=True, is_sweep=True)
                | Q(person__isnull=False, is_sweep=False),
                name="a_question_is_about_one_voice_or_all",
            )
        ]

    def __str__(self) -> str:
        return f"{self.track}: {self.person or _('everybody')}"
