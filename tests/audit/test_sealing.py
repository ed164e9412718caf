"""Sealed bytes: read back with all that is right, never otherwise."""

from hashlib import sha256

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given
from hypothesis import strategies as st

from apps.audit.sealing import Unreadable, master_of, new_key, seal, unseal


@given(st.binary(max_size=200), st.text(max_size=20).filter(lambda text: text.isprintable()))
def test_what_was_sealed_is_read_with_its_key_and_name_only(data: bytes, bound: str) -> None:
    key = new_key()
    nonce, sealed = seal(data, key, bound)
    assert unseal(sealed, nonce, key, bound) == data
    assert unseal(memoryview(sealed), memoryview(nonce), key, bound) == data
    for wrong in (
        (sealed, nonce, new_key(), bound),
        (sealed, nonce, key, bound + "x"),
        (sealed, bytes(12), key, bound),
        (sealed, b"", key, bound),
        (sealed[:-1], nonce, key, bound),
        (b"", nonce, key, bound),
        (bytes([sealed[0] ^ 1]) + sealed[1:], nonce, key, bound),
    ):
        with pytest.raises(Unreadable):
            unseal(*wrong)


def test_the_same_twice_looks_different() -> None:
    key = new_key()
    assert seal(b"same", key, "x") != seal(b"same", key, "x")


def test_each_purpose_has_a_master_of_its_own() -> None:
    assert master_of("a text", "one") != master_of("a text", "two")


def test_the_format_is_the_one_that_voices_were_always_kept_in() -> None:
    """Made without our own code, as rows of an older installation were."""
    master = sha256(b"soundcheck voice master " + b"a long random text").digest()
    sealed = AESGCM(master).encrypt(bytes(range(12)), b"data key", b"7 key")
    ours = master_of("a long random text", "soundcheck voice master")
    assert unseal(sealed, bytes(range(12)), ours, "7 key") == b"data key"
