"""What is found, for people and programs: lines of `references match` and `references stats`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.db.models import Q, QuerySet

from apps.fingerprints.catalogue import DatabaseCatalogue
from apps.fingerprints.engine.answers import EXACT, Found
from apps.fingerprints.engine.verifying import Query, Stretch
from apps.fingerprints.following import current_index, search
from apps.fingerprints.keys import Items
from apps.fingerprints.log import is_reference, number_of
from apps.fingerprints.models import RecordingPrint, Reference
from apps.fingerprints.references import Heard

Row = RecordingPrint | Reference
TIER_OF_HASHES = "hash"


@dataclass(frozen=True)
class Named:
    """A match as it is told: the row that was found, and how it was found."""

    row: Row
    relation: str
    tier: str
    found: Found | None


def matches_of(heard: Heard, phases: Sequence[Items] = ()) -> list[dict[str, Any]]:
    """Everything that shares audio with a recording, best first, as `references match` tells it.

    Where both hold the same samples the class is "exact". What strangers are sometimes as near as
    is told too, as not accepted. Raises IndexBusy, OSError.
    """
    catalogue = DatabaseCatalogue(owner_id=None, exclude_track_id=None)
    found: list[Found] = []
    if len(items := np.asarray(heard.items, dtype=np.uint32)):
        found = search(Query.of([items, *phases], heard.duration_s), catalogue.hidden())
    visible = catalogue.visible().select_related("track")
    exact = {number_of(row): row for row in _same(heard, visible)}
    by_number = {one.number: one for one in found}
    rows = exact | _rows(by_number, visible)
    named = [Named(row, EXACT, TIER_OF_HASHES, by_number.get(n)) for n, row in exact.items()]
    named += [
        Named(rows[one.number], one.relation, one.tier, one)
        for one in found
        if one.number in rows and one.number not in exact
    ]
    return [_told(one, heard.duration_s) for one in named]


def index_stats() -> dict[str, int]:
    """Counts of what is compared with, and what this host's index takes. Raises IndexBusy."""
    index = current_index()
    sources = {
        f"references_{source}": Reference.objects.filter(source=source).count()
        for source in Reference.Source.values
    }
    counts = {"references": Reference.objects.count(), "tracks": RecordingPrint.objects.count()}
    return {**counts, **sources, **index.stats()}


def _same(heard: Heard, visible: QuerySet[RecordingPrint]) -> list[Row]:
    hashes = Q(sha256=heard.sha256) | Q(pcm_sha256=heard.pcm_sha256)
    return [*Reference.objects.filter(hashes), *visible.filter(hashes)]


def _rows(found: Mapping[int, Found], visible: QuerySet[RecordingPrint]) -> dict[int, Row]:
    references = [number // 2 for number in found if is_reference(number)]
    tracks = [number // 2 for number in found if not is_reference(number)]
    rows: list[Row] = [
        *Reference.objects.filter(pk__in=references),
        *visible.filter(pk__in=tracks),
    ]
    return {number_of(row): row for row in rows}


def _told(named: Named, duration_s: float) -> dict[str, Any]:
    row, found = named.row, named.found
    if isinstance(row, Reference):
        who: dict[str, Any] = {"reference": row.pk, "title": row.title, "artist": row.artist}
        who |= {"source": row.source, "owner": row.owner, "isrc": row.isrc or None}
    else:
        who = {"reference": str(row.track_id), "title": str(row.track), "artist": ""}
        who |= {"source": "catalogue", "owner": "", "isrc": row.track.isrc or None}
    segments = [_segment(one) for one in found.stretches] if found else []
    if named.relation == EXACT:
        segments = [_whole(duration_s, row.duration_s)]
    return {
        **who,
        "class": named.relation,
        "tier": named.tier,
        "accepted": named.relation == EXACT or bool(found and found.accepted),
        "segments": segments,
        "coverage_query": 1.0 if named.relation == EXACT else _rounded(found, "coverage_query"),
        "coverage_ref": 1.0 if named.relation == EXACT else _rounded(found, "coverage_reference"),
    }


def _rounded(found: Found | None, name: str) -> float:
    return round(getattr(found, name), 4) if found else 0.0


def _segment(one: Stretch) -> dict[str, Any]:
    return {
        "q_start": round(one.q_start, 2),
        "q_end": round(one.q_end, 2),
        "r_start": round(one.r_start, 2),
        "r_end": round(one.r_end, 2),
        "speed": round(one.speed, 4),
        "pitch_cents": one.pitch_cents,
        "bit_error": round(one.bit_error, 4),
        "anchors": None,
    }


def _whole(query_s: float, reference_s: float) -> dict[str, Any]:
    return {
        **{"q_start": 0.0, "q_end": round(query_s, 2)},
        **{"r_start": 0.0, "r_end": round(reference_s, 2)},
        **{"speed": 1.0, "pitch_cents": 0, "bit_error": 0.0, "anchors": None},
    }
