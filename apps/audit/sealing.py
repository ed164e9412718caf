"""Sealing bytes: AES-256-GCM, random nonces of 96 bits, data keys under a master key. Pure.

What is sealed is bound to a text that names it: it cannot be read in another's place. A data key
that was forgotten leaves noise behind.
"""

import os
from hashlib import sha256

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

NONCE = 12
KEY_BITS = 256
LEAST_LETTERS = 32  # of the text that a master key is made of


class Unreadable(ValueError):
    """Another key, another name, or damage: what was sealed stays sealed."""


def new_key() -> bytes:
    """A random data key."""
    return AESGCM.generate_key(KEY_BITS)


def master_of(text: str, purpose: str) -> bytes:
    """The master key made of a random text; the same text gives each purpose another key."""
    return sha256(f"{purpose} {text}".encode()).digest()


def seal(data: bytes, key: bytes, bound: str) -> tuple[bytes, bytes]:
    """Nonce and ciphertext; `bound` names what it is and is needed to read it again."""
    nonce = os.urandom(NONCE)
    return nonce, AESGCM(key).encrypt(nonce, data, bound.encode())


def unseal(sealed: bytes | memoryview, nonce: bytes | memoryview, key: bytes, bound: str) -> bytes:
    """What was sealed; raises Unreadable."""
    try:
        return AESGCM(key).decrypt(bytes(nonce), bytes(sealed), bound.encode())
    except (InvalidTag, ValueError) as error:  # ValueError: no nonce, or a short one
        raise Unreadable(bound) from error
