"""Encryption of enrolled voices: one data key per person, wrapped by a master key.

The cipher is that of `audit/sealing.py`. The person and what it is are bound to every ciphertext,
so that nothing can be read in another's place. Without the row of a key, what was encrypted with
it is noise.
"""

import hashlib
from collections.abc import Iterator

from django.conf import settings
from django.db import transaction

from apps.audit import sealing
from apps.audit.record import record
from apps.registry.enrolled.errors import VoiceUnreadable
from apps.registry.models import Person, VoiceKey

NO_MASTER = (
    "Enrolled voices cannot be read: set VOICE_MASTER_KEY to a random text of 32 letters or more."
)
OTHER_MASTER = (
    "Enrolled voices cannot be read: their keys were wrapped with another VOICE_MASTER_KEY. "
    "Name the earlier one in VOICE_MASTER_KEY_FALLBACKS."
)
DAMAGED = "An enrolled voice cannot be read: its key or its data is damaged."


def key_of(person: Person) -> VoiceKey:
    """The person's key, made where there is none. Raises VoiceUnreadable without a master key."""
    found = VoiceKey.objects.filter(person=person).first()
    if found is not None:
        return found
    key = VoiceKey(person=person)
    _wrap(key, sealing.new_key())
    key.save()
    return key


def seal(data: bytes, key: VoiceKey, what: str) -> tuple[bytes, bytes]:
    """Nonce and ciphertext of `data`; `what` names it ("print", "clip 7")."""
    return sealing.seal(data, _unwrap(key), _bound(key, what))


def unseal(
    sealed: bytes | memoryview, nonce: bytes | memoryview, key: VoiceKey, what: str
) -> bytes:
    """What was sealed. Raises VoiceUnreadable where key, person or `what` is another."""
    try:
        return sealing.unseal(sealed, nonce, _unwrap(key), _bound(key, what))
    except sealing.Unreadable:
        raise VoiceUnreadable(DAMAGED) from None


def rewrap_keys() -> int:
    """Wraps every key anew with the present master key; returns how many were changed.

    Raises VoiceUnreadable, with nothing changed, where one cannot be unwrapped.
    """
    newest, _key = next(_masters())
    with transaction.atomic():
        old = VoiceKey.objects.select_for_update().exclude(master=newest)
        count = 0
        for key in old:
            _wrap(key, _unwrap(key))
            key.save()
            record(kind="voice.key_rewrapped", subject=key, actor=None, master=newest)
            count += 1
    return count


def _masters() -> Iterator[tuple[str, bytes]]:
    """Ids and keys, the present one first; the id is no secret."""
    texts = [settings.VOICE_MASTER_KEY, *settings.VOICE_MASTER_KEY_FALLBACKS]
    if len(texts[0]) < sealing.LEAST_LETTERS:
        raise VoiceUnreadable(NO_MASTER)
    for text in texts:
        master = sealing.master_of(text, "soundcheck voice master")
        yield hashlib.sha256(b"id " + master).hexdigest()[:16], master


def _wrap(key: VoiceKey, data_key: bytes) -> None:
    key.master, master = next(_masters())
    key.nonce, key.wrapped = sealing.seal(data_key, master, _bound(key, "key"))


def _unwrap(key: VoiceKey) -> bytes:
    master = dict(_masters()).get(key.master)
    if master is None:
        raise VoiceUnreadable(OTHER_MASTER)
    try:
        return sealing.unseal(key.wrapped, key.nonce, master, _bound(key, "key"))
    except sealing.Unreadable:
        raise VoiceUnreadable(DAMAGED) from None


def _bound(key: VoiceKey, what: str) -> str:
    return f"{key.person_id} {what}"
