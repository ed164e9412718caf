"""A track that a person must look at: the case, who has it, until when, and what was said."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from apps.catalogue.models import Track
from apps.policy.models import Decision


class Case(models.Model):
    """One held track waiting for one decision by a person."""

    class State(models.TextChoices):
        OPEN = "open", _("open")
        DECIDED = "decided", _("decided")
        OVERTAKEN = "overtaken", _("overtaken")  # the artist corrected or withdrew the track

    class Kind(models.TextChoices):
        HELD = "held", _("held")
        APPEAL = "appeal", _("objection")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    track = models.ForeignKey(Track, on_delete=models.PROTECT, related_name="cases")
    kind = models.CharField(max_length=16, choices=Kind.choices, default=Kind.HELD)
    # The machine's decision (or the refused one) that put it here.
    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="cases")
    artist_note = models.TextField(_("what the artist says"), blank=True)
    state = models.CharField(
        max_length=16, choices=State.choices, default=State.OPEN, db_index=True
    )
    opened_at = models.DateTimeField(auto_now_add=True)
    due_at = models.DateTimeField(db_index=True)
    claimed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="claimed_cases",
    )
    claimed_until = models.DateTimeField(null=True, blank=True)
    ruling = models.OneToOneField(
        Decision, on_delete=models.PROTECT, null=True, blank=True, related_name="decided_case"
    )
    closed_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["due_at"]
        permissions: ClassVar = [
            ("decide_case", "Can decide cases"),
            ("decide_severe_case", "Can decide severe cases"),
            ("reassign_case", "Can take a case over from somebody"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["track"], condition=Q(state="open"), name="one_open_case_per_track"
            ),
            models.CheckConstraint(
                condition=Q(claimed_by__isnull=True, claimed_until__isnull=True)
                | Q(claimed_by__isnull=False, claimed_until__isnull=False),
                name="a_claim_has_an_end",
            ),
            models.CheckConstraint(
                condition=Q(state="open", closed_at__isnull=True)
                | (~Q(state="open") & Q(closed_at__isnull=False)),
                name="a_closed_case_has_a_time",
            ),
        ]

    def __str__(self) -> str:
        return str(self.track)


class CaseReason(models.Model):
    """Why a case is here: one reason code, strongest first, kept as rows for the filters."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="reasons")
    code = models.CharField(max_length=60, db_index=True)
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["case", "code"], name="one_reason_per_code_and_case")
        ]

    def __str__(self) -> str:
        return self.code


class Verb(models.TextChoices):
    """What a reviewer can do with a case."""

    APPROVE = "approve", _("approve")
    REFUSE = "refuse", _("refuse")
    ASK = "ask", _("ask for changes")


class Proposal(models.Model):
    """A severe decision by one reviewer, waiting for a second person to look as well."""

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting for a second person")
        CONFIRMED = "confirmed", _("confirmed")
        RETURNED = "returned", _("returned")
        OVERTAKEN = "overtaken", _("overtaken")  # the case closed in another way

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="proposals")
    verb = models.CharField(max_length=16, choices=Verb.choices)
    reason_codes = models.JSONField(default=list)
    note = models.TextField(_("internal note"), blank=True)
    note_to_artist = models.TextField(_("note to the artist"), blank=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="proposals"
    )
    made_at = models.DateTimeField(auto_now_add=True)
    state = models.CharField(max_length=16, choices=State.choices, default=State.WAITING)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    answered_at = models.DateTimeField(null=True, blank=True)
    answer = models.TextField(_("what the second person says"), blank=True)

    class Meta:
        ordering = ["made_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["case"], condition=Q(state="waiting"), name="one_waiting_proposal_per_case"
            ),
            models.CheckConstraint(
                condition=Q(
                    state__in=["confirmed", "returned"],
                    answered_by__isnull=False,
                    answered_at__isnull=False,
                )
                | Q(
                    state__in=["waiting", "overtaken"],
                    answered_by__isnull=True,
                    answered_at__isnull=True,
                ),
                name="an_answered_proposal_has_who_and_when",
            ),
            models.CheckConstraint(
                condition=Q(answered_by__isnull=True) | ~Q(answered_by=F("made_by")),
                name="a_second_person_is_another_person",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_verb_display()} · {self.case}"


class CannedReply(models.Model):
    """A text that reviewers send often, kept beside the reason code it belongs to."""

    reason_code = models.CharField(_("reason"), max_length=60)
    title = models.CharField(_("title"), max_length=120)
    text = models.TextField(_("text to the artist"))
    is_active = models.BooleanField(_("in use"), default=True)

    class Meta:
        ordering = ["reason_code", "title"]
        verbose_name_plural = _("canned replies")

    def __str__(self) -> str:
        return self.title
