"""Another key for a zone: the features' own keys are sealed anew, their bytes stay as they are."""

from uuid import UUID

from django.db import transaction

from apps.accounts.models import User
from apps.audit.record import record
from apps.audit.sealing import Unreadable
from apps.consent import zones
from apps.consent.authority import require_staff
from apps.consent.feature_errors import OtherKey
from apps.consent.models import DerivedFeature

AT_ONCE = 500


def rewrap_zone(*, zone: str, by: User) -> int:
    """Seals every feature's key with the present key of the zone; returns how many had an earlier.

    Earlier ones are named in FEATURE_KEY_…_FALLBACKS until this is done. Interrupted, the same call
    goes on. Raises NoAuthority for anybody but our compliance officers, ZoneClosed, and OtherKey
    where no key fits.
    """
    require_staff(by)
    zones.zone_key(zone)
    rows = DerivedFeature.objects.filter(zone=zone, table="", purged_at=None).order_by("pk")
    ids = list(rows.values_list("pk", flat=True))
    return sum(_rewrap(ids[n : n + AT_ONCE], zone, by) for n in range(0, len(ids), AT_ONCE))


@transaction.atomic
def _rewrap(ids: list[UUID], zone: str, by: User) -> int:
    """What is purged meanwhile has no key and gets none."""
    rows = DerivedFeature.objects.filter(pk__in=ids, purged_at=None).order_by("pk")
    changed = [one for one in rows.select_for_update() if one.wrapped_key and _has_changed(one)]
    DerivedFeature.objects.bulk_update(changed, ["wrapped_key"])
    if changed:
        record(kind="zone.rewrapped", subject=changed[0], actor=by, zone=zone, keys=len(changed))
    return len(changed)


def _has_changed(feature: DerivedFeature) -> bool:
    try:
        anew = zones.rewrapped(feature)
    except Unreadable as error:
        raise OtherKey(zone=feature.zone, setting=zones.setting_of(feature.zone)) from error
    feature.wrapped_key = anew or feature.wrapped_key
    return anew is not None
