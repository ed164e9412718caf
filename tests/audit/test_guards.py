"""The database refuses to change a ledger, whichever way it is asked, on both engines."""

import uuid
from collections.abc import Callable

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, models, transaction

from apps.audit import checks, guards
from apps.audit.errors import GuardsDown
from apps.audit.merkle import leaf_hash
from apps.audit.models import Checkpoint, Event, EventDetail, Leaf, Pending, Tile
from apps.audit.sequencer import sequence_pending
from apps.audit.verify import verify

POSTGRESQL = connection.vendor == "postgresql"
COPIED = "uid, at, kind, subject_type, subject_id, payload, leaf_hash"


def sql(text: str) -> Callable[[Event], None]:
    def go(event: Event) -> None:
        with connection.cursor() as cursor:
            cursor.execute(text.replace("ID", str(event.pk)))

    return go


def changed(event: Event) -> Event:
    event.kind = "other"
    return event


def twin(event: Event, **other: object) -> Event:
    values = {field.attname: getattr(event, field.attname) for field in Event._meta.local_fields}
    return Event(**{**values, **other})


ATTACKS: dict[str, Callable[[Event], object]] = {
    "save": lambda event: changed(event).save(),
    "update": lambda event: Event.objects.update(kind="other"),
    "delete": models.Model.delete,
    "delete all": lambda event: Event.objects.all()._raw_delete("default"),
    "bulk_update": lambda event: Event.objects.bulk_update([changed(event)], ["kind"]),
    "upsert": lambda event: Event.objects.bulk_create(
        [twin(event, kind="other")],
        update_conflicts=True,
        unique_fields=["uid"],
        update_fields=["kind"],
    ),
    "sql update": sql("UPDATE audit_event SET kind = 'other'"),
    "sql delete": sql("DELETE FROM audit_event WHERE id = ID"),
}
if POSTGRESQL:
    ATTACKS |= {
        "truncate": sql("SET CONSTRAINTS ALL IMMEDIATE; TRUNCATE audit_event CASCADE"),
        "sql upsert": sql(
            f"INSERT INTO audit_event ({COPIED}) SELECT {COPIED} FROM audit_event "
            "ON CONFLICT (uid) DO UPDATE SET kind = 'other'"
        ),
        "pretending to be a replica": sql(
            "SET LOCAL session_replication_role = replica; UPDATE audit_event SET kind = 'other'"
        ),
        "a hash that is not of the payload": lambda event: Event.objects.bulk_create(
            [twin(event, id=None, uid=uuid.uuid4(), leaf_hash=bytes(32))]
        ),
    }
else:
    ATTACKS |= {
        "replace by primary key": sql(
            f"REPLACE INTO audit_event (id, {COPIED}) SELECT id, '{uuid.uuid4().hex}', at, 'other',"
            " subject_type, subject_id, payload, leaf_hash FROM audit_event"
        ),
        "replace by uid": sql(
            "INSERT OR REPLACE INTO audit_event (uid, at, kind, subject_type, subject_id, payload, "
            "leaf_hash) SELECT uid, at, 'other', subject_type, subject_id, payload, leaf_hash "
            "FROM audit_event"
        ),
        "update or replace": sql("UPDATE OR REPLACE audit_event SET kind = 'other'"),
        "ignore_conflicts": lambda event: Event.objects.bulk_create(
            [twin(event, kind="other")], ignore_conflicts=True
        ),
    }


@pytest.mark.django_db
@pytest.mark.parametrize("attack", ATTACKS.values(), ids=ATTACKS)
def test_an_event_cannot_be_changed_or_removed(signer, happen, attack) -> None:
    happen()
    EventDetail.objects.all().delete()  # so that no foreign key refuses in the guards' place
    before = list(Event.objects.values())
    with pytest.raises(DatabaseError, match=r"never changed|not that of"), transaction.atomic():
        attack(Event.objects.get())
    assert list(Event.objects.values()) == before


@pytest.mark.django_db
def test_what_ignores_conflicts_changes_nothing(happen) -> None:
    [event] = happen()
    try:
        with transaction.atomic():
            Event.objects.bulk_create([twin(event, kind="other")], ignore_conflicts=True)
    except DatabaseError:
        pass
    assert Event.objects.get().kind == "test.happened"
    assert Pending.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("model", [Leaf, Tile, Checkpoint])
def test_the_log_itself_cannot_be_changed_or_removed(signer, happen, model) -> None:
    happen(256)
    sequence_pending()
    row = model.objects.first()
    values = {field.attname: getattr(row, field.attname) for field in model._meta.local_fields}
    for attack in (
        lambda: model.objects.update(**{model._meta.pk.name: models.F("pk") + 1000}),
        row.delete,
        lambda: model(**values).save(),
        lambda: model.objects.bulk_create([model(**values)]),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            attack()
    if not POSTGRESQL:
        table = model._meta.db_table
        with pytest.raises(DatabaseError), connection.cursor() as cursor:
            cursor.execute(f"REPLACE INTO {table} SELECT * FROM {table}")
    assert verify().fault is None


@pytest.mark.django_db
def test_every_way_of_inserting_is_queued(signer, happen) -> None:
    [event] = happen()
    Event.objects.bulk_create([twin(event, id=None, uid=uuid.uuid4())])
    with connection.cursor() as cursor:
        other = uuid.uuid4()
        cursor.execute(
            f"INSERT INTO audit_event ({COPIED}) SELECT %s, at, kind, subject_type, subject_id, "
            "payload, leaf_hash FROM audit_event LIMIT 1",
            [other if POSTGRESQL else other.hex],
        )
    assert set(Pending.objects.values_list("uid", flat=True)) == set(
        Event.objects.values_list("uid", flat=True)
    )
    assert sequence_pending() == 3


@pytest.mark.django_db
def test_details_can_be_erased_and_the_guards_stand(happen) -> None:
    happen(2)
    assert EventDetail.objects.all().delete()[0] == 2
    guards.require_guards(connection)
    assert checks.check_guards(None, databases=["default"]) == []
    assert checks.check_guards(None) == []


@pytest.mark.django_db(transaction=True)
def test_a_migration_that_rebuilds_the_table_leaves_it_guarded(signer, happen) -> None:
    happen(2)
    old = Event._meta.get_field("kind")
    new = models.CharField("kind", max_length=70, db_index=True)
    new.set_attributes_from_name("kind")
    new.model = Event
    with connection.schema_editor() as editor:
        editor.alter_field(Event, old, new, strict=True)
    if not POSTGRESQL:  # the triggers are gone, as SQLite's ways are
        assert len(guards.faults(connection, Event)) == 4
        Event.objects.bulk_create([twin(Event.objects.first(), id=None, uid=uuid.uuid4())])
        assert Pending.objects.count() == 2
    with connection.schema_editor() as editor:
        editor.alter_field(Event, new, old, strict=True)
    call_command("migrate", "audit", verbosity=0, skip_checks=True)
    assert guards.faults(connection, Event) == []
    assert Pending.objects.count() == Event.objects.count()
    with pytest.raises(DatabaseError):
        Event.objects.update(kind="other")


@pytest.mark.django_db(transaction=True)
def test_a_missing_or_changed_guard_is_told_with_what_to_do(happen) -> None:
    on = " ON audit_event" if POSTGRESQL else ""
    name = "audit_event_no_change" if POSTGRESQL else "audit_event_no_update"
    try:
        guards.run(connection, [f"DROP TRIGGER {name}{on}"])
        with pytest.raises(GuardsDown, match=f"{name}.*migrate --skip-checks"):
            guards.require_guards(connection)
        [error] = checks.check_guards(None, databases=["default"])
        assert (error.id, name in error.msg) == ("audit.E001", True)
        with pytest.raises(CommandError, match=name):
            call_command("check", databases=["default"])
        guards.run(connection, _harmless(name))
        with pytest.raises(GuardsDown):
            guards.require_guards(connection)
    finally:
        guards.rearm()
    guards.require_guards(connection)


def _harmless(name: str) -> list[str]:
    """A trigger of the same name that refuses nothing."""
    if POSTGRESQL:
        return [
            f"CREATE TRIGGER {name} BEFORE DELETE OR UPDATE ON audit_event FOR EACH ROW "
            "WHEN (false) EXECUTE FUNCTION audit_refuse()",
            f"ALTER TABLE audit_event ENABLE ALWAYS TRIGGER {name}",
        ]
    return [f'CREATE TRIGGER "{name}" BEFORE UPDATE ON "audit_event" BEGIN SELECT 1; END']


@pytest.mark.skipif(not POSTGRESQL, reason="functions and switches of PostgreSQL")
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "spoil",
    [
        "ALTER TABLE audit_event DISABLE TRIGGER USER",
        "CREATE OR REPLACE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        "$$BEGIN RETURN NEW; END$$",
    ],
)
def test_a_guard_that_was_switched_off_or_hollowed_out_is_noticed(spoil) -> None:
    try:
        guards.run(connection, [spoil])
        with pytest.raises(GuardsDown):
            guards.require_guards(connection)
    finally:
        guards.rearm()
    guards.require_guards(connection)


@pytest.mark.django_db
def test_keys_by_which_a_row_could_be_replaced() -> None:
    assert guards.unique_keys(Event) == [("id",), ("uid",)]
    assert guards.unique_keys(Checkpoint) == [("id",), ("origin", "size")]
    assert leaf_hash(b"") != leaf_hash(b"x")
