"""Rules on how a title or a name is written: hidden and look-alike characters, emoji, capitals."""

import unicodedata
from collections.abc import Iterator

from apps.catalogue.metadata_rules.problem import MetadataProblem
from apps.catalogue.text import INVISIBLE, find_unsafe

# Scripts whose letters can pass for each other inside one word.
_LOOKALIKE_SCRIPTS = frozenset({"LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE"})
_EMOJI_BLOCKS = ((0x1F000, 0x1FAFF), (0x2600, 0x27BF), (0x2B00, 0x2BFF))
_TEXT_SYMBOLS = frozenset("♪♫♭♮♯★☆♥♡✝†")  # old typographic signs, used in titles for decades


def find_writing_problems(text: str, path: str) -> Iterator[MetadataProblem]:
    """Problems of the characters of one field, whatever it says."""
    hidden = sorted({f"U+{ord(char):04X}" for char in text if char in INVISIBLE})
    if hidden or find_unsafe(text):
        yield MetadataProblem("hidden_characters", path, text, detail={"characters": hidden})
    mixed = _mixed_word(text)
    if mixed:
        detail = {"word": mixed, "scripts": sorted(_scripts(mixed))}
        yield MetadataProblem("mixed_scripts", path, text, 0.9, detail)
    emoji = [char for char in text if _is_emoji(char)]
    if emoji:
        yield MetadataProblem("emoji", path, text, detail={"characters": emoji[:10]})
    if _is_shouted(text):
        yield MetadataProblem("all_capitals", path, text, 0.7)


def _mixed_word(text: str) -> str | None:
    """The first word whose letters come from two scripts that look alike."""
    words = "".join(char if char.isalpha() else " " for char in text).split()
    return next((word for word in words if len(_scripts(word) & _LOOKALIKE_SCRIPTS) > 1), None)


def _scripts(word: str) -> frozenset[str]:
    """Script of each letter, by the first word of its Unicode name."""
    return frozenset(unicodedata.name(char, "UNKNOWN").split()[0] for char in word)


def _is_emoji(char: str) -> bool:
    point = ord(char)
    return char not in _TEXT_SYMBOLS and any(low <= point <= high for low, high in _EMOJI_BLOCKS)


def _is_shouted(text: str) -> bool:
    """Two words or more, eight capital letters or more, no small letter."""
    cased = [char for char in text if char.isupper() or char.islower()]
    capitals = all(char.isupper() for char in cased)
    return capitals and len(cased) >= 8 and len(text.split()) >= 2
