"""What the `training` command says: JSON values, and lines for people."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.utils.translation import gettext as _

from apps.audit.payload import moment
from apps.training.allowlist import AllowList
from apps.training.lineage import Lineage, Member
from apps.training.models import ModelVersion, Snapshot


def tell_list(found: AllowList) -> dict[str, Any]:
    """An allow-list with the id of every track on it."""
    return {
        "model_class": found.envelope.model_class,
        "envelope": found.envelope.name,
        "policy_version": found.terms.version,
        "min_epoch": found.min_epoch,
        "jurisdictions": list(found.asked.jurisdictions),
        "at": moment(found.asked.at),
        "known_at": moment(found.asked.known_at),
        "count": found.count,
        "excluded": found.excluded,
        "assets": (f'"{one.track_id}"' for one in found.members()),
    }


def tell_list_lines(told: dict[str, Any]) -> Iterator[str]:
    """The counts, then a track a line."""
    yield _("Tracks that may be used for %(envelope)s in %(places)s: %(count)s") % {
        "count": told["count"],
        "envelope": told["envelope"],
        "places": ", ".join(told["jurisdictions"]),
    }
    yield from _excluded(told["excluded"])
    for asset in told["assets"]:
        yield asset.strip('"')


def tell_snapshot(snapshot: Snapshot) -> dict[str, Any]:
    """A sealed snapshot."""
    return {
        "snapshot": str(snapshot.uid),
        "name": snapshot.name,
        "state": snapshot.state,
        "model_class": snapshot.model_class,
        "policy_version": snapshot.policy_version,
        "jurisdictions": list(snapshot.countries),
        "count": snapshot.asset_count,
        "excluded": snapshot.excluded,
        "merkle_root": snapshot.merkle_root,
        "members_sha256": snapshot.members_sha256,
        "ledger_size": snapshot.ledger_size,
        "sealed_at": moment(snapshot.sealed_at) if snapshot.sealed_at else None,
        "retention_until": moment(snapshot.retention_until),
    }


def tell_snapshot_lines(told: dict[str, Any]) -> Iterator[str]:
    """The same in lines."""
    yield _("%(count)s tracks sealed as %(snapshot)s.") % told
    yield _("Merkle root %(merkle_root)s, members SHA-256 %(members_sha256)s") % told
    yield from _excluded(told["excluded"])


def tell_model(model: ModelVersion) -> dict[str, Any]:
    """A model version."""
    return {
        "model": model.name,
        "version": model.version,
        "model_class": model.model_class,
        "state": model.state,
        "manifest_sha256": model.manifest_sha256,
        "weights_sha256": model.weights_sha256,
    }


def tell_model_line(told: dict[str, Any]) -> str:
    """The same in a line."""
    return _("%(model)s %(version)s is %(state)s; manifest SHA-256 %(manifest_sha256)s") % told


def tell_lineage(found: Lineage, *, members: bool) -> dict[str, Any]:
    """Which exact tracks, under what terms; the tracks themselves where they are asked for."""
    told = found.as_dict()
    if members:
        told["members"] = _members(found.members())
    return told


def tell_lineage_lines(told: dict[str, Any]) -> Iterator[str]:
    """The counts, the snapshots, the bases, then a track a line."""
    yield tell_model_line(told)
    verified = _("verified") if told["verified"] else _("NOT verified: %(fault)s") % told
    yield _("Tracks it was trained on: %(count)s; %(verified)s") % {
        "count": told["asset_count"],
        "verified": verified,
    }
    for version, count in told["by_terms"].items():
        yield _("  under the terms %(version)s: %(count)s") % {"version": version, "count": count}
    for country, count in told["by_country"].items():
        yield _("  for %(country)s: %(count)s") % {"country": country, "count": count}
    for one in told["snapshots"]:
        yield _("  snapshot %(snapshot)s (%(name)s), %(state)s, as %(role)s: %(asset_count)s") % one
    for one in told["other_sources"]:
        yield _("  made of %(name)s: %(description)s") % one
    for one in told["bases"]:
        yield _("Built on:")
        yield from (f"  {line}" for line in tell_lineage_lines(one))
    yield from told.get("members", ())


def _members(members: Iterable[Member]) -> Iterator[str]:
    """Each as a JSON object that needs no encoder: hundreds of thousands of them."""
    for track, terms, leaf in members:
        number = "null" if leaf is None else leaf
        yield f'{{"track": "{track}", "terms": "{terms or "default"}", "leaf": {number}}}'


def _excluded(excluded: dict[str, int]) -> Iterator[str]:
    for reason, count in excluded.items():
        yield _("  left out, %(reason)s: %(count)s") % {"reason": reason, "count": count}
