"""Finds the phrases of `cue_words` in a text, and says which of them speaks of a name. Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from apps.registry.names.contract import Cue
from apps.registry.names.cue_words import PHRASES, SHOUTED, TRIGGERS
from apps.registry.names.words import Seen, plain_looks, plain_words

Patterns = dict[tuple[Cue, str], re.Pattern[str]]

STRENGTH: tuple[Cue, ...] = ("ai_likeness", "style", "tribute", "featuring")
_BETWEEN = re.compile(r"[\s\-–—:,.'’\"“”«»(){}\[\]（）【】「」]*")
# An edge of a word where ideographs are none: in "周杰伦AI翻唱" the AI stands alone.
_LETTER = r"[^\W_\u2e80-\U0003ffff]"
_EDGE = rf"(?:(?<!{_LETTER})(?={_LETTER})|(?<={_LETTER})(?!{_LETTER}))"
_WITHOUT_ACCENTS = str.maketrans("йё", "ие")  # as `plain_words` writes them
_BREAK = re.compile(r"[)\]）】]")


@dataclass(frozen=True)
class FoundCue:
    """A phrase: its class, how it must stand to a name, and its place in the whole text."""

    cue: Cue
    where: str
    start: int
    end: int
    text: str

    def touches(self, start: int, end: int, text: str) -> bool:
        """Whether nothing but spaces and brackets stands between the phrase and these places."""
        between = text[self.end : start] if self.end <= start else text[end : self.start]
        return _BETWEEN.fullmatch(between) is not None


def find_cues(text: str, seen: Seen) -> list[FoundCue]:
    """Every phrase in the text, by place."""
    plain = plain_words(seen)
    if plain.isascii() and not _TRIGGER.search(plain):
        return []
    found = list(_scan(text, seen, plain))
    if not seen.text.isascii():
        found += _scan(text, seen, plain_looks(seen))
    return sorted(dict.fromkeys(found), key=lambda cue: (cue.start, -cue.end))


def cue_for(start: int, end: int, text: str, cues: list[FoundCue]) -> FoundCue | None:
    """The strongest phrase that speaks of the name between these places; None where none does."""
    speaking = [cue for cue in cues if _speaks(cue, start, end, text)]
    # Of several of one strength, the longest is the one that says it in full.
    return min(speaking, key=lambda c: (STRENGTH.index(c.cue), c.start - c.end), default=None)


def _speaks(cue: FoundCue, start: int, end: int, text: str) -> bool:
    stands_before, stands_after = cue.end <= start, end <= cue.start
    match cue.where:
        case "anywhere":
            return stands_before or stands_after
        case "before":
            return stands_before and cue.touches(start, end, text)
        case "after":
            return stands_after and cue.touches(start, end, text)
        case "beside":
            return (stands_before or stands_after) and cue.touches(start, end, text)
    return stands_before and not _BREAK.search(text[cue.end : start])


def _scan(text: str, seen: Seen, plain: str) -> Iterator[FoundCue]:
    spoken, shouted = _patterns()
    for (cue, where), pattern in spoken.items():
        for match in pattern.finditer(plain):
            yield _found(cue, where, match, text, seen)
    for (cue, where), pattern in shouted.items():
        for match in pattern.finditer(plain):
            if seen.text[match.start() : match.end()].isupper():
                yield _found(cue, where, match, text, seen)


def _found(cue: Cue, where: str, match: re.Match[str], text: str, seen: Seen) -> FoundCue:
    start, end = seen.span(*match.span())
    return FoundCue(cue, where, start, end, text[start:end].strip())


def _compiled(phrases: dict[tuple[Cue, str], tuple[str, ...]]) -> Patterns:
    joined = {key: "|".join(f"(?:{one})" for one in some) for key, some in phrases.items()}
    return {
        key: re.compile(one.translate(_WITHOUT_ACCENTS).replace(r"\b", _EDGE))
        for key, one in joined.items()
    }


@cache
def _patterns() -> tuple[Patterns, Patterns]:
    """Those of phrases and of shouted ones. Compiling takes a second, and few texts need them."""
    return _compiled(PHRASES), _compiled(SHOUTED)


_TRIGGER = re.compile("|".join(TRIGGERS))
