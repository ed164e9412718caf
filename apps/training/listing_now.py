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


def count(sought: Sought) -> dict[str, int]:
    """First reason → how many tracks; under "" those on the list."""
    made = _standing(sought)
    sql = f"{_ranked(made, sought)} SELECT why, COUNT(*) FROM ranked GROUP BY why ORDER BY why"  # noqa: S608
    with connection.cursor() as cursor:
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
    return f"""
        WITH standing AS (
            SELECT track.id AS track_id, track.state, track.declaration_id, track.audio_id,
                track.release_id, {columns}
            FROM catalogue_track AS track {" ".join(made.joins)}
        ), ranked AS (
            SELECT standing.*, {_why(sought)} AS why, verdict.id AS decision,
                audio.sha256 AS content_sha256
            FROM standing
            LEFT JOIN catalogue_audiofile AS audio ON audio.id = standing.audio_id
            {CURRENT}
        )
    """  # noqa: S608


def _why(sought: Sought) -> str:
    cases = [f"WHEN rank <> {ALLOWED} THEN rank"]
    if any(one.is_ai_training for one in sought.envelope.requires):
        licensed, unsaid = _label_licensed()
        cases += [
            f"WHEN {licensed} THEN {ORDER.index(reasons.LABEL_LICENSED)}",
            f"WHEN {unsaid} THEN {ORDER.index(reasons.UNKNOWN_METADATA)}",
        ]
    if sought.envelope.needs_clearance:
        cases.append(f"WHEN NOT {CLEARED} THEN {ALL_REASONS.index(NOT_CLEARED)}")
    cases.append(f"WHEN COALESCE(audio.sha256, '') = '' THEN {ALL_REASONS.index(CONTENT_UNKNOWN)}")
    return f"CASE {' '.join(cases)} ELSE {ALLOWED} END"


def _label_licensed() -> tuple[str, str]:
    """Whether a label licensed it, and whether nobody said: asked again at the last moment."""
    said = SAID[connection.vendor]
    declared = (
        f"(SELECT {said.format(column='said.document')} FROM catalogue_declaration AS said "  # noqa: S608
        "WHERE said.id = standing.declaration_id)"
    )
    drafted = (
        f"(SELECT {said.format(column='draft.answers')} FROM catalogue_track AS draft "  # noqa: S608
        "WHERE draft.id = standing.track_id)"
    )
    label = (
        "EXISTS (SELECT 1 FROM catalogue_release AS release "
        "WHERE release.id = standing.release_id AND release.label_id IS NOT NULL)"
    )
    both = [f"COALESCE({one}, 'null')" for one in (declared, drafted)]
    licensed = " OR ".join([label, *(f"{one} NOT IN ('null', 'false')" for one in both)])
    return f"({licensed})", f"('null' = {both[0]} AND 'null' = {both[1]})"


def _streamed(sql: str, values: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Rows by name, without holding all of them."""
    if connection.vendor == "postgresql":
        connection.ensure_connection()
        with (
            transaction.atomic(),
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
