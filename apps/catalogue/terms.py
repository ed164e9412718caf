"""The words by which an artist takes responsibility for a track (rule R8), by version.

A published version is never edited: declarations point at it. New words get a new version.
"""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

CURRENT = "2026-11-20"


@dataclass(frozen=True)
class Terms:
    """What is accepted at submission: the sentence to tick, and what it means in plain words."""

    version: str
    sentence: Promise | str
    explained: tuple[Promise | str, ...]


RESPONSIBILITY: dict[str, Terms] = {
    "2026-11-20": Terms(
        version="2026-11-20",
        sentence=_(
            "I answer for every right in these tracks as they will be heard, "
            "including everything that an AI tool made or changed."
        ),
        explained=(
            _(
                "You hold, or have permission for, everything that can be heard and read: words, "
                "music, recordings, voices, names and pictures."
            ),
            _(
                "This covers what a tool made for you. If a tool copied somebody's recording, "
                "voice or likeness, you answer for it as if you had copied it yourself."
            ),
            _(
                "What you told us about how each track was made is true and complete, "
                "as far as you know. Where you do not know, you said so."
            ),
            _(
                "We check what we can. That a track is cleared does not mean that we take over "
                "your responsibility, and we may hold or withdraw it if something turns up later."
            ),
        ),
    ),
}


class TermsChanged(Exception):
    """Other words were accepted than those that apply now."""

    def __init__(self) -> None:
        super().__init__(
            str(
                _(
                    "The words that you accept when you submit have changed since you opened "
                    "this page. Read them again and submit once more. Nothing else was lost."
                )
            )
        )


def require_current(version: str) -> None:
    """Raises TermsChanged unless these are the words that apply now."""
    if version != CURRENT:
        raise TermsChanged
