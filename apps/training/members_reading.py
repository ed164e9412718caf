"""The members file read again: its hash, its root, the terms of its consents. Pure."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from apps.audit.merkle import Frontier, leaf_hash


class BadMembers(ValueError):
    """A members file that is not what was sealed; the message says why."""


@dataclass
class Members:
    """What a members file holds. `terms`: version → members; "" for those that needed no yes."""

    count: int = 0
    sha256: str = ""
    root: str = ""
    terms: Counter[str] = field(default_factory=Counter)
    versions: set[str] = field(default_factory=set)


def read_members(lines: Iterable[bytes]) -> Members:
    """The whole file, line by line with their ends. Raises BadMembers."""
    found, whole, tree = Members(), sha256(), Frontier()
    for line in lines:
        whole.update(line)
        tree.add(leaf_hash(line.rstrip(b"\n")))
        consents = _told(line)["consents"]
        found.terms[consents[0]["policy_version"]] += 1
        found.versions.update(one["policy_version"] for one in consents)
    found.count, found.sha256, found.root = tree.size, whole.hexdigest(), tree.root.hex()
    found.versions.discard("")
    return found


def hash_file(chunks: Iterable[bytes]) -> str:
    """SHA-256 of a file, in hex."""
    whole = sha256()
    for chunk in chunks:
        whole.update(chunk)
    return whole.hexdigest()


def chunks_of(opened: Any, size: int = 1 << 20) -> Iterator[bytes]:
    """An opened file, a piece at a time."""
    while chunk := opened.read(size):
        yield chunk


def _told(line: bytes) -> dict[str, Any]:
    try:
        told: dict[str, Any] = json.loads(line)
        return told
    except ValueError as error:
        raise BadMembers(f"A line of the members file is not JSON: {line[:60]!r}") from error
