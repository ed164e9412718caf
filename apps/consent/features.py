"""Derived features: what was computed from uploads, and whether it may still be used.

A feature is a print, an embedding, a spectrogram. It is computed for one envelope and no other, and
may be used only where every track behind it may. `register_feature` makes one, `gate.open_feature`
opens one, `purge_features` ends one; rows of our own tables are read through `permitted_rows`.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from django.db.models import CharField, Exists, Model, OuterRef, QuerySet
from django.db.models.functions import Cast
from django.utils import timezone

from apps.catalogue.models import Track
from apps.consent.allowed import tracks_allowed
from apps.consent.ancestry import Roots, made_of, roots_of
from apps.consent.clock import ledger_now
from apps.consent.envelope_answers import common_to, countries_allowing
from apps.consent.envelopes_reading import Envelope, UnknownEnvelope, envelope_called, envelope_of
from apps.consent.feature_purging import purge_features
from apps.consent.feature_registering import register_feature
from apps.consent.models import DerivedFeature, FeatureParent
from apps.consent.reading import told_of
from apps.consent.resolve import NOWHERE

__all__ = [
    "features_of",
    "forbidden_features",
    "permitted_rows",
    "purge_features",
    "register_feature",
]
Row = TypeVar("Row", bound=Model)


def features_of(track_ids: Iterable[UUID]) -> QuerySet[DerivedFeature]:
    """Every feature that was made of any of these tracks, however indirectly, and is not purged."""
    return DerivedFeature.objects.filter(purged_at=None, pk__in=made_of(track_ids))


def forbidden_features(track_ids: Iterable[UUID]) -> list[DerivedFeature]:
    """Those of `features_of` that may not be kept now: somewhere all that they are made of must be
    permitted for their envelope. What cannot be traced back is not permitted.
    """
    features = list(features_of(track_ids))
    roots = roots_of([one.pk for one in features])
    by_envelope: dict[tuple[str, int], list[DerivedFeature]] = {}
    for one in features:
        by_envelope.setdefault((one.model_class, one.envelope_version), []).append(one)
    kept = {one.pk for name, some in by_envelope.items() for one in _permitted(name, some, roots)}
    return [one for one in features if one.pk not in kept]


def permitted_rows(rows: QuerySet[Row], *, model_class: str) -> QuerySet[Row]:
    """Of these rows, those that are features of this class: registered, not purged, permitted now.

    In SQL, for classes that need nobody's yes: what is allowed wherever nobody said otherwise. Rows
    with whole numbers as keys, made of tracks directly. Raises UnknownEnvelope.
    """
    links = FeatureParent.objects.filter(feature=OuterRef("pk"))
    allowed = _allowed(envelope_of(model_class, now := timezone.now()), now)
    features = DerivedFeature.objects.filter(
        Exists(links),
        ~Exists(links.exclude(Exists(allowed))),
        table=rows.model._meta.db_table,
        place=Cast(OuterRef("pk"), CharField()),
        purged_at=None,
        model_class=model_class,
    )
    return rows.filter(Exists(features))


def _allowed(envelope: Envelope, now: datetime) -> QuerySet[Track]:
    """The track of a FeatureParent, if it may be used for the envelope.

    What nobody can refuse is looked up in no state: matching asks this for hundreds of rows.
    """
    tracks = Track.objects.filter(pk=OuterRef("track_id"))
    for wanted in envelope.requires:
        if wanted.default and not wanted.can_be_refused:
            continue
        for layer in envelope.rights_layers:
            listed = tracks_allowed(
                use_case=wanted.use_case,
                verb=wanted.verb,
                jurisdiction=NOWHERE,
                min_epoch=envelope.min_epoch,
                at=now,
                layer=layer,
            )
            tracks = tracks.filter(pk__in=listed.values("pk"))
    return tracks


def _permitted(
    name: tuple[str, int], features: list[DerivedFeature], roots: dict[UUID, Roots]
) -> list[DerivedFeature]:
    """Those of one envelope that may be kept."""
    try:
        envelope = envelope_called(*name)
    except UnknownEnvelope:
        return []
    ids = {track for one in features for track in roots[one.pk].tracks}
    places = _places(envelope, ids)
    return [
        one
        for one in features
        if roots[one.pk].is_whole and common_to(roots[one.pk].tracks, places)
    ]


def _places(envelope: Envelope, track_ids: Iterable[UUID]) -> dict[UUID, frozenset[str]]:
    tracks = Track.objects.filter(pk__in=set(track_ids)).select_related("release", "declaration")
    return countries_allowing(told_of(tracks), envelope, ledger_now())
