"""What is found, for people and programs: lines of `references match` and `references stats`."""

from collections.abc import Sequence
from typing import Any

from apps.fingerprints.catalogue import Compared, DatabaseCatalogue
from apps.fingerprints.comparing import Asked, as_items
from apps.fingerprints.engine.answers import EXACT, PARTIAL
from apps.fingerprints.engine.verifying import Stretch
from apps.fingerprints.following import MARKS, PRINTS, current_index
from apps.fingerprints.keys import Items
from apps.fingerprints.landmarks.packed import VERSION
from apps.fingerprints.landmarks.peaks import Peaks
from apps.fingerprints.log import number_of
from apps.fingerprints.models import RecordingPrint, Reference
from apps.fingerprints.references import Heard

TIER_OF_HASHES = "hash"


def matches_of(
    heard: Heard,
    phases: Sequence[Items] = (),
    peaks: Peaks | None = None,
    *,
    deep: bool = False,
) -> list[dict[str, Any]]:
    """Everything that shares audio with a recording, best first, as `references match` tells it.

    Where both hold the same samples the class is "exact". `deep`: every speed and pitch is tried,
    and what strangers are sometimes as near as is told too, as not accepted. Raises IndexBusy,
    OSError.
    """
    catalogue = DatabaseCatalogue(owner_id=None, exclude_track_id=None)
    asked = Asked(
        heard.sha256,
        heard.pcm_sha256,
        heard.duration_s,
        as_items(heard.items),
        tuple(phases),
        peaks,
        deep,
    )
    compared = [one for one in catalogue.compare(asked) if one.accepted or deep]
    return [_told(one, heard.duration_s) for one in sorted(compared, key=_rank)]


def _rank(one: Compared) -> tuple[bool, bool, bool, float, float, int]:
    found = one.found
    covered = max(found.coverage_query, found.coverage_reference) if found else 0.0
    partial = one.relation == PARTIAL
    error = 0.5 if one.bit_error is None else one.bit_error
    return not one.same, not one.accepted, partial, -round(covered, 3), error, number_of(one.row)


def index_stats() -> dict[str, Any]:
    """Counts of what is compared with, and what this host's indexes take. Raises IndexBusy.

    `without_landmarks`: references and tracks that are compared by their prints and hashes only.
    """
    sources = {
        f"references_{source}": Reference.objects.filter(source=source).count()
        for source in Reference.Source.values
    }
    counts = {"references": Reference.objects.count(), "tracks": RecordingPrint.objects.count()}
    without = sum(
        model._default_manager.exclude(marks_version=VERSION).count()
        for model in (RecordingPrint, Reference)
    )
    return {**counts, **sources, **sizes(), "without_landmarks": without}


def sizes() -> dict[str, Any]:
    """Prints, items, bytes, segments of both indexes. Raises IndexBusy, OSError."""
    return {**current_index(PRINTS).stats(), "landmarks": current_index(MARKS).stats()}


def _told(told: Compared, duration_s: float) -> dict[str, Any]:
    row, found = told.row, told.found
    if isinstance(row, Reference):
        who: dict[str, Any] = {"reference": row.pk, "title": row.title, "artist": row.artist}
        who |= {"source": row.source, "owner": row.owner, "isrc": row.isrc or None}
    else:
        who = {"reference": str(row.track_id), "title": str(row.track), "artist": ""}
        who |= {"source": "catalogue", "owner": "", "isrc": row.track.isrc or None}
    if told.same or found is None:
        how = {"class": EXACT, "tier": TIER_OF_HASHES, "accepted": True}
        covered = {"coverage_query": 1.0, "coverage_ref": 1.0}
        return {**who, **how, "segments": [_whole(duration_s, row.duration_s)], **covered}
    return {
        **who,
        "class": told.relation,
        "tier": found.tier,
        "accepted": told.accepted,
        "segments": [_segment(one) for one in sorted(found.stretches, key=lambda p: p.q_start)],
        "coverage_query": round(found.coverage_query, 4),
        "coverage_ref": round(found.coverage_reference, 4),
    }


def _segment(one: Stretch) -> dict[str, Any]:
    return {
        "q_start": round(one.q_start, 2),
        "q_end": round(one.q_end, 2),
        "r_start": round(one.r_start, 2),
        "r_end": round(one.r_end, 2),
        "speed": round(one.speed, 4),
        "pitch_cents": one.pitch_cents,
        "bit_error": None if one.bit_error is None else round(one.bit_error, 4),
        "anchors": one.anchors,
    }


def _whole(query_s: float, reference_s: float) -> dict[str, Any]:
    return {
        **{"q_start": 0.0, "q_end": round(query_s, 2)},
        **{"r_start": 0.0, "r_end": round(reference_s, 2)},
        **{"speed": 1.0, "pitch_cents": 0, "bit_error": 0.0, "anchors": None},
    }
