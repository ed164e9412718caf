"""What happened, in the order it happened, and the log that proves it. Rows are never changed.

`Event` is one ledger table; other apps add theirs by subclassing `LedgerRow`. What a person could
ask us to forget stands beside the event, in `EventDetail`, and can be erased without breaking a
proof: only a salted commitment to it was hashed.
"""

import uuid
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.audit.payload import commitment_to


class LedgerRow(models.Model):
    """A row whose payload is a leaf of the log. The database refuses to change or delete it.

    `payload`: the canonical JSON that was hashed, as text; `leaf_hash`: its leaf hash, 32 bytes.
    `IN_PAYLOAD` names the columns that stand in the payload too; `audit verify` compares them.
    """

    IN_PAYLOAD: ClassVar[tuple[str, ...]] = ("uid",)

    id = models.BigAutoField(primary_key=True)
    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    payload = models.TextField(editable=False)
    leaf_hash = models.BinaryField(max_length=32)

    class Meta:
        abstract = True


class Event(LedgerRow):
    """One thing that somebody, or a worker, did to a subject."""

    IN_PAYLOAD = ("uid", "at", "kind", "subject_type", "subject_id")

    at = models.DateTimeField(_("at"), db_index=True)
    kind = models.CharField(_("kind"), max_length=64, db_index=True)
    subject_type = models.CharField(_("subject"), max_length=64)
    subject_id = models.CharField(_("subject id"), max_length=64)

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["subject_type", "subject_id", "id"])]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.kind} {self.subject_type} {self.subject_id}"

    @property
    def known_detail(self) -> "EventDetail | None":
        """Who did it and with which data; None once that was erased."""
        try:
            return self.detail
        except EventDetail.DoesNotExist:
            return None

    @property
    def data(self) -> dict[str, Any]:
        """The particulars; empty once they were erased."""
        detail = self.known_detail
        return detail.data if detail else {}

    @property
    def actor(self) -> User | None:
        """Who did it; None for a worker, and once that was erased."""
        detail = self.known_detail
        return detail.actor if detail else None

    @property
    def actor_id(self) -> uuid.UUID | None:
        """The account's id; None for a worker, and once that was erased."""
        detail = self.known_detail
        return detail.actor_id if detail else None


class EventDetail(models.Model):
    """What can be erased of an event. `salt` keeps the commitment in the payload unguessable."""

    event = models.OneToOneField(
        Event, on_delete=models.PROTECT, primary_key=True, related_name="detail"
    )
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("who"),
    )
    data = models.JSONField(_("data"), default=dict)
    salt = models.BinaryField(max_length=32)

    def __str__(self) -> str:
        return f"detail of {self.event_id}"

    @staticmethod
    def commitments(salt: bytes, actor_id: str | None, data: Any) -> dict[str, str]:
        """What the event's payload should say of it; see `details`."""
        return {"detail": commitment_to(salt, actor_id, data)}


class Pending(models.Model):
    """A ledger row that waits for its leaf. Triggers write it, the sequencer takes it away."""

    id = models.BigAutoField(primary_key=True)
    source = models.CharField(max_length=63)
    uid = models.UUIDField(unique=True)
    leaf_hash = models.BinaryField(max_length=32)
    at = models.DateTimeField(db_default=Now(), db_index=True)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.source} {self.uid}"


class Leaf(models.Model):
    """Leaf number `index` of the log: a row of the table `source`."""

    index = models.BigIntegerField(primary_key=True)
    source = models.CharField(max_length=63)
    uid = models.UUIDField(unique=True)
    leaf_hash = models.BinaryField(max_length=32)

    class Meta:
        ordering = ["index"]

    def __str__(self) -> str:
        return f"leaf {self.index}"


class Tile(models.Model):
    """256 hashes of one level of the tree, complete (C2SP tlog-tiles), and the hash over them."""

    id = models.BigAutoField(primary_key=True)
    level = models.SmallIntegerField()
    index = models.BigIntegerField()
    hashes = models.BinaryField(max_length=8192)
    root = models.BinaryField(max_length=32)

    class Meta:
        ordering = ["level", "index"]
        constraints = [
            models.UniqueConstraint(fields=["level", "index"], name="audit_one_tile_per_place")
        ]

    def __str__(self) -> str:
        return f"tile/{self.level}/{self.index}"


class Checkpoint(models.Model):
    """A signed statement: so many leaves under this root. `vkey` verifies `note`."""

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField(_("at"), db_default=Now())
    origin = models.CharField(_("log"), max_length=200)
    size = models.BigIntegerField(_("leaves"))
    root = models.BinaryField(_("root"), max_length=32)
    note = models.TextField(_("signed text"))
    vkey = models.CharField(_("key"), max_length=300)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["origin", "size"], name="audit_one_checkpoint_per_size")
        ]

    def __str__(self) -> str:
        return f"{self.origin} {self.size}"
