"""Registering a model version: what it was trained on is checked, written down and signed, once."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction

from apps.accounts.models import User
from apps.audit import keys
from apps.audit.record import record
from apps.consent.clock import ledger_now
from apps.training import ledger_fit
from apps.training.dsse import sign_statement
from apps.training.errors import (
    BadCard,
    BadDates,
    BadHash,
    BadModelName,
    BeforeSeal,
    BlockedBase,
    DuplicateVersion,
    FilesChanged,
    NothingInside,
    NotSealed,
    OtherClass,
    SnapshotTooOld,
    Stale,
    UnknownSnapshot,
)
from apps.training.makers import require_maker
from apps.training.members_reading import BadMembers, Members, read_members
from apps.training.models import ModelInput, ModelVersion, Snapshot
from apps.training.staleness import look_again
from apps.training.statement import Input, Source, statement_of
from apps.training.storing import MEMBERS, open_file

HASH = re.compile(r"[0-9a-f]{64}|")
COMMIT = re.compile(r"[0-9a-f]{7,64}|")
WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
LENGTHS = {"name": 60, "version": 40, "run": 80}


@dataclass(frozen=True)
class Run:
    """One training run: its id, when it began and ended, and which code ran."""

    run_id: str
    started_at: datetime
    finished_at: datetime
    code_uri: str = ""
    code_commit: str = ""


@dataclass(frozen=True)
class Card:
    """What is told about a model: what it is for, what it is not for, and what it cannot do.

    `unstated`: what nobody said when it was registered. Such a version is never released.
    """

    intended_use: str
    limits: tuple[str, ...]
    not_for: tuple[str, ...] = ()
    unstated: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """JSON values."""
        return {
            "intended_use": self.intended_use,
            "limits": list(self.limits),
            "not_for": list(self.not_for),
            "unstated": list(self.unstated),
        }


def register_model(
    *,
    name: str,
    version: str,
    model_class: str,
    inputs: Sequence[tuple[UUID | str, str]],
    weights_sha256: str,
    run: Run,
    card: Card,
    by: User,
    base: ModelVersion | None = None,
) -> ModelVersion:
    """Registers a version that was trained on these snapshots: pairs of an id and a role.

    What nobody knows is named in the card as unstated, never made up: no weights are "", and the
    times of a run are then those between which it must have been: seal and registration.

    The snapshots' files are read again, the newest checkpoint is pinned, and the manifest is signed
    with the log's key. Raises a TrainingError, and then nothing was written.
    """
    require_maker(by)
    if not inputs or len({(str(uid), role) for uid, role in inputs}) < len(inputs):
        raise NothingInside
    model = ModelVersion(
        name=name,
        version=version,
        model_class=model_class,
        base=base,
        weights_sha256=weights_sha256,
        run_id=run.run_id,
        started_at=run.started_at,
        finished_at=run.finished_at,
        code_uri=run.code_uri,
        code_commit=run.code_commit,
        card=card.as_dict(),
        registered_by=by,
    )
    require_sound(model)
    found = [_input(model, uid, role) for uid, role in inputs]
    return sign_and_keep(model, found, ())


def require_sound(model: ModelVersion) -> None:
    """Raises a TrainingError where what is said of the model cannot be."""
    for what, given in (("name", model.name), ("version", model.version), ("run", model.run_id)):
        if not WORD.fullmatch(given) or len(given) > LENGTHS[what]:
            raise BadModelName(given=given[:80], what=what, most=LENGTHS[what])
    if not HASH.fullmatch(model.weights_sha256) or _unsaid(model, "weights", model.weights_sha256):
        raise BadHash(given=model.weights_sha256[:80])
    if not COMMIT.fullmatch(model.code_commit) or len(model.code_uri) > 300:
        raise BadModelName(given=model.code_commit[:80], what="commit", most=64)
    if not model.started_at <= model.finished_at <= ledger_now():
        raise BadDates(started=model.started_at.isoformat(), finished=model.finished_at.isoformat())
    if _unsaid(model, "intended use", model.card["intended_use"].strip()):
        raise BadCard
    if _unsaid(model, "limits", any(map(str.strip, model.card["limits"]))):
        raise BadCard
    if base := model.base:
        base.refresh_from_db()
        if base.state in (ModelVersion.State.BLOCKED, ModelVersion.State.RETIRED):
            raise BlockedBase(base=base, state=base.get_state_display())


def _unsaid(model: ModelVersion, what: str, said: object) -> bool:
    """Whether something was neither said nor named as unstated."""
    return not said and what not in model.card["unstated"]


def sign_and_keep(
    model: ModelVersion, inputs: Sequence[Input], sources: Sequence[Source]
) -> ModelVersion:
    """Signs the manifest of a sound model and keeps both. Raises DuplicateVersion, LedgerUnfit."""
    _require_new(model)
    ledger_fit.bring_up_to_date()
    try:
        with transaction.atomic():
            checkpoint = ledger_fit.newest_checkpoint()
            statement = statement_of(model, inputs, sources, checkpoint, _previous(model))
            model.manifest = sign_statement(statement, keys.signer())
            model.manifest_sha256 = sha256(model.manifest.encode()).hexdigest()
            model.save()
            ModelInput.objects.bulk_create(
                ModelInput(model_version=model, snapshot=one.snapshot, role=one.role)
                for one in inputs
            )
            _record(model, inputs)
    except IntegrityError as error:  # somebody else was first
        raise DuplicateVersion(name=model.name, version=model.version) from error
    return model


def _record(model: ModelVersion, inputs: Sequence[Input]) -> None:
    record(
        kind="model.registered",
        subject=model,
        actor=model.registered_by,
        name=model.name,
        version=model.version,
        manifest_sha256=model.manifest_sha256,
        weights_sha256=model.weights_sha256,
        snapshots=[str(one.snapshot.uid) for one in inputs],
        asset_count=sum(one.snapshot.asset_count for one in inputs),
    )


def _require_new(model: ModelVersion) -> None:
    if ModelVersion.objects.filter(name=model.name, version=model.version).exists():
        raise DuplicateVersion(name=model.name, version=model.version)


def _previous(model: ModelVersion) -> str | None:
    last = ModelVersion.objects.filter(name=model.name).order_by("-pk").first()
    return last.manifest_sha256 if last else None


def _input(model: ModelVersion, uid: UUID | str, role: str) -> Input:
    if role not in ModelInput.Role.values:
        raise BadModelName(given=role[:40], what="role", most=16)
    snapshot = find_snapshot(str(uid))
    _require_usable(model, snapshot)
    return Input(snapshot, role, members_of(snapshot))


def find_snapshot(uid: str) -> Snapshot:
    """A snapshot by its public id; raises UnknownSnapshot."""
    try:
        return Snapshot.objects.get(uid=UUID(uid))
    except (ValueError, Snapshot.DoesNotExist) as error:
        raise UnknownSnapshot(given=uid[:80]) from error


def members_of(snapshot: Snapshot) -> Members:
    """The members file read again and compared with what was sealed; raises FilesChanged."""
    try:
        with open_file(snapshot, MEMBERS) as opened:
            found = read_members(opened)
    except BadMembers as error:
        raise FilesChanged(given=snapshot.uid, why=error) from error
    sealed = (snapshot.asset_count, snapshot.members_sha256, snapshot.merkle_root)
    if (found.count, found.sha256, found.root) != sealed:
        raise FilesChanged(given=snapshot.uid, why="another hash, count or root.")
    return found


def _require_usable(model: ModelVersion, snapshot: Snapshot) -> None:
    given = snapshot.uid
    if snapshot.state == Snapshot.State.STALE:
        raise Stale(given=given)
    if snapshot.state != Snapshot.State.SEALED or snapshot.sealed_at is None:
        raise NotSealed(given=given, state=snapshot.get_state_display())
    if snapshot.model_class != model.model_class:
        raise OtherClass(given=given, made_for=snapshot.model_class, model_class=model.model_class)
    started, hours = model.started_at, settings.TRAINING_SNAPSHOT_HOURS
    if started < snapshot.sealed_at:
        raise BeforeSeal(given=given, started=started.isoformat())
    if started > min(snapshot.sealed_at + timedelta(hours=hours), snapshot.retention_until):
        raise SnapshotTooOld(given=given, started=started.isoformat(), hours=hours)
    if look_again(snapshot).stale:
        raise Stale(given=given)
