"""The bytes that are hashed: RFC 8785 (JCS) for the plain values that an audit needs.

Strings, integers within ±(2^53 - 1), true, false, null, lists, and objects with ASCII keys. For
those alone Python's own writer gives the bytes of the RFC: keys of ASCII sort alike by code points
and by UTF-16, and no number has a fraction whose digits could differ.
"""

import json
from collections.abc import Mapping
from typing import Any

MOST = 2**53 - 1  # the integers that every JSON reader keeps exact (RFC 8785, 3.2.2.3)


class NotCanonical(ValueError):
    """A value that has no agreed bytes; the message names its place."""


def canonical(value: Any) -> bytes:
    """The JCS bytes of `value`; raises NotCanonical for anything that has none here."""
    _require(value, "$")
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text.encode()


def _require(value: Any, place: str) -> None:
    if value is None or isinstance(value, bool):
        return
    if isinstance(value, str):
        _require_text(value, place)
    elif isinstance(value, int):
        _require_whole(value, place)
    elif isinstance(value, list | tuple):
        for number, one in enumerate(value):
            _require(one, f"{place}[{number}]")
    elif isinstance(value, Mapping):
        for key, one in value.items():
            _require_key(key, place)
            _require(one, f"{place}.{key}")
    else:
        raise NotCanonical(
            f"{place} is {type(value).__name__}; write it as text or as a whole number."
        )


def _require_text(text: str, place: str) -> None:
    if not text.isascii() and any("\ud800" <= char <= "\udfff" for char in text):
        raise NotCanonical(f"{place} holds half a character (a lone surrogate).")


def _require_whole(number: int, place: str) -> None:
    if abs(number) > MOST:
        raise NotCanonical(f"{place} is larger than 2^53 - 1; write it as text.")


def _require_key(key: Any, place: str) -> None:
    if not isinstance(key, str) or not key.isascii():
        raise NotCanonical(f"{place} has the key {key!r}; keys are ASCII text.")
