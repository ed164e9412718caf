"""Labels in metadata: IPTC digital source types in XMP, and the label that Chinese law asks for.

The Chinese label (GB 45438-2025, in force since 2025-09-01) is a field AIGC holding JSON; its
`Label` is 1 for generated, 2 for possibly generated, 3 for suspected. No first-hand audio file was
seen: fields and values follow published descriptions and one implementation.
"""

import re
from collections.abc import Iterator, Sequence

from apps.screening.audio import Tag
from apps.screening.marks.fields import MAX_VALUE, as_evidence, key_of
from apps.screening.marks.mark import Mark
from apps.screening.marks.sources import claim_of

_IN_XMP = re.compile(
    r"[\w-]+:DigitalSourceType\s*(?:=\s*[\"']([^\"'<>]{1,300})[\"']"
    r"|[^<>]*?resource\s*=\s*[\"']([^\"'<>]{1,300})[\"']|[^<>]*>\s*([^<>]{1,300}?)\s*<)"
)
_AIGC_LABEL = re.compile(r"[\"']?Label[\"']?\s*:\s*[\"']?([123])")
_AIGC_PRODUCER = re.compile(r"[\"']?ContentProducer[\"']?\s*:\s*[\"']([^\"']{1,200})")
_AIGC_SCORES = {"1": 1.0, "2": 0.7, "3": 0.4}
_CLAIM_SCORES = {"all": 1.0, "partly": 1.0, "maybe": 0.3}


def find_label_marks(tags: Sequence[Tag]) -> Iterator[Mark]:
    """Digital source types and AIGC labels among the tags."""
    for tag in tags:
        yield from _digital_source(tag)
        if key_of(tag) == "AIGC":
            yield _aigc(tag)


def _digital_source(tag: Tag) -> Iterator[Mark]:
    if key_of(tag) == "XMP":
        values = [next(filter(None, found)) for found in _IN_XMP.findall(tag.value)]
    elif key_of(tag) in {"DIGITALSOURCETYPE", "DIGITAL_SOURCE_TYPE"}:
        values = [tag.value]
    else:
        return
    for value in values:
        yield from _claimed(tag, value)


def _claimed(tag: Tag, value: str) -> Iterator[Mark]:
    claim = claim_of(value)
    evidence = as_evidence(tag, claim=claim, digital_source_type=value[:MAX_VALUE])
    if claim in _CLAIM_SCORES:
        says = f"{tag.field} gives the digital source type {_name(value)}."
        yield Mark("iptc_digital_source", _CLAIM_SCORES[claim], says, evidence)
    elif claim == "tool":
        says = f"{tag.field} says that a model improved the sound."
        yield Mark("c2pa_ai_tool_use", 0.8, says, evidence)
    elif claim == "person":
        says = f"{tag.field} says that a person made this."
        yield Mark("human_origin_claim", 0.3, says, evidence)


def _name(value: str) -> str:
    return re.split(r"[/#:]", value.rstrip("/ "))[-1]


def _aigc(tag: Tag) -> Mark:
    label = _AIGC_LABEL.search(tag.value)
    producer = _AIGC_PRODUCER.search(tag.value)
    score = _AIGC_SCORES[label.group(1)] if label else 0.5
    detail = {
        "label": label.group(1) if label else None,
        "producer": producer.group(1) if producer else None,
    }
    says = f"{tag.field} is the label that Chinese services put on what they generate."
    return Mark("aigc_label", score, says, as_evidence(tag, **detail))
