"""Cleaning and comparing the text that people type: titles, names, tags. Pure, no Django.

Cleaning never guesses: it only removes what nobody can see and writes the rest in one form
(Unicode NFC). What could make a name read as another one (bidi controls) is for the caller to
refuse, with the sentence of `find_unsafe`.
"""

import re
import unicodedata
from functools import lru_cache

BIDI_CONTROLS = frozenset(
    "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
)
# Without zero-width joiner and non-joiner: Indic and Persian spelling and emoji need them.
INVISIBLE = frozenset(
    "\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180e\u200b\u2060\u2061\u2062\u2063\u2064\u3164\ufeff\uffa0"
)

_SPACES = re.compile(r"\s+")
_FIRST_UNCASED_BLOCK = "\u0530"  # Latin, Greek and Cyrillic end here


def clean(text: str) -> str:
    """One line of NFC text: control characters gone, line breaks and tabs as single spaces."""
    spaced = (" " if char.isspace() else char for char in text)
    visible = "".join(char for char in spaced if unicodedata.category(char) != "Cc")
    return _SPACES.sub(" ", unicodedata.normalize("NFC", visible)).strip()


def find_unsafe(text: str) -> str | None:
    """Why this text may not be stored at all, as a sentence; None when it may."""
    if any(char in BIDI_CONTROLS for char in text):
        return (
            "It contains hidden characters that change the reading direction. "
            "Type the text again instead of pasting it."
        )
    if any(unicodedata.category(char) == "Cs" for char in text):
        return "It contains half of a character pair, which is not text. Type it again."
    return None


@lru_cache(maxsize=2048)  # rules compare the same few texts with each other, over and over
def fold(text: str) -> str:
    """The form in which two texts are compared: no case, accents, punctuation or double spaces.

    Accents are dropped from Latin, Greek and Cyrillic letters only. In other scripts marks are
    letters: without its vowel signs a Hindi title is another title.
    """
    kept: list[str] = []
    base = " "
    # Twice: folding makes new compatibility forms, and styled letters hide capitals until then.
    plain = unicodedata.normalize("NFKD", clean(text)).casefold()
    for char in unicodedata.normalize("NFKD", plain).casefold():
        if not unicodedata.category(char).startswith("M"):
            base = char if char.isalnum() else " "
            kept.append(base)
        elif base >= _FIRST_UNCASED_BLOCK:
            kept.append(char)
    return " ".join(unicodedata.normalize("NFC", "".join(kept)).split())


def contains_words(text: str, phrase: str) -> bool:
    """Whether the words of `phrase` stand in `text`, whole and in order, however written."""
    wanted = fold(phrase)
    return bool(wanted) and f" {wanted} " in f" {fold(text)} "
