"""What looking back found in a track, as matches of its next screening."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from apps.fingerprints.engine.verifying import Stretch
from apps.fingerprints.match_names import reference_name
from apps.fingerprints.match_places import placed
from apps.fingerprints.matching import Match
from apps.fingerprints.models import Reference
from apps.fingerprints.retro_rows import RetroFind


def remembered(track_id: UUID, pcm_sha256: str, known: Collection[str]) -> list[Match]:
    """What looking back found in this recording and this search did not: matches all the same.

    The two look from different sides; what either finds, a person hears. `known`: what the search
    has, as it is named in matches.
    """
    finds = RetroFind.objects.filter(track=track_id, pcm_sha256=pcm_sha256)
    rows = finds.select_related("search__reference").defer(
        "search__reference__items", "search__reference__marks"
    )
    others = (row for row in rows if reference_name(row.search.reference_id) not in known)
    return [_match(row, row.search.reference) for row in others]


def _match(find: RetroFind, reference: Reference) -> Match:
    named = reference_name(reference.pk), reference.title, reference.artist, reference.isrc or None
    said = Match(
        *named,
        False,
        find.relation,
        find.bit_error,
        *(0.0, 0.0, 0.0, 0.0),
        source=reference.source,
        note=reference.rights_note,
    )
    return placed(said, [_piece(one) for one in find.stretches])


def _piece(told: dict[str, Any]) -> Stretch:
    (here, until), (there, there_until) = told["here"], told["there"]
    return Stretch(
        here,
        until,
        there,
        there_until,
        accepted=True,
        bit_error=told["bit_error"],
        speed=told["speed"],
        pitch_cents=told["pitch_cents"],
        score=told["score"],
    )
