"""The index of protected names: exact keys in dictionaries, near ones by length. Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from apps.registry.names.contract import NameKind
from apps.registry.names.near import NearNames, edit_key, sound_key, sounds_alike
from apps.registry.names.spelling import (
    hidden,
    is_alphabetic,
    latin,
    looks,
    looks_with_marks,
    squeeze,
    written,
)

MIN_LOOKALIKE = 3  # letters: of two, too many look like something else
MIN_TRANSLITERATED = 5  # of scripts whose transliteration says little: Arabic, Chinese
LOOKALIKE_SCORE, STYLED_SCORE = 0.95, 0.98


@dataclass(frozen=True)
class Entry:
    """One name of a protected person. `name` is what they are called in the register."""

    person: str
    name: str
    text: str
    is_word: bool = False


@dataclass(frozen=True)
class Agreement:
    """An entry that agrees with a text, how, and how surely (0..1)."""

    entry: Entry
    kind: NameKind
    score: float


_Numbers = int | tuple[int, ...]


class NameIndex:
    """Every protected name by what is written, how it looks, its Latin form, and its sound."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self.entries = [entry for entry in entries if written(entry.text)]
        self._written: dict[str, _Numbers] = {}
        self._looks: dict[str, _Numbers] = {}
        self._latin: dict[str, _Numbers] = {}
        self._sounds: dict[str, _Numbers] = {}
        for number, entry in enumerate(self.entries):
            self._add(number, entry.text)
        self.near = NearNames([(edit_key(e.text), number) for number, e in enumerate(self.entries)])
        self.most_words = min(8, max((len(e.text.split()) for e in self.entries), default=1) + 1)

    def agree(self, text: str) -> list[Agreement]:
        """Entries that are this text, or look like it."""
        key = written(text)
        if not key:
            return []
        return (
            self._as_written(text, key)
            or self._as_seen(looks(text), latin(text))
            or self._as_seen(looks_with_marks(text), "")
        )

    def agree_keys(self, key: str, look: str) -> list[Agreement]:
        """The same for words of a title, by their keys: `written` and `looks`."""
        found = [Agreement(entry, "exact", 1.0) for entry in self._get(self._written, key)]
        return found or self._as_seen(look, "")

    def come_near(self, text: str) -> list[Agreement]:
        """Entries an edit or two from this text, else those of the same sound."""
        close = self.near.within_edits(edit_key(text))
        if close:
            return [Agreement(self.entries[one.number], one.kind, one.score) for one in close]
        if not is_alphabetic(written(text)):
            return []
        plain = latin(text)
        heard = self._get(self._sounds, sound_key(plain))
        alike = (entry for entry in heard if sounds_alike(latin(entry.text), plain))
        return [Agreement(entry, "phonetic", 0.7) for entry in alike]

    def _as_written(self, text: str, key: str) -> list[Agreement]:
        entries = self._get(self._written, key)
        is_plain = not hidden(text) and (text.isascii() or squeeze(text) == key)
        kind: NameKind = "exact" if is_plain else "lookalike"
        score = 1.0 if is_plain else STYLED_SCORE
        return [Agreement(entry, kind, score) for entry in entries]

    def _as_seen(self, look: str, plain: str) -> list[Agreement]:
        found = list(self._get(self._looks, look)) if len(look) >= MIN_LOOKALIKE else []
        if not found and len(plain) >= MIN_LOOKALIKE:
            found = [*self._get(self._latin, plain), *self._get(self._written, plain)]
        return [Agreement(entry, "lookalike", LOOKALIKE_SCORE) for entry in found]

    def _add(self, number: int, text: str) -> None:
        key, plain = written(text), latin(text)
        _put(self._written, key, number)
        _put(self._looks, looks(text), number)
        least = MIN_LOOKALIKE if is_alphabetic(key) else MIN_TRANSLITERATED
        if len(plain) >= least and plain != key:
            _put(self._latin, plain, number)
        if is_alphabetic(key) and (sound := sound_key(plain)):
            _put(self._sounds, sound, number)

    def _get(self, table: dict[str, _Numbers], key: str) -> Iterator[Entry]:
        numbers = table.get(key, ()) if key else ()
        for number in (numbers,) if isinstance(numbers, int) else numbers:
            yield self.entries[number]


def _put(table: dict[str, _Numbers], key: str, number: int) -> None:
    before = table.get(key)
    if before is None:
        table[key] = number
    else:
        table[key] = (*((before,) if isinstance(before, int) else before), number)
