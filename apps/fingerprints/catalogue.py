"""The catalogue as the fingerprint check asks it: which recordings share audio with this one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import numpy as np
from django.db import transaction
from django.db.models import Prefetch, Q, QuerySet
from django.utils import timezone

from apps.catalogue.models import Contributor, Track
from apps.catalogue.states import TrackState
from apps.consent.features import features_of, permitted_rows, purge_features, register_feature
from apps.fingerprints.engine.answers import Found
from apps.fingerprints.engine.verifying import Query, Stretch
from apps.fingerprints.following import search
from apps.fingerprints.keys import Items
from apps.fingerprints.log import is_reference, note, number_of
from apps.fingerprints.matching import Alignment, Match, align
from apps.fingerprints.models import RecordingPrint, Reference

Spans = tuple[float, float, float, float]  # start and end in the query, then in the reference

COPIES = 100  # of one file that are named, those heard first
MOMENT = timedelta(minutes=10)  # far longer than storing a print takes, however busy we are
OUTSIDE = (TrackState.DRAFT, TrackState.WITHDRAWN)
PURPOSE = "rights_check"  # prints are made for nothing else
KIND, EXTRACTOR, PARAMS = "chromaprint", "chromaprint, algorithm 2", {"algorithm": 2}
RANK = {"same_file": 0, "same_samples": 1, "same_recording": 2, "partial": 3}


@transaction.atomic
def store_print(
    *, track: Track, sha256: str, pcm_sha256: str, items: Sequence[int] | Items, duration_s: float
) -> RecordingPrint:
    """Keeps the print of a track's recording, in place of an earlier one; idempotent.

    It is registered as a feature in the same transaction; an earlier one's feature ends.
    `items`: raw Chromaprint items, each an unsigned 32-bit number. `duration_s`: seconds. Raises a
    FeatureRefused where rights may not be checked; then nothing is kept.
    """
    array = np.asarray(items, dtype=np.uint32)
    values = {
        "sha256": sha256,
        "pcm_sha256": pcm_sha256,
        "items": array.astype("<u4").tobytes(),
        "duration_s": duration_s,
    }
    before = RecordingPrint.objects.select_for_update().filter(track=track).first()
    if before is None or before.pcm_sha256 != pcm_sha256:
        values["heard_at"] = timezone.now()
    row, _created = RecordingPrint.objects.update_or_create(track=track, defaults=values)
    if before is None or bytes(before.items) != values["items"]:
        note([number_of(row)])
    _register(row)
    return row


@transaction.atomic
def remove_print(*, track: Track) -> None:
    """Forgets the print of a track: its feature is purged, and the row goes with it."""
    note([number_of(row) for row in RecordingPrint.objects.filter(track=track)])
    table = RecordingPrint._meta.db_table
    purge_features(features=features_of([track.pk]).filter(table=table), reason="removed")
    RecordingPrint.objects.filter(track=track).delete()  # one that was never registered


def _register(row: RecordingPrint) -> None:
    """What is hashed is all that the print knows the recording by."""
    register_feature(
        tracks=[row.track_id],
        kind=KIND,
        extractor=EXTRACTOR,
        params=PARAMS,
        envelope=PURPOSE,
        content=f"{row.sha256} {row.pcm_sha256} ".encode() + bytes(row.items),
        table=RecordingPrint._meta.db_table,
        place=row.pk,
    )


class DatabaseCatalogue:
    """Every recording that was submitted and not withdrawn, but for the track that asks; and every
    reference from outside.

    Only prints that are registered features, not purged and permitted now, are read.

    What was first heard after the asking track's own recording is left out, unless it is cleared:
    its own screening finds the earlier one, and a copy must not hold up the original. Store the
    print of a track before its recording is compared: then of two that are screened at the same
    moment the later one always finds the earlier (within ten minutes both find each other).

    `owner_id`: the account that uploads; None means that nothing found belongs to it.
    `exclude_track_id`: the track that asks; None to ask for a file that is no track.
    """

    def __init__(self, *, owner_id: UUID | None, exclude_track_id: UUID | None) -> None:
        self.owner_id = owner_id
        self.exclude_track_id = exclude_track_id

    def find(
        self,
        *,
        sha256: str,
        pcm_sha256: str,
        items: Sequence[int],
        duration_s: float,
        phases: Sequence[Sequence[int]] = (),
    ) -> list[Match]:
        """Recordings sharing this file, these samples or some of this audio, strongest first.

        `items`: raw Chromaprint items, none to compare hashes only. `phases`: the same from a
        little later on each. At most a hundred copies are named. Raises IndexBusy, OSError.
        """
        asked = Asked(sha256, pcm_sha256, np.asarray(items, dtype=np.uint32), duration_s)
        prints = [asked.items, *(np.asarray(one, dtype=np.uint32) for one in phases)]
        found: dict[int, Found] = {}
        if len(asked.items):
            answers = search(Query.of(prints, duration_s), self.hidden())
            found = {one.number: one for one in answers}
        rows: list[RecordingPrint | Reference] = [
            *self._recordings(asked, [number // 2 for number in found if not is_reference(number)]),
            *_references(asked, [number // 2 for number in found if is_reference(number)]),
        ]
        told = (self._compare(row, asked, found.get(number_of(row))) for row in rows)
        matches = [match for match in told if match]
        return sorted(matches, key=lambda m: (RANK[m.relation], m.bit_error, m.reference))

    def _recordings(self, asked: "Asked", likely: Sequence[int]) -> list[RecordingPrint]:
        same = self.visible().filter(Q(sha256=asked.sha256) | Q(pcm_sha256=asked.pcm_sha256))
        copies = list(same.order_by("heard_at").values_list("pk", flat=True)[:COPIES])
        artists = Contributor.objects.filter(role=Contributor.Role.MAIN)
        return list(
            self.visible()
            .filter(pk__in=[*copies, *likely])
            .select_related("track__release", "track__audio")
            .prefetch_related(Prefetch("track__contributors", artists, to_attr="main_artists"))
        )

    def hidden(self) -> list[int]:
        """Numbers of the prints in the index that are never for whoever asks.

        So they take nobody's place among the candidates. What may not be read for other reasons is
        left out of what is told.
        """
        hidden = RecordingPrint.objects.exclude(
            pk__in=self._after(RecordingPrint.objects.all()).values("pk")
        )
        return [2 * pk for pk in hidden.values_list("pk", flat=True)]

    def visible(self) -> QuerySet[RecordingPrint]:
        """Prints that may be read now, and count for whoever asks."""
        return self._after(permitted_rows(RecordingPrint.objects.all(), model_class=PURPOSE))

    def _after(self, rows: QuerySet[RecordingPrint]) -> QuerySet[RecordingPrint]:
        """Of these rows, those that count for whoever asks, by their states and times."""
        rows = rows.exclude(track__state__in=OUTSIDE)
        if self.exclude_track_id is None:
            return rows
        rows = rows.exclude(track_id=self.exclude_track_id)
        own = RecordingPrint.objects.filter(track_id=self.exclude_track_id)
        heard_at = own.values_list("heard_at", flat=True).first()
        if heard_at is None:
            return rows
        earlier = Q(heard_at__lte=heard_at + MOMENT)
        return rows.filter(earlier | Q(track__state=TrackState.CLEARED))

    def _compare(
        self, row: RecordingPrint | Reference, asked: "Asked", found: Found | None
    ) -> Match | None:
        whole = (0.0, asked.duration_s, 0.0, row.duration_s)
        if row.sha256 == asked.sha256:
            return self._match(row, "same_file", 0.0, whole)
        if row.pcm_sha256 == asked.pcm_sha256:
            return self._match(row, "same_samples", 0.0, whole)
        if found is None:
            return None
        pieces = found.stretches
        if (alignment := align(asked.items, row.read_items())) and alignment.same_recording:
            spans = _spans(alignment, asked.duration_s, row.duration_s)
            return self._match(row, "same_recording", alignment.bit_error, spans, pieces)
        if not found.accepted:
            return None
        longest = max(pieces, key=lambda one: one.q_end - one.q_start)
        spans = longest.q_start, longest.q_end, longest.r_start, longest.r_end
        return self._match(row, "partial", found.bit_error, spans, pieces)

    def _match(
        self,
        row: RecordingPrint | Reference,
        relation: str,
        bit_error: float,
        spans: Spans,
        pieces: tuple[Stretch, ...] = (),
    ) -> Match:
        if isinstance(row, Reference):
            named = f"reference {row.pk}", row.title, row.artist, row.isrc or None, False
            source, note_ = row.source, row.rights_note
        else:
            track = row.track
            artists: list[Contributor] = track.main_artists  # type: ignore[attr-defined]
            names = ", ".join(artist.name for artist in artists)
            mine = track.release.owner_id == self.owner_id
            named = str(track.pk), str(track), names, track.isrc or None, mine
            source, note_ = "catalogue", ""
        return Match(*named, relation, bit_error, *spans, source=source, note=note_, pieces=pieces)


@dataclass(frozen=True)
class Asked:
    """What a recording is known by that is looked for."""

    sha256: str
    pcm_sha256: str
    items: Items
    duration_s: float


def _references(asked: Asked, likely: Sequence[int]) -> list[Reference]:
    same = Reference.objects.filter(Q(sha256=asked.sha256) | Q(pcm_sha256=asked.pcm_sha256))
    copies = list(same.values_list("pk", flat=True)[:COPIES])
    return list(Reference.objects.filter(pk__in=[*copies, *likely]))


def _spans(alignment: Alignment, query_s: float, reference_s: float) -> Spans:
    """Where the shared part lies, never past the end of either recording; seconds."""
    query, reference = alignment.query_span_s, alignment.reference_span_s
    ends = min(query[1], query_s), min(reference[1], reference_s)
    return (max(query[0], 0.0), ends[0], max(reference[0], 0.0), ends[1])
