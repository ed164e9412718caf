"""Rulesets as they were published, and decisions as they were taken. Neither is ever rewritten."""

import uuid
from typing import Any, ClassVar, NoReturn

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from apps.catalogue.models import AudioFile, Declaration, Track
from apps.screening.models import ScreeningRun


class AppendOnly(Exception):
    """Somebody tried to change or delete a decision."""

    def __init__(self) -> None:
        super().__init__("A decision is never changed or deleted. Record a new one beside it.")


class Outcome(models.TextChoices):
    """What became of a track, in order of severity."""

    ALLOWED = "allowed", _("cleared")
    NEEDS_REVIEW = "needs_review", _("held")
    NOT_ALLOWED = "not_allowed", _("refused")


class Ruleset(models.Model):
    """One version of the law: its text, its hash, and since when it applies."""

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        SHADOW = "shadow", _("tried out beside the active one")
        ACTIVE = "active", _("active")
        RETIRED = "retired", _("retired")

    id = models.SlugField(primary_key=True, max_length=40)
    sha256 = models.CharField(max_length=64, editable=False)
    text = models.TextField(editable=False)
    state = models.CharField(max_length=16, choices=State.choices, default=State.DRAFT)
    effective_from = models.DateField(_("in force from"))
    activated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    activated_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-effective_from", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["state"], condition=Q(state="active"), name="one_active_ruleset"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["active", "retired"], activated_at__isnull=False)
                | Q(state__in=["draft", "shadow"], activated_at__isnull=True),
                name="an_active_ruleset_was_activated",
            ),
            models.CheckConstraint(
                condition=Q(activated_by__isnull=True) | Q(activated_at__isnull=False),
                name="who_activated_a_ruleset_has_a_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.id} ({self.get_state_display()})"


class DecisionQuerySet(models.QuerySet["Decision"]):
    """Decisions by track; refuses to change or delete them."""

    def of_track(self, track: Track) -> "DecisionQuerySet":
        """Every decision about one track, oldest first."""
        return self.filter(track=track).order_by("created_at")

    def current(self) -> "DecisionQuerySet":
        """Decisions that no later one supersedes."""
        return self.filter(superseded_by__isnull=True)

    def update(self, **kwargs: Any) -> NoReturn:
        """Refused: raises AppendOnly."""
        raise AppendOnly

    def delete(self) -> NoReturn:
        """Refused: raises AppendOnly."""
        raise AppendOnly


class Decision(models.Model):
    """What was decided about a track: the facts, the law, the outcome and every reason.

    The decisions of a track form one line: each supersedes the one before it. `facts` and `ruling`
    are the whole input, so that anybody can compute the rest again (`policy replay`).
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    track = models.ForeignKey(Track, on_delete=models.PROTECT, related_name="decisions")
    run = models.ForeignKey(
        ScreeningRun, on_delete=models.PROTECT, null=True, blank=True, related_name="decisions"
    )
    declaration = models.ForeignKey(Declaration, on_delete=models.PROTECT, related_name="decisions")
    audio = models.ForeignKey(AudioFile, on_delete=models.PROTECT, related_name="decisions")
    ruleset = models.ForeignKey(Ruleset, on_delete=models.PROTECT, related_name="decisions")
    ruleset_sha256 = models.CharField(max_length=64)
    engine_version = models.CharField(max_length=20)
    facts = models.JSONField()
    ruling = models.JSONField(null=True, blank=True)
    outcome = models.CharField(max_length=16, choices=Outcome.choices, db_index=True)
    reasons = models.JSONField()
    overruled = models.JSONField(default=list)
    needed_facts = models.JSONField()
    destinations = models.JSONField()
    automated_detection = models.BooleanField()
    automated_decision = models.BooleanField()
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    note = models.TextField(_("internal note"), blank=True)
    note_to_artist = models.TextField(_("note to the artist"), blank=True)
    supersedes = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="superseded_by"
    )
    created_at = models.DateTimeField(auto_now_add=True, db_index=True)

    objects = DecisionQuerySet.as_manager()

    class Meta:
        ordering = ["created_at"]
        base_manager_name = "objects"
        indexes: ClassVar = [
            models.Index(fields=["track", "created_at"]),
            models.Index(  # whether a million tracks are cleared, without reading their facts
                fields=["outcome", "track"],
                include=["declaration", "audio", "ruleset", "ruleset_sha256", "id"],
                name="policy_cleared_tracks",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(automated_decision=True, made_by__isnull=True, ruling__isnull=True)
                | Q(automated_decision=False, made_by__isnull=False, ruling__isnull=False),
                name="a_person_decided_or_a_machine_did",
            ),
            models.UniqueConstraint(
                fields=["track"], condition=Q(supersedes__isnull=True), name="one_first_decision"
            ),
            models.UniqueConstraint(
                fields=["run"],
                condition=Q(automated_decision=True),
                name="one_machine_decision_per_run",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.track} · {self.get_outcome_display()}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Adds the row; a row that is already there raises AppendOnly."""
        if not self._state.adding:
            raise AppendOnly
        super().save(*args, **{**kwargs, "force_insert": True})

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Refused: raises AppendOnly."""
        raise AppendOnly
