"""Rules on artist names: somebody's name, one per field, and not a search term."""

import re
from collections.abc import Iterator

from apps.catalogue.metadata_rules import phrases
from apps.catalogue.metadata_rules.problem import Document, MetadataProblem, entries, text_at
from apps.catalogue.metadata_rules.titles import find_imitated
from apps.catalogue.metadata_rules.writing import find_writing_problems
from apps.catalogue.text import fold

# What stores name as search terms posing as artists, and close relatives of them.
_SUBJECTS = (
    "sleep", "sleeping", "deep sleep", "baby sleep", "relax", "relaxing", "relaxation", "yoga",
    "meditation", "spa", "study", "studying", "focus", "concentration", "chill", "chillout", "lofi",
    "lo fi", "white noise", "brown noise", "pink noise", "nature", "rain", "ocean", "ambient",
    "workout", "gym", "party", "christmas", "halloween", "wedding", "birthday", "kids", "baby",
    "jazz", "relaxing jazz", "piano", "relaxing piano", "guitar", "classical", "hip hop", "rap",
    "pop", "rock", "edm", "house", "techno", "country", "reggae", "latin", "bollywood", "top",
    "best", "new", "summer", "karaoke", "tribute", "cover", "instrumental", "background", "asmr",
    "healing", "binaural beats", "frequency", "432 hz", "528 hz", "tiktok", "viral",
)  # fmt: skip
_KINDS = (
    "music", "musics", "hits", "songs", "sounds", "sound", "beats", "beat", "playlist", "playlists",
    "radio", "mix", "tunes", "tracks", "vibes", "noise", "therapy", "covers", "tributes", "40",
    "50", "100", "2024", "2025", "2026", "music zone", "music academy", "sound effects",
    "type beat", "type beats",
)  # fmt: skip
_ALONE = (
    "white noise", "brown noise", "pink noise", "sleep music", "top hits", "greatest hits",
    "hip hop", "meditation", "lofi", "lo fi", "relaxing jazz", "nature sounds", "binaural beats",
    "jazz", "classical music", "pop music", "rap", "edm", "karaoke", "instrumental", "ambient",
    "study music", "chill beats", "beats", "type beat", "top 40", "top 100", "new music",
)  # fmt: skip
_GENERIC = frozenset(_ALONE) | {f"{subject} {kind}" for subject in _SUBJECTS for kind in _KINDS}
_PLACEHOLDERS = frozenset({
    "artist", "unknown", "unknown artist", "various", "various artists", "va", "test", "n a",
    "none", "null", "undefined", "untitled", "anonymous", "no name", "tbd", "tba", "name",
    "artist name", "featured artist", "me", "self", "ai artist", "ai singer",
})  # fmt: skip

_OFFICIAL = re.compile(r"\bofficial\b(?:\s+\w+)?$|^official\b", re.IGNORECASE)
_PROMO = re.compile(
    r"\s-\s+topic$|\bvevo\b|\bout now\b"
    r"|\bnew (?:single|album)\b|\bfree (?:beat|download)s?\b",
    re.IGNORECASE,
)
_LABEL = re.compile(
    r"\b(?:records|recordings|record label|music group|entertainment|publishing|distribution)$"
    r"|\b(?:inc|llc|ltd|gmbh|pvt)\.?$|©|℗",
    re.IGNORECASE,
)
_FEATURED = re.compile(r"[\s(\[](?:feat|ft|featuring)\.?\s+\S", re.IGNORECASE)
_JOINED = re.compile(
    r"\S\s*(?:,|;|/|&|\+)\s*(?!the\b)\S|\s(?:x|vs\.?|with|and|und|et|y|e)\s(?!the\b|his\b|her\b)",
    re.IGNORECASE,
)
_ROLE_IN_NAME = re.compile(r"\(\s*(?:producer|composer|prod|remixer|singer|artist)\s*\)", re.I)


def find_name_problems(declaration: Document) -> Iterator[MetadataProblem]:
    """Problems of every credited name, and of the same name credited twice."""
    artists = entries(declaration, "artists")
    for place, artist in enumerate(artists):
        path = f"artists[{place}].name"
        name = text_at(artist, "name")
        if not name:
            yield MetadataProblem("artist_name_missing", path)
            continue
        yield from _check_name(name, path)
        yield from find_imitated(declaration, name, path)
    yield from _doubled(artists)


def _check_name(name: str, path: str) -> Iterator[MetadataProblem]:
    plain = fold(name)
    if plain in _PLACEHOLDERS:
        yield MetadataProblem("placeholder_artist_name", path, name)
    elif plain in _GENERIC:
        yield MetadataProblem("generic_artist_name", path, name)
    if _PROMO.search(name) or phrases.URL.search(name) or phrases.HANDLE.search(name):
        yield MetadataProblem("promo_in_name", path, name)
    elif _OFFICIAL.search(name):
        yield MetadataProblem("promo_in_name", path, name, 0.8)
    if phrases.TYPE_BEAT.search(name) or phrases.NAME_DROP.search(name):
        yield MetadataProblem("name_drop_in_name", path, name)
    if _LABEL.search(name):
        yield MetadataProblem("label_in_name", path, name, 0.6)
    if _FEATURED.search(name) or _ROLE_IN_NAME.search(name):
        yield MetadataProblem("credit_in_name", path, name)
    elif _JOINED.search(name):
        # Could be one band: "Simon & Garfunkel", "Earth, Wind & Fire".
        yield MetadataProblem("joined_artist_names", path, name, 0.5)
    yield from find_writing_problems(name, path)


def _doubled(artists: list[Document]) -> Iterator[MetadataProblem]:
    seen: dict[tuple[str, str], int] = {}
    main = {fold(text_at(artist, "name")) for artist in artists if artist.get("role") == "main"}
    for place, artist in enumerate(artists):
        name, role = text_at(artist, "name"), text_at(artist, "role")
        plain = fold(name)
        if not plain:
            continue
        if role == "featured" and plain in main:
            yield MetadataProblem("main_artist_also_featured", f"artists[{place}].name", name)
        first = seen.setdefault((plain, role), place)
        if first != place:
            detail = {"first": f"artists[{first}]"}
            yield MetadataProblem("credit_repeated", f"artists[{place}]", name, detail=detail)
