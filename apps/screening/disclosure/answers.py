"""The declaration against itself: answers that cannot both be true, and answers left half open."""

from collections.abc import Iterator, Mapping
from typing import Any

from apps.screening.checks.base import Finding
from apps.screening.disclosure.uses import (
    SOUND,
    Declaration,
    Use,
    field,
    finding,
    read_uses,
    records,
)

_OTHERS_VOICE = frozenset({"consenting_person", "real_person"})


def find_contradictions(declaration: Declaration) -> Iterator[Finding]:
    """Everything in the answers on AI, voice, likeness and rights that does not fit together."""
    uses = read_uses(declaration)
    yield from _incomplete(uses)
    yield from _same_part(uses)
    yield from _parts_and_whole(uses)
    yield from _voice(declaration, uses)
    yield from _likeness(declaration)
    yield from _rights(declaration, uses)


def _incomplete(uses: list[Use]) -> Iterator[Finding]:
    for use in uses:
        for key in ("part", "extent"):
            if not use.entry.get(key):
                yield finding("ai_answer_incomplete", 1.0, field(f"{use.path}.{key}", None))
        if use.extent == "none" and use.entry.get("tool"):
            evidence = field(f"{use.path}.tool", use.entry["tool"], extent="none")
            yield finding("ai_answers_contradict", 0.7, evidence)


def _same_part(uses: list[Use]) -> Iterator[Finding]:
    """One part, two extents, one of them "none"; assisted and generated may be two tools."""
    first: dict[str | None, Use] = {}
    for use in uses:
        before = first.setdefault(use.part, use)
        extents = {before.extent, use.extent}
        if use.part and len(extents) == 2 and "none" in extents:
            evidence = [
                field(f"{one.path}.extent", one.extent, part=one.part) for one in (before, use)
            ]
            yield finding("ai_answers_contradict", 1.0, *evidence)


def _parts_and_whole(uses: list[Use]) -> Iterator[Finding]:
    """The whole generated and its parts not; or the whole not and a part generated, as may be."""
    whole = next((use for use in uses if use.part == "whole_recording"), None)
    parts = [use for use in uses if use.part in SOUND and use is not whole]
    if whole is None:
        return
    if whole.extent == "generated":
        human = [use for use in parts if use.extent == "none"]
        score = 1.0 if len({use.part for use in human}) == 2 else 0.6
        yield from _against(whole, human, score)
    elif whole.extent == "none":
        yield from _against(whole, [use for use in parts if use.extent == "generated"], 0.3)


def _against(whole: Use, parts: list[Use], score: float) -> Iterator[Finding]:
    if parts:
        evidence = [
            field(f"{use.path}.extent", use.extent, part=use.part) for use in (whole, *parts)
        ]
        yield finding("ai_answers_contradict", score, *evidence)


def _voice(declaration: Declaration, uses: list[Use]) -> Iterator[Finding]:
    voice = declaration.get("voice")
    said: Mapping[str, Any] = voice if isinstance(voice, Mapping) else {}
    imitates = said.get("imitates")
    if imitates in _OTHERS_VOICE and not said.get("person"):
        yield finding("voice_person_missing", 1.0, field("voice.person", None))
    if imitates == "consenting_person" and not said.get("proof"):
        yield finding("voice_consent_unproven", 1.0, field("voice.proof", None))
    if imitates == "nobody" and said.get("person"):
        named = field("voice.person", said["person"])
        yield finding("voice_answers_contradict", 0.9, field("voice.imitates", imitates), named)
    if imitates == "nobody":
        for path, entry in records(declaration, "likeness"):
            if entry.get("use") == "voice":
                evidence = [field("voice.imitates", imitates), field(f"{path}.use", "voice")]
                yield finding("voice_answers_contradict", 1.0, *evidence)
    yield from _voice_and_ai(declaration, uses, imitates)


def _voice_and_ai(
    declaration: Declaration, uses: list[Use], imitates: str | None
) -> Iterator[Finding]:
    converters = [
        use
        for use in uses
        if use.tool and "voice_conversion" in use.tool.kinds and use.extent != "none"
    ]
    if imitates in (None, "nobody"):
        for use in converters:
            if use.part in (None, "vocals", "whole_recording"):
                evidence = [
                    field(f"{use.path}.tool", use.entry["tool"]),
                    field("voice.imitates", imitates),
                ]
                yield finding("voice_conversion_unexplained", 0.9, *evidence)
    vocals = {"vocals", "whole_recording", None}
    has_voice = any(use.part in vocals and use.extent != "none" for use in uses)
    if imitates in _OTHERS_VOICE and "ai" in declaration and not has_voice:
        evidence = [
            field("voice.imitates", imitates),
            field("ai", [dict(use.entry) for use in uses]),
        ]
        yield finding("voice_answers_contradict", 0.9, *evidence)


def _likeness(declaration: Declaration) -> Iterator[Finding]:
    for path, entry in records(declaration, "likeness"):
        if not entry.get("person"):
            yield finding("likeness_person_missing", 1.0, field(f"{path}.person", None))
        if entry.get("permission") == "yes" and not entry.get("proof"):
            yield finding("likeness_consent_unproven", 1.0, field(f"{path}.proof", None))


def _rights(declaration: Declaration, uses: list[Use]) -> Iterator[Finding]:
    result = declaration.get("rights_in_result")
    gaps = list(_gaps(declaration, uses))
    if result == "all_held" and gaps:
        evidence = [
            field("rights_in_result", result),
            *(field(path, value) for path, value in gaps),
        ]
        yield finding("rights_answers_contradict", 1.0, *evidence)
    if result == "not_all_held" and not gaps and {"ai", "borrowed"} <= set(declaration):
        yield finding("rights_answers_contradict", 0.5, field("rights_in_result", result))


def _gaps(declaration: Declaration, uses: list[Use]) -> Iterator[tuple[str, str]]:
    """Fields that say outright that a right is missing."""
    for path, entry in records(declaration, "borrowed"):
        if entry.get("licence") == "not_held":
            yield f"{path}.licence", "not_held"
    for path, entry in records(declaration, "likeness"):
        if entry.get("permission") == "no":
            yield f"{path}.permission", "no"
    for use in uses:
        if use.entry.get("inputs") == "not_cleared":
            yield f"{use.path}.inputs", "not_cleared"
