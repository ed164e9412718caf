"""One mark: what it says, how sure it is, and the evidence. Marks of one kind make one finding."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from apps.screening.checks.base import Evidence, Finding

MAX_EVIDENCE = 20


@dataclass(frozen=True)
class Mark:
    """`says` completes the summary for the reviewer; `tool` is a slug of the register, or None."""

    code: str
    score: float
    says: str
    evidence: Evidence
    tool: str | None = None


def as_findings(marks: Iterable[Mark]) -> Iterator[Finding]:
    """One finding for each code and tool, with all their evidence and the highest score."""
    together: dict[tuple[str, str | None], list[Mark]] = {}
    for mark in marks:
        together.setdefault((mark.code, mark.tool), []).append(mark)
    for (code, _tool), alike in together.items():
        strongest = max(alike, key=lambda mark: mark.score)
        evidence = tuple(mark.evidence for mark in alike[:MAX_EVIDENCE])
        yield Finding(code, strongest.score, strongest.says, evidence)
