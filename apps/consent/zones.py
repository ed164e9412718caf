"""Where the bytes of features lie: a storage and a key for each zone, and no way between them.

The only module that touches the storages of features. Each feature is sealed with a key of its own,
which is kept in its row, sealed with the key of the zone. Without the zone's key a process reads
and writes nothing there; without the row's key nobody does.
"""

from typing import TYPE_CHECKING

from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.core.files.base import ContentFile
from django.core.files.storage import Storage, storages

from apps.audit import sealing
from apps.consent.feature_errors import ZoneClosed

if TYPE_CHECKING:  # the system checks read this before there are models
    from apps.consent.models import DerivedFeature


class BytesMissing(Exception):
    """Nothing lies where the feature's bytes should, or it cannot be read."""


def setting_of(zone: str) -> str:
    """The name of the setting that holds a zone's key."""
    return f"FEATURE_KEY_{zone.upper()}"


def place_of(zone: str) -> str:
    """Where the storage of a zone keeps its bytes, for telling zones apart."""
    return str(getattr(_storage(zone), "location", zone))


def zone_key(zone: str) -> bytes:
    """The key of a zone; raises ZoneClosed where this process was not given it."""
    return _zone_keys(zone)[0]


def rewrapped(feature: "DerivedFeature") -> bytes | None:
    """The feature's own key, sealed with the present key of its zone; None where it is already.

    Raises ZoneClosed, and sealing.Unreadable where no key of the zone fits.
    """
    newest = zone_key(feature.zone)
    if _is_wrapped_with(newest, feature):
        return None
    return _wrap(_unwrap(feature), newest, feature)


def _zone_keys(zone: str) -> list[bytes]:
    """The present key, then earlier ones."""
    text = str(getattr(settings, setting_of(zone), ""))
    if len(text) < sealing.LEAST_LETTERS:
        raise ZoneClosed(zone=zone, setting=setting_of(zone), letters=sealing.LEAST_LETTERS)
    earlier = getattr(settings, f"{setting_of(zone)}_FALLBACKS", [])
    return [sealing.master_of(one, f"soundcheck features {zone}") for one in (text, *earlier)]


def put(feature: "DerivedFeature", content: bytes) -> None:
    """Seals and stores the bytes of a feature that is not saved yet, and fills in its columns.

    Raises ZoneClosed. Whoever does not save the row after all calls `drop`.
    """
    key, master = sealing.new_key(), zone_key(feature.zone)
    feature.wrapped_key = _wrap(key, master, feature)
    feature.nonce, sealed = sealing.seal(content, key, _bound(feature))
    wanted = f"{feature.pk.hex[:2]}/{feature.pk}"
    feature.place = _storage(feature.zone).save(wanted, ContentFile(sealed))


def read(feature: "DerivedFeature") -> bytes:
    """The bytes; raises ZoneClosed, BytesMissing, or sealing.Unreadable where they were changed."""
    key = _unwrap(feature)
    try:
        with _storage(feature.zone).open(feature.place, "rb") as file:
            sealed = file.read()
    except (OSError, SuspiciousOperation) as error:
        raise BytesMissing from error
    return sealing.unseal(sealed, feature.nonce, key, _bound(feature))


def drop(feature: "DerivedFeature") -> None:
    """Deletes the bytes; does nothing where they are gone. Needs no key."""
    _storage(feature.zone).delete(feature.place)


def _wrap(key: bytes, master: bytes, feature: "DerivedFeature") -> bytes:
    nonce, wrapped = sealing.seal(key, master, f"key {_bound(feature)}")
    return nonce + wrapped


def _unwrap(feature: "DerivedFeature") -> bytes:
    """The feature's own key, whichever key of the zone it was sealed with."""
    first, *earlier = _zone_keys(feature.zone)
    for master in earlier:
        if _is_wrapped_with(master, feature):
            return _unwrap_with(master, feature)
    return _unwrap_with(first, feature)


def _unwrap_with(master: bytes, feature: "DerivedFeature") -> bytes:
    wrapped, start = bytes(feature.wrapped_key), sealing.NONCE
    return sealing.unseal(wrapped[start:], wrapped[:start], master, f"key {_bound(feature)}")


def _is_wrapped_with(master: bytes, feature: "DerivedFeature") -> bool:
    try:
        return bool(_unwrap_with(master, feature))
    except sealing.Unreadable:
        return False


def _storage(zone: str) -> Storage:
    return storages[f"features_{zone}"]


def _bound(feature: "DerivedFeature") -> str:
    return f"feature {feature.pk} {feature.zone}"
