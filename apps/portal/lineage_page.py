"""Which exact assets trained a model version, and under what consent terms: one page of the desk.

Members are told by the name that they have in the signed file (`asset_ref`), so that page and file
can be compared. Half a million of them are never read at once: counts come from the sealed row, and
a page of members from its index.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Q

from apps.catalogue.models import Track
from apps.consent.envelopes_reading import UnknownEnvelope, envelope_called
from apps.consent.titles import title_of
from apps.portal.country_names import country
from apps.portal.used_page import class_title
from apps.training.lineage import Lineage, Used
from apps.training.lines import asset_ref
from apps.training.models import ModelInput, ModelVersion, Snapshot, SnapshotMember

PER_PAGE = 50


@dataclass(frozen=True)
class Input:
    """A dataset that went into it. `through`: the version that it went into, a base or itself.

    `terms`: version of the terms and how many tracks; "" where no yes was needed. `excluded`: why
    tracks were left out and how many, most first.
    """

    snapshot: Snapshot
    role: str
    through: ModelVersion
    title: str
    countries: str
    permissions: tuple[str, ...]
    terms: tuple[tuple[str, int], ...]
    excluded: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class LineagePage:
    """All that the page says of a model version, but for its members.

    `faults`: what does not verify, each with the version that it is about. `tracks`: members of all
    its datasets, those of its bases among them.
    """

    model: ModelVersion
    title: str
    bases: tuple[ModelVersion, ...]
    fine_tunes: tuple[ModelVersion, ...]
    inputs: tuple[Input, ...]
    other_sources: tuple[Any, ...]
    faults: tuple[tuple[ModelVersion, str], ...]
    tracks: int
    terms: tuple[str, ...]
    countries: tuple[str, ...]


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


def read_lineage(found: Lineage) -> LineagePage:
    """The page of a lineage; a few queries beside those that found it."""
    each = (found, *found.bases)
    inputs = tuple(_input(one, used) for one in each for used in one.used)
    codes = {code for one in inputs for code in one.snapshot.countries}
    return LineagePage(
        model=found.model,
        title=_title(found.model),
        bases=tuple(one.model for one in found.bases),
        fine_tunes=tuple(ModelVersion.objects.filter(base=found.model).defer("manifest")),
        inputs=inputs,
        other_sources=tuple(found.statement.get("predicate", {}).get("other_sources", ())),
        faults=tuple((one.model, one.fault) for one in each if one.fault),
        tracks=sum(one.snapshot.asset_count for one in inputs),
        terms=tuple(sorted({name for one in inputs for name, _count in one.terms if name})),
        countries=tuple(sorted(country(code) for code in codes)),
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
    """The members that a track's id or an ISRC names; often none."""
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


def _input(found: Lineage, used: Used) -> Input:
    one = used.snapshot
    terms = {"" if name == "default" else name: count for name, count in used.terms.items()}
    return Input(
        snapshot=one,
        role=str(ModelInput.Role(used.role).label),
        through=found.model,
        title=class_title(one.model_class, one.envelope_version),
        countries=", ".join(country(code) for code in one.countries),
        permissions=_permissions(one),
        terms=tuple(sorted(terms.items())),
        excluded=tuple(sorted(one.excluded.items(), key=lambda pair: -pair[1])),
    )


def _title(model: ModelVersion) -> str:
    """Its class in words, as the newest of its datasets has it; the code where there is none."""
    kept = Snapshot.objects.filter(model_class=model.model_class).order_by("-pk").first()
    return class_title(model.model_class, kept.envelope_version) if kept else model.model_class


def _permissions(one: Snapshot) -> tuple[str, ...]:
    try:
        envelope = envelope_called(one.model_class, one.envelope_version)
    except UnknownEnvelope:
        return ()
    return tuple(title_of(wanted.code) for wanted in envelope.requires)
