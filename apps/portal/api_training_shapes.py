"""What the API for training pipelines takes and gives: the shapes of its JSON."""

from datetime import datetime
from uuid import UUID

from ninja import Schema
from pydantic import AwareDatetime, ConfigDict

from apps.portal.api_callers import Refusal


class Wanted(Schema):
    """The whole question. Every part of it is asked for by name."""

    model_config = ConfigDict(extra="forbid")

    name: str
    model_class: str
    policy_version: str
    jurisdictions: list[str]
    valid_at: AwareDatetime
    known_at: AwareDatetime


class OrderAnswer(Schema):
    """What became of an order. The last five are null until it is sealed."""

    uid: UUID
    name: str
    state: str
    error: Refusal | None
    snapshot: UUID | None
    count: int | None
    excluded: dict[str, int] | None
    merkle_root: str | None
    sealed_at: datetime | None


class SnapshotAnswer(Schema):
    """What was sealed. Its members are a file of their own."""

    uid: UUID
    name: str
    state: str
    model_class: str
    envelope: str
    envelope_sha256: str
    policy_version: str
    policy_epoch: int
    policy_sha256: str
    jurisdictions: list[str]
    valid_at: datetime
    known_at: datetime
    filter: str
    count: int
    excluded: dict[str, int]
    members_sha256: str
    merkle_root: str
    descriptor_sha256: str
    ledger_size: int
    checkpoint: str
    sealed_at: datetime | None
    stale_since: datetime | None
    retention_until: datetime


class PurposeWanted(Schema):
    """What features are wanted for."""

    model_config = ConfigDict(extra="forbid")

    model_class: str
    jurisdiction: str
    snapshot_uid: UUID


class PurposeAnswer(Schema):
    """A signed purpose: send it as `Purpose-Token` with every feature that you ask for."""

    token: str
