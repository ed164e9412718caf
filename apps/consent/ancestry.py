"""What features were made of, and what was made of them, however indirectly."""

import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models.expressions import RawSQL

OF_TRACKS = "SELECT feature_id FROM consent_featureparent WHERE track_id IN ({given})"
OF_FEATURES = "SELECT id FROM consent_derivedfeature WHERE id IN ({given})"
DOWN = """
WITH RECURSIVE made(id) AS ({start}
    UNION SELECT next.feature_id FROM consent_featureparent AS next
          JOIN made ON next.parent_id = made.id)
SELECT id FROM made"""
UP = """
WITH RECURSIVE up(feature, node) AS (
    SELECT id, id FROM consent_derivedfeature WHERE id IN ({given})
    UNION SELECT up.feature, next.parent_id FROM up
          JOIN consent_featureparent AS next ON next.feature_id = up.node
          WHERE next.parent_id IS NOT NULL)
SELECT up.feature, next.track_id,
       kept.purged_at IS NOT NULL AND up.node <> up.feature, next.id IS NULL
FROM up JOIN consent_derivedfeature AS kept ON kept.id = up.node
LEFT JOIN consent_featureparent AS next ON next.feature_id = up.node"""


@dataclass(frozen=True)
class Roots:
    """The tracks that a feature was made of. `is_whole`: every step back to them is still known.

    It is not where a feature between was purged, or names nothing that it was made of.
    """

    tracks: frozenset[UUID] = frozenset()
    is_whole: bool = False


def made_of(track_ids: Iterable[UUID]) -> RawSQL:
    """The ids of all features made of these tracks, as a subquery."""
    return _down(OF_TRACKS, track_ids)


def made_from(feature_ids: Iterable[UUID]) -> RawSQL:
    """The ids of these features and of all that were made of them, as a subquery."""
    return _down(OF_FEATURES, feature_ids)


def roots_of(feature_ids: Collection[UUID]) -> dict[UUID, Roots]:
    """Feature → what it was made of. One that there is not has no roots and is not whole."""
    asked, values = _given(feature_ids)
    with connection.cursor() as cursor:
        cursor.execute(UP.format(given=asked), values)
        rows = cursor.fetchall()
    tracks: dict[UUID, set[UUID]] = {}
    broken: set[UUID] = set()
    for feature, track, is_purged, is_end in rows:
        mine = tracks.setdefault(_uuid(feature), set())
        if track is not None:
            mine.add(_uuid(track))
        if is_purged or is_end:
            broken.add(_uuid(feature))
    return {
        one: Roots(frozenset(tracks.get(one, ())), one in tracks and one not in broken)
        for one in feature_ids
    }


def _down(start: str, ids: Iterable[UUID]) -> RawSQL:
    asked, values = _given(ids)
    return RawSQL(DOWN.format(start=start.format(given=asked)), values)  # noqa: S611  values apart


def _given(ids: Iterable[UUID]) -> tuple[str, list[Any]]:
    """Any number of ids as one value of a query."""
    if connection.vendor == "postgresql":
        return "SELECT unnest(%s::uuid[])", [[str(one) for one in ids]]
    return "SELECT value FROM json_each(%s)", [json.dumps([one.hex for one in ids])]


def _uuid(value: Any) -> UUID:
    return value if isinstance(value, UUID) else UUID(value)
