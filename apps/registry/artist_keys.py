"""Artist keys: a protected artist hands one to whoever may release under the name.

A key is shown once and kept as its SHA-256; it has 125 random bits, so a plain hash is enough.
It is looked up by the part that everybody may see and compared in constant time.
"""

import hashlib
import hmac
import secrets
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from apps.accounts.models import User
from apps.audit.models import Event
from apps.audit.record import record
from apps.registry.errors import KeyRefused, NotProtected, TooManyAttempts
from apps.registry.models import ArtistKey, Person, ProofKind, Relation, Standing
from apps.registry.standings import grant_standing

LASTS = timedelta(days=30)
MAX_REFUSED, REFUSED_WITHIN = 10, timedelta(hours=1)
_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's base 32: no I, L, O, U
_GROUPS, _GROUP = 5, 5
_PREFIX = 5
_READ_AS = str.maketrans("OIL", "011")
REFUSED = "artist_key.refused"


@transaction.atomic
def make_artist_key(*, person: Person, by: User, lasts: timedelta = LASTS) -> tuple[ArtistKey, str]:
    """A new key and its text, which cannot be seen again. Raises NotProtected."""
    if not person.is_active:
        raise NotProtected
    text = "-".join(
        "".join(secrets.choice(_LETTERS) for _ in range(_GROUP)) for _ in range(_GROUPS)
    )
    now = timezone.now()
    key = ArtistKey.objects.create(
        person=person,
        digest=_digest(text),
        prefix=_plain(text)[:_PREFIX],
        made_by=by,
        made_at=now,
        expires_at=now + lasts,
    )
    record(kind="artist_key.made", subject=key, actor=by, person=str(person.pk), name=person.name)
    return key, text


def redeem_artist_key(*, text: str, by: User) -> Standing:
    """A standing for whoever holds the key, which is used up by it.

    Raises KeyRefused for any key that cannot be used, StandingExists, and TooManyAttempts after
    MAX_REFUSED keys that did not fit within an hour; what was refused is written to the audit.
    """
    if _refused_lately(by) >= MAX_REFUSED:
        raise TooManyAttempts
    try:
        return _redeem(text, by)
    except KeyRefused:
        with transaction.atomic():
            record(kind=REFUSED, subject=by, actor=by)
        raise


@transaction.atomic
def revoke_artist_key(*, key: ArtistKey, by: User) -> None:
    """Makes a key useless that nobody has used; doing it again changes nothing."""
    unused = ArtistKey.objects.filter(pk=key.pk, used_at=None, revoked_at=None)
    if unused.update(revoked_by=by, revoked_at=timezone.now()):
        record(kind="artist_key.revoked", subject=key, actor=by, person=str(key.person_id))


@transaction.atomic
def _redeem(text: str, by: User) -> Standing:
    key = _find(text)
    if key is None or not key.person.is_active:
        raise KeyRefused
    now = timezone.now()
    unused = ArtistKey.objects.filter(pk=key.pk, used_at=None, revoked_at=None, expires_at__gt=now)
    if not unused.update(used_by=by, used_at=now):
        raise KeyRefused
    record(kind="artist_key.used", subject=key, actor=by, person=str(key.person_id))
    return grant_standing(
        account=by,
        person=key.person,
        relation=Relation.REPRESENTS,
        proof_kind=ProofKind.ARTIST_KEY,
        proof=f"{key.prefix}…",
        by=by,
    )


def _find(text: str) -> ArtistKey | None:
    digest = _digest(text)
    rows = ArtistKey.objects.select_related("person").filter(prefix=_plain(text)[:_PREFIX])
    fitting = [key for key in rows if hmac.compare_digest(key.digest, digest)]
    return fitting[0] if fitting else None


def _refused_lately(by: User) -> int:
    since = timezone.now() - REFUSED_WITHIN
    return Event.objects.filter(kind=REFUSED, detail__actor=by, at__gt=since).count()


def _plain(text: str) -> str:
    """The key without spaces and dashes, as people mistype and mail programs wrap it."""
    kept = "".join(char for char in text[:200].upper() if char.isalnum() and char.isascii())
    return kept.translate(_READ_AS)


def _digest(text: str) -> str:
    return hashlib.sha256(_plain(text).encode()).hexdigest()
