"""The forms in which a name is compared: as written, as it looks, as it would be in Latin. Pure.

All are squeezed: letters and digits only, no spaces, no case. Characters that nobody sees are
dropped first; `hidden` says which they were.
"""

import re
import unicodedata
from functools import lru_cache

from anyascii import anyascii

from apps.catalogue.text import BIDI_CONTROLS, INVISIBLE
from apps.registry.names.confusables import look_of

_BRAILLE_BLANK = "\u2800"
_JOINERS = frozenset("\u200c\u200d")
_LEET = {
    "0": "o", "1": "l", "2": "z", "3": "e", "4": "a", "5": "s", "6": "g", "7": "t", "8": "b",
    "9": "g", "$": "s", "@": "a", "!": "l", "|": "l", "+": "t", "i": "l",
}  # fmt: skip
_SIGNS = str.maketrans({"$": "s", "@": "a", "!": "i", "|": "l", "€": "e", "£": "l", "¥": "y"})
# "Wham!", "Panic! At": an end of a word, not an i.
_MARK_AT_AN_END = re.compile(r"(?<=[^\W\d_])[!|+]+(?![\w$@])|(?<!\w)[+|](?=\w)")
_NOT_ALPHABETS = "\u0590"  # from here on: letters without vowels, syllables, words


def is_hidden(char: str) -> bool:
    """Whether the character takes no ink: zero-width, joiner, direction mark, selector, filler."""
    if char.isascii():
        return not char.isprintable() and not char.isspace()
    if char in INVISIBLE or char in BIDI_CONTROLS or char == _BRAILLE_BLANK:
        return True
    return unicodedata.category(char) in {"Cf", "Cc", "Cs", "Co"} or _selects_a_variant(char)


def hidden(text: str) -> list[int]:
    """Where hidden characters stand that no spelling needs.

    Joiners belong to Indic, Arabic and Persian spelling and to emoji: beside Latin, Greek and
    Cyrillic letters they hide something.
    """
    if text.isascii() and text.isprintable():
        return []
    return [
        place
        for place, char in enumerate(text)
        if is_hidden(char) and not _is_spelling(text, place)
    ]


def visible(text: str) -> str:
    """The text without what cannot be seen."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(char for char in text if not is_hidden(char))


def show(text: str) -> str:
    """What can be seen of the text, in compatibility form: styled letters made plain."""
    return text if text.isascii() and text.isprintable() else _plain_form(visible(text))


def _plain_form(text: str) -> str:
    return unicodedata.normalize("NFKC", text)


@lru_cache(maxsize=4096)
def written(text: str) -> str:
    """The name as written, but for case, accents, spaces, punctuation and hidden characters."""
    return squeeze(show(text))


def squeeze(text: str) -> str:
    """Letters and digits, casefolded, without accents; marks of other scripts stay."""
    kept = text.translate(_PLAIN)
    return kept if kept.isascii() else unicodedata.normalize("NFC", kept)


@lru_cache(maxsize=4096)
def looks(text: str) -> str:
    """The name as the eye takes it: the skeleton of TR39, then digits and signs as letters (leet),
    then letters that run together: rn as m, vv as w, i as l. Marks at a word's end are dropped.
    """
    return merge(look(_without_end_marks(visible(text))))


def looks_with_marks(text: str) -> str:
    """The same, with "!" at the end of a word as an i: "Kl3pack!"; "" where there is none."""
    if "!" not in text and "|" not in text:
        return ""
    return merge(look(visible(text)))


def look(shown: str) -> str:
    """`looks` before letters run together, of a text from `visible`."""
    return shown.translate(_LOOK)


def _without_end_marks(shown: str) -> str:
    return shown if shown.isalnum() else _MARK_AT_AN_END.sub(" ", shown)


def merge(look: str) -> str:
    """Letters that run together: rn as m, vv as w."""
    return look.replace("rn", "m").replace("vv", "w")


@lru_cache(maxsize=4096)
def latin(text: str) -> str:
    """The name transliterated to ASCII letters and digits, with signs for letters read as such."""
    shown = _without_end_marks(show(text)).translate(_SIGNS)
    plain = shown if shown.isascii() else str(anyascii(shown))
    return "".join(filter(str.isalnum, plain.lower()))


def is_alphabetic(key: str) -> bool:
    """Whether the text is Latin, Greek, Cyrillic or Armenian: scripts that write all their vowels.

    Transliterated, the others say too little for comparing by edits or by sound.
    """
    return key.isascii() or all(char < _NOT_ALPHABETS for char in key)


def _selects_a_variant(char: str) -> bool:
    return "\ufe00" <= char <= "\ufe0f" or "\U000e0100" <= char <= "\U000e01ef"


def _is_spelling(text: str, place: int) -> bool:
    if text[place] not in _JOINERS and not _selects_a_variant(text[place]):
        return False
    return any(char >= "\u0590" for char in text[max(0, place - 1) : place])


class _Plain(dict[int, str]):
    """A table for str.translate, filled as characters come."""

    def __missing__(self, code: int) -> str:
        self[code] = answer = _plain(chr(code))
        return answer


class _Look(dict[int, str]):
    """A table for str.translate, filled as characters come."""

    def __missing__(self, code: int) -> str:
        letters = look_of(chr(code))
        answer = "".join(_LEET.get(letter, letter) for letter in letters)
        self[code] = answer = answer if _is_kept(answer) else ""
        return answer


_PLAIN, _LOOK = _Plain(), _Look()


def _is_kept(letters: str) -> bool:
    """Letters and digits; and marks that are letters in their script."""
    return bool(letters) and all(char.isalnum() or _is_letter_mark(char) for char in letters)


def _is_letter_mark(char: str) -> bool:
    """Vowel signs of Indic scripts and the like; Hebrew and Arabic points may be left out."""
    return char >= "\u0900" and unicodedata.category(char) in {"Mn", "Mc"} and char < "\ufe00"


def _plain(char: str) -> str:
    if char < "\u0530" or "\u1e00" <= char <= "\u1fff":
        parts = unicodedata.normalize("NFD", char).casefold()
        return "".join(part for part in unicodedata.normalize("NFD", parts) if part.isalnum())
    folded = char.casefold()
    combining = "\u1ab0" <= char <= "\u1aff" or "\u1dc0" <= char <= "\u1dff"
    combining = combining or "\u20d0" <= char <= "\u20ff"
    return folded if _is_kept(folded) and not combining else ""
