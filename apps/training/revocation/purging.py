"""Purge: features that are permitted for nothing any more are deleted, the key first."""

from hashlib import sha256
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from apps.accounts.batching import batched
from apps.audit.canonical import canonical
from apps.audit.payload import moment
from apps.consent.features import features_of, forbidden_features, purge_features
from apps.consent.models import DerivedFeature
from apps.training.models import RevocationCase
from apps.training.revocation.reach import tracks_of
from apps.training.revocation.triggers import Kind

CHUNK = 1000  # tracks looked at before their features are purged
SHOWN = 500  # tombstones listed one by one; a hash stands for all


def purge(case: RevocationCase) -> dict[str, Any]:
    """Tombstones of what was deleted, and how many features may stay for another use.

    A feature that its envelope still permits stays; of a deleted track nothing does. Killed in
    between it goes on where it was: what is purged already has its tombstone.
    """
    tracks = tracks_of(case)
    reason = _reason(case)
    for chunk in batched(tracks, CHUNK):
        purge_features(features=_to_go(case, chunk), reason=reason)
    told = [_tombstone(one) for one in purged_for(case)]
    return {
        "purged": len(told),
        "kept": features_of(tracks).count(),
        "tombstones": told[:SHOWN],
        "tombstones_sha256": sha256(canonical(told)).hexdigest(),
    }


def purged_for(case: RevocationCase) -> QuerySet[DerivedFeature]:
    """The tombstones of what was purged because of a case."""
    gone = DerivedFeature.objects.filter(purge_reason=_reason(case), purged_at__isnull=False)
    return gone.order_by("pk")


def _to_go(case: RevocationCase, tracks: tuple[UUID, ...]) -> list[DerivedFeature]:
    if case.kind == Kind.DELETED:
        return list(features_of(tracks))
    return forbidden_features(tracks)


def _reason(case: RevocationCase) -> str:
    """The same each time, so that what a killed worker purged is found again."""
    return f"case {case.pk.hex}"


def _tombstone(feature: DerivedFeature) -> dict[str, Any]:
    return {
        "feature": str(feature.pk),
        "kind": feature.kind,
        "sha256": feature.sha256,
        "purged_at": moment(feature.purged_at) if feature.purged_at else None,
    }
