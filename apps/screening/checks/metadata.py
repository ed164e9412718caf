"""The metadata rules as a check: what is wrong with what the artist wrote about the track."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import ClassVar

from apps.catalogue.metadata_rules import MetadataProblem, find_problems
from apps.screening.audio import Audio
from apps.screening.checks.base import Check, Evidence, Finding, NotAssessable, Submission
from apps.screening.codes import TEXTS

_MAX_VALUE = 300


def _today() -> date:
    return datetime.now(UTC).date()


class MetadataCheck(Check):
    """Identifiers, titles, names, credits, language and borrowed material, by rule.

    Sees: what the declaration says, nothing else; it never hears the audio. Rules that read
    titles look for phrases in brackets, after a dash, or unmistakable anywhere; on 119 titles of
    known songs chosen to provoke them (tests/screening/test_metadata.py) none is misread.
    Cannot see: whether the names are true, whether an identifier was issued to this recording,
    whose names are protected, what the artwork shows, and languages other than English for the
    phrases. Score is 1.0 where a fact is checked (check digits, missing fields) and lower where an
    honest title could look the same.
    """

    slug: ClassVar[str] = "metadata"
    version: ClassVar[str] = "1"
    title: ClassVar[str] = "Metadata"
    needs: ClassVar[frozenset[str]] = frozenset({"declaration"})

    def __init__(self, today: Callable[[], date] = _today) -> None:
        self._today = today

    def run(self, audio: Audio, submission: Submission) -> list[Finding]:
        """One finding per problem, each with the field and what stands in it."""
        if submission.declaration is None:
            raise NotAssessable("Nothing was declared, so there is no metadata to check.")
        problems = find_problems(submission.declaration, self._today())
        return [as_finding(problem) for problem in problems]


def as_finding(problem: MetadataProblem) -> Finding:
    """A metadata problem as a finding with one piece of evidence of kind "field"."""
    detail = {"path": problem.path, "value": _short(problem.value), **problem.detail}
    summary = f"{TEXTS[problem.code].title} ({problem.path})"
    return Finding(problem.code, problem.score, summary, (Evidence("field", detail=detail),))


def _short(value: object) -> object:
    if isinstance(value, str) and len(value) > _MAX_VALUE:
        return f"{value[:_MAX_VALUE]}…"
    return value
