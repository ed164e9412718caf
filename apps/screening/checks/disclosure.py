"""What was declared against what was found, against the register of tools, and against itself."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import ClassVar

from apps.screening.audio import Audio
from apps.screening.checks.base import Check, Finding, NotAssessable, Submission
from apps.screening.disclosure.answers import find_contradictions
from apps.screening.disclosure.files import compare_with_file
from apps.screening.disclosure.register import compare_with_register


def _today() -> date:
    return datetime.now(UTC).date()


class DisclosureCheck(Check):
    """Both ways: marks that nobody declared, and declarations that the marks do not fit.

    Sees: the findings of the provenance check, the declaration, and the register of AI tools with
    its dates. The register speaks only towards caution, or where the artist did not know.
    Cannot see: AI use that left no mark and was not declared. That nothing contradicts a
    declaration does not confirm it, least of all one of "no AI". Marks are as reliable as the
    provenance check says; contradictions among answers are read off exactly, and where an answer
    can be meant the score is below 1.0.
    """

    slug: ClassVar[str] = "disclosure"
    version: ClassVar[str] = "1"
    title: ClassVar[str] = "Declaration and file"
    needs: ClassVar[frozenset[str]] = frozenset({"declaration", "findings"})

    def __init__(self, today: Callable[[], date] = _today) -> None:
        self._today = today

    def run(self, audio: Audio, submission: Submission) -> list[Finding]:
        """Every disagreement, with both sides as evidence."""
        declaration = submission.declaration
        if declaration is None:
            raise NotAssessable("Nothing was declared, so there is nothing to compare.")
        return [
            *compare_with_file(declaration, submission.found),
            *compare_with_register(declaration, self._today()),
            *find_contradictions(declaration),
        ]
