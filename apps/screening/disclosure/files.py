"""The declaration against the marks in the file, both ways."""

from collections.abc import Iterable, Iterator, Sequence

from apps.registry.tools import find_tool
from apps.screening.checks.base import Finding
from apps.screening.disclosure.uses import (
    PRODUCTION,
    SOUND,
    Declaration,
    Use,
    field,
    finding,
    read_uses,
)

# Codes of the provenance check by what they say of the sound.
_WHOLE = frozenset({"generator_tag", "generator_workflow", "c2pa_generated"})
_PARTLY = frozenset({"c2pa_composite"})
_BY_DETAIL = frozenset({"iptc_digital_source", "aigc_label"})
_GENERATED = _WHOLE | _PARTLY | _BY_DETAIL
_BY_PERSON = frozenset({"human_origin_claim", "workstation_mark"})
_RUNNERS = frozenset({"comfyui"})  # programs that run models of others
# Below this a mark is too weak to be held against somebody's word: links, maybes, unknown nodes.
_SPEAKS = 0.5


def compare_with_file(declaration: Declaration, found: Sequence[Finding]) -> Iterator[Finding]:
    """Disagreements between the declaration and the findings of the provenance check."""
    uses = read_uses(declaration)
    marks = [one for one in found if one.code in _GENERATED and one.score >= _SPEAKS]
    generating = [use for use in uses if use.may_generate_sound]
    helped = [use for use in uses if use.part in SOUND and use.extent == "assisted"]
    if marks and generating:
        yield from _understated(generating, marks)
        yield from _tools(generating, marks)
    elif marks:
        code = "understated_generation" if helped else "undeclared_generation"
        yield _undeclared(code, declaration, uses, marks)
    else:
        yield from _overstated(uses, found)
    yield from _tool_use(declaration, uses, found)


def _undeclared(
    code: str, declaration: Declaration, uses: list[Use], marks: list[Finding]
) -> Finding:
    """No generated sound is declared; at most help with it."""
    said = field("ai", [dict(use.entry) for use in uses] if "ai" in declaration else None)
    evidence = [said, *(item for mark in marks for item in mark.evidence)]
    strongest = max(marks, key=lambda mark: mark.score)
    return finding(code, strongest.score, *evidence, says=strongest.summary)


def _understated(generating: list[Use], marks: list[Finding]) -> Iterator[Finding]:
    """The file as a whole is a generator's, and only parts are declared as generated."""
    whole = [mark for mark in marks if _says_whole(mark)]
    parts = {use.part for use in generating}
    declared_whole = bool(parts & {"whole_recording", None}) or {"vocals", "instruments"} <= parts
    if whole and not declared_whole:
        said = [field(f"{use.path}.part", use.part) for use in generating]
        evidence = [*said, *(item for mark in whole for item in mark.evidence)]
        strongest = max(whole, key=lambda mark: mark.score)
        score = min(0.8, strongest.score)
        yield finding("understated_generation", score, *evidence, says=strongest.summary)


def _says_whole(mark: Finding) -> bool:
    if mark.code in _BY_DETAIL:
        return any(item.detail.get("claim") == "all" for item in mark.evidence)
    return mark.code in _WHOLE


def _tools(generating: list[Use], marks: list[Finding]) -> Iterator[Finding]:
    """Tools that the file names and the declaration does not, where it names any."""
    named = [use for use in generating if use.entry.get("tool")]
    declared = {use.tool.slug for use in named if use.tool}
    for slug in sorted(_slugs(marks) - _RUNNERS):
        if named and slug not in declared:
            tool = find_tool(slug)
            evidence = [field(f"{use.path}.tool", use.entry["tool"]) for use in named]
            evidence += [
                item for mark in marks for item in mark.evidence if item.detail.get("tool") == slug
            ]
            says = f"the file names {tool.name if tool else slug}."
            score = max(mark.score for mark in marks if slug in _slugs([mark]))
            yield finding("different_tool", score, *evidence, says=says)


def _slugs(marks: Iterable[Finding]) -> set[str]:
    found = (item.detail.get("tool") for mark in marks for item in mark.evidence)
    return {slug for slug in found if isinstance(slug, str)}


def _overstated(uses: list[Use], found: Sequence[Finding]) -> Iterator[Finding]:
    """Declared as generated as a whole, and the only marks are those of people's programs."""
    whole = [use for use in uses if (use.part, use.extent) == ("whole_recording", "generated")]
    counter = [one for one in found if one.code in _BY_PERSON]
    if whole and counter:
        evidence = [field(f"{use.path}.extent", use.extent) for use in whole]
        evidence += [item for one in counter for item in one.evidence]
        score = min(0.3, max(one.score for one in counter))
        yield finding("declared_but_counter_evidence", score, *evidence)


def _tool_use(
    declaration: Declaration, uses: list[Use], found: Sequence[Finding]
) -> Iterator[Finding]:
    improved = [one for one in found if one.code == "c2pa_ai_tool_use"]
    declared = any(
        use.part is None or (use.part in PRODUCTION and use.extent != "none") for use in uses
    )
    if improved and not declared:
        said = field("ai", [dict(use.entry) for use in uses] if "ai" in declaration else None)
        evidence = [said, *(item for one in improved for item in one.evidence)]
        yield finding("undeclared_tool_use", 0.5, *evidence)
