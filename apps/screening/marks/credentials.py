"""Content credentials (C2PA): what the manifests of a file say about how it was made.

The active manifest speaks for the file; that of a parent for what the file was made from; those of
components for parts of it. Without a list of trusted certificates a valid signature proves that
nothing was changed since, not who signed. Scores: 1.0 the active manifest, valid · 0.9 an earlier
one · 0.6 a manifest that no longer fits the file (editing tags breaks it, too) · 0.3 source types
that may contain generated parts · 0.5 and 0.2 (broken) a person's claim.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from apps.screening.audio import Tag
from apps.screening.checks.base import Evidence
from apps.screening.marks.fields import MAX_VALUE, as_evidence, key_of
from apps.screening.marks.manifests import (
    SUNO,
    Json,
    Manifest,
    find_problem,
    listed,
    mapping,
    reach,
    slug_of,
)
from apps.screening.marks.mark import Mark
from apps.screening.marks.sources import claim_of

_ACTIONS = ("c2pa.actions", "c2pa.actions.v2")
_MAKES_WHOLE = ("c2pa.created", "c2pa.opened")


@dataclass(frozen=True)
class Statement:
    """One action of one manifest; `action` is empty for an assertion of the generator's own."""

    manifest: Manifest
    assertion: Json
    action: Json

    @property
    def tool(self) -> str | None:
        """Slug of the generator that it names, if it is in the register."""
        agent = self.action.get("softwareAgent")
        return self.manifest.tool or slug_of(mapping(agent).get("name") or agent)

    def as_mark(self, code: str, says: str, score: float | None = None) -> Mark:
        """This statement as a mark; its score by how near and how valid its manifest is."""
        subject = "the file" if self.manifest.depth == 0 else "what the file was made from"
        summary = f"The content credentials say that {subject} {says}."
        sure = self._sure() if score is None else score
        return Mark(code, sure, summary, Evidence("c2pa", detail=self._detail()), self.tool)

    def _sure(self) -> float:
        if not self.manifest.valid:
            return 0.6
        return 1.0 if self.manifest.depth == 0 else 0.9

    def _detail(self) -> dict[str, object]:
        data = mapping(self.assertion.get("data"))
        told = {
            "manifest": self.manifest.label,
            "assertion": self.assertion.get("label"),
            "action": self.action.get("action"),
            "value": _text(self.action.get("digitalSourceType") or data.get("systemName")),
            "issuer": self.manifest.issuer,
            "valid": self.manifest.valid,
            "depth": self.manifest.depth,
            "tool": self.tool,
            "version": _text(data.get("systemVersion") or self.manifest.version),
            "made_on": _day(data.get("createdAt") or self.action.get("when")),
        }
        return {name: value for name, value in told.items() if value is not None}


def find_credential_marks(store: Json | None, tags: tuple[Tag, ...]) -> Iterator[Mark]:
    """Marks from the manifest store; `tags` tell of a manifest that nobody could read."""
    if store is None:
        yield from _unread(tags)
        return
    problem = find_problem(store)
    if problem:
        says = f"Content credentials are there, but do not hold: {problem}"
        yield Mark("c2pa_invalid", 1.0, says, Evidence("c2pa", detail={"problem": problem}))
    for manifest in reach(store, valid=problem is None):
        yield from _read(manifest)


def _unread(tags: tuple[Tag, ...]) -> Iterator[Mark]:
    for tag in tags:
        attached = key_of(tag) == "GEOB" and "c2pa" in tag.value.lower()
        if attached or (tag.field == "C2PA" and tag.origin == "riff"):
            says = "Content credentials are there, but could not be read in this kind of file."
            yield Mark("c2pa_invalid", 0.8, says, as_evidence(tag))


def _read(manifest: Manifest) -> Iterator[Mark]:
    marks = [
        mark
        for assertion in manifest.assertions
        if assertion.get("label") in _ACTIONS
        for action in listed(mapping(assertion.get("data")).get("actions"))
        for mark in _judge(Statement(manifest, assertion, mapping(action)))
    ]
    yield from marks
    generated = any(mark.code in {"c2pa_generated", "c2pa_composite"} for mark in marks)
    for assertion in manifest.assertions:
        if assertion.get("label") == SUNO and not generated:
            yield _generated(Statement(manifest, assertion, {}))


def _judge(statement: Statement) -> Iterator[Mark]:
    claim = claim_of(statement.action.get("digitalSourceType"))
    makes_whole = statement.action.get("action") in _MAKES_WHOLE
    if claim == "all" and makes_whole:
        yield _generated(statement)
    elif claim in ("all", "partly"):
        yield statement.as_mark("c2pa_composite", "contains generated parts")
    elif claim == "maybe":
        says = "was put together from parts of unknown making"
        yield statement.as_mark("c2pa_composite", says, 0.3)
    elif claim == "tool":
        yield statement.as_mark("c2pa_ai_tool_use", "was improved by a model")
    elif claim == "person" and not statement.manifest.part:
        says, sure = "was recorded or made by a person", 0.5 if statement.manifest.valid else 0.2
        yield statement.as_mark("human_origin_claim", says, sure)


def _generated(statement: Statement) -> Mark:
    if statement.manifest.part:
        return statement.as_mark("c2pa_composite", "contains a part that was generated")
    return statement.as_mark("c2pa_generated", "was generated as a whole")


def _text(value: object) -> str | None:
    return value[:MAX_VALUE] if isinstance(value, str) and value else None


def _day(moment: object) -> str | None:
    return moment[:10] if isinstance(moment, str) and len(moment) >= 10 else None
