"""What every refusal is: an error with a sentence for the person who asked."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


class Refusal(Exception):
    """Something was not done; the message says why, and what to do instead.

    A kind of refusal that always says the same has its sentence as `text`; what differs from case
    to case is filled in by name: "%(file)s cannot be read" with `file=…`.
    """

    text: "str | _StrPromise" = ""

    def __init__(self, text: "str | _StrPromise" = "", **told: Any) -> None:
        said = text or self.text
        super().__init__(str(said) % told if told else said)
