"""Long lists in pieces, so that no statement has more parameters than a database takes."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

T = TypeVar("T")


def batched(items: Iterable[T], size: int) -> Iterator[tuple[T, ...]]:
    """The items in order, `size` at a time; the last piece may be shorter."""
    rest = iter(items)
    while piece := tuple(islice(rest, size)):
        yield piece
