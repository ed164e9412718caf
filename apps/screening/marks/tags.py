"""Marks in plain tags: statements, addresses, fields with a generator's name, and workstations.

Scores: 1.0 a form known from first-hand files of that generator · 0.9 a whole-field statement or
the address of a song on its site · 0.6 its site alone, which an artist may link for other reasons ·
0.3 the mark of a recording program, which anybody can write.
"""

import re
from collections.abc import Iterator, Sequence
from urllib.parse import urlsplit

from apps.registry.tools import Tool, find_host, load_tools
from apps.screening.audio import Tag
from apps.screening.marks.fields import (
    as_evidence,
    is_comment,
    is_custom,
    is_source_url,
    is_url,
    key_of,
)
from apps.screening.marks.mark import Mark

_LONGEST = 1024
_SUNO = re.compile(r"\s*made with suno(?: studio)?\s*(?:;(?P<rest>.*))?", re.IGNORECASE | re.DOTALL)
_SUNO_KEY = re.compile(r"SUNO_(?:UUID|ID|URL|STYLE|STYLE_SUMMARY|MODEL|PARENT|LINEAGE)")
_CREATED = re.compile(r"(?:^|;)\s*created=(\d{4}-\d{2}-\d{2})T")
_STATEMENT = re.compile(
    r"\s*(?:this (?:song|track|music) (?:is|was) )?(?:made|created|generated|composed|produced)"
    r" (?:with|using) (?P<name>[\w.\- ]{2,40}?)(?: v?\d[\d.]*\+?)?\s*[.!]?\s*",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"\s*(?:https?://)?(?P<rest>[a-z0-9.-]+\.[a-z]{2,}(?:[/?#]\S*)?)\s*", re.I)
_SONG_PATH = re.compile(
    r"/(?:song|songs|s|track|tracks|share|music|embed)/[\w-]{4,}", re.IGNORECASE
)

_WORKSTATIONS = re.compile(
    r"(?:logic pro|pro ?tools|ableton live|cubase|nuendo|studio one|reaper|fl studio|reason|bitwig"
    r"|digital performer|sequoia|samplitude|wavelab|audacity|adobe audition|garageband"
    r"|sound forge|cakewalk|luna|ardour|waveform)\b",
    re.IGNORECASE,
)
_WORKSTATION_FIELDS = frozenset({"ORIGINATOR", "ISFT"})


def find_tag_marks(tags: Sequence[Tag]) -> Iterator[Mark]:
    """Every mark that stands in a plain tag."""
    for tag in tags:
        yield from _suno(tag)
        yield from _statement(tag)
        yield from _address(tag)
        yield from _workstation(tag)


def _suno(tag: Tag) -> Iterator[Mark]:
    stated = _SUNO.fullmatch(tag.value[:_LONGEST]) if is_comment(tag) else None
    if stated:
        created = _CREATED.search(stated["rest"] or "")
        made_on = created.group(1) if created else None
        says = f"{tag.field} says that the file was made with Suno."
        evidence = as_evidence(tag, tool="suno", made_on=made_on)
        yield Mark("generator_tag", 1.0, says, evidence, "suno")
    if is_custom(tag) and _SUNO_KEY.fullmatch(key_of(tag)) and tag.value.strip():
        version = tag.value.strip()[:40] if key_of(tag) == "SUNO_MODEL" else None
        says = f"The field {tag.field} is one that programs for Suno write."
        evidence = as_evidence(tag, tool="suno", version=version)
        yield Mark("generator_tag", 1.0, says, evidence, "suno")


def _statement(tag: Tag) -> Iterator[Mark]:
    """The whole comment says "made with X", X being a generator whose name is no common word."""
    if not is_comment(tag) or len(tag.value) > _LONGEST:
        return
    found = _STATEMENT.fullmatch(tag.value)
    tool = _marked(found["name"]) if found else None
    if tool and tool.slug != "suno":
        says = f"{tag.field} says that the file was made with {tool.name}."
        yield Mark("generator_tag", 0.9, says, as_evidence(tag, tool=tool.slug), tool.slug)


def _marked(name: str) -> Tool | None:
    plain = " ".join(name.lower().split()).removesuffix(" ai")
    return next((tool for tool in load_tools() if tool.mark == plain), None)


def _address(tag: Tag) -> Iterator[Mark]:
    """An address field, or a comment that is one address, on the site of a generator."""
    if not (is_url(tag) or is_comment(tag)) or len(tag.value) > _LONGEST:
        return
    found = _ADDRESS.fullmatch(tag.value)
    tool = _at_home(f"//{found['rest']}") if found else None
    if not found or not tool:
        return
    song = _SONG_PATH.search(found["rest"]) is not None
    sure = (1.0 if is_source_url(tag) else 0.9) if song else 0.6
    says = f"{tag.field} links to {'a song' if song else 'a page'} on the site of {tool.name}."
    yield Mark("generator_tag", sure, says, as_evidence(tag, tool=tool.slug), tool.slug)


def _at_home(address: str) -> Tool | None:
    try:
        host = urlsplit(address).hostname
    except ValueError:
        return None
    tool = find_host(host) if host else None
    return tool if tool and tool.makes_audio else None


def _workstation(tag: Tag) -> Iterator[Mark]:
    named = key_of(tag) in _WORKSTATION_FIELDS and _WORKSTATIONS.match(tag.value.strip())
    if named or (tag.field == "LGWV" and tag.origin == "riff"):
        says = f"{tag.field} was written by a recording program."
        yield Mark("workstation_mark", 0.3, says, as_evidence(tag))
