"""Rules on borrowed material: named, licensed, proven, and credited (covers, remixes, beats)."""

from collections.abc import Iterator
from datetime import date

from apps.catalogue.metadata_rules import phrases
from apps.catalogue.metadata_rules.india import find_india_problems
from apps.catalogue.metadata_rules.problem import Document, MetadataProblem, entries, text_at
from apps.catalogue.text import contains_words, fold

# How sure a version word is that somebody else's work is in it: remixes are often one's own.
_ADMITS = {"cover": 0.9, "sample": 0.8, "remix": 0.5}
_SPED_OR_SLOWED = ("sped up", "slowed", "nightcore", "reverb", "8d audio", "8d")


def find_borrowing_problems(declaration: Document, today: date) -> Iterator[MetadataProblem]:
    """Problems of every borrowed item, and of borrowing that only the title admits."""
    for place, item in enumerate(entries(declaration, "borrowed")):
        path = f"borrowed[{place}]"
        yield from _check_item(item, path)
        if item.get("kind") == "cover":
            yield from _check_cover(declaration, item, path)
            yield from find_india_problems(declaration, item, path, today)
    yield from _undeclared(declaration)
    year = declaration.get("original_release_year")
    if isinstance(year, int) and year > today.year:
        yield MetadataProblem("release_year_in_future", "original_release_year", year)


def _check_item(item: Document, path: str) -> Iterator[MetadataProblem]:
    licence = item.get("licence")
    if not item.get("kind"):
        yield MetadataProblem("borrowed_kind_missing", f"{path}.kind")
    if not text_at(item, "of"):
        yield MetadataProblem("borrowed_work_unnamed", f"{path}.of")
    if licence == "not_held":
        yield MetadataProblem("licence_not_held", f"{path}.licence", licence)
    elif licence != "held":
        yield MetadataProblem("licence_unknown", f"{path}.licence", licence)
    elif not text_at(item, "proof"):
        yield MetadataProblem("licence_unproven", f"{path}.proof")
    if item.get("kind") == "beat" and item.get("exclusive") is not True:
        exclusive = item.get("exclusive")
        code = "beat_not_exclusive" if exclusive is False else "beat_exclusivity_unknown"
        yield MetadataProblem(code, f"{path}.exclusive", exclusive)


def _check_cover(declaration: Document, item: Document, path: str) -> Iterator[MetadataProblem]:
    """A cover credits its original composers, and names no earlier performer in its own title."""
    artists = entries(declaration, "artists")
    composers = [artist for artist in artists if artist.get("role") == "composer"]
    performers = {fold(text_at(one, "name")) for one in artists if one.get("role") == "main"}
    if composers and all(fold(text_at(one, "name")) in performers for one in composers):
        names = [text_at(one, "name") for one in composers]
        yield MetadataProblem("cover_credits_performer", "artists", names, 0.7)
    for performer in _names(item.get("earlier_performers")):
        for field, value in _titles_and_names(declaration):
            if contains_words(value, performer):
                # A whole name may be the earlier performer covering their own song.
                sure = 0.7 if fold(value) == fold(performer) else 1.0
                detail = {"name": performer, "declared_in": f"{path}.earlier_performers"}
                yield MetadataProblem("earlier_performer_named", field, value, sure, detail)


def _undeclared(declaration: Document) -> Iterator[MetadataProblem]:
    """The title says cover, remix or sped up, and `borrowed` says nothing of the kind."""
    if "borrowed" not in declaration:
        return
    kinds = {text_at(item, "kind") for item in entries(declaration, "borrowed")}
    for path in ("title", "version_title"):
        text = text_at(declaration, path)
        words = [*phrases.asides(text), text] if path == "version_title" else phrases.asides(text)
        for aside in words:
            kind = _admitted(aside)
            if kind and kind not in kinds:
                detail = {"words": aside, "kind": kind}
                yield MetadataProblem("borrowing_undeclared", path, text, _ADMITS[kind], detail)
                break


def _admitted(aside: str) -> str | None:
    if phrases.COVER_BRACKET.fullmatch(aside) and not phrases.NOT_A_COVER.fullmatch(aside):
        return "cover"
    if phrases.KARAOKE.fullmatch(aside):
        return "cover"
    if contains_words(aside, "mashup"):
        return "sample"
    altered = any(contains_words(aside, words) for words in _SPED_OR_SLOWED)
    return "remix" if altered or contains_words(aside, "remix") else None


def _titles_and_names(declaration: Document) -> Iterator[tuple[str, str]]:
    yield "title", text_at(declaration, "title")
    yield "version_title", text_at(declaration, "version_title")
    for place, artist in enumerate(entries(declaration, "artists")):
        if text_at(artist, "role") in {"main", "featured"}:
            yield f"artists[{place}].name", text_at(artist, "name")


def _names(value: object) -> list[str]:
    return [name for name in value if isinstance(name, str)] if isinstance(value, list) else []
