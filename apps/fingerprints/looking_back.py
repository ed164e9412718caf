"""Which tracks of ours hold a reference: the reference is the query, the tracks are the index."""

from collections.abc import Iterable
from typing import Any

import numpy as np
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from apps.fingerprints.catalogue import Compared, DatabaseCatalogue
from apps.fingerprints.comparing import Asked
from apps.fingerprints.engine.verifying import Stretch
from apps.fingerprints.landmarks.packed import unpack
from apps.fingerprints.landmarks.peaks import Peaks
from apps.fingerprints.models import RecordingPrint, Reference
from apps.fingerprints.references import is_labels_own
from apps.fingerprints.retro_rows import RetroFind, RetroSearch

MOST_STRETCHES = 10  # of one find that are kept


def look_back(search: RetroSearch) -> list[RetroFind]:
    """Looks for the reference of this search and keeps what is found; the new finds.

    Doing it again adds nothing. What is found in recordings of so many accounts that it is common
    material is left as it is, unless a takedown notice names it. Raises IndexBusy, OSError.
    """
    reference = search.reference
    found = [one for one in _compare(reference) if one.accepted and not _is_own(one, reference)]
    with transaction.atomic():
        row = RetroSearch.objects.select_for_update().get(pk=search.pk)
        common = _common(found, reference)
        made = [_keep(row, one, one.row.pk in common) for one in found]
        row.state, row.searched_at, row.trouble = row.State.DONE, timezone.now(), ""
        row.save(update_fields=["state", "searched_at", "trouble"])
    return [find for find, is_new in made if is_new]


def _compare(reference: Reference) -> list[Compared]:
    """Every speed and pitch is tried, even where prints explain the reference: the track that is
    the same recording must not hide another that has it changed.
    """
    catalogue = DatabaseCatalogue(owner_id=None, exclude_track_id=None, tracks_only=True)
    asked = Asked(
        reference.sha256,
        reference.pcm_sha256,
        reference.duration_s,
        reference.read_items(),
        peaks=_peaks(reference),
        deep=True,
    )
    return catalogue.compare(asked)


def _is_own(one: Compared, reference: Reference) -> bool:
    """A label that delivers its catalogue finds its own tracks: nothing follows from that."""
    row = one.row
    return isinstance(row, RecordingPrint) and is_labels_own(reference, row.track.release.label)


def _peaks(reference: Reference) -> Peaks | None:
    kept = unpack(reference.read_marks())
    if not len(kept.times):
        return None
    return Peaks(kept.times, kept.bins, np.ones_like(kept.bins), kept.frames)


def _common(found: Iterable[Compared], reference: Reference) -> set[int]:
    """Keys of the prints that hold common material, and nothing that asks for a person."""
    if reference.source == Reference.Source.TAKEDOWN:
        return set()
    parts = [one.row for one in found if not one.same and _is_part(one)]
    accounts = {row.track.release.owner_id for row in parts if isinstance(row, RecordingPrint)}
    few = len(accounts) < settings.COMMON_MATERIAL_AT
    return set() if few else {row.pk for row in parts}


def _is_part(one: Compared) -> bool:
    """Whether less than half of the track is shared."""
    return one.found is not None and one.found.coverage_reference < 0.5


def _keep(search: RetroSearch, one: Compared, is_common: bool) -> tuple[RetroFind, bool]:
    row = one.row
    if not isinstance(row, RecordingPrint):
        raise TypeError("Only tracks are looked for.")
    state = RetroFind.State.COMMON if is_common else RetroFind.State.WAITING
    pieces = one.found.stretches[:MOST_STRETCHES] if one.found else ()
    told = [_stretch(piece) for piece in pieces]
    if one.same:
        whole = {"here": [0.0, row.duration_s], "there": [0.0, search.reference.duration_s]}
        told = [{**whole, "speed": 1.0, "pitch_cents": 0, "bit_error": 0.0, "score": None}]
    return RetroFind.objects.get_or_create(
        search=search,
        track=row.track,
        pcm_sha256=row.pcm_sha256,
        defaults={
            "relation": one.same or one.relation,
            "bit_error": one.bit_error,
            "stretches": told,
            "state": state,
        },
    )


def _stretch(piece: Stretch) -> dict[str, Any]:
    """A stretch from the track's side."""
    return {
        "here": [round(piece.r_start, 2), round(piece.r_end, 2)],
        "there": [round(piece.q_start, 2), round(piece.q_end, 2)],
        "speed": round(1 / piece.speed, 4),
        "pitch_cents": -piece.pitch_cents,
        "bit_error": None if piece.bit_error is None else round(piece.bit_error, 4),
        "score": piece.score,
    }
