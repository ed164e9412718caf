"""What stands beside an event and can be erased."""

from hashlib import sha256
from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.audit.canonical import canonical
from apps.consent.models.event import ConsentEvent


class Evidence(models.Model):
    """Who acted, and what backs it: personal data, kept out of the hashed payload.

    The event holds SHA-256(salt ‖ JCS(data)). Erasing the row leaves the event and its proof.
    """

    event = models.OneToOneField(
        ConsentEvent, on_delete=models.PROTECT, primary_key=True, related_name="evidence"
    )
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("who"),
    )
    data = models.JSONField(_("data"), default=dict)
    salt = models.BinaryField(max_length=32)

    def __str__(self) -> str:
        return f"evidence of {self.event_id}"

    @staticmethod
    def commitments(salt: bytes, actor_id: str | None, data: Any) -> dict[str, str]:
        """What the event's payload should say of it. The audit event commits to who acted."""
        said = data.get("authority")
        return {
            "evidence_sha256": sha256(salt + canonical(data)).hexdigest(),
            "authority_sha256": sha256(salt + canonical(said)).hexdigest() if said else "",
        }
