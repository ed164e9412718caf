"""The shape of a reason's text."""

from dataclasses import dataclass

NONE = "Nothing to send."


@dataclass(frozen=True)
class ReasonText:
    """`title` names it; `text` tells the artist; `detail` the reviewer; `fix` says what to send.

    Plain English message ids; whoever shows them translates them. `{facts}` becomes the labels of
    the facts that the rule read.
    """

    title: str
    text: str
    detail: str
    fix: str
