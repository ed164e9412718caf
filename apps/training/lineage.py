"""Which exact tracks a model version was trained on, and under which consent terms.

Answered from the rows beside the manifest: member rows hold the terms, so no event is read.
Whatever a base model was trained on, the model was trained on.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Count

from apps.audit import keys
from apps.audit.errors import LedgerError
from apps.audit.payload import moment
from apps.consent.finding import shown
from apps.training.affected import with_bases
from apps.training.dsse import BadEnvelope, open_statement
from apps.training.errors import FilesMissing, UnknownModel
from apps.training.members_reading import chunks_of, hash_file
from apps.training.models import ModelInput, ModelVersion, Snapshot, SnapshotMember
from apps.training.storing import DESCRIPTOR, MEMBERS, open_file

CHUNK = 10_000
Member = tuple[UUID, str, int | None]  # the track, the terms of the yes, its leaf


@dataclass(frozen=True)
class Used:
    """One snapshot of a model version. `terms`: version → tracks; "default": needed no yes."""

    snapshot: Snapshot
    role: str
    terms: dict[str, int]

    def as_dict(self) -> dict[str, Any]:
        """JSON values."""
        kept = self.snapshot
        return {
            "snapshot": str(kept.uid),
            "name": kept.name,
            "role": self.role,
            "state": kept.state,
            "asset_count": kept.asset_count,
            "by_terms": self.terms,
            "by_country": dict.fromkeys(kept.countries, kept.asset_count),
            "envelope": f"{kept.model_class}.{kept.envelope_version}",
            "policy_version": kept.policy_version,
            "policy_epoch": kept.policy_epoch,
            "filter": kept.filter_text,
            "excluded": kept.excluded,
            "members_sha256": kept.members_sha256,
            "merkle_root": kept.merkle_root,
            "ledger_size": kept.ledger_size,
            "sealed_at": moment(kept.sealed_at) if kept.sealed_at else None,
            "retention_until": moment(kept.retention_until),
        }


@dataclass(frozen=True)
class Lineage:
    """The answer for one version. `fault`: the first thing that does not verify; "" when all does.

    `bases`: what it was fine-tuned from, the nearest first, each with its own answer.
    """

    model: ModelVersion
    used: tuple[Used, ...]
    statement: dict[str, Any]
    fault: str
    bases: tuple["Lineage", ...] = ()

    @property
    def asset_count(self) -> int:
        """Members of all its own snapshots together."""
        return sum(one.snapshot.asset_count for one in self.used)

    @property
    def snapshots(self) -> list[Snapshot]:
        """Its own snapshots, and those of its bases."""
        return [one.snapshot for each in (self, *self.bases) for one in each.used]

    def members(self) -> Iterator[Member]:
        """Every track of its own snapshots: id, terms and leaf of the yes. Streamed."""
        for one in self.used:
            yield from members_of(one.snapshot)

    def as_dict(self) -> dict[str, Any]:
        """JSON values, without the members."""
        model = self.model
        return {
            "model": model.name,
            "version": model.version,
            "model_class": model.model_class,
            "state": model.state,
            "run_id": model.run_id,
            "trained": {
                "started_at": moment(model.started_at),
                "finished_at": moment(model.finished_at),
            },
            "weights_sha256": model.weights_sha256,
            "manifest_sha256": model.manifest_sha256,
            "verified": not self.fault,
            "fault": self.fault,
            "asset_count": self.asset_count,
            "by_terms": _added(one.terms for one in self.used),
            "by_country": _added(one.as_dict()["by_country"] for one in self.used),
            "snapshots": [one.as_dict() for one in self.used],
            "other_sources": self.statement.get("predicate", {}).get("other_sources", []),
            "bases": [one.as_dict() for one in self.bases],
        }


def lineage_of(name: str, version: str) -> Lineage:
    """The whole answer; raises UnknownModel."""
    return lineage(find_model(name, version))


def find_model(name: str, version: str) -> ModelVersion:
    """A registered model version; raises UnknownModel."""
    rows = ModelVersion.objects.select_related("base")
    usable = name.isprintable() and version.isprintable()
    found = rows.filter(name=name, version=version).first() if usable else None
    if found is None:
        raise UnknownModel(given=f"{shown(name)} {shown(version)}")
    return found


def lineage(model: ModelVersion) -> Lineage:
    """The same for a row that is at hand."""
    first, *rest = (_alone(one) for one in with_bases(model))
    return Lineage(first.model, first.used, first.statement, first.fault, tuple(rest))


def members_of(snapshot: Snapshot, *, after: UUID | None = None) -> Iterator[Member]:
    """The members of a snapshot by the track's id, streamed; `after` goes on behind one of them."""
    rows = SnapshotMember.objects.filter(snapshot=snapshot).order_by("track_id")
    if after is not None:
        rows = rows.filter(track_id__gt=after)
    told = rows.values_list("track_id", "policy_version", "leaf_index")
    return told.iterator(CHUNK)


def fault_of(model: ModelVersion) -> str:
    """The first thing about a version that does not verify; "" when all does.

    The signature of its manifest, the manifest beside the rows, and the files beside both.
    """
    try:
        statement = open_statement(model.manifest, keys.verifiers())
    except (BadEnvelope, LedgerError) as error:
        return str(error)
    inputs = model.inputs.select_related("snapshot").order_by("pk")
    told = statement["predicate"]["datasets"]
    wanted = [_pinned(one.snapshot) for one in inputs]
    found = [
        (
            one["snapshot_id"],
            one["members"]["digest"]["sha256"],
            one["descriptor"]["digest"]["sha256"],
        )
        for one in told
    ]
    digest = statement["subject"][0]["digest"].get("sha256", "")
    if found != wanted or digest != model.weights_sha256:
        return "The rows of this version are not those of its manifest."
    return next(filter(None, (_fault_of_files(one.snapshot) for one in inputs)), "")


def _pinned(kept: Snapshot) -> tuple[str, str, str]:
    return str(kept.uid), kept.members_sha256, kept.descriptor_sha256


def _fault_of_files(snapshot: Snapshot) -> str:
    for name, wanted in (
        (MEMBERS, snapshot.members_sha256),
        (DESCRIPTOR, snapshot.descriptor_sha256),
    ):
        try:
            with open_file(snapshot, name) as opened:
                found = hash_file(chunks_of(opened))
        except FilesMissing as error:
            return str(error)
        if found != wanted:
            return f"{name} of the snapshot {snapshot.uid} is not the file that was sealed."
    return ""


def _alone(model: ModelVersion) -> Lineage:
    inputs = ModelInput.objects.filter(model_version=model).select_related("snapshot")
    used = tuple(
        Used(one.snapshot, one.role, _terms(one.snapshot)) for one in inputs.order_by("pk")
    )
    try:
        statement = open_statement(model.manifest, keys.verifiers())
    except (BadEnvelope, LedgerError):
        statement = {}
    return Lineage(model, used, statement, fault_of(model))


def _terms(snapshot: Snapshot) -> dict[str, int]:
    rows = SnapshotMember.objects.filter(snapshot=snapshot).order_by()
    counted = rows.values_list("policy_version").annotate(count=Count("pk"))
    return {name or "default": count for name, count in sorted(counted)}


def _added(counts: Any) -> dict[str, int]:
    found: dict[str, int] = {}
    for one in counts:
        for name, count in one.items():
            found[name] = found.get(name, 0) + count
    return found
