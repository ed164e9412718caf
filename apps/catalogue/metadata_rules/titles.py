"""Rules on titles and version titles: what belongs in another field, and what belongs nowhere.

Sources: the style guides of Apple Music, Spotify and several distributors agree on most of these;
where they differ (featured artists in the title) we keep roles as data and hold titles to less.
"""

import re
from collections.abc import Iterator

from apps.catalogue.metadata_rules import phrases
from apps.catalogue.metadata_rules.problem import (
    Document,
    MetadataProblem,
    entries,
    text_at,
)
from apps.catalogue.metadata_rules.writing import find_writing_problems
from apps.catalogue.text import contains_words, fold

# In brackets or after a dash, the first that fits; then whole version titles. Code by pattern.
_ASIDES: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("advisory_in_title", phrases.ADVISORY_WORDS),
    ("format_in_title", phrases.FORMAT_WORDS),
    ("karaoke_in_title", phrases.KARAOKE),
    ("cover_in_title", phrases.COVER_BRACKET),
    ("needless_version", phrases.NEEDLESS_VERSION),
    ("version_in_title", phrases.VERSION_WORDS),
    ("promo_in_title", phrases.PROMO_WORDS),
)
_NEVER_A_VERSION = ("advisory_in_title", "format_in_title", "needless_version", "promo_in_title")

# Anywhere in the text. Code, pattern, how sure.
_ANYWHERE: tuple[tuple[str, re.Pattern[str], float], ...] = (
    ("type_beat_in_title", phrases.TYPE_BEAT, 1.0),
    ("karaoke_in_title", phrases.KARAOKE_PHRASE, 1.0),
    ("name_drop_in_title", phrases.NAME_DROP, 0.9),
    ("ai_imitation_in_title", phrases.AI_VERSION, 1.0),
    ("producer_in_title", phrases.PRODUCER, 1.0),
    ("url_in_title", phrases.URL, 1.0),
    ("url_in_title", phrases.HANDLE, 0.8),
    ("store_name_in_title", phrases.STORES, 0.9),
    ("working_title", phrases.FILE_NAME, 0.9),
)


def find_title_problems(declaration: Document) -> Iterator[MetadataProblem]:
    """Problems of the title and the version title, most certain first per field."""
    title, version = text_at(declaration, "title"), text_at(declaration, "version_title")
    if not title:
        yield MetadataProblem("title_missing", "title")
    yield from check_title(title, "title")
    yield from _check_version(version)
    yield from _check_people(declaration, title)
    if version and _is_repeated(title, version):
        yield MetadataProblem("version_repeated", "version_title", version)


def check_title(title: str, path: str) -> Iterator[MetadataProblem]:
    """Problems of one title on its own; `path` is where it stands."""
    aside = list(_in_asides(title, path))
    yield from aside
    known = {problem.code for problem in aside}
    yield from (problem for problem in _anywhere(title, path) if problem.code not in known)
    yield from find_writing_problems(title, path)
    featured = phrases.FEATURED.search(title)
    if featured and not phrases.NUMBER_BEFORE_FEET.search(title):
        sure = 1.0 if re.search(r"[(\[]|\b(?:feat|ft)\.", featured.group(0), re.I) else 0.8
        yield MetadataProblem("featured_artist_in_title", path, title, sure)
    part = phrases.PART_NUMBER.search(title)
    if part and not phrases.PART_NUMBER_STYLE.search(title):
        kind = "Pt." if part.group(1).lower().startswith("p") else "Vol."
        better = f"{kind} {part.group(2)}"
        yield MetadataProblem("part_number_style", path, title, detail={"better": better})


def _in_asides(title: str, path: str) -> Iterator[MetadataProblem]:
    for aside in phrases.asides(title):
        for code, pattern in _ASIDES:
            if pattern.fullmatch(aside) and not _is_exempt(code, aside):
                yield MetadataProblem(code, path, title, detail={"words": aside})
                break


def _is_exempt(code: str, aside: str) -> bool:
    if code == "version_in_title":
        return phrases.NOT_A_VERSION.fullmatch(aside) is not None
    return code == "cover_in_title" and phrases.NOT_A_COVER.fullmatch(aside) is not None


def _anywhere(title: str, path: str) -> Iterator[MetadataProblem]:
    for code, pattern, sure in _ANYWHERE:
        found = pattern.search(title)
        if found:
            words = found.group(0).strip()
            yield MetadataProblem(code, path, title, sure, {"words": words})


def _check_version(version: str) -> Iterator[MetadataProblem]:
    path = "version_title"
    for code, pattern in _ASIDES:
        if code in _NEVER_A_VERSION and pattern.fullmatch(version):
            yield MetadataProblem(code, path, version, detail={"words": version})
    if phrases.KARAOKE.fullmatch(version):
        yield MetadataProblem("karaoke_version", path, version)
    for problem in (*_anywhere(version, path), *find_writing_problems(version, path)):
        if problem.code != "karaoke_in_title":
            yield problem
    featured = phrases.FEATURED.search(version)
    if featured:
        yield MetadataProblem("featured_artist_in_title", path, version)


def _check_people(declaration: Document, title: str) -> Iterator[MetadataProblem]:
    """Names of credited or imitated people in the title."""
    for artist in entries(declaration, "artists"):
        name = text_at(artist, "name")
        if not name:
            continue
        if re.match(rf"\s*{re.escape(name)}\s+[-–—|:]\s+\S", title, re.IGNORECASE):
            yield MetadataProblem("artist_in_title", "title", title, detail={"name": name})
        if any(fold(aside) == f"with {fold(name)}" for aside in phrases.asides(title)):
            yield MetadataProblem("featured_artist_in_title", "title", title)
    yield from find_imitated(declaration, title, "title")


def find_imitated(declaration: Document, text: str, path: str) -> Iterator[MetadataProblem]:
    """`AI <Name>` in a title or an artist name: certain when the name is a declared person."""
    found = phrases.AI_NAME.search(text)
    if not found or phrases.AI_VERSION.search(text):
        return
    name = found.group(1)
    known = any(contains_words(name, person) for person in _declared_people(declaration))
    code = "ai_imitation_in_title" if path == "title" else "ai_imitation_in_name"
    yield MetadataProblem(code, path, text, 1.0 if known else 0.5, {"words": f"AI {name}"})


def _declared_people(declaration: Document) -> Iterator[str]:
    voice = declaration.get("voice")
    if isinstance(voice, dict):
        yield text_at(voice, "person")
    for likeness in entries(declaration, "likeness"):
        yield text_at(likeness, "person")


def _is_repeated(title: str, version: str) -> bool:
    wanted = fold(version)
    return bool(wanted) and any(fold(aside) == wanted for aside in phrases.asides(title))
