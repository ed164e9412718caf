"""Rules on who is credited, and whether credits, words and version agree with each other."""

from collections.abc import Iterator

from apps.catalogue.languages import NO_WORDS, InvalidLanguage, check_language
from apps.catalogue.metadata_rules.problem import Document, MetadataProblem, entries, text_at
from apps.catalogue.text import contains_words, fold

_WORDS = frozenset({"vocals", "lyrics"})
_USED = frozenset({"assisted", "generated"})


def find_credit_problems(declaration: Document) -> Iterator[MetadataProblem]:
    """Missing main artist, composer or remixer; credits without a role."""
    artists = entries(declaration, "artists")
    roles = {text_at(artist, "role") for artist in artists}
    for place, artist in enumerate(artists):
        if not artist.get("role"):
            name = text_at(artist, "name")
            yield MetadataProblem("artist_role_missing", f"artists[{place}].role", name or None)
    if "main" not in roles:
        yield MetadataProblem("main_artist_missing", "artists")
    if "composer" not in roles:
        yield MetadataProblem("composer_missing", "artists")
    yield from _remix(declaration, roles)


def _remix(declaration: Document, roles: set[str]) -> Iterator[MetadataProblem]:
    version = text_at(declaration, "version_title")
    named = contains_words(version, "remix")
    borrowed = any(item.get("kind") == "remix" for item in entries(declaration, "borrowed"))
    if (named or borrowed) and "remixer" not in roles:
        yield MetadataProblem("remixer_missing", "artists", version or None)
    if (borrowed or "remixer" in roles) and not named:
        yield MetadataProblem("remix_version_missing", "version_title", version or None)


def find_word_problems(declaration: Document) -> Iterator[MetadataProblem]:
    """Language and advisory flag: given, valid, and not contradicting the rest."""
    language = text_at(declaration, "language")
    if not language:
        yield MetadataProblem("language_missing", "language")
    else:
        try:
            check_language(language)
        except InvalidLanguage as problem:
            told = {"sentence": problem.sentence, "values": problem.values}
            detail = {"why": str(problem), **told}
            yield MetadataProblem("language_invalid", "language", language, detail=detail)
    if not declaration.get("parental_advisory"):
        yield MetadataProblem("advisory_missing", "parental_advisory")
    yield from _contradictions(declaration, language)


def _contradictions(declaration: Document, language: str) -> Iterator[MetadataProblem]:
    """A track without vocals that has words, and the other way round."""
    wordless = _says_wordless(declaration, language)
    if not wordless:
        return
    for path, value in _signs_of_words(declaration, language):
        detail = {"says_instrumental": wordless}
        yield MetadataProblem("instrumental_contradiction", path, value, detail=detail)


def _says_wordless(declaration: Document, language: str) -> str | None:
    """The path of the field that says there are no vocals."""
    if declaration.get("instrumental") is True:
        return "instrumental"
    if language.lower() == NO_WORDS:
        return "language"
    if fold(text_at(declaration, "version_title")) in {"instrumental", "instrumental version"}:
        return "version_title"
    return None


def _signs_of_words(declaration: Document, language: str) -> Iterator[tuple[str, object]]:
    if declaration.get("instrumental") is False:
        yield "instrumental", False
    if declaration.get("instrumental") is True and language and language.lower() != NO_WORDS:
        yield "language", language
    if declaration.get("parental_advisory") == "explicit":
        yield "parental_advisory", "explicit"
    for place, artist in enumerate(entries(declaration, "artists")):
        if artist.get("role") == "lyricist":
            yield f"artists[{place}].role", "lyricist"
    for place, use in enumerate(entries(declaration, "ai")):
        if text_at(use, "part") in _WORDS and text_at(use, "extent") in _USED:
            yield f"ai[{place}].part", use["part"]
