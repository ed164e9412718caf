"""Model versions: what each was trained on, by a signed manifest, and who released it."""

from typing import Any, NoReturn

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from apps.training.models.snapshot import SealedForEver, Snapshot

OF_A_SIGNED = frozenset({"state", "released_at", "retired_at"})  # what may become of a version


class ModelVersionQuerySet(models.QuerySet["ModelVersion"]):
    """Refuses to change what a manifest says, and to delete what was registered."""

    def update(self, **kwargs: Any) -> int:
        """Only what becomes of a version; raises SealedForEver for the rest."""
        if not kwargs.keys() <= OF_A_SIGNED:
            raise SealedForEver
        return super().update(**kwargs)

    def delete(self) -> NoReturn:
        """Refused: raises SealedForEver."""
        raise SealedForEver


class ModelVersion(models.Model):
    """One version of a model. Whatever a fine-tune's `base` was trained on, it was trained on."""

    class State(models.TextChoices):
        REGISTERED = "registered", _("registered")
        RELEASED = "released", _("released")
        BLOCKED = "blocked", _("blocked")
        RETIRED = "retired", _("retired")

    name = models.SlugField(_("model"), max_length=60)
    version = models.CharField(_("version"), max_length=40)
    model_class = models.CharField(_("class"), max_length=40)
    base = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="fine_tunes"
    )
    state = models.CharField(max_length=16, choices=State.choices, default=State.REGISTERED)
    weights_sha256 = models.CharField(max_length=64)
    run_id = models.CharField(max_length=80)
    started_at = models.DateTimeField(_("training began"))
    finished_at = models.DateTimeField(_("training ended"))
    code_uri = models.CharField(max_length=300, blank=True)
    code_commit = models.CharField(max_length=64, blank=True)
    card = models.JSONField(_("about"), default=dict)  # intended use, exclusions, known limits
    manifest = models.TextField()  # the DSSE envelope, as it was signed
    manifest_sha256 = models.CharField(max_length=64, unique=True)
    registered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    registered_at = models.DateTimeField(auto_now_add=True)
    released_at = models.DateTimeField(_("released"), null=True, blank=True)
    retired_at = models.DateTimeField(null=True, blank=True)

    objects = ModelVersionQuerySet.as_manager()

    class Meta:
        ordering = ["name", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["name", "version"], name="training_version_once"),
            models.CheckConstraint(
                condition=Q(finished_at__gte=F("started_at")), name="training_ends_after_it_begins"
            ),
            models.CheckConstraint(
                condition=~Q(state="released") | Q(released_at__isnull=False),
                name="training_released_has_a_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.version}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Once registered, only `update_fields` of OF_A_SIGNED; raises SealedForEver."""
        changed = set(kwargs.get("update_fields") or ["*"])
        if not self._state.adding and not changed <= OF_A_SIGNED:
            raise SealedForEver
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Refused: raises SealedForEver."""
        raise SealedForEver


class ModelInput(models.Model):
    """A snapshot that went into a model version, and as what."""

    class Role(models.TextChoices):
        TRAIN = "train", _("training")
        FINETUNE = "finetune", _("fine-tuning")
        VALIDATION = "validation", _("validation")
        TEST = "test", _("test")

    model_version = models.ForeignKey(ModelVersion, on_delete=models.PROTECT, related_name="inputs")
    snapshot = models.ForeignKey(Snapshot, on_delete=models.PROTECT, related_name="uses")
    role = models.CharField(max_length=16, choices=Role.choices, default=Role.TRAIN)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["model_version", "snapshot", "role"], name="training_input_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.snapshot} for {self.model_version}"


class Approval(models.Model):
    """One person's yes to a release. It is for one manifest, and nobody approves twice."""

    model_version = models.ForeignKey(
        ModelVersion, on_delete=models.PROTECT, related_name="approvals"
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    note = models.TextField(blank=True)

    class Meta:
        ordering = ["at"]
        constraints = [
            models.UniqueConstraint(
                fields=["model_version", "by"], name="training_one_approval_each"
            )
        ]

    def __str__(self) -> str:
        return f"{self.by} for {self.model_version}"
