"""The ledger of consent: one row for everything that anybody ever said, never changed.

A yes can never be backdated, a no may be. `effective_from` and `effective_to` say for which time
an event speaks, `recorded_at` since when we know it. Names are pseudonyms (`Party`).
"""

from datetime import timedelta
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from apps.audit.models import LedgerRow
from apps.consent import entries
from apps.consent.vocabulary import ALL_LAYERS, LAYERS

SCHEMA_VERSION = "1.0"
SKEW = timedelta(minutes=5)  # how far the clock of whoever captured a yes may be behind ours


class Status(models.TextChoices):
    """What was said."""

    GRANTED = entries.GRANTED, _("yes")
    DENIED = entries.DENIED, _("no")
    REVOKED = entries.REVOKED, _("taken back")
    OBJECTED = entries.OBJECTED, _("objected")
    RESERVED = entries.RESERVED, _("“No AI” on")
    UNRESERVED = entries.UNRESERVED, _("“No AI” off")
    DISPUTED = entries.DISPUTED, _("dispute opened")
    UNDISPUTED = entries.UNDISPUTED, _("dispute settled")
    INVALIDATED = entries.INVALIDATED, _("had no right to say yes")


class Role(models.TextChoices):
    """As what somebody spoke."""

    ARTIST = "artist", _("artist")
    LABEL = "label", _("label")
    STAFF = "staff", _("our staff, for somebody")
    REGISTRY = "registry", _("registry")


class Method(models.TextChoices):
    """How it reached us."""

    WEB_FORM = "web_form", _("web form")
    API = "api", _("API")
    IMPORT = "import", _("import")
    REGISTRY = "registry", _("registry")
    SUPPORT = "support", _("support")
    SYSTEM = "system", _("system")


CHOICES = (Status.GRANTED, Status.DENIED, Status.REVOKED, Status.OBJECTED)
YESES = (Status.GRANTED, Status.UNRESERVED)
CLOSED: dict[str, tuple[str, ...]] = {
    "status": tuple(Status.values),
    "scope_type": entries.SCOPES,
    "rights_layer": (*LAYERS, ALL_LAYERS),
    "grantor_role": tuple(Role.values),
    "method": tuple(Method.values),
}


class ConsentEvent(LedgerRow):
    """One thing that was said about what may be done with an upload."""

    IN_PAYLOAD: ClassVar[tuple[str, ...]] = (
        "uid",
        "record_id",
        "schema_version",
        "subject_ref",
        "grantor_ref",
        "grantor_role",
        "authority_sha256",
        "scope_type",
        "scope_id",
        "rights_layer",
        "use_case",
        "verb",
        "status",
        "basis",
        "policy_id",
        "policy_version",
        "policy_epoch",
        "notice_sha256",
        "notice_language",
        "jurisdiction",
        "territory_include",
        "territory_exclude",
        "effective_from",
        "effective_to",
        "captured_at",
        "recorded_at",
        "method",
        "serving_component",
        "evidence_sha256",
        "reason_code",
        "corrects_event",
    )

    record_id = models.UUIDField(_("record"), db_index=True)
    schema_version = models.CharField(max_length=8, default=SCHEMA_VERSION)
    subject_ref = models.CharField(_("whose rights"), max_length=64, db_index=True)
    grantor_ref = models.CharField(_("who spoke"), max_length=64)
    grantor_role = models.CharField(_("as"), max_length=16, choices=Role.choices)
    authority_sha256 = models.CharField(max_length=64, blank=True)
    scope_type = models.CharField(_("scope"), max_length=16)
    scope_id = models.CharField(max_length=64)
    rights_layer = models.CharField(_("rights"), max_length=16, default=ALL_LAYERS)
    use_case = models.CharField(_("use"), max_length=40, blank=True)
    verb = models.CharField(_("verb"), max_length=16, blank=True)
    status = models.CharField(_("what was said"), max_length=16, choices=Status.choices)
    basis = models.CharField(_("basis"), max_length=24, blank=True)
    policy_id = models.CharField(max_length=40, blank=True)
    policy_version = models.CharField(_("terms"), max_length=20, blank=True)
    policy_epoch = models.PositiveIntegerField(_("epoch"), default=0)
    notice_sha256 = models.CharField(max_length=64, blank=True)
    notice_language = models.CharField(max_length=12, blank=True)
    jurisdiction = models.CharField(_("jurisdiction"), max_length=2, blank=True)
    # Countries, "DE,FR": only there, and not there. Text, so that a payload compares with a column.
    territory_include = models.CharField(max_length=1000, blank=True)
    territory_exclude = models.CharField(max_length=1000, blank=True)
    effective_from = models.DateTimeField(_("from"))
    effective_to = models.DateTimeField(_("to"), null=True, blank=True)
    captured_at = models.DateTimeField(_("captured"))
    recorded_at = models.DateTimeField(_("recorded"), db_index=True)
    method = models.CharField(_("how"), max_length=16, choices=Method.choices)
    serving_component = models.CharField(max_length=80, blank=True)
    evidence_sha256 = models.CharField(max_length=64, blank=True)
    reason_code = models.CharField(max_length=40, blank=True)
    corrects_event = models.UUIDField(null=True, blank=True)

    class Meta:
        ordering = ["id"]
        indexes = [
            models.Index(fields=["scope_type", "scope_id", "use_case", "-effective_from", "-id"]),
            models.Index(fields=["use_case", "status", "jurisdiction", "-id"]),
            models.Index(
                fields=["effective_to"],
                condition=Q(status=Status.GRANTED, effective_to__isnull=False),
                name="consent_yes_ends",
            ),
        ]
        constraints = [
            *[
                models.CheckConstraint(
                    condition=Q(**{f"{column}__in": values}), name=f"consent_{column}_of_the_list"
                )
                for column, values in CLOSED.items()
            ],
            models.CheckConstraint(
                condition=~Q(status__in=YESES)
                | Q(
                    effective_from__gte=F("recorded_at") - SKEW,
                    effective_from__lte=F("recorded_at"),
                ),
                name="consent_yes_is_never_backdated",
            ),
            models.CheckConstraint(
                condition=~Q(status=Status.GRANTED)
                | (
                    ~Q(jurisdiction="")
                    & ~Q(policy_version="")
                    & ~Q(notice_sha256="")
                    & ~Q(basis="")
                    & Q(policy_epoch__gte=1)
                ),
                name="consent_yes_names_its_terms_and_place",
            ),
            models.CheckConstraint(
                condition=(Q(status__in=CHOICES) & ~Q(use_case="") & ~Q(verb=""))
                | (~Q(status__in=CHOICES) & Q(use_case="", verb="")),
                name="consent_choice_names_its_use",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=YESES) | Q(grantor_role__in=(Role.ARTIST, Role.LABEL)),
                name="consent_only_holders_say_yes",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=YESES, grantor_role=Role.LABEL) | ~Q(authority_sha256=""),
                name="consent_label_proves_its_authority",
            ),
            models.CheckConstraint(
                condition=Q(effective_to__isnull=True) | Q(effective_to__gte=F("effective_from")),
                name="consent_ends_after_it_begins",
            ),
            models.CheckConstraint(
                condition=~Q(status=Status.INVALIDATED) | Q(effective_to__isnull=False),
                name="consent_invalidation_has_a_span",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.status} {self.permission or 'everything'} · {self.scope_type}"

    @property
    def permission(self) -> str:
        """ "generative_music.train", or "" where the event is about all of them."""
        return f"{self.use_case}.{self.verb}" if self.use_case else ""
