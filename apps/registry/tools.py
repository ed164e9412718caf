"""The register of AI tools: who they are and how their models were trained. Pure, no Django.

Data in `ai_tools.toml`, dated, with a source for each statement. The register serves caution: it
may contradict an artist who says that a model was licensed, or fill in what they did not know; it
never makes anything sound better than they said.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from apps.catalogue.text import fold
from apps.registry.reading import PLANS, UNKNOWN, Period, Tool, load_tools, squeeze

__all__ = ["Tool", "Training", "find_host", "find_tool", "load_tools", "look_up", "training_of"]

_VERSION_AT_END = re.compile(r"\s+(?:version\s*|v)?\s*\d[\d\s]*(?:mini|turbo|pro)?$")
_VERSION = re.compile(r"\s+(?:version\s*|v)?(\d[\d.]*\+?(?:-\w+)?)\s*$", re.IGNORECASE)


@dataclass(frozen=True)
class Training:
    """What the register says. `status` and `commercial_use` are "unknown" where it does not know.

    `note` is for the reviewer; `sources` are all sources that the answer rests on.
    """

    status: str
    commercial_use: str
    note: str
    sources: tuple[str, ...]
    checked_on: date | None


def find_tool(name: str | None) -> Tool | None:
    """The tool of this name, alias or host, however spaced and capitalised; None if unknown.

    A version at the end is ignored ("Suno v4"). Names match whole: "Musette" is not "Muse".
    """
    if not name:
        return None
    return find_exactly(name) or find_exactly(_VERSION_AT_END.sub("", fold(name)))


def find_host(host: str) -> Tool | None:
    """The tool whose site this host name is, or is part of: app.suno.com is Suno."""
    parts = host.lower().rstrip(".").split(".")
    endings = {".".join(parts[place:]) for place in range(len(parts) - 1)}
    return next((tool for tool in load_tools() if endings.intersection(tool.hosts)), None)


def training_of(
    tool: Tool, version: str | None, plan: str | None, on: date, *, exact: bool = False
) -> Training:
    """What the register knows of a tool in one version and plan.

    `on` is a day by which the track was made; with `exact`, the very day. Where several statements
    could apply and differ, the answer is "disputed" if one of them is anything but licensed or
    unknown, otherwise "unknown": the artist must say which version or plan it was.
    """
    wanted = _plain_version(tool, version)
    found = [
        period
        for period in tool.periods
        if _covers_version(period, tool, wanted)
        and (plan not in PLANS or not period.plans or plan in period.plans)
        and (period.start is None or period.start <= on)
        and (not exact or period.end is None or on <= period.end)
    ]
    return Training(
        status=_agreed({period.model_training for period in found}),
        commercial_use=_agreed({period.commercial_use for period in found}),
        note=" ".join(dict.fromkeys(period.note for period in found)),
        sources=tuple(dict.fromkeys(period.source for period in found)),
        checked_on=min((period.checked_on for period in found), default=None),
    )


def look_up(use: Mapping[str, Any], on: date) -> tuple[Tool, Training] | None:
    """Tool and training for one entry of a declaration's "ai" list; None for an unknown tool."""
    name = use.get("tool")
    tool = find_tool(name)
    if tool is None:
        return None
    version = use.get("tool_version") or _version_in(tool, str(name))
    return tool, training_of(tool, version, use.get("plan"), on)


def _agreed(values: set[str]) -> str:
    """The one value; where they differ, the doubt that is left."""
    if len(values) == 1:
        return next(iter(values))
    return "disputed" if values & {"unlicensed", "disputed"} else UNKNOWN


def _covers_version(period: Period, tool: Tool, wanted: str | None) -> bool:
    if wanted is None or not period.versions:
        return True
    return wanted in {_plain_version(tool, version) for version in period.versions}


def _plain_version(tool: Tool, version: str | None) -> str | None:
    """ "Suno v4.5", "chirp-auk" and "4.5" as 4.5; None where no version is given."""
    text = "".join((version or "").lower().split())
    text = text.removeprefix(squeeze(tool.name))
    for codename, meant in tool.codenames.items():
        if text in {codename, codename.partition("-")[2]}:
            text = meant
    text = text.removeprefix("version").removeprefix("model").removeprefix("v").strip("-_. ")
    return text.replace("plus", "+").removesuffix(".0") or None


def _version_in(tool: Tool, name: str) -> str | None:
    """The version that stands behind the tool's own name, as in "Suno v4"."""
    found = _VERSION.search(name)
    is_part_of_name = find_exactly(name) is not None
    return found.group(1) if found and not is_part_of_name else None


def find_exactly(name: str) -> Tool | None:
    """The tool whose name, alias or host this is, version and all."""
    return _by_name().get(squeeze(name))


@cache
def _by_name() -> Mapping[str, Tool]:
    return {name: tool for tool in load_tools() for name in tool.names}
