"""Where the bytes of features lie: a storage and a key for each zone, and no way between them.

The only module that touches the storages of features. Each feature is sealed with a key of its own,
which is kept in its row, sealed with the key of the zone. Without the zone's key a process reads
and writes nothing there; without the row's key nobody does.
"""

from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.core.files.base import ContentFile
from django.core.files.storage import Storage, storages

from apps.audit import sealing
from apps.consent.feature_errors import ZoneClosed
from apps.consent.models import DerivedFeature


class BytesMissing(Exception):
    """Nothing lies where the feature's bytes should, or it cannot be read."""


def setting_of(zone: str) -> str:
    """The name of the setting that holds a zone's key."""
    return f"FEATURE_KEY_{zone.upper()}"


def zone_key(zone: str) -> bytes:
    """The key of a zone; raises ZoneClosed where this process was not given it."""
    text = str(getattr(settings, setting_of(zone), ""))
    if len(text) < sealing.LEAST_LETTERS:
        raise ZoneClosed(zone=zone, setting=setting_of(zone), letters=sealing.LEAST_LETTERS)
    return sealing.master_of(text, f"soundcheck features {zone}")


def put(feature: DerivedFeature, content: bytes) -> None:
    """Seals and stores the bytes of a feature that is not saved yet, and fills in its columns.

    Raises ZoneClosed. Whoever does not save the row after all calls `drop`.
    """
    key, master, bound = sealing.new_key(), zone_key(feature.zone), _bound(feature)
    nonce, wrapped = sealing.seal(key, master, f"key {bound}")
    feature.wrapped_key = nonce + wrapped
    feature.nonce, sealed = sealing.seal(content, key, bound)
    wanted = f"{feature.pk.hex[:2]}/{feature.pk}"
    feature.place = _storage(feature.zone).save(wanted, ContentFile(sealed))


def read(feature: DerivedFeature) -> bytes:
    """The bytes; raises ZoneClosed, BytesMissing, or sealing.Unreadable where they were changed."""
    master, bound = zone_key(feature.zone), _bound(feature)
    wrapped = bytes(feature.wrapped_key)
    start = sealing.NONCE
    key = sealing.unseal(wrapped[start:], wrapped[:start], master, f"key {bound}")
    try:
        with _storage(feature.zone).open(feature.place, "rb") as file:
            sealed = file.read()
    except (OSError, SuspiciousOperation) as error:
        raise BytesMissing from error
    return sealing.unseal(sealed, feature.nonce, key, bound)


def drop(feature: DerivedFeature) -> None:
    """Deletes the bytes; does nothing where they are gone. Needs no key."""
    _storage(feature.zone).delete(feature.place)


def _storage(zone: str) -> Storage:
    return storages[f"features_{zone}"]


def _bound(feature: DerivedFeature) -> str:
    return f"feature {feature.pk} {feature.zone}"
