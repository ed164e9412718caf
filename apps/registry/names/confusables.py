"""Which ASCII letter a character looks like. Pure.

Data: `confusables.json` of the package confusable_homoglyphs (MIT), made from Unicode's
confusables.txt (Unicode Technical Standard 39). TR39 draws each character as a prototype; here it
is the shortest ASCII one, so that texts in look-alike letters can be compared with Latin names.
"""

import unicodedata
from functools import cache

from anyascii import anyascii
from confusable_homoglyphs.confusables import confusables_data

# Pairs that Unicode does not list, because in one typeface or another they can be told apart.
_BY_EYE = {
    "т": "t", "к": "k", "м": "m", "н": "h", "в": "b", "г": "r", "п": "n", "и": "u", "я": "r",
    "з": "3", "б": "6", "ь": "b", "ч": "4", "ш": "w", "щ": "w", "д": "d", "л": "n", "у": "y",
    "α": "a", "β": "b", "γ": "y", "ε": "e", "η": "n", "κ": "k", "μ": "u", "ν": "v", "ρ": "p",
    "τ": "t", "υ": "u", "χ": "x", "ω": "w", "π": "n", "δ": "d", "λ": "a", "σ": "o", "ς": "c",
    "Λ": "a", "Σ": "e", "Ξ": "e", "Δ": "a", "Π": "n", "Ω": "o", "Я": "r", "И": "n", "Э": "e",
    "€": "e", "£": "l", "¥": "y", "¢": "c", "₿": "b", "₽": "p", "₩": "w", "ß": "b", "þ": "p",
    "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ħ": "h", "ł": "l", "ŧ": "t", "ı": "i", "ð": "d",
}  # fmt: skip


@cache
def look_of(char: str) -> str:
    """The ASCII text that this character looks like, in lower case; itself where it has none.

    An accented letter looks like the letter, a small one of another script like the capital.
    """
    if char.isascii():
        return char.lower()
    if char in _BY_EYE:
        return _BY_EYE[char]
    lookalike = _shortest_ascii(char)
    if lookalike:
        return lookalike.lower()
    base = unicodedata.normalize("NFKD", char)
    base = "".join(part for part in base if not unicodedata.category(part).startswith("M"))
    if base and base != char:
        return "".join(map(look_of, base))
    folded = char.casefold()
    if folded != char:
        return "".join(map(look_of, folded))
    return _latin(char) or char


def _shortest_ascii(char: str) -> str:
    found = [pair["c"] for pair in confusables_data.get(char, ()) if pair["c"].isascii()]
    return min(found, key=lambda text: (len(text), not text.isalnum(), text), default="")


def _latin(char: str) -> str:
    """A Latin letter with a stroke, hook or tail, or a ligature, in plain letters."""
    is_latin = unicodedata.name(char, "").startswith("LATIN ")
    return str(anyascii(char)).lower() if is_latin else ""
