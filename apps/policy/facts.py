"""What is known about a track, as the law sees it: names with values from closed lists."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

Source = Literal["declared", "detected", "reviewed", "derived"]


@dataclass(frozen=True)
class Fact:
    """One fact. `value` None is unknown: not said, not found out, or contradicted.

    `source` says who it comes from. `evidence` holds ids of findings, or paths into the
    declaration. `note` is one plain sentence for the person who reads the decision.
    """

    value: str | None
    source: Source
    evidence: tuple[str, ...] = ()
    note: str = ""

    def as_dict(self) -> dict[str, Any]:
        """JSON values only."""
        return {
            "value": self.value,
            "source": self.source,
            "evidence": list(self.evidence),
            "note": self.note,
        }


Facts = Mapping[str, Fact]


def canonical(data: object) -> str:
    """One text for one JSON value: keys sorted, no spaces, nothing escaped that need not be."""
    return json.dumps(data, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def facts_as_dict(facts: Facts) -> dict[str, Any]:
    """All facts as JSON values, in the order of their names."""
    return {name: facts[name].as_dict() for name in sorted(facts)}


def facts_from_dict(data: Mapping[str, Any]) -> dict[str, Fact]:
    """The facts that `facts_as_dict` wrote; raises KeyError or TypeError on anything else."""
    return {
        name: Fact(item["value"], item["source"], tuple(item["evidence"]), item["note"])
        for name, item in data.items()
    }
