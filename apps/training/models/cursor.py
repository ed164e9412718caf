"""How far somebody who reads the log has come."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class LedgerCursor(models.Model):
    """One reader of the log. Everything before leaf `leaf` and before the time `at` was looked at.

    Readers go by the number of the leaf: rows get their ids when they are inserted, and may be
    committed in another order.
    """

    name = models.CharField(_("reader"), max_length=80, unique=True)
    leaf = models.BigIntegerField(_("next leaf"), default=0)
    at = models.DateTimeField(_("as of"), null=True, blank=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return f"{self.name} at {self.leaf}"
