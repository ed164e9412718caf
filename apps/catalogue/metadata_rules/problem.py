"""What a metadata rule says. No texts here: `screening/codes.py` explains every code."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class MetadataProblem:
    """One field that breaks one rule.

    `path` such as `artists[0].name` in the declaration; `value` is what stands there (None when
    nothing does). `score` in 0..1 is how sure the rule is: 1.0 for facts such as a wrong check
    digit, less where an honest title could look the same. `detail` holds JSON values.
    """

    code: str
    path: str
    value: Any = None
    score: float = 1.0
    detail: Mapping[str, Any] = field(default_factory=dict)


Document = Mapping[str, Any]


def text_at(document: Document, key: str) -> str:
    """The text under `key`, or "" when there is none."""
    value = document.get(key)
    return value if isinstance(value, str) else ""


def entries(document: Document, key: str) -> list[Mapping[str, Any]]:
    """The records in the list under `key`; none when it is missing."""
    value = document.get(key)
    return [item for item in value if isinstance(item, Mapping)] if isinstance(value, list) else []
