"""Ending features: the key first, then the bytes, then the tombstone."""

from collections.abc import Iterable

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from apps.audit.record import record
from apps.consent import zones
from apps.consent.ancestry import made_from
from apps.consent.feature_errors import Undescribed
from apps.consent.feature_tables import rows_at
from apps.consent.models import DerivedFeature

LONGEST = 40  # letters of a reason


def purge_features(*, features: Iterable[DerivedFeature], reason: str) -> int:
    """Purges these features and all that was made of them; returns how many were not yet purged.

    The key of the bytes is forgotten and committed first: from then on every copy of them is noise,
    in backups as well. Then the bytes are deleted, then the tombstone is written. Interrupted
    anywhere, the feature is still listed (`features_of`) and the same call goes on; it can run
    twice, at once too. Call it outside a transaction: inside one, bytes go that a rollback would
    keep the rows of. Raises Undescribed for a reason that is missing or too long, OSError where a
    storage refuses.
    """
    if not 0 < len(reason.strip()) <= LONGEST:
        raise Undescribed(what=f"a reason of {LONGEST} letters to be purged")
    rows = DerivedFeature.objects.filter(
        purged_at=None, pk__in=made_from({one.pk for one in features})
    )
    found = list(rows.order_by("pk"))
    _forget_keys(rows)
    for one in found:
        if not one.table:
            zones.drop(one)
    return sum(_bury(one, reason) for one in found)


@transaction.atomic
def _forget_keys(rows: QuerySet[DerivedFeature]) -> None:
    kept = rows.order_by("pk").select_for_update().values_list("pk", flat=True)
    DerivedFeature.objects.filter(pk__in=list(kept)).update(wrapped_key=b"", nonce=b"")


@transaction.atomic
def _bury(feature: DerivedFeature, reason: str) -> int:
    """The row of a table goes in the same transaction. 1, or 0 where somebody else was faster."""
    _delete_row(feature)
    mine = DerivedFeature.objects.filter(pk=feature.pk, purged_at=None)
    if not mine.update(purged_at=timezone.now(), purge_reason=reason.strip()):
        return 0
    record(
        kind="feature.purged",
        subject=feature,
        actor=None,
        reason=reason.strip(),
        feature_kind=feature.kind,
        envelope=f"{feature.model_class}.{feature.envelope_version}",
    )
    return 1


def _delete_row(feature: DerivedFeature) -> None:
    """The row of ours that the feature is, before the feature: whoever replaces the row holds it
    first as well.
    """
    if not feature.table:
        return
    row = rows_at(feature.table, feature.place).select_for_update().first()
    is_still_it = DerivedFeature.objects.filter(pk=feature.pk, purged_at=None).exists()
    if row is not None and is_still_it:
        row.delete()
