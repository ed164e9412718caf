"""The rights registry: one line per recording, keyed by ISRC, for registries of reservations."""

from collections.abc import Iterator

from django.db import transaction
from django.db.models import QuerySet

from apps.accounts.models import User
from apps.audit.record import record
from apps.catalogue.models import Contributor, Track
from apps.consent.asset_signals import signals_for
from apps.consent.signals import CAWG_KEYS, Signals
from apps.exports.decisions import Row
from apps.exports.formats import write_csv
from apps.exports.scope import sees_all

COLUMNS = (
    "isrc",
    "title",
    "main_artist",
    "label",
    "track_id",
    "no_ai",
    "content_usage",
    "tdm_reservation",
    *(key.replace(".", "_") for key in CAWG_KEYS),
    "countries",
)


def export_registry(*, by: User, tracks: QuerySet[Track]) -> Iterator[bytes]:
    """The CSV as a stream; the export is an audit event before its first byte.

    `tracks`: those that this person may see. Tracks without an ISRC have no line.
    """
    named = "all" if sees_all(by) else "labels"
    with transaction.atomic():
        record(kind="rights_registry.exported", subject=by, actor=by, tracks=named)
    return write_csv(rows(tracks), COLUMNS, bom=False)


def rows(tracks: QuerySet[Track]) -> Iterator[Row]:
    """One row per track with an ISRC, in the order of ISRCs; a few queries for every 500."""
    found = tracks.exclude(isrc="").select_related("release__label", "declaration")
    found = found.prefetch_related("contributors").order_by("isrc", "pk")
    for track, signals in signals_for(found.iterator(chunk_size=500)):
        yield {**_about(track), **_says(signals)}


def _about(track: Track) -> Row:
    people = [one for one in track.contributors.all() if one.role == Contributor.Role.MAIN]
    release = track.release
    return {
        "isrc": track.isrc,
        "title": track.title,
        "main_artist": ", ".join(one.name for one in people),
        "label": release.label.name if release.label else release.label_name,
        "track_id": str(track.pk),
    }


def _says(signals: Signals) -> Row:
    return {
        "no_ai": signals.no_ai,
        "content_usage": signals.content_usage,
        "tdm_reservation": signals.reservation,
        **{key.replace(".", "_"): signals.use(key) for key in CAWG_KEYS},
        "countries": ",".join(signals.countries),
    }
