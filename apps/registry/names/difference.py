"""Two spellings beside each other, character by character, with their Unicode names. Pure."""

import unicodedata
from typing import Any

from rapidfuzz.distance import Levenshtein

MOST = 200  # characters that are compared: the rest is told by its length

Row = dict[str, Any]


def difference(text: str, matched: str) -> list[Row]:
    """What was written against the name it agrees with, as rows {char, code, name, expected}.

    `char` is what was written ("" where something is missing), `code` its code point ("U+0430") and
    `name` its Unicode name; `expected` is what the name has there ("" where it has nothing), None
    where both agree. Capitals and small letters agree.
    """
    text, matched = text[:MOST], matched[:MOST]
    rows: list[Row] = []
    for step in Levenshtein.opcodes(_small(text), _small(matched)):
        written = text[step.src_start : step.src_end]
        if step.tag == "equal":
            rows += [_row(char, None) for char in written]
            continue
        expected = matched[step.dest_start : step.dest_end]
        for place in range(max(len(written), len(expected))):
            rows.append(_row(written[place : place + 1], expected[place : place + 1]))
    return rows


def _small(text: str) -> str:
    """Lower case of the same length."""
    return "".join(char.lower() if len(char.lower()) == 1 else char for char in text)


def _row(char: str, expected: str | None) -> Row:
    return {
        "char": char if char.isprintable() else "",
        "code": f"U+{ord(char):04X}" if char else "",
        "name": _name(char) if char else "",
        "expected": expected,
    }


def _name(char: str) -> str:
    if unicodedata.category(char) == "Cs":
        return "half of a character pair"
    return unicodedata.name(char, "character without a name")
