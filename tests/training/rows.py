"""Sealed snapshots and registered models as rows, for tests of what happens to them."""

from collections.abc import Iterable
from datetime import timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID, uuid4

from django.utils import timezone

from apps.audit.models import Leaf
from apps.catalogue.models import Track
from apps.consent.envelopes_reading import envelope_of
from apps.training.models import ModelInput, ModelVersion, Snapshot, SnapshotMember

TERMS = "2026-11-20"


def snapshot_of(
    tracks: Iterable[Track | UUID],
    model_class: str = "ranking",
    countries: str = "DE",
    leaf: int | None = None,
    **more: Any,
) -> Snapshot:
    """Sealed now, with these tracks, under the newest envelope of the class."""
    now = timezone.now()
    envelope = envelope_of(model_class, now)
    keys = [one.pk if isinstance(one, Track) else one for one in tracks]
    made = Snapshot.objects.create(
        **{
            "uid": uuid4(),
            "name": f"{model_class} of today",
            "state": Snapshot.State.SEALED,
            "model_class": model_class,
            "envelope_version": envelope.version,
            "envelope_sha256": envelope.sha256,
            "policy_version": TERMS,
            "policy_epoch": 1,
            "policy_sha256": "0" * 64,
            "jurisdictions": countries,
            "valid_at": now,
            "known_at": now,
            "filter_text": "of the tests",
            "asset_count": len(keys),
            "ref_key": b"k" * 32,
            "members_sha256": "1" * 64,
            "merkle_root": "2" * 64,
            "note": "a note",
            "ledger_size": Leaf.objects.count(),
            "sealed_at": now,
            "retention_until": now + timedelta(days=365),
        }
        | more
    )
    SnapshotMember.objects.bulk_create(
        SnapshotMember(snapshot=made, track_id=key, policy_version=TERMS, leaf_index=leaf)
        for key in keys
    )
    return made


def model_of(
    *snapshots: Snapshot, name: str = "rank", version: str = "v1", **more: Any
) -> ModelVersion:
    """Registered now, trained just before on these snapshots; `base` makes it a fine-tune."""
    now = timezone.now()
    base = more.get("base")
    model_class = base.model_class if base else snapshots[0].model_class
    made = ModelVersion.objects.create(
        **{
            "name": name,
            "version": version,
            "model_class": model_class,
            "weights_sha256": "3" * 64,
            "run_id": "run",
            "started_at": now,
            "finished_at": now,
            "manifest": "{}",
            "manifest_sha256": sha256(f"{name} {version}".encode()).hexdigest(),
        }
        | more
    )
    for snapshot in snapshots:
        ModelInput.objects.create(model_version=made, snapshot=snapshot)
    return made
