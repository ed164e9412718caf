"""What a file carries besides sound: tags and C2PA manifests, each read in a limited child.

We walk the tags with a small reader of our own. The permissive libraries rename fields and give no
byte offsets, which are the evidence; the complete one is under the GPL.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from apps.screening.audio import Tag
from apps.screening.codecs import INPUT
from apps.screening.containers import Container
from apps.screening.limits import Limits
from apps.screening.sandbox import Crashed, OutOfMemory, TimedOut, run_module

MIME_TYPES = {"mp3": "audio/mpeg", "flac": "audio/flac", "wav": "audio/wav", "mp4": "audio/mp4"}


@dataclass(frozen=True)
class Embedded:
    """Tags in file order. `error` says why some may be missing; None when none can be.

    `claimed_s` is the duration that a header states outright, in seconds.
    """

    tags: tuple[Tag, ...]
    error: str | None
    trailing_bytes: int = 0
    claimed_s: float | None = None


class Unread(Exception):
    """A child could not read what it was to read; the message says why, for a reviewer."""


def read_tags(place: Path, container: Container, limits: Limits) -> Embedded:
    """The tags of the input in `place`. Never raises for what the file does to the reader."""
    try:
        report = _ask(
            "apps.screening.tags.child", [container.name, INPUT], place, limits, packages=False
        )
        tags = tuple(Tag(*fields) for fields in report["tags"])
    except Unread as problem:
        return Embedded((), f"The tags could not be read: {problem}.")
    error = " ".join(f"{problem}." for problem in report["problems"]) or None
    return Embedded(tags, error, report["trailing_bytes"], report["claimed_s"])


def read_manifests(place: Path, container: Container, limits: Limits) -> Mapping[str, Any] | None:
    """The C2PA manifest store of the input in `place`, None without one, or {"error": text}."""
    mime_type = MIME_TYPES.get(container.name)
    if mime_type is None:
        return None  # no standard says where one would be
    try:
        report = _ask("apps.screening.child_c2pa", [mime_type, INPUT], place, limits, packages=True)
    except Unread as problem:
        return {"error": f"The content credentials could not be read: {problem}."}
    if "error" in report:
        return {"error": str(report["error"])}
    store = report["store"]
    return store if isinstance(store, dict) else None


def _ask(
    module: str, arguments: list[str], place: Path, limits: Limits, *, packages: bool
) -> Mapping[str, Any]:
    within = limits.manifests if packages else limits.tagging
    try:
        finished = run_module(module, arguments, within=within, cwd=place, packages=packages)
        report = json.loads(finished.stdout)
    except TimedOut as problem:
        raise Unread("it took too long") from problem
    except OutOfMemory as problem:
        raise Unread("it took too much memory") from problem
    except (Crashed, ValueError) as problem:
        raise Unread("the reader stopped with an error") from problem
    if not isinstance(report, dict):
        raise Unread("the reader gave no answer")
    return report
