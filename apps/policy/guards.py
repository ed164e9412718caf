"""The database's own refusal to rewrite decisions and rulesets, on SQLite and PostgreSQL.

A seat belt beneath the models: it also stops plain SQL. Whoever owns the tables can take it off.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.core.checks import CheckMessage, Error
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

KEPT = "A decision is never changed or deleted."
PUBLISHED = "A published ruleset is never rewritten."
USED = "EXISTS (SELECT 1 FROM policy_decision WHERE ruleset_id = OLD.id)"
SAME_ID = "EXISTS (SELECT 1 FROM policy_decision WHERE id = NEW.id)"
REWRITTEN = "NEW.id <> OLD.id OR NEW.text <> OLD.text OR NEW.sha256 <> OLD.sha256"

# SQLite needs the third one: INSERT OR REPLACE deletes the old row without asking the others.
SQLITE: dict[str, str] = {
    "decision_no_update": f"""BEFORE UPDATE ON policy_decision
        BEGIN SELECT RAISE(ABORT, '{KEPT}'); END""",
    "decision_no_delete": f"""BEFORE DELETE ON policy_decision
        BEGIN SELECT RAISE(ABORT, '{KEPT}'); END""",
    "decision_no_replace": f"""BEFORE INSERT ON policy_decision
        WHEN {SAME_ID}
        BEGIN SELECT RAISE(ABORT, '{KEPT}'); END""",
    "ruleset_no_rewrite": f"""BEFORE UPDATE ON policy_ruleset WHEN ({REWRITTEN}) AND {USED}
        BEGIN SELECT RAISE(ABORT, '{PUBLISHED}'); END""",
    "ruleset_no_delete": f"""BEFORE DELETE ON policy_ruleset WHEN {USED}
        BEGIN SELECT RAISE(ABORT, '{PUBLISHED}'); END""",
}

POSTGRES_FUNCTION = """
CREATE OR REPLACE FUNCTION policy_refuse() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation', MESSAGE = TG_ARGV[0];
END $$
"""
POSTGRES_RULESET_FUNCTION = f"""
CREATE OR REPLACE FUNCTION policy_refuse_used() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN
    IF {USED} THEN
        RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation', MESSAGE = TG_ARGV[0];
    END IF;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    RETURN NEW;
END $$
"""
POSTGRES: dict[str, str] = {
    "decision_no_change": f"""BEFORE UPDATE OR DELETE ON policy_decision
        FOR EACH ROW EXECUTE FUNCTION policy_refuse('{KEPT}')""",
    "decision_no_truncate": f"""BEFORE TRUNCATE ON policy_decision
        FOR EACH STATEMENT EXECUTE FUNCTION policy_refuse('{KEPT}')""",
    "ruleset_no_rewrite": f"""BEFORE UPDATE ON policy_ruleset
        FOR EACH ROW WHEN ({REWRITTEN}) EXECUTE FUNCTION policy_refuse_used('{PUBLISHED}')""",
    "ruleset_no_delete": f"""BEFORE DELETE ON policy_ruleset
        FOR EACH ROW EXECUTE FUNCTION policy_refuse_used('{PUBLISHED}')""",
}
TABLES = {"decision": "policy_decision", "ruleset": "policy_ruleset"}


def install_statements(vendor: str) -> list[str]:
    """The SQL that puts every guard up, for "sqlite" or "postgresql"; it may be run again."""
    functions = [POSTGRES_FUNCTION, POSTGRES_RULESET_FUNCTION] if vendor == "postgresql" else []
    triggers = POSTGRES if vendor == "postgresql" else SQLITE
    created = [f"CREATE TRIGGER {name} {body}" for name, body in triggers.items()]
    return [*functions, *removal_statements(vendor), *created]


def removal_statements(vendor: str) -> list[str]:
    """The SQL that takes every guard down."""
    if vendor == "postgresql":
        return [
            f"DROP TRIGGER IF EXISTS {name} ON {TABLES[name.split('_', 1)[0]]}" for name in POSTGRES
        ]
    return [f"DROP TRIGGER IF EXISTS {name}" for name in SQLITE]


def missing_guards(connection: BaseDatabaseWrapper) -> list[str]:
    """Names of guards that should be up and are not.

    Django drops the triggers of a table silently when it rebuilds it on SQLite.
    """
    wanted = POSTGRES if connection.vendor == "postgresql" else SQLITE
    catalogue = (
        "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'D'"
        if connection.vendor == "postgresql"
        else "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    )
    with connection.cursor() as cursor:
        cursor.execute(catalogue)
        found = {row[0] for row in cursor.fetchall()}
    return [name for name in wanted if name not in found]


def check_guards(
    app_configs: object, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """System check: an error for each database in which a guard is missing."""
    return [
        Error(
            f"Missing in {alias}: {', '.join(missing)}.",
            hint="Run `manage.py migrate policy 0001 --fake`, then `manage.py migrate policy`.",
            id="policy.E001",
        )
        for alias in databases or ()
        if has_tables(connections[alias]) and (missing := missing_guards(connections[alias]))
    ]


def has_tables(connection: BaseDatabaseWrapper) -> bool:
    """Whether there is anything to guard: `migrate` checks an empty database first."""
    return set(TABLES.values()) <= set(connection.introspection.table_names())


def put_up(apps: object, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Migration step: installs the guards."""
    for statement in install_statements(schema_editor.connection.vendor):
        schema_editor.execute(statement, params=None)


def take_down(apps: object, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Migration step backwards."""
    for statement in removal_statements(schema_editor.connection.vendor):
        schema_editor.execute(statement, params=None)


@contextmanager
def lifted(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """Without guards inside the block, with them after it. For emptying a test database only."""
    _run(connection, removal_statements(connection.vendor))
    try:
        yield
    finally:
        _run(connection, install_statements(connection.vendor))


def _run(connection: BaseDatabaseWrapper, statements: list[str]) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
