"""The list as of this minute, in one statement: the states of consent, the recording, the decision.

Clearance and the hash are looked at only for tracks that nothing else bars.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID, uuid4

from django.db import connection, transaction
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

from apps.catalogue.models import Track
from apps.consent import reasons
from apps.consent.envelope_states import ALLOWED, ORDER, Statement, positional, standing_of
from apps.training.clearing import CLEARED, CURRENT
from apps.training.listed import CONTENT_UNKNOWN, NOT_CLEARED, Listed, Sought, Yes

ALL_REASONS = (*ORDER, NOT_CLEARED, CONTENT_UNKNOWN)
CHUNK = 2000  # rows fetched at once
# What somebody said about a label's licence, as JSON text: 'false', 'null', another, or NULL.
SAID = {
    "postgresql": "CAST(({column} -> 'label_licensed') AS text)",
    "sqlite": "json_type({column}, '$.label_licensed')",
}
PLANNING = "SET LOCAL jit = off; SET LOCAL work_mem = '128MB'; SET LOCAL cursor_tuple_fraction = 1"
DENIED = ("nullfalse", "falsenull", "falsefalse")  # both say no, or one and the other nothing
LABELLED = (
    "EXISTS (SELECT 1 FROM catalogue_release AS release "
    "WHERE release.id = standing.release_id AND release.label_id IS NOT NULL)"
)


def count(sought: Sought) -> dict[str, int]:
    """First reason → how many tracks; under "" those on the list."""
    made = _standing(sought)
    sql = f"{_ranked(made, sought)} SELECT why, COUNT(*) FROM ranked GROUP BY why ORDER BY why"  # noqa: S608
    with _planned_for_millions(), connection.cursor() as cursor:
        cursor.execute(sql, made.values)
        found = {_named(why): number for why, number in cursor.fetchall()}
    return found


def tracks(sought: Sought) -> QuerySet[Track]:
    """The tracks on the list."""
    made = _standing(sought)
    sql = f"{_ranked(made, sought)} SELECT track_id FROM ranked WHERE why = {ALLOWED}"  # noqa: S608
    return Track.objects.filter(pk__in=RawSQL(*positional(sql, made.values)))  # noqa: S611


def members(sought: Sought) -> Iterator[Listed]:
    """Each track on the list, streamed, with what it rests on."""
    made, questions = _standing(sought), sought.questions
    sql = f"{_ranked(made, sought)} SELECT * FROM ranked WHERE why = {ALLOWED}"  # noqa: S608
    for row in _streamed(sql, made.values):
        yield Listed(
            track_id=_uuid(row["track_id"]),
            content_sha256=row["content_sha256"],
            decision=_uuid(row["decision"]) if row["decision"] else None,
            yeses=tuple(
                Yes(one, row[f"terms_{one.number}"], row[f"leaf_{one.number}"]) for one in questions
            ),
        )


@contextmanager
def one_view() -> Iterator[None]:
    """A transaction in which every question sees the same rows, where it is the outermost one."""
    outermost = not connection.in_atomic_block
    with transaction.atomic():
        if outermost and connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        yield


def _standing(sought: Sought) -> Statement:
    return standing_of(sought.questions, min_epoch=sought.min_epoch, at=sought.at)


def _ranked(made: Statement, sought: Sought) -> str:
    """`ranked`: every track with `why`, the place of the first reason against it, or ALLOWED."""
    columns = ", ".join([f"{made.rank} AS rank", *made.columns])
    told = [one.rsplit(" ", 1)[1] for one in made.columns]
    current, decision = (CURRENT, "verdict.id") if sought.envelope.needs_clearance else ("", "NULL")
    kept = ", ".join(f"standing.{name}" for name in ["track_id", *told])
    return f"""
        WITH everything AS (
            SELECT track.id AS track_id, track.state, track.declaration_id, track.audio_id,
                track.release_id, track.answers, {columns}
            FROM catalogue_track AS track {" ".join(made.joins)}
        ), {_in_two(sought, kept)}
            SELECT {kept}, {_why(sought)} AS why, {decision} AS decision,
                audio.sha256 AS content_sha256
            FROM standing
            LEFT JOIN catalogue_audiofile AS audio ON audio.id = standing.audio_id
            {current}
        )
    """  # noqa: S608


def _in_two(sought: Sought, kept: str) -> str:
    """What is left to look at. “No AI” bars most from training: those are set aside at once.

    For what nearly every track is allowed, joining all of them in one go is quicker.
    """
    if not _trains(sought):
        return "standing AS (SELECT * FROM everything), ranked AS ("
    return f"""standing AS (SELECT * FROM everything WHERE rank = {ALLOWED}), ranked AS (
            SELECT {kept}, rank AS why, NULL AS decision, NULL AS content_sha256
            FROM everything AS standing WHERE rank <> {ALLOWED}
            UNION ALL"""  # noqa: S608


def _trains(sought: Sought) -> bool:
    return any(one.is_ai_training for one in sought.envelope.requires)


def _why(sought: Sought) -> str:
    rest = _last_reasons(sought)
    cases = [f"WHEN rank <> {ALLOWED} THEN rank"]
    if _trains(sought):
        cases.append(f"WHEN {LABELLED} THEN {ORDER.index(reasons.LABEL_LICENSED)}")
        rest = _unless_licensed(rest)
    return f"CASE {' '.join(cases)} ELSE {rest} END"


def _last_reasons(sought: Sought) -> str:
    cases = [f"WHEN COALESCE(audio.sha256, '') = '' THEN {ALL_REASONS.index(CONTENT_UNKNOWN)}"]
    if sought.envelope.needs_clearance:
        cases.insert(0, f"WHEN NOT {CLEARED} THEN {ALL_REASONS.index(NOT_CLEARED)}")
    return f"CASE {' '.join(cases)} ELSE {ALLOWED} END"


def _unless_licensed(rest: str) -> str:
    """What was declared and drafted about a label, read once for each track that comes so far."""
    said = SAID[connection.vendor]
    declared = (
        f"(SELECT {said.format(column='said.document')} FROM catalogue_declaration AS said "  # noqa: S608
        "WHERE said.id = standing.declaration_id)"
    )
    drafted = said.format(column="standing.answers")
    denied = " ".join(f"WHEN '{one}' THEN {rest}" for one in DENIED)
    return (
        f"CASE COALESCE({declared}, 'null') || COALESCE({drafted}, 'null') "
        f"WHEN 'nullnull' THEN {ORDER.index(reasons.UNKNOWN_METADATA)} {denied} "
        f"ELSE {ORDER.index(reasons.LABEL_LICENSED)} END"
    )


@contextmanager
def _planned_for_millions() -> Iterator[None]:
    """One large statement may use memory; to compile it would take longer than to run it."""
    if connection.vendor != "postgresql":
        yield
        return
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(PLANNING)
        yield


def _streamed(sql: str, values: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Rows by name, without holding all of them."""
    if connection.vendor == "postgresql":
        connection.ensure_connection()
        with (
            _planned_for_millions(),
            connection.connection.cursor(name=f"list_{uuid4().hex}") as cursor,
        ):
            cursor.itersize = CHUNK
            cursor.execute(sql, values)
            names = [column.name for column in cursor.description]
            for row in cursor:
                yield dict(zip(names, row, strict=True))
        return
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        names = [column[0] for column in cursor.description]
        while rows := cursor.fetchmany(CHUNK):
            for row in rows:
                yield dict(zip(names, row, strict=True))


def _named(why: int) -> str:
    return "" if why == ALLOWED else ALL_REASONS[why]


def _uuid(value: Any) -> UUID:
    """SQLite has no type for them and keeps text."""
    return value if isinstance(value, UUID) else UUID(value)
