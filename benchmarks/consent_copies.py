"""From one account of each kind to a million tracks, in SQL. PostgreSQL only.

A copy is the same rows under new ids: md5 of the old id and the number of the copy. Payloads of the
ledger get the new ids and times in place, so they stay canonical, and are hashed again; the guards
queue them, the sequencer gives them their leaves. The states are copied, too: they are what
`projection` wrote for the original. Copies lie spread over the 800 days before it, so that some of
their yeses have run out. Lines of the audit trail and evidence are not copied: nothing here reads
them. Foreign keys are right by construction and not checked while rows come in.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, models, transaction

from apps.accounts.models import User
from apps.audit.sequencer import sequence_pending
from apps.catalogue.models import AudioFile, Declaration, Release, Track
from apps.consent.models import ConsentEvent, ConsentState, Party
from apps.policy.models import Decision

SPAN = "interval '800 days 17 seconds 3 microseconds'"
COPIED: tuple[type[models.Model], ...] = (User, Release, AudioFile, Track, Declaration, Decision)
MOMENT = '\'YYYY-MM-DD"T"HH24:MI:SS.US"Z"\''


def _id(column: str) -> str:
    return f"md5({column}::text || '.' || n)::uuid"


def _ref(column: str) -> str:
    return f"encode(sha256(convert_to({column} || '.' || n, 'UTF8')), 'hex')"


def _moment(column: str) -> str:
    return f"to_char({column} AT TIME ZONE 'UTC', {MOMENT})"


def _earlier(column: str) -> str:
    """The first copy is the oldest: leaves follow the order of recording."""
    return f"({column} - {SPAN} * (copies + 1 - n) / copies)"


@dataclass(frozen=True)
class Copying:
    """How one table is copied: from what, joined how, and which columns change into what."""

    model: type[models.Model]
    joined: str
    changed: Mapping[str, str] = field(default_factory=dict)
    left_out: frozenset[str] = frozenset()

    @property
    def statement(self) -> str:
        """INSERT … SELECT over the originals and the numbers of their copies."""
        fields = [one for one in self.model._meta.local_concrete_fields if self._kept(one)]
        names = ", ".join(f'"{one.column}"' for one in fields)
        values = ", ".join(self._value(one) for one in fields)
        table = self.model._meta.db_table
        return (
            f'INSERT INTO "{table}" ({names}) SELECT {values} FROM "{table}" AS t '  # noqa: S608
            f"{self.joined} CROSS JOIN LATERAL generate_series(1, k.copies) AS n"
        )

    def _kept(self, one: "models.Field[Any, Any]") -> bool:
        return one.column not in self.left_out

    def _value(self, one: "models.Field[Any, Any]") -> str:
        if one.column in self.changed:
            return self.changed[one.column]
        to = one.related_model if one.is_relation else self.model if one.primary_key else None
        return _id(f't."{one.column}"') if to in COPIED else f't."{one.column}"'


KIND = "JOIN bench_kind AS k ON k.user_id ="
CATALOGUE = (
    Copying(User, f"{KIND} t.id", {"email": "n || '.' || t.email"}),
    Copying(Release, f"{KIND} t.owner_id"),
    Copying(AudioFile, f"{KIND} t.owner_id"),
    Copying(
        Track,
        f"JOIN catalogue_release AS parent ON parent.id = t.release_id {KIND} parent.owner_id",
    ),
    Copying(Declaration, f"{KIND} t.made_by_id"),
    Copying(
        Decision,
        "JOIN catalogue_declaration AS parent ON parent.id = t.declaration_id "
        f"{KIND} parent.made_by_id",
    ),
    Copying(Party, f"{KIND} t.user_id", {"ref": _ref("t.ref"), "user_id": _id("t.user_id")}),
)
_SCOPE = (
    f"CASE t.scope_type WHEN 'account' THEN {_ref('t.scope_id')} ELSE {_id('t.scope_id')}::text END"
)
_TIMES = ("effective_from", "effective_to", "captured_at", "recorded_at")
_CHANGED = {
    "uid": _id("t.uid"),
    "record_id": _id("t.record_id"),
    "corrects_event": _id("t.corrects_event"),
    "subject_ref": _ref("t.subject_ref"),
    "grantor_ref": _ref("t.grantor_ref"),
    "scope_id": _SCOPE,
    **{name: _earlier(f"t.{name}") for name in _TIMES},
}


def _payload() -> str:
    """The payload with every changed column in place: text for text, so the order of keys stays."""
    text = "t.payload"
    for name, new in _CHANGED.items():
        if name in _TIMES:
            old, made = _moment(f"t.{name}"), _moment(new)
        else:
            old, made = f"t.{name}::text", f"({new})::text"
        text = f"replace({text}, coalesce({old}, '-'), coalesce({made}, '-'))"
    return text


_LEAF_HASH = f"sha256('\\x00'::bytea || convert_to({_payload()}, 'UTF8'))"
EVENTS = Copying(
    ConsentEvent,
    "JOIN consent_party AS parent ON parent.ref = t.subject_ref AND parent.user_id IS NOT NULL "
    f"{KIND} parent.user_id",
    {**_CHANGED, "payload": _payload(), "leaf_hash": _LEAF_HASH},
    frozenset({"id"}),
)
_LEAF_INDEX = (
    f'(SELECT "index" FROM audit_leaf WHERE uid = {_id("t.event_uid")} '  # noqa: S608
    "AND t.leaf_index IS NOT NULL)"
)
STATES = Copying(
    ConsentState,
    f"{KIND} t.owner_id",
    {
        "id": "gen_random_uuid()",
        "event_uid": _id("t.event_uid"),
        "leaf_index": _LEAF_INDEX,
        **{
            name: _earlier(f"t.{name}")
            for name in ("effective_from", "effective_to", "captured_at", "revoked_at")
        },
    },
)


def copy_music(copies: Mapping[User, int]) -> None:
    """Accounts, releases, tracks, declarations and decisions, each so many times."""
    _run(
        "CREATE TABLE bench_kind (user_id uuid PRIMARY KEY, copies bigint)",
        *(f"INSERT INTO bench_kind VALUES ('{who.pk}', {count})" for who, count in copies.items()),  # noqa: S608
    )
    for one in CATALOGUE:
        _pour(one)
    _run("ANALYZE")


def copy_events() -> int:
    """What the copies say, in the order of its time; returns how many wait for a leaf."""
    _run(EVENTS.statement + f" ORDER BY {_earlier('t.recorded_at')}, t.id")
    _run("ANALYZE consent_consentevent", "ANALYZE audit_pending")
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM audit_pending")
        return int(cursor.fetchone()[0])


def copy_states() -> None:
    """The states of the copies. After the sequencer: they name the leaf of a yes."""
    if sequence_pending():
        raise SystemExit("Events still waited for their leaves.")
    _run("ANALYZE audit_leaf")
    _pour(STATES)
    for table in ("consent_consentstate", "catalogue_track", "policy_decision"):
        _run(f"VACUUM ANALYZE {table}", whole=False)


def _pour(one: Copying) -> None:
    pour(one.model._meta.db_table, one.statement)


def pour(table: str, statement: str) -> None:
    """Many rows of one table, whose indexes are made again when all are in: much quicker."""
    dropped, made = _indexes(table)
    _run("SET LOCAL session_replication_role = replica", *dropped, statement, *made)


def _indexes(table: str) -> tuple[list[str], list[str]]:
    """What drops the indexes and unique constraints of a table, and what makes them again."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint "
            "WHERE conrelid = %s::regclass AND contype = 'u'",
            [table],
        )
        unique = dict(cursor.fetchall())
        cursor.execute(
            "SELECT relname, pg_get_indexdef(indexrelid) FROM pg_index "
            "JOIN pg_class ON pg_class.oid = indexrelid "
            "WHERE indrelid = %s::regclass AND NOT indisprimary",
            [table],
        )
        others = {name: made for name, made in cursor.fetchall() if name not in unique}
    dropped = [f'ALTER TABLE "{table}" DROP CONSTRAINT "{name}"' for name in unique]
    dropped += [f'DROP INDEX "{name}"' for name in others]
    made = [
        f'ALTER TABLE "{table}" ADD CONSTRAINT "{name}" {what}' for name, what in unique.items()
    ]
    return dropped, [*made, *others.values()]


def _run(*statements: str, whole: bool = True) -> None:
    """The statements, in one transaction unless they may not be."""
    with connection.cursor() as cursor:
        if whole:
            with transaction.atomic():
                _each(cursor, statements)
        else:
            _each(cursor, statements)


def _each(cursor: Any, statements: Iterable[str]) -> None:
    for statement in statements:
        cursor.execute(statement)
