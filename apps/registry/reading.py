"""Reads the register of AI tools from its data file, and refuses one that contradicts itself."""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from apps.catalogue.text import fold

DATA = Path(__file__).with_name("ai_tools.toml")
UNKNOWN = "unknown"
TRAININGS = ("licensed_or_own", "unlicensed", "disputed", UNKNOWN)
COMMERCIAL_USES = ("yes", "no", UNKNOWN)
PLANS = ("free", "paid")
BASES = ("maker", "court", "certificate", "press")
MAKES_AUDIO = frozenset({"music", "vocals", "voice_conversion"})
KINDS = MAKES_AUDIO | {
    "lyrics", "composition", "mixing", "mastering", "stem_separation", "cleanup",
    "pitch_correction", "artwork",
}  # fmt: skip


class InvalidRegister(Exception):
    """The data file contradicts itself; the message names the tool and the field."""


@dataclass(frozen=True)
class Period:
    """What was known of some versions and plans of a tool for some time. None: open."""

    start: date | None
    end: date | None
    versions: tuple[str, ...]
    plans: tuple[str, ...]
    model_training: str
    commercial_use: str
    basis: str
    source: str
    checked_on: date
    note: str


@dataclass(frozen=True)
class Tool:
    """One program or service. `mark`: the name in the "made with …" that it leaves in files."""

    slug: str
    name: str
    maker: str
    kinds: frozenset[str]
    aliases: tuple[str, ...]
    hosts: tuple[str, ...]
    mark: str | None
    codenames: Mapping[str, str]
    periods: tuple[Period, ...]

    @property
    def makes_audio(self) -> bool:
        """Whether it generates sound, rather than words, pictures, or a better mix."""
        return bool(self.kinds & MAKES_AUDIO)

    @property
    def names(self) -> frozenset[str]:
        """Every spelling of its name, in the form of `squeeze`."""
        return frozenset(map(squeeze, (self.slug, self.name, *self.aliases, *self.hosts)))


@cache
def load_tools(path: Path = DATA) -> tuple[Tool, ...]:
    """Every tool of the register; raises InvalidRegister when the file contradicts itself."""
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    tools = tuple(_read_tool(entry, data["checked_on"]) for entry in data["tools"])
    _refuse_doubles(tools)
    return tools


def squeeze(name: str) -> str:
    """The form in which names of tools are compared: letters and digits only, no case."""
    return fold(name).replace(" ", "")


def _refuse_doubles(tools: Iterable[Tool]) -> None:
    owners: dict[str, str] = {}
    for tool in tools:
        for name in sorted(tool.names):
            if owners.setdefault(name, tool.slug) != tool.slug:
                raise InvalidRegister(f"{owners[name]} and {tool.slug} share the name {name}.")


def _read_tool(entry: Mapping[str, Any], checked_on: date) -> Tool:
    slug = entry["slug"]
    return Tool(
        slug=slug,
        name=entry["name"],
        maker=entry["maker"],
        kinds=frozenset(_closed(slug, "kinds", kind, KINDS) for kind in entry["kinds"]),
        aliases=tuple(entry.get("aliases", ())),
        hosts=tuple(entry.get("hosts", ())),
        mark=entry.get("mark"),
        codenames=entry.get("codenames", {}),
        periods=tuple(_read_period(slug, one, checked_on) for one in entry.get("periods", ())),
    )


def _read_period(slug: str, entry: Mapping[str, Any], checked_on: date) -> Period:
    return Period(
        start=entry.get("from"),
        end=entry.get("to"),
        versions=tuple(entry.get("versions", ())),
        plans=tuple(_closed(slug, "plans", plan, PLANS) for plan in entry.get("plans", ())),
        model_training=_closed(slug, "model_training", entry["model_training"], TRAININGS),
        commercial_use=_closed(slug, "commercial_use", entry["commercial_use"], COMMERCIAL_USES),
        basis=_closed(slug, "basis", entry["basis"], BASES),
        source=entry["source"],
        checked_on=entry.get("checked_on", checked_on),
        note=entry["note"],
    )


def _closed(slug: str, key: str, value: str, allowed: Iterable[str]) -> str:
    if value not in allowed:
        raise InvalidRegister(f"{slug}: {key} is {value}; allowed: {', '.join(sorted(allowed))}.")
    return value
