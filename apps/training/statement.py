"""The training manifest: an in-toto statement of what a model version was made from.

The seven things: ids and hashes of the datasets, how many tracks, which version of the terms, how
they were chosen, which model version, when it was trained, how long the data is kept. Every other
file of a bundle is pinned from here by its SHA-256.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from django.conf import settings

from apps.audit.models import Checkpoint
from apps.audit.notes import read_checkpoint
from apps.audit.payload import moment
from apps.consent.envelopes_reading import Envelope, envelope_called
from apps.training.members_reading import Members
from apps.training.models import ModelVersion, Snapshot
from apps.training.policies import envelope_json, pinned, policy_json, policy_markdown
from apps.training.storing import DESCRIPTOR, MEMBERS

STATEMENT = "https://in-toto.io/Statement/v1"
PREDICATE = "https://soundcheck.dev/attestation/training-manifest/v1"
CHECKPOINT = "ledger-checkpoint.txt"


@dataclass(frozen=True)
class Input:
    """A sealed snapshot that went into a model, as what, and what its file was found to hold."""

    snapshot: Snapshot
    role: str
    members: Members

    @property
    def envelope(self) -> Envelope:
        """The envelope that it was made under."""
        return envelope_called(self.snapshot.model_class, self.snapshot.envelope_version)

    @property
    def versions(self) -> list[str]:
        """The terms under which it was asked for, and those of every yes in it."""
        return sorted({self.snapshot.policy_version, *self.members.versions})


@dataclass(frozen=True)
class Source:
    """Something other than uploads that went into a model: what it is, and the hash of a file."""

    name: str
    description: str
    sha256: str


def statement_of(
    model: ModelVersion,
    inputs: Sequence[Input],
    sources: Sequence[Source],
    checkpoint: Checkpoint,
    previous: str | None,
) -> dict[str, Any]:
    """The statement about a model version that is about to be registered."""
    return {
        "_type": STATEMENT,
        "subject": [{"name": f"{model.name}/{model.version}", "digest": _digest(model, inputs)}],
        "predicateType": PREDICATE,
        "predicate": {
            "manifest_version": "1.0",
            "model": _model(model),
            "training": {
                "run_id": model.run_id,
                "started_at": moment(model.started_at),
                "finished_at": moment(model.finished_at),
                "code": {"uri": model.code_uri, "digest": {"gitCommit": model.code_commit}},
            },
            "asset_count": sum(one.snapshot.asset_count for one in inputs),
            "datasets": [_dataset(number, one) for number, one in enumerate(inputs, 1)],
            "other_sources": [
                {"name": one.name, "description": one.description, "digest": {"sha256": one.sha256}}
                for one in sources
            ],
            "policies": list(_policies(inputs)),
            "consent_ledger": _ledger(checkpoint),
            "card": model.card,
            "previous": {"manifest_sha256": previous},
        },
    }


def _digest(model: ModelVersion, inputs: Sequence[Input]) -> dict[str, str]:
    """The hash of the weights; where nobody named them, the version is known by its data."""
    if model.weights_sha256:
        return {"sha256": model.weights_sha256}
    return {"membersMerkleRoot": inputs[0].snapshot.merkle_root}


def numbered(name: str, number: int) -> str:
    """How a file of the dataset with this number is called in a bundle: the first has none."""
    stem, _, end = name.partition(".")
    return name if number == 1 else f"{stem}-{number}.{end}"


def _model(model: ModelVersion) -> dict[str, Any]:
    base = model.base
    return {
        "name": model.name,
        "version": model.version,
        "model_class": model.model_class,
        "base_model": base
        and {
            "name": base.name,
            "version": base.version,
            "manifest_sha256": base.manifest_sha256,
        },
    }


def _dataset(number: int, one: Input) -> dict[str, Any]:
    kept = one.snapshot
    return {
        "snapshot_id": str(kept.uid),
        "name": kept.name,
        "role": one.role,
        "asset_count": kept.asset_count,
        "sealed_at": moment(kept.sealed_at) if kept.sealed_at else None,
        "members": {
            "name": numbered(MEMBERS, number),
            "digest": {"sha256": kept.members_sha256},
            "merkle": {
                "alg": "RFC9162-SHA256",
                "leaf": "JCS-line",
                "order": "asset_ref asc",
                "tree_size": kept.asset_count,
                "root": kept.merkle_root,
            },
        },
        "descriptor": {
            "name": numbered(DESCRIPTOR, number),
            "digest": {"sha256": kept.descriptor_sha256},
        },
        "terms": _terms(one),
        "filter": {"text": kept.filter_text, "excluded": kept.excluded},
        "ledger_size": kept.ledger_size,
        "retention": {
            "until": moment(kept.retention_until),
            "basis": f"{one.envelope.retention_days} days, by the envelope {one.envelope.name}",
        },
        "dps": _provenance(one),
    }


def _terms(one: Input) -> dict[str, Any]:
    kept, envelope = one.snapshot, one.envelope
    return {
        "envelope": pinned(f"envelope-{envelope.name}.json", envelope_json(envelope)),
        "envelope_version": envelope.version,
        "policy_version": kept.policy_version,
        "policy_epoch": kept.policy_epoch,
        "policy_sha256": kept.policy_sha256,
        "policy_versions": one.versions,
        "required_use_cases": [need.code for need in envelope.requires],
        "rights_layers": list(envelope.rights_layers),
        "jurisdictions": list(kept.countries),
        "valid_at": moment(kept.valid_at),
        "known_at": moment(kept.known_at),
        "by_policy_version": {name or "default": n for name, n in one.members.terms.items()},
    }


def _provenance(one: Input) -> dict[str, Any]:
    """The three groups of the OASIS data provenance standards, as far as they apply here."""
    return {
        "source": {"title": one.snapshot.name, "issuer": settings.OPERATOR_NAME},
        "provenance": {
            "source": "uploads",
            "origin-geography": settings.OPERATOR_STORAGE,
            "format": "audio",
        },
        "use": {
            "intended-purpose": one.snapshot.model_class,
            "consents": CHECKPOINT,
            "processing-included": list(one.snapshot.countries),
        },
    }


def _policies(inputs: Sequence[Input]) -> Iterator[dict[str, Any]]:
    for version in sorted({name for one in inputs for name in one.versions}):
        yield {
            "version": version,
            "json": pinned(f"policy-{version}.json", policy_json(version)),
            "md": pinned(f"policy-{version}.md", policy_markdown(version)),
        }


def _ledger(checkpoint: Checkpoint) -> dict[str, Any]:
    said = read_checkpoint(checkpoint.note.partition("\n\n")[0] + "\n")
    return {
        "origin": said.origin,
        "tree_size": said.size,
        "root": said.root.hex(),
        "checkpoint": {
            "name": CHECKPOINT,
            "digest": {"sha256": sha256(checkpoint.note.encode()).hexdigest()},
        },
    }
