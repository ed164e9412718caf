"""The declared uses of AI, read without trusting their completeness, and evidence from fields."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from apps.registry.tools import Tool, find_tool
from apps.screening.checks.base import Evidence, Finding
from apps.screening.codes import TEXTS

SOUND = frozenset({"vocals", "instruments", "whole_recording"})
PRODUCTION = frozenset({"mixing", "mastering", "stem_separation", "cleanup"})

Declaration = Mapping[str, Any]


@dataclass(frozen=True)
class Use:
    """One entry of the "ai" list. Missing answers are None."""

    path: str
    entry: Mapping[str, Any]

    @property
    def part(self) -> str | None:
        return _text(self.entry.get("part"))

    @property
    def extent(self) -> str | None:
        return _text(self.entry.get("extent"))

    @property
    def tool(self) -> Tool | None:
        """The registered tool that it names, if it names one."""
        name = self.entry.get("tool")
        return find_tool(name) if isinstance(name, str) else None

    @property
    def may_generate_sound(self) -> bool:
        """Whether it reports, or leaves open, that sound was generated."""
        about_sound = self.part is None or self.part in SOUND
        return about_sound and self.extent in ("generated", None)


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


def read_uses(declaration: Declaration) -> list[Use]:
    """The declared uses in order; none when nothing was said."""
    listed = declaration.get("ai")
    entries = listed if isinstance(listed, list) else []
    return [
        Use(f"ai[{place}]", entry)
        for place, entry in enumerate(entries)
        if isinstance(entry, Mapping)
    ]


def records(declaration: Declaration, key: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Path and entry of each record in a list of the declaration."""
    listed = declaration.get(key)
    for place, entry in enumerate(listed if isinstance(listed, list) else []):
        if isinstance(entry, Mapping):
            yield f"{key}[{place}]", entry


def field(path: str, value: Any, **detail: Any) -> Evidence:
    """A field of the declaration as evidence."""
    return Evidence("field", detail={"path": path, "value": value, **detail})


def finding(code: str, score: float, *evidence: Evidence, says: str = "") -> Finding:
    """A finding whose summary is the title of its code, and what else there is to say."""
    title = TEXTS[code].title
    return Finding(code, score, f"{title}: {says}" if says else title, evidence)
