"""Which exact assets trained a model version, and under what consent terms: one page of the desk.

Members are told by the name that they have in the signed file (`asset_ref`), so that page and file
can be compared. Half a million of them are never read at once: counts come from the sealed row, and
a page of members from its index.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, Min, Q

from apps.catalogue.models import Track
from apps.consent.envelopes_reading import Envelope, UnknownEnvelope, envelope_called
from apps.portal.country_names import country
from apps.portal.used_page import class_title
from apps.training.affected import with_bases
from apps.training.lines import asset_ref
from apps.training.models import ModelInput, ModelVersion, Snapshot, SnapshotMember

PER_PAGE = 50


@dataclass(frozen=True)
class Words:
    """How many members are in under one version of the terms; "" where no yes was needed."""

    version: str
    tracks: int
    first_leaf: int | None


@dataclass(frozen=True)
class Input:
    """A dataset that went into it, as what, and through which version where it was a base's."""

    snapshot: Snapshot
    role: str
    through: ModelVersion
    title: str
    envelope: Envelope | None
    countries: str
    words: tuple[Words, ...]
    excluded: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class Lineage:
    """All that the page says of a model version, but for its members."""

    model: ModelVersion
    bases: tuple[ModelVersion, ...]
    fine_tunes: tuple[ModelVersion, ...]
    inputs: tuple[Input, ...]
    tracks: int


@dataclass(frozen=True)
class Member:
    """One asset. `track` is None where it is gone, or not for the reader to know."""

    ref: str
    policy_version: str
    leaf: int | None
    track: Track | None


@dataclass(frozen=True)
class Members:
    """One page of the members of a dataset, in the order of the track's id."""

    snapshot: Snapshot
    rows: tuple[Member, ...]
    number: int
    pages: int

    @property
    def before(self) -> int:
        """The page before; 0 where this is the first."""
        return self.number - 1

    @property
    def after(self) -> int:
        """The page after; 0 where this is the last."""
        return self.number + 1 if self.number < self.pages else 0


def read_lineage(model: ModelVersion) -> Lineage:
    """Everything but the members: a fixed number of queries for each dataset."""
    chain = with_bases(model)
    rows = ModelInput.objects.filter(model_version__in=chain).select_related("snapshot")
    order = {one.pk: place for place, one in enumerate(chain)}
    by_key = {one.pk: one for one in chain}
    found = sorted(rows, key=lambda row: (order[row.model_version_id], row.pk))
    inputs = tuple(_input(row, by_key[row.model_version_id]) for row in found)
    sealed = {one.snapshot.pk: one.snapshot.asset_count for one in inputs}
    return Lineage(
        model=model,
        bases=tuple(chain[1:]),
        fine_tunes=tuple(ModelVersion.objects.filter(base=model).defer("manifest")),
        inputs=inputs,
        tracks=sum(sealed.values()),
    )


def read_members(snapshot: Snapshot, *, number: int, with_tracks: bool) -> Members:
    """Page `number` of the members; the nearest page there is for a number that is none.

    `with_tracks`: whether the reader may know which tracks they are.
    """
    pages = max(1, -(-snapshot.asset_count // PER_PAGE))
    number = min(max(number, 1), pages)
    first = (number - 1) * PER_PAGE
    rows = SnapshotMember.objects.filter(snapshot=snapshot).order_by("track_id")
    found = list(rows[first : first + PER_PAGE])
    return Members(snapshot, _members(snapshot, found, with_tracks), number, pages)


def find_members(snapshot: Snapshot, text: str, *, with_tracks: bool) -> Members:
    """The members that a track's id, an ISRC or a blinded reference names; often none."""
    keys = _named(snapshot, text.strip())
    rows = SnapshotMember.objects.filter(snapshot=snapshot, track_id__in=keys)
    found = list(rows.order_by("track_id")[:PER_PAGE])
    return Members(snapshot, _members(snapshot, found, with_tracks), 1, 1)


def _named(snapshot: Snapshot, text: str) -> list[UUID]:
    try:
        return [UUID(text)]
    except ValueError:
        asked = Q(isrc=text.upper().replace("-", "")) if text else Q(pk__in=())
        return list(Track.objects.filter(asked).values_list("pk", flat=True)[:PER_PAGE])


def _members(
    snapshot: Snapshot, rows: Sequence[SnapshotMember], with_tracks: bool
) -> tuple[Member, ...]:
    keys = [row.track_id for row in rows] if with_tracks else []
    tracks = Track.objects.select_related("release", "audio").in_bulk(keys)
    return tuple(
        Member(
            ref=asset_ref(bytes(snapshot.ref_key), row.track_id),
            policy_version=row.policy_version,
            leaf=row.leaf_index,
            track=tracks.get(row.track_id),
        )
        for row in rows
    )


def _input(row: ModelInput, through: ModelVersion) -> Input:
    one = row.snapshot
    return Input(
        snapshot=one,
        role=row.get_role_display(),
        through=through,
        title=class_title(one.model_class, one.envelope_version),
        envelope=_envelope(one),
        countries=", ".join(country(code) for code in one.countries),
        words=_words(one),
        excluded=tuple(sorted(one.excluded.items(), key=lambda pair: -pair[1])),
    )


def _envelope(one: Snapshot) -> Envelope | None:
    try:
        return envelope_called(one.model_class, one.envelope_version)
    except UnknownEnvelope:
        return None


def _words(one: Snapshot) -> tuple[Words, ...]:
    counted = (
        SnapshotMember.objects.filter(snapshot=one)
        .order_by("policy_version")
        .values_list("policy_version")
        .annotate(tracks=Count("pk"), first=Min("leaf_index"))
    )
    return tuple(Words(*found) for found in counted)
