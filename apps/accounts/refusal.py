"""What every refusal is: an error with a sentence for the person who asked."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


class Refusal(Exception):
    """Something was not done; the message says why, and what to do instead.

    A kind of refusal that always says the same has its sentence as `text`.
    """

    text: "str | _StrPromise" = ""

    def __init__(self, text: "str | _StrPromise" = "") -> None:
        super().__init__(text or self.text)
