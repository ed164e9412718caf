"""Whom a pseudonym in the ledger stands for."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Label


class Party(models.Model):
    """An account, a label or a registry, and the key that makes its pseudonym.

    `ref` is HMAC-SHA256(key, who) in hex. The key is random and stands here only: once the row is
    deleted, nobody can tell whom the ledger speaks of, and its proofs still hold.
    """

    ref = models.CharField(max_length=64, primary_key=True, editable=False)
    key = models.BinaryField(max_length=32)
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        null=True,
        related_name="consent_party",
        verbose_name=_("account"),
    )
    label = models.OneToOneField(
        Label, on_delete=models.CASCADE, null=True, related_name="consent_party"
    )
    registry = models.CharField(_("registry"), max_length=80, null=True, unique=True)  # noqa: DJ001

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=(
                    Q(user__isnull=False, label__isnull=True, registry__isnull=True)
                    | Q(user__isnull=True, label__isnull=False, registry__isnull=True)
                    | Q(user__isnull=True, label__isnull=True, registry__isnull=False)
                ),
                name="consent_party_is_one_thing",
            )
        ]

    def __str__(self) -> str:
        return str(self.user or self.label or self.registry)
