"""Which tracks a dataset holds, under which terms: sealed once, then evidence."""

from typing import Any, NoReturn

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from apps.accounts.refusal import Refusal

CHANGEABLE = frozenset({"state", "stale_since"})  # what may become of a sealed snapshot


class SealedForEver(Refusal):
    """Somebody tried to change or delete what was sealed."""

    code = "sealed"
    text = _("What was sealed is never changed or deleted. Make a new one beside it.")


class SnapshotQuerySet(models.QuerySet["Snapshot"]):
    """Refuses to change or delete sealed snapshots, but for becoming stale or retired."""

    def update(self, **kwargs: Any) -> int:
        """As ever for those being built; raises SealedForEver for the rest."""
        if not kwargs.keys() <= CHANGEABLE or kwargs.get("state") == Snapshot.State.BUILDING:
            self._require_building()
        return super().update(**kwargs)

    def delete(self) -> tuple[int, dict[str, int]]:
        """As ever for those being built; raises SealedForEver for the rest."""
        self._require_building()
        return super().delete()

    def _require_building(self) -> None:
        if self.exclude(state=Snapshot.State.BUILDING).exists():
            raise SealedForEver


class Snapshot(models.Model):
    """An allow-list at one moment, sealed. `uid` is its public id.

    The members file holds one canonical JSON line per track, sorted by `asset_ref`, which is
    HMAC-SHA256(`ref_key`, the track's id). `merkle_root` is over its lines (RFC 9162), `note` the
    signed checkpoint of the ledger at the moment of asking. Sealed, all of it stays as it is;
    stale says that something in it was taken back since.
    """

    class State(models.TextChoices):
        BUILDING = "building", _("being built")
        SEALED = "sealed", _("sealed")
        STALE = "stale", _("stale")
        RETIRED = "retired", _("retired")

    uid = models.UUIDField(unique=True, editable=False)
    name = models.CharField(_("name"), max_length=80)
    state = models.CharField(max_length=16, choices=State.choices, default=State.BUILDING)
    model_class = models.CharField(_("for"), max_length=40)
    envelope_version = models.PositiveIntegerField()
    envelope_sha256 = models.CharField(max_length=64)
    policy_version = models.CharField(_("terms"), max_length=20)
    policy_epoch = models.PositiveIntegerField(_("epoch"))
    policy_sha256 = models.CharField(max_length=64)
    jurisdictions = models.CharField(_("countries"), max_length=1000)  # "DE,FR", sorted
    valid_at = models.DateTimeField(_("as of"))
    known_at = models.DateTimeField(_("as known at"))
    filter_text = models.TextField(_("how it was chosen"))
    excluded = models.JSONField(_("left out, by reason"), default=dict)
    asset_count = models.PositiveIntegerField(_("tracks"), default=0)
    ref_key = models.BinaryField(max_length=32)
    members_sha256 = models.CharField(max_length=64, blank=True)
    merkle_root = models.CharField(max_length=64, blank=True)
    descriptor_sha256 = models.CharField(max_length=64, blank=True)
    note = models.TextField(blank=True)
    ledger_size = models.BigIntegerField(default=0)  # leaves under that checkpoint
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    sealed_at = models.DateTimeField(_("sealed"), null=True)
    retention_until = models.DateTimeField(_("kept until"))
    stale_since = models.DateTimeField(_("stale since"), null=True, blank=True)

    objects = SnapshotQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="building", sealed_at__isnull=True)
                | (
                    ~Q(state="building")
                    & Q(sealed_at__isnull=False)
                    & ~Q(members_sha256="")
                    & ~Q(merkle_root="")
                    & ~Q(note="")
                ),
                name="training_sealed_snapshot_is_complete",
            ),
            models.CheckConstraint(
                condition=~Q(state="stale") | Q(stale_since__isnull=False),
                name="training_stale_since_when",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.asset_count})"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Once sealed, only `update_fields` of CHANGEABLE; raises SealedForEver."""
        if not self._state.adding:
            changed = set(kwargs.get("update_fields") or ["*"])
            if not changed <= CHANGEABLE or self.state == self.State.BUILDING:
                self._require_building()
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """Raises SealedForEver unless it is being built."""
        self._require_building()
        return super().delete(*args, **kwargs)

    def _require_building(self) -> None:
        kept = Snapshot.objects.filter(pk=self.pk).exclude(state=self.State.BUILDING)
        if kept.exists():
            raise SealedForEver

    @property
    def countries(self) -> tuple[str, ...]:
        """The jurisdictions, one by one."""
        return tuple(self.jurisdictions.split(","))


class MemberQuerySet(models.QuerySet["SnapshotMember"]):
    """Refuses to change members at all, and to delete those of sealed snapshots."""

    def update(self, **kwargs: Any) -> NoReturn:
        """Refused: raises SealedForEver."""
        raise SealedForEver

    def delete(self) -> tuple[int, dict[str, int]]:
        """As ever while the snapshot is being built; raises SealedForEver for the rest."""
        if self.exclude(snapshot__state=Snapshot.State.BUILDING).exists():
            raise SealedForEver
        return super().delete()


class SnapshotMember(models.Model):
    """One track of a snapshot. Narrow: there are millions. The terms stand in the members file."""

    id = models.BigAutoField(primary_key=True)
    snapshot = models.ForeignKey(
        Snapshot, on_delete=models.PROTECT, related_name="members", db_index=False
    )
    track_id = models.UUIDField(db_index=True)  # no key to the track: it may go, this stays
    policy_version = models.CharField(max_length=20, blank=True)  # "" where no yes was needed
    leaf_index = models.BigIntegerField(null=True)  # of the yes

    objects = MemberQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["snapshot", "track_id"], name="training_track_once_a_snapshot"
            )
        ]

    def __str__(self) -> str:
        return f"{self.track_id} in {self.snapshot_id}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Adds the row while the snapshot is being built; raises SealedForEver otherwise."""
        if not self._state.adding or self.snapshot.state != Snapshot.State.BUILDING:
            raise SealedForEver
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """Raises SealedForEver unless the snapshot is being built."""
        if self.snapshot.state != Snapshot.State.BUILDING:
            raise SealedForEver
        return super().delete(*args, **kwargs)
