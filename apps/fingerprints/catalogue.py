"""The catalogue as the fingerprint check asks it: which recordings share audio with this one."""

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

import numpy as np
from django.db import transaction
from django.db.models import Count, Prefetch, Q, QuerySet
from django.utils import timezone

from apps.catalogue.models import Contributor, Track
from apps.catalogue.states import TrackState
from apps.consent.features import features_of, permitted_rows, purge_features, register_feature
from apps.fingerprints.keys import Items, lookup_keys
from apps.fingerprints.matching import Alignment, Match, align
from apps.fingerprints.models import PrintKey, RecordingPrint

CANDIDATES = 50  # recordings with most keys in common that are compared item by item
COPIES = 100  # of one file that are named, those heard first
KEYS_AT_ONCE = 500  # parameters of one query
MOMENT = timedelta(minutes=10)  # far longer than storing a print takes, however busy we are
OUTSIDE = (TrackState.DRAFT, TrackState.WITHDRAWN)
PURPOSE = "rights_check"  # prints are made for nothing else
KIND, EXTRACTOR, PARAMS = "chromaprint", "chromaprint, algorithm 2", {"algorithm": 2}
RANK = {"same_file": 0, "same_samples": 1, "same_recording": 2}


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
        row.keys.all().delete()
        PrintKey.objects.bulk_create(
            [PrintKey(print=row, key=key) for key in lookup_keys(array)], batch_size=KEYS_AT_ONCE
        )
    _register(row)
    return row


def remove_print(*, track: Track) -> None:
    """Forgets the print of a track: its feature is purged, and the row goes with it."""
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
    """Every recording that was submitted and not withdrawn, but for the track that asks.

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
        self, *, sha256: str, pcm_sha256: str, items: Sequence[int], duration_s: float
    ) -> list[Match]:
        """Recordings sharing this file, these samples or this print, strongest first.

        `items`: raw Chromaprint items, none to compare hashes only. At most 150 are compared: the
        oldest hundred copies, and the fifty that share most keys.
        """
        array = np.asarray(items, dtype=np.uint32)
        matches = [
            match
            for row in self._candidates(sha256, pcm_sha256, array)
            if (match := self._compare(row, sha256, pcm_sha256, array, duration_s))
        ]
        return sorted(matches, key=lambda m: (RANK[m.relation], m.bit_error, m.reference))

    def _candidates(self, sha256: str, pcm_sha256: str, items: Items) -> list[RecordingPrint]:
        same = self._visible().filter(Q(sha256=sha256) | Q(pcm_sha256=pcm_sha256))
        found = set(same.order_by("heard_at").values_list("pk", flat=True)[:COPIES])
        likely = [pk for pk in self._likely(items) if pk not in found]
        artists = Contributor.objects.filter(role=Contributor.Role.MAIN)
        return list(
            self._visible()
            .filter(pk__in=[*found, *likely[:CANDIDATES]])
            .select_related("track__release", "track__audio")
            .prefetch_related(Prefetch("track__contributors", artists, to_attr="main_artists"))
        )

    def _likely(self, items: Items) -> list[int]:
        """Visible recordings that share keys, those with most first."""
        keys = lookup_keys(items)
        shared: Counter[int] = Counter()
        for start in range(0, len(keys), KEYS_AT_ONCE):
            some = PrintKey.objects.filter(key__in=keys[start : start + KEYS_AT_ONCE])
            counts = some.values_list("print").annotate(shared=Count("pk"))
            shared.update(dict(counts))
        ranked = sorted(shared, key=lambda pk: (-shared[pk], pk))[: CANDIDATES * 4]
        visible = set(self._visible().filter(pk__in=ranked).values_list("pk", flat=True))
        return [pk for pk in ranked if pk in visible]

    def _visible(self) -> QuerySet[RecordingPrint]:
        rows = permitted_rows(RecordingPrint.objects.all(), model_class=PURPOSE)
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
        self,
        row: RecordingPrint,
        sha256: str,
        pcm_sha256: str,
        items: Items,
        duration_s: float,
    ) -> Match | None:
        if row.sha256 == sha256:
            return self._match(row, "same_file", 0.0, (0.0, duration_s, 0.0, row.duration_s))
        if row.pcm_sha256 == pcm_sha256:
            return self._match(row, "same_samples", 0.0, (0.0, duration_s, 0.0, row.duration_s))
        alignment = align(items, row.read_items())
        if alignment is None or not alignment.same_recording:
            return None
        spans = _spans(alignment, duration_s, row.duration_s)
        return self._match(row, "same_recording", alignment.bit_error, spans)

    def _match(
        self,
        row: RecordingPrint,
        relation: str,
        bit_error: float,
        spans: tuple[float, float, float, float],
    ) -> Match:
        track = row.track
        artists: list[Contributor] = track.main_artists  # type: ignore[attr-defined]
        return Match(
            str(track.pk),
            str(track),
            ", ".join(artist.name for artist in artists),
            track.isrc or None,
            track.release.owner_id == self.owner_id,
            relation,
            bit_error,
            *spans,
        )


def _spans(
    alignment: Alignment, query_s: float, reference_s: float
) -> tuple[float, float, float, float]:
    """Where the shared part lies, never past the end of either recording; seconds."""
    query, reference = alignment.query_span_s, alignment.reference_span_s
    ends = min(query[1], query_s), min(reference[1], reference_s)
    return (max(query[0], 0.0), ends[0], max(reference[0], 0.0), ends[1])
