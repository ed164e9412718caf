"""Looks for protected names in a text: an artist's name, or a title. Pure."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from apps.registry.names.contract import NameHit
from apps.registry.names.cues import FoundCue, cue_for, find_cues
from apps.registry.names.index import Agreement, NameIndex
from apps.registry.names.spelling import hidden, merge
from apps.registry.names.words import Word, see, words_of

# A name of one word says little in a title from a few letters: "Adele", "Sia", "Nas".
LETTERS_ALONE, IDEOGRAPHS_ALONE = 6, 3
MOST_IDEOGRAPHS = 12
WORDS_BESIDE_A_CUE = 4
LETTERS_NEAR_A_CUE = 6
MOST_CUES = 10  # from either end: a title of a hundred phrases is a flood, not a title
_REACH = 40  # characters in which a word ends
_JOINT = re.compile(
    r"\s*(?:[,;/&+×]|\b(?:feat|ft|featuring|with|and|x|vs|y|e|et|und)\b\.?)\s*", re.IGNORECASE
)
_BEGINS = re.compile(
    r"(?:^|[(\[{（【「\-–—:,;/&+×|\"“«]|\b(?:feat|ft|featuring|with|and|x|vs|w/)\.?)\s*$"
)
_ENDS = re.compile(
    r"^\s*(?:$|[)\]}）】」(\[{（【\-–—:,;/&+×|\"”»]|(?:feat|ft|featuring|with|and|x|vs)\b)"
)


def find_names(index: NameIndex, text: str, *, whole: bool) -> list[NameHit]:
    """Protected names in the text, surest first. `whole`: the text is one artist's name.

    As a whole a name may be written alike, look alike, be an edit away or sound the same. Among
    other words it must be written alike or look alike, and where it is an ordinary word, or short,
    a phrase must point at it. In an artist's name other words count only where they join artists
    or such a phrase stands there.
    """
    if whole and (hits := _as_one_name(index, text)):
        return hits
    seen = see(text)
    cues = find_cues(text, seen)
    told: list[NameHit] = []
    if cues or not whole:
        words = words_of(seen)
        told = list(_among_words(index, text, words, cues, whole))
        told = told or list(_near_cues(index, text, words, cues))
    if not told and whole:
        told = [_whole_hit(found, text) for found in index.come_near(text)]
    return sorted(_once_each(told), key=lambda hit: (-hit.score, hit.start))


def parts_of(name: str) -> list[str]:
    """The names that an artist's name joins ("A & B", "A feat. B", "A / B"); [] for one name."""
    parts = [part.strip(" ()[]") for part in _JOINT.split(name)]
    return [part for part in parts if part] if len(parts) > 1 else []


def _as_one_name(index: NameIndex, text: str) -> list[NameHit]:
    return _once_each(_whole_hit(found, text) for found in index.agree(text))


def _whole_hit(found: Agreement, text: str) -> NameHit:
    start = len(text) - len(text.lstrip())
    return _hit(found, start, max(start, len(text.rstrip())))


def _hit(found: Agreement, start: int, end: int) -> NameHit:
    entry = found.entry
    return NameHit(
        person=entry.person,
        name=entry.name,
        matched=entry.text,
        kind=found.kind,
        score=found.score,
        start=start,
        end=end,
        is_word=entry.is_word,
    )


def _contained(index: NameIndex, text: str, words: list[Word]) -> Iterator[NameHit]:
    for first, word in enumerate(words):
        key = look = ""
        for last in words[first : first + index.most_words]:
            key, look = key + last.written, look + last.look
            for found in index.agree_keys(key, merge(look)):
                yield _marked(_hit(found, word.start, last.end), text)
        if word.unspaced:
            yield from _among_ideographs(index, word)


def _among_ideographs(index: NameIndex, word: Word) -> Iterator[NameHit]:
    """Names inside a run of characters without spaces; one character is one code point here."""
    if len(word.written) != word.end - word.start:
        return
    for start in range(len(word.written)):
        for end in range(start + 2, min(len(word.written), start + MOST_IDEOGRAPHS) + 1):
            for found in index.agree_keys(word.written[start:end], ""):
                yield _hit(found, word.start + start, word.start + end)


def _marked(hit: NameHit, text: str) -> NameHit:
    """A name with hidden characters in it is a look-alike."""
    if hit.kind == "exact" and hidden(text[hit.start : hit.end]):
        return replace(hit, kind="lookalike", score=0.98)
    return hit


def _longest(hits: Iterable[NameHit]) -> Iterator[NameHit]:
    """Hits that stand inside no longer one."""
    found = _once_each(hits)
    for hit in found:
        around = (other for other in found if other.start <= hit.start and hit.end <= other.end)
        if all(other.end - other.start == hit.end - hit.start for other in around):
            yield hit


def _once_each(hits: Iterable[NameHit]) -> list[NameHit]:
    kept: dict[tuple[str, int, int], NameHit] = {}
    for hit in hits:
        kept.setdefault((hit.person, hit.start, hit.end), hit)
    return list(kept.values())


def _among_words(
    index: NameIndex, text: str, words: list[Word], cues: list[FoundCue], whole: bool
) -> Iterator[NameHit]:
    for hit in _longest(_contained(index, text, words)):
        cue = cue_for(hit.start, hit.end, text, _speaking(hit, text, cues))
        if cue:
            yield replace(hit, cue=cue.cue, cue_text=cue.text)
        elif not whole and _speaks_alone(hit):
            yield hit


def _speaking(hit: NameHit, text: str, cues: list[FoundCue]) -> list[FoundCue]:
    """The phrases that may speak of this name.

    A featured name stands by itself: "feat. Mia Tuttavilla" is not M.I.A. So does an ordinary
    word, unless a phrase stands right beside it: "Pink Moon (Karaoke Version)" is not Pink.
    """
    if _stands_by_itself(hit, text):
        return cues
    kept = [cue for cue in cues if cue.cue != "featuring"]
    return (
        [cue for cue in kept if cue.touches(hit.start, hit.end, text)] if _is_common(hit) else kept
    )


def _stands_by_itself(hit: NameHit, text: str) -> bool:
    return _begins(hit.start, text) and _ends(hit.end, text)


def _begins(start: int, text: str) -> bool:
    return _BEGINS.search(text[max(0, start - _REACH) : start].lower()) is not None


def _ends(end: int, text: str) -> bool:
    return _ENDS.search(text[end : end + _REACH].lower()) is not None


def _is_bounded(start: int, end: int, text: str, cue: FoundCue) -> bool:
    """Whether the words between these places are all that the phrase can speak of."""
    touches = cue.touches(start, end, text)
    begins = _begins(start, text) or (touches and cue.end <= start)
    return begins and (_ends(end, text) or (touches and end <= cue.start))


def _is_common(hit: NameHit) -> bool:
    return hit.is_word or not _speaks_alone(hit)


def _speaks_alone(hit: NameHit) -> bool:
    """Whether a name says something in a title without a phrase beside it."""
    letters = hit.matched
    if hit.is_word:
        return False
    if not letters.isascii() and any(char >= "\u2e80" for char in letters):
        return len(letters) >= IDEOGRAPHS_ALONE
    return " " in letters or len(letters) >= LETTERS_ALONE


def _near_cues(
    index: NameIndex, text: str, words: list[Word], cues: list[FoundCue]
) -> Iterator[NameHit]:
    """Names an edit away among the words right before or right behind a phrase."""
    for cue in [*cues[:MOST_CUES], *cues[MOST_CUES:][-MOST_CUES:]]:
        behind = [word for word in words if word.start >= cue.end][:WORDS_BESIDE_A_CUE]
        ahead = [word for word in words if word.end <= cue.start][-WORDS_BESIDE_A_CUE:]
        stretches = [behind[:n] for n in range(len(behind), 0, -1)]
        stretches += [ahead[-n:] for n in range(len(ahead), 0, -1)]
        for stretch in stretches:
            yield from _near_stretch(index, text, stretch, cue)


def _near_stretch(
    index: NameIndex, text: str, stretch: list[Word], cue: FoundCue
) -> Iterator[NameHit]:
    start, end = stretch[0].start, stretch[-1].end
    if sum(len(word.look) for word in stretch) < LETTERS_NEAR_A_CUE:
        return
    if cue_for(start, end, text, [cue]) is None or not _is_bounded(start, end, text, cue):
        return
    for found in index.come_near(text[start:end]):
        yield replace(_hit(found, start, end), cue=cue.cue, cue_text=cue.text)
