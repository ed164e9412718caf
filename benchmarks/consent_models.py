"""Snapshots and models at ten million members, for `benchmarks/consent.py`.

Two snapshots are sealed for real. The others are further rows of the same kind with as many members
as are asked for, drawn from all tracks; each is the input of a model of its own, and every fifth
model has a fine-tune.
"""

import uuid
from datetime import timedelta

from django.db import connection
from django.utils import timezone

from apps.accounts.models import User
from apps.accounts.roles import Role
from apps.catalogue.models import Track
from apps.training.allowlist import Asked
from apps.training.models import ModelInput, ModelVersion, Snapshot, SnapshotMember
from apps.training.registering import Card, Run, register_model
from apps.training.sealing import take_snapshot
from benchmarks.consent_copies import pour
from benchmarks.consent_kinds import TERMS

MEMBERS = SnapshotMember._meta.db_table


def engineer() -> User:
    """Who seals and trains."""
    found = User.objects.filter(role=Role.TRAINING_ENGINEER).first()
    return found or User.objects.create_user(
        email="engineer@example.org", name="Engineer", role=Role.TRAINING_ENGINEER
    )


def seal(model_class: str) -> Snapshot:
    """A real snapshot of all that a class of models may use now."""
    now = timezone.now()
    asked = Asked(model_class, TERMS, ("DE",), now, now)
    return take_snapshot(asked=asked, name=f"All for {model_class}", by=engineer())


def register_trained(snapshot: Snapshot, name: str) -> ModelVersion:
    """A real registration, signed, of a run that began and ended just now."""
    now = timezone.now()
    return register_model(
        name=name,
        version="v2026.04.3",
        model_class=snapshot.model_class,
        inputs=[(snapshot.uid, ModelInput.Role.TRAIN)],
        weights_sha256="0" * 64,
        run=Run("bench", now, now),
        card=Card("measuring", ("it is nothing",)),
        by=engineer(),
    )


def register(snapshot: Snapshot, name: str, base: ModelVersion | None = None) -> ModelVersion:
    """A row of the registry with this snapshot as its input. Its manifest is not signed."""
    now = timezone.now()
    model = ModelVersion.objects.create(
        name=name,
        version="v2026.04.3",
        model_class=snapshot.model_class,
        base=base,
        weights_sha256="0" * 64,
        run_id=name,
        started_at=now,
        finished_at=now + timedelta(seconds=1),
        manifest="{}",
        manifest_sha256=uuid.uuid4().hex * 2,
    )
    if base is None:
        ModelInput.objects.create(model_version=model, snapshot=snapshot)
    return model


def many_like(sealed: Snapshot, *, count: int, members: int) -> list[Snapshot]:
    """So many more snapshots with about so many members each, drawn from all tracks."""
    made = [_row_like(sealed, number) for number in range(count)]
    share = int(members / Track.objects.count() * 1024)
    drawn = " UNION ALL ".join(
        f"SELECT {one.pk} AS snapshot_id, id AS track_id FROM catalogue_track "  # noqa: S608
        f"WHERE hashtextextended(id::text, {number}) & 1023 < {share}"
        for number, one in enumerate(made)
    )
    pour(
        MEMBERS,
        f"INSERT INTO {MEMBERS} (snapshot_id, track_id, policy_version, leaf_index) "  # noqa: S608
        f"SELECT snapshot_id, track_id, '{TERMS}', 1 FROM ({drawn}) AS drawn",
    )
    with connection.cursor() as cursor:
        cursor.execute(f"VACUUM ANALYZE {MEMBERS}")
    for number, one in enumerate(made):
        model = register(one, f"bench-{number}")
        if number % 5 == 0:
            register(one, f"bench-{number}-tuned", base=model)
    return made


def _row_like(sealed: Snapshot, number: int) -> Snapshot:
    row = Snapshot.objects.get(pk=sealed.pk)
    row.pk, row.uid, row.name = None, uuid.uuid4(), f"Bench {number}"
    row._state.adding = True
    row.save(force_insert=True)
    return row
