"""The database's own refusal to change a ledger, on SQLite and PostgreSQL.

Beneath every ledger table stand triggers that refuse UPDATE, DELETE, TRUNCATE and (SQLite) INSERT
OR REPLACE, and one that queues each new row for its leaf, whichever way it was inserted. They are a
seat belt: whoever owns the tables can take it off. The evidence is the signed head kept elsewhere.

SQLite drops the triggers of a table silently when a migration rebuilds it. `rearm` puts them up
after every migration; it also queues what was inserted while they were away.
"""

from collections.abc import Iterable
from typing import Any

from django.apps import apps
from django.db import connections, models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from apps.audit.errors import GuardsDown

KEPT = "A row of a ledger is never changed, replaced or deleted."
UNLIKE = "The leaf hash is not that of the payload."
Model = type[models.Model]

# PostgreSQL. The bodies are compared with what the database holds, letter by letter.
FUNCTIONS = {
    "audit_refuse": f"""
BEGIN
    RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation', MESSAGE = '{KEPT}';
END """,
    "audit_queue": f"""
BEGIN
    IF NEW.leaf_hash IS DISTINCT FROM
       sha256('\\x00'::bytea || convert_to(NEW.payload, 'UTF8')) THEN
        RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation', MESSAGE = '{UNLIKE}';
    END IF;
    INSERT INTO audit_pending (source, uid, leaf_hash)
    VALUES (TG_TABLE_NAME, NEW.uid, NEW.leaf_hash);
    RETURN NULL;
END """,  # noqa: S608  no word of it comes from outside
}


def guarded_models() -> list[Model]:
    """Every model whose table is append-only: the ledger tables and the log itself."""
    log = [apps.get_model("audit", name) for name in ("Leaf", "Tile", "Checkpoint")]
    return [*ledger_models(), *log]


def ledger_models() -> list[Model]:
    """Every model whose rows become leaves: the subclasses of `LedgerRow`."""
    return [model for model in apps.get_models() if hasattr(model, "IN_PAYLOAD")]


def triggers(vendor: str, model: Model) -> dict[str, str]:
    """Name and definition of each trigger that the model's table should have.

    `model` may be a historical one, in a migration: it counts as a ledger when it has a payload.
    """
    table = model._meta.db_table
    queued = any(field.name == "payload" for field in model._meta.get_fields())
    return _postgresql(table, queued) if vendor == "postgresql" else _sqlite(model, table, queued)


def _postgresql(table: str, queued: bool) -> dict[str, str]:
    """As pg_get_triggerdef writes them."""
    bodies = {
        f"{table}_no_change": "BEFORE DELETE OR UPDATE ON {} FOR EACH ROW EXECUTE FUNCTION "
        "audit_refuse()",
        f"{table}_no_truncate": "BEFORE TRUNCATE ON {} FOR EACH STATEMENT EXECUTE FUNCTION "
        "audit_refuse()",
    }
    if queued:
        bodies[f"{table}_queue"] = "AFTER INSERT ON {} FOR EACH ROW EXECUTE FUNCTION audit_queue()"
    return {name: f"CREATE TRIGGER {name} {body.format(table)}" for name, body in bodies.items()}


def _sqlite(model: Model, table: str, queued: bool) -> dict[str, str]:
    refuse = f"BEGIN SELECT RAISE(ABORT, '{KEPT}'); END"
    taken = " OR ".join(
        "(" + " AND ".join(f'"{column}" = NEW."{column}"' for column in key) + ")"
        for key in unique_keys(model)
    )
    taken = f'SELECT 1 FROM "{table}" WHERE {taken}'  # noqa: S608  our own table names
    queue = f"(source, uid, leaf_hash) VALUES ('{table}', NEW.uid, NEW.leaf_hash)"
    bodies = {
        f"{table}_no_update": f'BEFORE UPDATE ON "{table}" {refuse}',
        f"{table}_no_delete": f'BEFORE DELETE ON "{table}" {refuse}',
        # INSERT OR REPLACE deletes the old row without asking the other two.
        f"{table}_no_replace": f'BEFORE INSERT ON "{table}" WHEN EXISTS ({taken}) {refuse}',
    }
    if queued:
        bodies[f"{table}_queue"] = (
            f'AFTER INSERT ON "{table}" BEGIN INSERT INTO audit_pending {queue}; END'
        )
    return {name: f'CREATE TRIGGER "{name}" {body}' for name, body in bodies.items()}


def unique_keys(model: Model) -> list[tuple[str, ...]]:
    """The columns of every key by which a row could be replaced."""
    options = model._meta
    column = {field.name: str(field.column) for field in options.local_fields}
    single = [(field.name,) for field in options.local_fields if field.unique]
    several = [*options.unique_together, *(one.fields for one in options.total_unique_constraints)]
    keys = [tuple(column[name] for name in names) for names in [*single, *several]]
    return list(dict.fromkeys(keys))


def faults(connection: BaseDatabaseWrapper, model: Model) -> list[str]:
    """Names of the triggers (and functions) that are missing, switched off or changed."""
    wanted, found = triggers(connection.vendor, model), _found(connection, model._meta.db_table)
    wrong = [name for name, text in wanted.items() if found.get(name) != text]
    return wrong + _wrong_functions(connection)


def _found(connection: BaseDatabaseWrapper, table: str) -> dict[str, str]:
    """ENABLE ALWAYS ('A') also holds while session_replication_role is `replica`."""
    asked = (
        "SELECT tgname, pg_get_triggerdef(oid, true) FROM pg_trigger "
        "WHERE tgrelid = to_regclass(%s) AND NOT tgisinternal AND tgenabled = 'A'"
        if connection.vendor == "postgresql"
        else "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = %s"
    )
    with connection.cursor() as cursor:
        cursor.execute(asked, [table])
        return dict(cursor.fetchall())


def _wrong_functions(connection: BaseDatabaseWrapper) -> list[str]:
    if connection.vendor != "postgresql":
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT proname, prosrc FROM pg_proc WHERE proname = ANY(%s) "
            "AND pronamespace = current_schema()::regnamespace",
            [list(FUNCTIONS)],
        )
        found = dict(cursor.fetchall())
    return [name for name, body in FUNCTIONS.items() if found.get(name) != body]


def install_statements(vendor: str, model: Model) -> list[str]:
    """The SQL that puts the model's guards up; it may be run again."""
    table, wanted = model._meta.db_table, triggers(vendor, model)
    if vendor != "postgresql":
        return [*removal_statements(vendor, model), *wanted.values()]
    functions = [
        f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $${body}$$"
        for name, body in FUNCTIONS.items()
    ]
    always = [f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {name}" for name in wanted]
    return [*functions, *removal_statements(vendor, model), *wanted.values(), *always]


def removal_statements(vendor: str, model: Model) -> list[str]:
    """The SQL that takes the model's guards down: for tests, and for migrations backwards."""
    on = f" ON {model._meta.db_table}" if vendor == "postgresql" else ""
    return [f'DROP TRIGGER IF EXISTS "{name}"{on}' for name in triggers(vendor, model)]


def armed(app_label: str, model_name: str) -> Any:
    """For `migrations.RunPython(guards.armed("consent", "ConsentEvent"), RunPython.noop)`.

    The one call that makes a table a ledger table, in the migration that creates it.
    """

    def put_up(historical: Any, schema_editor: BaseDatabaseSchemaEditor) -> None:
        model = historical.get_model(app_label, model_name)
        for statement in install_statements(schema_editor.connection.vendor, model):
            schema_editor.execute(statement, params=None)

    return put_up


def rearm(using: str = "default", **_: object) -> None:
    """After every migration: puts up what is missing or changed, queues what came in meanwhile."""
    connection = connections[using]
    for model in existing(connection):
        if faults(connection, model):
            run(connection, install_statements(connection.vendor, model))
            if model in ledger_models():
                run(connection, [queueing(model._meta.db_table)])


def queueing(table: str) -> str:
    """The SQL that queues every row of the table that is neither waiting nor a leaf."""
    return f"""
        INSERT INTO audit_pending (source, uid, leaf_hash)
        SELECT '{table}', uid, leaf_hash FROM "{table}" AS kept
        WHERE NOT EXISTS (SELECT 1 FROM audit_leaf WHERE audit_leaf.uid = kept.uid)
          AND NOT EXISTS (SELECT 1 FROM audit_pending WHERE audit_pending.uid = kept.uid)
        ORDER BY id"""  # noqa: S608  our own table names


def existing(connection: BaseDatabaseWrapper) -> list[Model]:
    """The guarded models whose tables are there, as they are now, in this database."""
    tables = set(connection.introspection.table_names())
    if not {"audit_pending", "audit_leaf"} <= tables:
        return []
    return [model for model in guarded_models() if _is_ready(connection, model, tables)]


def _is_ready(connection: BaseDatabaseWrapper, model: Model, tables: set[str]) -> bool:
    if model._meta.db_table not in tables:
        return False
    with connection.cursor() as cursor:
        told = connection.introspection.get_table_description(cursor, model._meta.db_table)
    return {field.column for field in model._meta.local_fields} <= {column.name for column in told}


def require_guards(connection: BaseDatabaseWrapper) -> None:
    """Raises GuardsDown when a guard is missing or changed: for whatever starts."""
    names = [name for model in existing(connection) for name in faults(connection, model)]
    if names:
        raise GuardsDown(names=", ".join(dict.fromkeys(names)))


def run(connection: BaseDatabaseWrapper, statements: Iterable[str]) -> None:
    """Runs statements without parameters."""
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
