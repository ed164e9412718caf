"""The shape of the text of a finding code. Plain English message ids, translated where shown."""

from dataclasses import dataclass


@dataclass(frozen=True)
class FindingText:
    """`title` names it, `meaning` tells the artist, `detail` the reviewer, `fix` what to do."""

    title: str
    meaning: str
    detail: str
    fix: str
