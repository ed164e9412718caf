"""The shape of a reason's text."""

from dataclasses import dataclass


@dataclass(frozen=True)
class ReasonText:
    """`title` names it; `text` tells the artist; `detail` the reviewer; `fix` says what to send."""

    title: str
    text: str
    detail: str
    fix: str
