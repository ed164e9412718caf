"""What has used an artist's music: datasets, the models made of them, and what was taken back.

Only what our register knows. It holds every dataset sealed here and every model registered here; a
model that was tuned from another knows what that one knows, and is shown with it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, QuerySet
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.catalogue.models import Track
from apps.consent.envelopes_reading import UnknownEnvelope, envelope_called
from apps.consent.parties import find_ref
from apps.portal.country_names import country
from apps.portal.permission_access import is_label, spoken_releases
from apps.training.affected import with_bases, with_fine_tunes
from apps.training.models import (
    CaseTrack,
    ModelInput,
    ModelVersion,
    Obligation,
    RevocationCase,
    Snapshot,
    SnapshotMember,
)
from apps.training.proofs import prove_track

MOST_CASES = 50  # of the newest, on one page


@dataclass(frozen=True)
class Owed:
    """What has to happen to a model because something was taken back. `met`: it has happened."""

    remedy: str
    due_at: datetime
    met: datetime | None


@dataclass(frozen=True)
class UsedBy:
    """A model version that holds it. `through`: the older version it was built on, "" for itself.

    `tracks`: how many of the artist's are in it; `owed`: what has to happen to it.
    """

    model: ModelVersion
    title: str
    through: str
    tracks: int
    owed: tuple[Owed, ...]


@dataclass(frozen=True)
class Used:
    """A dataset that holds it, under which words and in which countries, and the models of it.

    `policy_version` is "" where no yes was needed; `leaf`: the number of the yes in the log. Both
    are for one track only.
    """

    snapshot: Snapshot
    title: str
    countries: str
    tracks: int
    policy_version: str
    leaf: int | None
    models: tuple[UsedBy, ...]


@dataclass(frozen=True)
class Presence:
    """The answer to “Is my track in this model?”. `inside`: the datasets that hold the track.

    `asked`: all datasets that the model and what it was built on learned from.
    """

    model: ModelVersion
    inside: tuple[Snapshot, ...]
    asked: tuple[Snapshot, ...]

    @property
    def is_in(self) -> bool:
        """Whether any of them holds it."""
        return bool(self.inside)


def read_used(track: Track, asked: str) -> dict[str, Any]:
    """What the page of a track shows of it. `asked`: a model's key; anything else asks none."""
    models = all_models()
    model = next((one for one in models if str(one.pk) == asked), None)
    return {
        "used": used_by_track(track),
        "models": models,
        "presence": presence_of(track, model) if model else None,
        "cases": cases_about(Track.objects.filter(pk=track.pk)),
    }


def used_by(tracks: QuerySet[Track]) -> list[Used]:
    """Every sealed dataset that holds any of these tracks, newest first. Six queries."""
    held = SnapshotMember.objects.filter(track_id__in=tracks.order_by().values("pk")).order_by()
    counts = dict(held.values_list("snapshot").annotate(tracks=Count("pk")))
    rows = Snapshot.objects.exclude(state=Snapshot.State.BUILDING).filter(pk__in=counts)
    snapshots = list(rows.order_by("-sealed_at"))
    models = _models_of(snapshots, counts, tracks)
    return [_used(one, counts[one.pk], "", None, models.get(one.pk, ())) for one in snapshots]


def used_by_track(track: Track) -> list[Used]:
    """The same for one track, with the words of its yes."""
    held = {one.snapshot_id: one for one in SnapshotMember.objects.filter(track_id=track.pk)}
    rows = Snapshot.objects.exclude(state=Snapshot.State.BUILDING).filter(pk__in=held)
    snapshots = list(rows.order_by("-sealed_at"))
    models = _models_of(snapshots, dict.fromkeys(held, 1), Track.objects.filter(pk=track.pk))
    return [
        _used(one, 1, held[one.pk].policy_version, held[one.pk].leaf_index, models.get(one.pk, ()))
        for one in snapshots
    ]


def all_models() -> list[ModelVersion]:
    """Every registered version, by name, the newest first: for a list to choose from."""
    return list(ModelVersion.objects.defer("manifest", "card").order_by("name", "-id"))


def presence_of(track: Track, model: ModelVersion) -> Presence:
    """Whether a model, or anything it was built on, learned from a dataset with this track."""
    used = ModelInput.objects.filter(model_version__in=with_bases(model)).values("snapshot")
    asked = tuple(Snapshot.objects.filter(pk__in=used).order_by("pk"))
    held = SnapshotMember.objects.filter(track_id=track.pk, snapshot__in=asked)
    inside = set(held.values_list("snapshot", flat=True))
    return Presence(model, tuple(one for one in asked if one.pk in inside), asked)


def cases_about(tracks: QuerySet[Track]) -> list[RevocationCase]:
    """What was taken back about these tracks, newest first, with how far each case is."""
    held = CaseTrack.objects.filter(track_id__in=tracks.order_by().values("pk")).values("case")
    cases = RevocationCase.objects.filter(pk__in=held).prefetch_related("steps")
    return list(cases.order_by("-opened_at")[:MOST_CASES])


def class_title(model_class: str, version: int) -> str:
    """The name of a class of models in words; its code where the envelope is gone."""
    try:
        return _(envelope_called(model_class, version).title)
    except UnknownEnvelope:
        return model_class


def _used(
    one: Snapshot, tracks: int, words: str, leaf: int | None, models: Iterable[UsedBy]
) -> Used:
    return Used(
        snapshot=one,
        title=class_title(one.model_class, one.envelope_version),
        countries=", ".join(country(code) for code in one.countries),
        tracks=tracks,
        policy_version=words,
        leaf=leaf,
        models=tuple(models),
    )


def _models_of(
    snapshots: Sequence[Snapshot], counts: dict[int, int], tracks: QuerySet[Track]
) -> dict[int, list[UsedBy]]:
    """Snapshot → the models that learned from it, and what was tuned from them."""
    inputs = ModelInput.objects.filter(snapshot__in=snapshots).order_by()
    direct = dict[int, set[int]]()
    for snapshot, model in inputs.values_list("snapshot", "model_version"):
        direct.setdefault(snapshot, set()).add(model)
    tuned = {key: with_fine_tunes([key]) for key in set().union(*direct.values())}
    wanted = set().union(*tuned.values())
    models = ModelVersion.objects.defer("manifest").in_bulk(wanted)
    owed = _owed(wanted, tracks)
    titles = {one.pk: class_title(one.model_class, one.envelope_version) for one in snapshots}
    found: dict[int, list[UsedBy]] = {}
    for snapshot, keys in direct.items():
        for key in sorted(keys):
            for one in sorted(tuned[key]):
                through = "" if one == key else str(models[key])
                used = UsedBy(
                    models[one], titles[snapshot], through, counts[snapshot], owed.get(one, ())
                )
                found.setdefault(snapshot, []).append(used)
    return found


def _owed(models: Iterable[int], tracks: QuerySet[Track]) -> dict[int, tuple[Owed, ...]]:
    """Model version → what it owes because of these tracks; nobody else's cases are told."""
    cases = CaseTrack.objects.filter(track_id__in=tracks.order_by().values("pk")).values("case")
    rows = Obligation.objects.filter(model_version__in=models, case__in=cases).order_by("due_at")
    found: dict[int, tuple[Owed, ...]] = {}
    for row in rows:
        one = Owed(row.get_remedy_display() if row.remedy else "", row.due_at, row.closed_at)
        found[row.model_version_id] = (*found.get(row.model_version_id, ()), one)
    return found


def case_of(case_id: UUID, user: User) -> RevocationCase | None:
    """A case about this person's music alone; None for anybody else's.

    Label staff see those whose every track is of their labels: an artist's others are not theirs.
    """
    case = RevocationCase.objects.filter(pk=case_id).first()
    if case is None:
        return None
    if not is_label(user):
        return case if case.subject_ref and case.subject_ref == find_ref(user) else None
    about = CaseTrack.objects.filter(case=case)
    theirs = Track.objects.filter(release__in=spoken_releases(user)).values("pk")
    outside = about.exclude(track_id__in=theirs).exists()
    return case if about.exists() and not outside else None


def proofs_of(model: ModelVersion, track: Track) -> dict[str, Any]:
    """For the model and all that it was built on: that the track is in a dataset, or is not."""
    return {
        "model": model.name,
        "version": model.version,
        "track": str(track.pk),
        "learned_from": [prove_track(one, track) for one in with_bases(model)],
    }
