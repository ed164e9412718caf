"""Prints the life of a track as a Mermaid diagram; docs/states.md is its output."""

from typing import Any

from django.core.management.base import BaseCommand

from apps.catalogue.states import EDITABLE, MOVES, TrackState

HEAD = """# The life of a track

Made by `manage.py state_diagram > docs/states.md` from `apps/catalogue/states.py`; a test compares.

```mermaid
stateDiagram-v2
    [*] --> draft
"""


def diagram() -> str:
    """The page, from the table of moves."""
    lines = [
        f"    {before} --> {to}"
        for before in TrackState.values
        for to in sorted(MOVES[TrackState(before)])
    ]
    named = [f"| `{state.value}` | {state.label} | {_edit(state)} |" for state in TrackState]
    table = ["| state | shown as | the artist may edit |", "|---|---|---|", *named]
    return HEAD + "\n".join(lines) + "\n```\n\n" + "\n".join(table) + "\n"


def _edit(state: TrackState) -> str:
    return "yes" if state in EDITABLE else "no"


class Command(BaseCommand):
    """Writes to standard output."""

    help = "Print the life of a track as a Mermaid diagram."

    def handle(self, *args: Any, **options: Any) -> None:
        """No options."""
        self.stdout.write(diagram(), ending="")
