"""Reading lists of a declaration: what is there, and the worst of it. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any


def read_list(said: Mapping[str, Any], key: str) -> list[Mapping[str, Any]] | None:
    """The entries under a key; None where nothing was said. What is no entry says nothing."""
    value = said.get(key)
    if not isinstance(value, list | tuple):
        return None
    return [entry if isinstance(entry, Mapping) else {} for entry in value]


def worst(values: Sequence[str | None], order: tuple[str, ...]) -> str | None:
    """The worst of several values, `order` going from best to worst; `order[0]` of none at all.

    None among the values makes the result unknown, unless another value is the worst there is.
    """
    if order[-1] in values:
        return order[-1]
    known = [value for value in values if value in order]
    if len(known) < len(values):
        return None
    return max((value for value in known if value), key=order.index, default=order[0])
