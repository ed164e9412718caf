"""Registering what was computed from uploads: with its parents, for one envelope, sealed."""

from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from apps.audit.canonical import NotCanonical, canonical
from apps.audit.record import record
from apps.catalogue.models import Track
from apps.consent import zones
from apps.consent.ancestry import roots_of
from apps.consent.clock import ledger_now
from apps.consent.envelope_answers import common_to, countries_allowing
from apps.consent.envelopes_reading import Envelope, all_envelopes, envelope_called, envelope_of
from apps.consent.feature_errors import (
    ForeignKind,
    MissingParent,
    NoSuchEnvelope,
    NotPermitted,
    OtherEnvelope,
    OtherZone,
    Undescribed,
)
from apps.consent.feature_tables import rows_at
from apps.consent.models import DerivedFeature, FeatureParent
from apps.consent.projection import lock_holders
from apps.consent.reading import told_of

SUPERSEDED = "superseded"
SELECTED = ("release", "declaration")
SHOWN = 5  # tracks named in a refusal


@transaction.atomic
def register_feature(
    *,
    tracks: Iterable[Track | UUID] = (),
    parents: Iterable[DerivedFeature] = (),
    kind: str,
    extractor: str,
    params: Mapping[str, Any],
    envelope: Envelope | str,
    content: bytes | None = None,
    table: str = "",
    place: object = "",
) -> DerivedFeature:
    """Registers what was computed from tracks and other features, and stores its bytes, sealed.

    `extractor`: what made it, with its version. `params`: how, as `canonical` can write it.
    `envelope`: one of the published, "generative_music.1", or a class, whose envelope in force it
    is. Bytes that lie in a table of ours stay there: `table` and `place`, the row's key; `content`
    then is only hashed, and may be missing. One place holds one feature: registering another there
    ends the one before. The same again gives the one that there is.

    Raises a FeatureRefused, or ZoneClosed; then nothing was written.
    """
    one = _published(envelope)
    _require_described(one, kind, extractor)
    values = {
        "kind": kind,
        "extractor": extractor,
        "params_sha256": _hash_of(params),
        "sha256": "" if content is None else sha256(content).hexdigest(),
        "model_class": one.model_class,
        "envelope_version": one.version,
        "zone": one.zone,
        "table": table,
        "place": _place_of(table, str(place), content),
    }
    sources, made_from = {_pk(track) for track in tracks}, _parents(one, parents)
    _require_permitted(one, _roots(sources, made_from))
    links = {("track_id", pk) for pk in sources} | {("parent_id", row.pk) for row in made_from}
    if same := _same(values, links):
        return same
    if table:
        _end_what_was_there(table, str(place))
    feature = DerivedFeature(**values)
    _save(feature, links, content)
    return feature


def _published(envelope: Envelope | str) -> Envelope:
    if isinstance(envelope, Envelope):
        if envelope in all_envelopes():
            return envelope
        raise NoSuchEnvelope(given=envelope.name)
    name, _dot, version = envelope.partition(".")
    try:
        if version:
            return envelope_called(name, int(version))
        return envelope_of(name, ledger_now())
    except ValueError as error:  # UnknownEnvelope is one
        raise NoSuchEnvelope(given=envelope[:80]) from error


def _require_described(envelope: Envelope, kind: str, extractor: str) -> None:
    """Raises ForeignKind, Undescribed."""
    if kind not in envelope.feature_kinds:
        allowed = ", ".join(envelope.feature_kinds)
        raise ForeignKind(envelope=envelope.name, kind=kind[:40], allowed=allowed)
    if not 0 < len(extractor) <= 80:
        raise Undescribed(what="the name of what made it, in 80 letters")


def _hash_of(params: Mapping[str, Any]) -> str:
    try:
        return sha256(canonical(params)).hexdigest()
    except NotCanonical as error:
        raise Undescribed(what=f"parameters without fractions ({error})") from error


def _place_of(table: str, place: str, content: bytes | None) -> str:
    """Where it lies in a table; "" for bytes that the zone will keep."""
    if bool(table) != bool(place) or (content is None and not table):
        raise Undescribed(what="its bytes, or the table and the place where they lie")
    if table and not rows_at(table, place).exists():
        raise Undescribed(what=f"a row of {table} with the key {place[:40]}")
    return place


def _parents(envelope: Envelope, parents: Iterable[DerivedFeature]) -> list[DerivedFeature]:
    """The parents as they are now, held; raises MissingParent, OtherZone, OtherEnvelope."""
    wanted = {one.pk for one in parents}
    rows = DerivedFeature.objects.filter(pk__in=wanted, purged_at=None).order_by("pk")
    found = list(rows.select_for_update())
    if missing := wanted - {one.pk for one in found}:
        raise MissingParent(what=_named(missing))
    for one in found:
        if one.zone != envelope.zone:
            raise OtherZone(theirs=one.zone, ours=envelope.zone, envelope=envelope.name)
        theirs = f"{one.model_class}.{one.envelope_version}"
        if theirs != envelope.name:
            raise OtherEnvelope(theirs=theirs, ours=envelope.name)
    return found


def _roots(tracks: set[UUID], parents: list[DerivedFeature]) -> set[UUID]:
    """All tracks behind it; raises MissingParent."""
    roots = roots_of([one.pk for one in parents])
    if cut := [pk for pk, one in roots.items() if not one.is_whole]:
        raise MissingParent(what=_named(cut))
    found = tracks.union(*(one.tracks for one in roots.values()))
    if not found:
        raise MissingParent(what="none")
    return found


def _require_permitted(envelope: Envelope, track_ids: set[UUID]) -> None:
    """Raises MissingParent, NotPermitted. Nobody takes anything back until the transaction ends."""
    tracks = list(Track.objects.filter(pk__in=track_ids).select_related(*SELECTED))
    if missing := track_ids - {one.pk for one in tracks}:
        raise MissingParent(what=_named(missing))
    if any(wanted.can_be_refused for wanted in envelope.requires):
        lock_holders(tracks)
    places = countries_allowing(told_of(tracks), envelope, ledger_now())
    if not common_to(track_ids, places):
        out = [pk for pk in track_ids if not places[pk]] or track_ids
        raise NotPermitted(envelope=envelope.name, tracks=_named(out))


def _same(values: dict[str, Any], links: set[tuple[str, UUID]]) -> DerivedFeature | None:
    """What was registered already with the same words, hash and parents."""
    column, pk = min(links, key=str)
    asked = {key: value for key, value in values.items() if key != "place" or values["table"]}
    rows = DerivedFeature.objects.filter(**asked, purged_at=None, **{f"parents__{column}": pk})
    for row in rows.prefetch_related("parents"):
        theirs = {
            ("track_id", one.track_id) if one.track_id else ("parent_id", one.parent_id)
            for one in row.parents.all()
        }
        if theirs == links and (row.table or row.wrapped_key):
            return row
    return None


def _end_what_was_there(table: str, place: str) -> None:
    """The feature that a row of a table was until now gets its tombstone; the row stays."""
    rows = DerivedFeature.objects.filter(table=table, place=place, purged_at=None)
    for row in rows.select_for_update():
        row.purged_at, row.purge_reason = timezone.now(), SUPERSEDED
        row.save(update_fields=["purged_at", "purge_reason"])
        record(kind="feature.superseded", subject=row, actor=None)


def _save(feature: DerivedFeature, links: set[tuple[str, UUID]], content: bytes | None) -> None:
    if not feature.table and content is not None:
        zones.put(feature, content)
    try:
        feature.save(force_insert=True)
        FeatureParent.objects.bulk_create(
            [
                FeatureParent(feature=feature, **{column: pk})
                for column, pk in sorted(links, key=str)
            ]
        )
        record(
            kind="feature.registered",
            subject=feature,
            actor=None,
            feature_kind=feature.kind,
            envelope=f"{feature.model_class}.{feature.envelope_version}",
            sha256=feature.sha256,
        )
    except BaseException:
        if not feature.table:
            zones.drop(feature)
        raise


def _pk(track: Track | UUID) -> UUID:
    return track.pk if isinstance(track, Track) else track


def _named(ids: Iterable[UUID]) -> str:
    found = sorted(str(one) for one in ids)
    more = f" … ({len(found)})" if len(found) > SHOWN else ""
    return ", ".join(found[:SHOWN]) + more
