"""The catalogue as the fingerprint check asks it: which recordings share audio with this one."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from uuid import UUID

import numpy as np
from django.db import transaction
from django.db.models import Prefetch, Q, QuerySet
from django.utils import timezone

from apps.accounts.models import Label
from apps.catalogue.models import Contributor, Track
from apps.catalogue.states import TrackState
from apps.consent.features import features_of, permitted_rows, purge_features, register_feature
from apps.fingerprints.comparing import Asked, as_items, by_landmarks, by_prints
from apps.fingerprints.engine.answers import MODIFIED, PARTIAL, SAME, Found, judge
from apps.fingerprints.engine.verifying import Stretch
from apps.fingerprints.keys import Items
from apps.fingerprints.landmarks.packed import Words
from apps.fingerprints.landmarks.peaks import Peaks
from apps.fingerprints.log import keys_of, note, number_of, numbers_of
from apps.fingerprints.match_names import reference_name
from apps.fingerprints.match_places import placed
from apps.fingerprints.matching import Alignment, Match, align
from apps.fingerprints.models import RecordingPrint, Reference
from apps.fingerprints.questions import Hidden
from apps.fingerprints.references import columns_of, differs, is_labels_own

Row = RecordingPrint | Reference
Spans = tuple[float, float, float, float]  # start and end in the query, then in the reference

COPIES = 100  # of one file that are named, those heard first
MOMENT = timedelta(minutes=10)  # far longer than storing a print takes, however busy we are
OUTSIDE = (TrackState.DRAFT, TrackState.WITHDRAWN)
PURPOSE = "rights_check"  # prints are made for nothing else
KIND, EXTRACTOR, PARAMS = "chromaprint", "chromaprint, algorithm 2", {"algorithm": 2}
RANK = {"same_file": 0, "same_samples": 1, SAME: 2, MODIFIED: 3, PARTIAL: 4}


@transaction.atomic
def store_print(
    *,
    track: Track,
    sha256: str,
    pcm_sha256: str,
    items: Sequence[int] | Items,
    duration_s: float,
    marks: Sequence[int] | Words | None = None,
) -> RecordingPrint:
    """Keeps the print of a track's recording, in place of an earlier one; idempotent.

    It is registered as a feature in the same transaction; an earlier one's feature ends.
    `items`: raw Chromaprint items, each an unsigned 32-bit number. `marks`: packed
    landmarks, None where nobody looked.
    `duration_s`: seconds. Raises a FeatureRefused where rights may not be checked; then nothing is
    kept.
    """
    columns = columns_of(items, marks)
    values = {"sha256": sha256, "pcm_sha256": pcm_sha256, "duration_s": duration_s, **columns}
    before = RecordingPrint.objects.select_for_update().filter(track=track).first()
    if before is None or before.pcm_sha256 != pcm_sha256:
        values["heard_at"] = timezone.now()
    row, _created = RecordingPrint.objects.update_or_create(track=track, defaults=values)
    if before is None or differs(before, columns):
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
    """What is hashed is all that the row knows the recording by: print and landmarks are one."""
    extractor, params = EXTRACTOR, PARAMS
    if row.marks_version:
        extractor, params = f"{EXTRACTOR}; landmarks", {**PARAMS, "landmarks": row.marks_version}
    known_by = f"{row.sha256} {row.pcm_sha256} ".encode()
    register_feature(
        tracks=[row.track_id],
        kind=KIND,
        extractor=extractor,
        params=params,
        envelope=PURPOSE,
        content=known_by + bytes(row.items) + bytes(row.marks),
        table=RecordingPrint._meta.db_table,
        place=row.pk,
    )


@dataclass(frozen=True)
class Compared:
    """A recording that shares audio with the one that was asked for.

    `same`: "same_file", "same_samples" or nothing. `found`: the stretches in common, where prints
    or landmarks say so; those of a copy may be missing. `bit_error`: as it is told. `accepted`:
    False where strangers are sometimes as near.
    """

    row: Row
    same: str
    found: Found | None
    relation: str
    bit_error: float | None
    accepted: bool


class DatabaseCatalogue:
    """Every recording that was submitted and not withdrawn, but for the track that asks; and every
    reference from outside.

    Only prints that are registered features, not purged and permitted now, are read.

    What was first heard after the asking track's own recording is left out, unless it is cleared:
    its own screening finds the earlier one, and a copy must not hold up the original. Store the
    print of a track before its recording is compared: then of two that are screened at the same
    moment the later one always finds the earlier (within ten minutes both find each other).

    `owner_id`: the account that uploads; None means that nothing found belongs to it. What the
    label of the track delivered as its own recording belongs to it, too.
    `exclude_track_id`: the track that asks; None to ask for a file that is no track.
    `tracks_only`: references are not looked at, and take no track's place among the candidates.
    """

    def __init__(
        self, *, owner_id: UUID | None, exclude_track_id: UUID | None, tracks_only: bool = False
    ) -> None:
        self.owner_id = owner_id
        self.exclude_track_id = exclude_track_id
        self.tracks_only = tracks_only

    def find(
        self,
        *,
        sha256: str,
        pcm_sha256: str,
        items: Sequence[int],
        duration_s: float,
        phases: Sequence[Sequence[int]] = (),
        peaks: Peaks | None = None,
    ) -> list[Match]:
        """Recordings sharing this file, these samples or some of this audio, strongest first.

        `items`: raw Chromaprint items, none to compare hashes only. `phases`: the same from a
        little later on each. `peaks`: spectral peaks. At most a hundred copies are named. Raises
        IndexBusy, OSError.
        """
        prints = tuple(as_items(one) for one in (items, *phases))
        asked = Asked(sha256, pcm_sha256, duration_s, prints[0], prints[1:], peaks)
        matches = [self._match(one, duration_s) for one in self.compare(asked) if one.accepted]
        return sorted(matches, key=_strength)

    def compare(self, asked: Asked) -> list[Compared]:
        """All that may share audio with a recording, in no order. Raises IndexBusy, OSError."""
        unseen = self.hidden()
        rows = self._copies(asked)
        found = by_prints(asked, unseen)
        rows |= self._rows(found.keys() - rows.keys())
        known = [piece for number in rows for piece in found.get(number, [])]
        known += [_whole(asked, row) for row in rows.values() if _same(asked, row)]
        for number, pieces in by_landmarks(asked, unseen, known).items():
            found.setdefault(number, []).extend(pieces)
        rows |= self._rows(found.keys() - rows.keys())
        told = (_compared(asked, row, found.get(number, [])) for number, row in rows.items())
        return [one for one in told if one]

    def _copies(self, asked: Asked) -> dict[int, Row]:
        """Recordings of the same file or the same samples, by their numbers in the index."""
        same = Q(sha256=asked.sha256) | Q(pcm_sha256=asked.pcm_sha256)
        recordings = self.visible().filter(same).order_by("heard_at")
        references = self._outside().filter(same)
        numbers = numbers_of(recordings[:COPIES]) + numbers_of(references[:COPIES])
        return self._rows(numbers)

    def _rows(self, numbers: Collection[int]) -> dict[int, Row]:
        """Those of these that may be read now and count for whoever asks."""
        artists = Contributor.objects.filter(role=Contributor.Role.MAIN)
        recordings = (
            self.visible()
            .filter(pk__in=keys_of(RecordingPrint, numbers))
            .select_related("track__release__label", "track__audio")
            .prefetch_related(Prefetch("track__contributors", artists, to_attr="main_artists"))
            .defer("marks")
        )
        outside = self._outside().filter(pk__in=keys_of(Reference, numbers))
        references = outside.defer("marks")
        rows: list[Row] = [*recordings, *references]
        return {number_of(row): row for row in rows}

    def _outside(self) -> QuerySet[Reference]:
        return Reference.objects.none() if self.tracks_only else Reference.objects.all()

    def hidden(self) -> Hidden:
        """The prints in the index that are never for whoever asks.

        So they take nobody's place among the candidates. What may not be read for other reasons is
        left out of what is told.
        """
        hidden = RecordingPrint.objects.exclude(
            pk__in=self._after(RecordingPrint.objects.all()).values("pk")
        )
        return Hidden(numbers_of(hidden), references=self.tracks_only)

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

    @cached_property
    def _label(self) -> Label | None:
        """Under which label the track that asks is released."""
        if self.exclude_track_id is None:
            return None
        return Label.objects.filter(releases__tracks=self.exclude_track_id).first()

    def _match(self, told: Compared, query_s: float) -> Match:
        row = told.row
        if isinstance(row, Reference):
            mine = is_labels_own(row, self._label)
            named = reference_name(row.pk), row.title, row.artist, row.isrc or None, mine
            source, note_ = row.source, row.rights_note
        else:
            track = row.track
            artists: list[Contributor] = track.main_artists  # type: ignore[attr-defined]
            names = ", ".join(artist.name for artist in artists)
            mine = track.release.owner_id == self.owner_id
            named = str(track.pk), str(track), names, track.isrc or None, mine
            source, note_ = "catalogue", ""
        said = Match(
            *named,
            told.relation,
            told.bit_error,
            *(0.0, query_s, 0.0, row.duration_s),
            source=source,
            note=note_,
        )
        return said if told.same or told.found is None else placed(said, told.found.stretches)


def _strength(match: Match) -> tuple[int, float, float, str]:
    error = 0.5 if match.bit_error is None else match.bit_error
    return RANK[match.relation], error, -(match.score or 0.0), match.reference


def _same(asked: Asked, row: Row) -> str:
    if row.sha256 == asked.sha256:
        return "same_file"
    return "same_samples" if row.pcm_sha256 == asked.pcm_sha256 else ""


def _whole(asked: Asked, row: Row) -> Stretch:
    return Stretch(0.0, asked.duration_s, 0.0, row.duration_s, accepted=True, bit_error=0.0)


def _compared(asked: Asked, row: Row, pieces: Sequence[Stretch]) -> Compared | None:
    found = judge(number_of(row), pieces, asked.duration_s, row.duration_s)
    if same := _same(asked, row):
        return Compared(row, same, found, same, 0.0, True)
    if found is None:
        return None
    if found.accepted or not (alignment := _aligned(asked, row, found)):
        return Compared(row, "", found, found.relation, found.bit_error, found.accepted)
    spans = _spans(alignment, asked.duration_s, row.duration_s)
    first, last = alignment.first, alignment.last + 1
    there = row.read_items()[first + alignment.offset : last + alignment.offset]
    piece = Stretch(
        *spans,
        accepted=True,
        bit_error=alignment.bit_error,
        items=alignment.items,
        errors=np.bitwise_count(asked.items[first:last] ^ there).tobytes(),
    )
    judged = judge(found.number, [piece], asked.duration_s, row.duration_s)
    return Compared(row, "", judged, SAME, alignment.bit_error, True)


def _aligned(asked: Asked, row: Row, found: Found) -> Alignment | None:
    """The better part of the shorter, though no window of three seconds is near enough: noise."""
    if all(one.by_landmarks for one in found.stretches):
        return None
    alignment = align(asked.items, row.read_items())
    return alignment if alignment and alignment.same_recording else None


def _spans(alignment: Alignment, query_s: float, reference_s: float) -> Spans:
    """Where the shared part lies, never past the end of either recording; seconds."""
    query, reference = alignment.query_span_s, alignment.reference_span_s
    ends = min(query[1], query_s), min(reference[1], reference_s)
    return (max(query[0], 0.0), ends[0], max(reference[0], 0.0), ends[1])
