"""The catalogue of finding codes: what each means to the artist, and to the reviewer.

Texts are plain English message ids; whoever shows them translates them.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class FindingText:
    """`title` names it, `meaning` tells the artist, `detail` the reviewer, `fix` what to do."""

    title: str
    meaning: str
    detail: str
    fix: str


TEXTS: dict[str, FindingText] = {
    # --- technical ---
    # --- fingerprint ---
    # --- provenance ---
    # --- disclosure ---
    # --- metadata ---
}
