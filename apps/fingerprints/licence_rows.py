"""Licences for beats, samples and packs, and where they explained a match. Rows only."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class MaterialLicence(models.Model):
    """A licence that a person here has read. It is never rewritten: it is taken back, and another
    one registered.

    It covers a reference, a track of the catalogue, or all references of an owner (a sample pack
    is one). `part_*_s`: seconds of that recording; without them all of it. `account`: who may use
    it; None is everybody. `territories`: country codes, or "worldwide".
    """

    licensor = models.CharField(_("who gives the licence"), max_length=200)
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("account that holds it"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="material_licences",
    )
    reference = models.ForeignKey(
        "fingerprints.Reference",
        verbose_name=_("reference"),
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="licences",
    )
    track = models.ForeignKey(
        "catalogue.Track",
        verbose_name=_("track of the catalogue"),
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="material_licences",
    )
    owner = models.CharField(_("owner or pack"), max_length=200, blank=True)
    part_start_s = models.FloatField(_("from second"), null=True, blank=True)
    part_end_s = models.FloatField(_("to second"), null=True, blank=True)
    exclusive = models.BooleanField(_("exclusive"), default=False)
    territories = models.JSONField(_("territories"), default=list)
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until, that day included"), null=True, blank=True)
    proof = models.ForeignKey(
        "catalogue.Proof",
        verbose_name=_("proof that the artist sent"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )
    note = models.TextField(_("what proves it"), max_length=2000)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("registered by"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    made_at = models.DateTimeField(_("registered"), default=timezone.now)
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("taken back by"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    revoked_at = models.DateTimeField(_("taken back"), null=True, blank=True)

    class Meta:
        verbose_name = _("licence for material")
        verbose_name_plural = _("licences for material")
        ordering = ["-pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(reference__isnull=False) | Q(track__isnull=False) | ~Q(owner=""),
                name="a_licence_covers_something",
            ),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="a_licence_ends_after_it_begins",
            ),
            models.CheckConstraint(
                condition=Q(part_start_s__isnull=True, part_end_s__isnull=True)
                | Q(
                    part_start_s__isnull=False,
                    part_end_s__isnull=False,
                    part_start_s__gte=0,
                    part_end_s__gt=F("part_start_s"),
                ),
                name="a_licensed_part_has_two_ends",
            ),
            models.CheckConstraint(
                condition=Q(revoked_by__isnull=True, revoked_at__isnull=True)
                | Q(revoked_by__isnull=False, revoked_at__isnull=False),
                name="a_revoked_licence_has_who_and_when",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pk}: {self.licensor}"


class LicenceUse(models.Model):
    """A licence explained a match of this track in this screening.

    `asked_at`: since when the track is to be checked again, because the licence was taken back or
    its term is over. `rerun`: the screening that no longer rests on this use.
    """

    licence = models.ForeignKey(MaterialLicence, on_delete=models.CASCADE, related_name="uses")
    track = models.ForeignKey("catalogue.Track", on_delete=models.CASCADE, related_name="+")
    run = models.UUIDField()
    used_at = models.DateTimeField(_("used"), default=timezone.now)
    asked_at = models.DateTimeField(_("to be checked again since"), null=True, blank=True)
    rerun = models.UUIDField(_("checked again by"), null=True, blank=True)

    class Meta:
        verbose_name = _("use of a licence")
        verbose_name_plural = _("uses of licences")
        ordering = ["-used_at"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["licence", "track", "run"], name="one_use_per_licence_and_run"
            ),
            models.CheckConstraint(
                condition=Q(rerun__isnull=True) | Q(asked_at__isnull=False),
                name="a_use_is_checked_again_when_asked",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["asked_at"],
                condition=Q(asked_at__isnull=False, rerun__isnull=True),
                name="fingerprints_uses_waiting",
            )
        ]

    def __str__(self) -> str:
        return str(self.track)
