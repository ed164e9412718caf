"""Trace: all that was made of the tracks, counted once and kept as it was found."""

from hashlib import sha256
from typing import Any

from apps.audit.canonical import canonical
from apps.consent.features import features_of
from apps.training.models import RevocationCase
from apps.training.revocation.purging import purged_for
from apps.training.revocation.reach import (
    models_affected,
    recipients_of,
    snapshots_affected,
    tracks_of,
)


def trace(case: RevocationCase) -> dict[str, Any]:
    """Tracks, features, snapshots, models with their fine-tunes, and recipients."""
    tracks = tracks_of(case)
    return {
        "tracks": len(tracks),
        "tracks_sha256": sha256(canonical(sorted(map(str, tracks)))).hexdigest(),
        "features": features_of(tracks).count() + purged_for(case).count(),
        "snapshots": [
            {"uid": str(one.snapshot.uid), "name": one.snapshot.name, "tracks": one.tracks}
            for one in snapshots_affected(case)
        ],
        "models": [
            {"name": one.name, "version": one.version, "state": str(one.state)}
            for one in models_affected(case)
        ],
        "recipients": recipients_of(case).count(),
    }
