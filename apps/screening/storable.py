"""Text from strangers' files, made such that every database takes it."""

from typing import Any

NUL_SHOWN = "\N{SYMBOL FOR NULL}"


def storable(value: Any) -> Any:
    """The same JSON value with NUL characters shown and lone surrogates replaced, at any depth.

    PostgreSQL refuses both in text and JSON; a tag or a manifest may hold either.
    """
    if isinstance(value, str):
        return value.replace("\0", NUL_SHOWN).encode("utf-8", "replace").decode("utf-8")
    if isinstance(value, dict):
        return {storable(key): storable(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [storable(item) for item in value]
    return value
