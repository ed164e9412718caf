"""A text as its words, each with its place, for looking up names among them. Pure."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from apps.registry.names.confusables import look_of
from apps.registry.names.spelling import is_hidden, look, show, squeeze

_MARKS = "\u0300-\u036f\u0483-\u0489\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u200c\u200d"
_SCRIPTS_WITH_SIGNS = "\u0900-\u0963\u0966-\u109f\u1780-\u17ff\u1ab0-\u1aff"
_UNSPACED = "\u2e80-\u2fff\u3005-\u3007\u3021-\ua4cf\uac00-\ud7af\uf900-\ufaff\uff66-\uffdc"
_WORD = re.compile(
    rf"[{_UNSPACED}\U00020000-\U0003ffff]+"
    rf"|(?:[^\W_{_UNSPACED}\U00020000-\U0003ffff]|[{_MARKS}{_SCRIPTS_WITH_SIGNS}$@!|€£+])+"
)
_SPELT_OUT = 3  # single letters in a row are one word from here on: "D r a k e"


@dataclass(frozen=True, slots=True)
class Word:
    """One word: where it stands in the text (code points), what is written, how it looks.

    `unspaced`: in a script that puts no spaces between words.
    """

    start: int
    end: int
    written: str
    look: str
    unspaced: bool


@dataclass(frozen=True, slots=True)
class Seen:
    """What can be seen of a text, and where each of its characters stood."""

    text: str
    places: Sequence[int]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Bounds in the whole text of a stretch of what is seen, which is not empty."""
        return self.places[start], self.places[end - 1] + 1


def see(text: str) -> Seen:
    """The text without hidden characters."""
    if text.isascii() and text.isprintable():
        return Seen(text, range(len(text)))
    places = [place for place, char in enumerate(text) if not is_hidden(char)]
    return Seen("".join(text[place] for place in places), places)


def words_of(seen: Seen) -> list[Word]:
    """The words of what is seen, letters spelt out with spaces between them joined."""
    found = [_word(seen, match) for match in _WORD.finditer(seen.text)]
    return _join_letters([word for word in found if word.written or word.look])


def plain_words(seen: Seen) -> str:
    """What is seen in lower case and without accents, of the same length."""
    text = seen.text
    return text.lower() if text.isascii() else "".join(map(_plain, text))


def plain_looks(seen: Seen) -> str:
    """The same as the eye takes it, for letters of other scripts among Latin ones."""
    return "".join(map(_plain_look, seen.text))


def _word(seen: Seen, match: re.Match[str]) -> Word:
    text = match[0]
    start, end = seen.span(*match.span())
    unspaced = not text.isascii() and re.match(rf"[{_UNSPACED}]", text) is not None
    return Word(start, end, squeeze(show(text)), look(text.strip("!|+") or text), unspaced)


def _join_letters(words: list[Word]) -> list[Word]:
    joined: list[Word] = []
    run: list[Word] = []
    for word in words:
        if len(word.look) == 1 and not word.unspaced:
            run.append(word)
            continue
        joined += _one_word(run)
        run = []
        joined.append(word)
    return joined + _one_word(run)


def _one_word(run: list[Word]) -> list[Word]:
    if len(run) < _SPELT_OUT:
        return run
    written, looks = "".join(w.written for w in run), "".join(w.look for w in run)
    return [Word(run[0].start, run[-1].end, written, looks, False)]


@lru_cache(maxsize=8192)
def _plain(char: str) -> str:
    """Lower case; without accents in Latin, Greek and Cyrillic, marks being letters elsewhere."""
    plain = unicodedata.normalize("NFKC", char).casefold()
    if plain[:1] < "\u0530" or "\u1e00" <= plain[:1] <= "\u1fff":
        plain = unicodedata.normalize("NFD", plain)
    return plain[0] if plain and plain[0].isprintable() else char


@lru_cache(maxsize=8192)
def _plain_look(char: str) -> str:
    seen = look_of(char)
    return seen if len(seen) == 1 else _plain(char)
