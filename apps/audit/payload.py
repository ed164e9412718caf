"""What of an event is hashed, and how the rest is committed to."""

import hmac
import secrets
from collections.abc import Mapping
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from django.conf import settings

from apps.audit.canonical import canonical

SALT_BYTES = 32


def payload_of(
    *,
    uid: str,
    at: datetime,
    kind: str,
    subject_type: str,
    subject_id: str,
    actor_id: str | None,
    commitment: str,
) -> str:
    """The text of an event's leaf: canonical JSON without a name or a free word in it."""
    told = {
        "v": 1,
        "uid": uid,
        "at": moment(at),
        "kind": kind,
        "subject_type": subject_type,
        "subject_id": subject_id,
        "actor": pseudonym(actor_id),
        "detail": commitment,
    }
    return canonical(told).decode()


def moment(at: datetime) -> str:
    """A time to the microsecond, in UTC."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def new_salt() -> bytes:
    """Random bytes, so that nobody can guess the data and try."""
    return secrets.token_bytes(SALT_BYTES)


def commitment_to(salt: bytes, actor_id: str | None, data: Mapping[str, Any]) -> str:
    """SHA-256(salt ‖ JCS(who and data)) in hex. Raises NotCanonical for data without such bytes."""
    return sha256(salt + canonical({"actor": actor_id, "data": data})).hexdigest()


def pseudonym(actor_id: str | None) -> str | None:
    """HMAC-SHA256 of an account's id in hex: without the key, nobody can link it to the account."""
    if actor_id is None:
        return None
    key = str(settings.LEDGER_PSEUDONYM_KEY).encode()
    return hmac.new(key, f"account:{actor_id}".encode(), sha256).hexdigest()
