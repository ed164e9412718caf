"""Snapshots, model versions, and the cases of what was taken back."""

from apps.training.models.cursor import LedgerCursor
from apps.training.models.order import SnapshotOrder
from apps.training.models.recipients import Disclosure, Notification, Recipient
from apps.training.models.registry import Approval, ModelInput, ModelVersion
from apps.training.models.revocation import CaseTrack, Obligation, RevocationCase, RevocationStep
from apps.training.models.snapshot import Snapshot, SnapshotMember

__all__ = [
    "Approval",
    "CaseTrack",
    "Disclosure",
    "LedgerCursor",
    "ModelInput",
    "ModelVersion",
    "Notification",
    "Obligation",
    "Recipient",
    "RevocationCase",
    "RevocationStep",
    "Snapshot",
    "SnapshotMember",
    "SnapshotOrder",
]
