"""Sealing a snapshot: an allow-list of this moment, written down so that it can be proven later.

A row is begun, the tracks are read in one view of the database, the files are written, and only
then is the row sealed. Whatever stops it in between leaves a row that is being built and that
nothing may use; `sweep_unfinished` clears it away.

The checkpoint is read in the same view as the tracks: it covers every yes that is counted, and all
that was said later has a later leaf.
"""

import json
import secrets
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import uuid4

from django.db import DatabaseError, transaction

from apps.accounts.models import User
from apps.audit.models import Checkpoint
from apps.audit.record import record
from apps.consent.clock import ledger_now
from apps.training import ledger_fit
from apps.training.allowlist import AllowList, Asked, allow_list, is_now, understand
from apps.training.croissant import describe
from apps.training.errors import BadName, GivenUp, NothingAllowed, OnlyNow
from apps.training.filter_text import filter_text
from apps.training.lines import lines_of
from apps.training.listing_now import one_view
from apps.training.makers import require_maker
from apps.training.models import Snapshot, SnapshotMember
from apps.training.sorting import Written, write_sorted
from apps.training.storing import DESCRIPTOR, MEMBERS, drop_files, keep_file

LONGEST_NAME = 80
PATIENCE = timedelta(hours=2)  # nothing takes so long to build
BATCH = 2000  # member rows written at once


def take_snapshot(*, asked: Asked, name: str, by: User) -> Snapshot:
    """A sealed snapshot of what is allowed now. Raises a TrainingError; nothing is kept then."""
    snapshot = _begin(asked, name, by)
    try:
        ledger_fit.bring_up_to_date()
        with TemporaryDirectory(prefix="soundcheck-snapshot-") as folder:
            members = Path(folder) / MEMBERS
            found, checkpoint, written = _read(snapshot, asked, members)
            _describe(snapshot, found, written)
            descriptor = _write_descriptor(snapshot, found, written, Path(folder))
            keep_file(snapshot, MEMBERS, members)
            keep_file(snapshot, DESCRIPTOR, descriptor)
            return _seal(snapshot, checkpoint, sha256(descriptor.read_bytes()).hexdigest(), by)
    except Exception:
        with suppress(DatabaseError):
            discard(snapshot)
        raise


def sweep_unfinished() -> int:
    """Clears away what was begun and never sealed; returns how many."""
    old = Snapshot.objects.filter(
        state=Snapshot.State.BUILDING, valid_at__lt=ledger_now() - PATIENCE
    )
    return sum(discard(one) for one in old)


@transaction.atomic
def discard(snapshot: Snapshot) -> bool:
    """Deletes a snapshot that is being built, and its files; whether there was one."""
    building = Snapshot.objects.filter(pk=snapshot.pk, state=Snapshot.State.BUILDING)
    row = building.select_for_update().first()
    if row is None:
        return False
    drop_files(row)
    row.members.all().delete()
    record(kind="snapshot.given_up", subject=row, actor=None, uid=str(row.uid))
    row.delete()
    return True


@transaction.atomic
def _begin(asked: Asked, name: str, by: User) -> Snapshot:
    now = ledger_now()
    require_maker(by)
    if not name.strip() or len(name) > LONGEST_NAME or not name.isprintable():
        raise BadName(given=name[:LONGEST_NAME], most=LONGEST_NAME)
    envelope, terms = understand(asked, now)
    if not is_now(asked, now):
        raise OnlyNow
    snapshot = Snapshot.objects.create(
        uid=uuid4(),
        name=name.strip(),
        model_class=envelope.model_class,
        envelope_version=envelope.version,
        envelope_sha256=envelope.sha256,
        policy_version=terms.version,
        policy_epoch=max(envelope.min_epoch, terms.epoch),
        policy_sha256=terms.sha256,
        jurisdictions=",".join(sorted(set(asked.jurisdictions))),
        valid_at=now,
        known_at=now,
        filter_text="",
        ref_key=secrets.token_bytes(32),
        made_by=by,
        retention_until=now + timedelta(days=envelope.retention_days),
    )
    record(kind="snapshot.begun", subject=snapshot, actor=by, uid=str(snapshot.uid))
    return snapshot


def _read(snapshot: Snapshot, asked: Asked, members: Path) -> tuple[AllowList, Checkpoint, Written]:
    """The members, written into a file and into their table, all of one view of the database."""
    with one_view():
        now = ledger_now()
        found = allow_list(replace(asked, at=now, known_at=now))
        if not found.count:
            raise NothingAllowed(excluded=_told(found.excluded))
        written = write_sorted(_kept_lines(snapshot, found), members)
        checkpoint = ledger_fit.fresh_checkpoint()
    return found, checkpoint, written


def _kept_lines(snapshot: Snapshot, found: AllowList) -> Iterator[bytes]:
    """Each line, after its row was written."""
    waiting: list[SnapshotMember] = []
    for member, line in lines_of(bytes(snapshot.ref_key), found.members()):
        first = member.yeses[0]
        waiting.append(
            SnapshotMember(
                snapshot=snapshot,
                track_id=member.track_id,
                policy_version=first.terms,
                leaf_index=first.leaf,
            )
        )
        if len(waiting) == BATCH:
            SnapshotMember.objects.bulk_create(waiting)
            waiting = []
        yield line
    SnapshotMember.objects.bulk_create(waiting)


def _describe(snapshot: Snapshot, found: AllowList, written: Written) -> None:
    """Fills in what is known once the members are."""
    snapshot.valid_at, snapshot.known_at = found.asked.at, found.asked.known_at
    snapshot.filter_text = filter_text(found)
    snapshot.excluded = found.excluded
    snapshot.asset_count = written.count
    snapshot.members_sha256, snapshot.merkle_root = written.sha256, written.root


def _write_descriptor(snapshot: Snapshot, found: AllowList, written: Written, folder: Path) -> Path:
    file = folder / DESCRIPTOR
    told = describe(snapshot, found.envelope, written)
    file.write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return file


@transaction.atomic
def _seal(snapshot: Snapshot, checkpoint: Checkpoint, descriptor_sha256: str, by: User) -> Snapshot:
    kept = Snapshot.objects.select_for_update().filter(pk=snapshot.pk).first()
    if kept is None or kept.state != Snapshot.State.BUILDING:
        raise GivenUp
    snapshot.descriptor_sha256 = descriptor_sha256
    snapshot.note, snapshot.ledger_size = checkpoint.note, checkpoint.size
    snapshot.state, snapshot.sealed_at = Snapshot.State.SEALED, ledger_now()
    snapshot.save()
    record(
        kind="snapshot.sealed",
        subject=snapshot,
        actor=by,
        uid=str(snapshot.uid),
        asset_count=snapshot.asset_count,
        members_sha256=snapshot.members_sha256,
        merkle_root=snapshot.merkle_root,
        descriptor_sha256=descriptor_sha256,
        envelope=f"{snapshot.model_class}.{snapshot.envelope_version}",
        envelope_sha256=snapshot.envelope_sha256,
        policy_version=snapshot.policy_version,
        policy_sha256=snapshot.policy_sha256,
        jurisdictions=list(snapshot.countries),
        excluded=snapshot.excluded,
        ledger_size=snapshot.ledger_size,
        note_sha256=sha256(snapshot.note.encode()).hexdigest(),
    )
    return snapshot


def _told(excluded: dict[str, int]) -> str:
    return ", ".join(f"{reason} {count}" for reason, count in excluded.items()) or "-"
