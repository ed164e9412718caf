"""Names of files that people send: kept as text to show, never used as a path. Pure, no Django."""

import re
import unicodedata

from apps.catalogue.text import BIDI_CONTROLS, INVISIBLE, clean

MAX_NAME = 255  # characters kept
_NUMBER = re.compile(r"^(?:0\d{1,2}[\s._)-]+|\d{1,3}(?:\s+-\s+|[.)]\s+|\s*_\s*))(?=\S)")
_SUFFIX = re.compile(r"\.\w{1,5}$")


def clean_file_name(name: str) -> str:
    """The last part of any path, NFC, without what nobody can see, at most MAX_NAME characters."""
    last = re.split(r"[/\\]", name)[-1]
    shown = clean("".join(char for char in last if _is_shown(char)))
    suffix = match.group() if (match := _SUFFIX.search(shown)) else ""
    stem = shown.removesuffix(suffix)[: MAX_NAME - len(suffix)].rstrip()
    return (stem + suffix) if stem.strip(". ") else "untitled" + suffix


def title_from(file_name: str) -> str:
    """A first guess at a title: "01 - monsoon_rain.wav" gives "monsoon rain"."""
    stem = _SUFFIX.sub("", clean_file_name(file_name))
    return clean(_NUMBER.sub("", stem).replace("_", " ")) or stem


def _is_shown(char: str) -> bool:
    hidden = char in BIDI_CONTROLS or char in INVISIBLE
    return not hidden and unicodedata.category(char) != "Cs"
