"""Covers sold in India under the statutory licence: Copyright Act 1957, section 31C.

A cover recording may not be made before five calendar years have passed after the year in which
the first recording was made (31C(2)); its packaging may not contain the name or depict any
performer of an earlier recording, nor the film it came from, and must say that it is a cover
version made under the section (31C(2), proviso). Somebody who holds the owner's own licence is
not bound by these; a machine cannot know which licence it is, so every finding asks.
"""

from collections.abc import Iterator
from datetime import MAXYEAR, MINYEAR, date

from apps.catalogue.metadata_rules import phrases
from apps.catalogue.metadata_rules.problem import Document, MetadataProblem, text_at
from apps.catalogue.text import contains_words, fold

WAITING_YEARS = 5


def find_india_problems(
    declaration: Document, cover: Document, path: str, today: date
) -> Iterator[MetadataProblem]:
    """What section 31C asks of one declared cover that is sold in India.

    Territories that were not given count as the whole world.
    """
    if not is_sold_in_india(declaration):
        return
    yield from _waiting_time(declaration, cover, path, today)
    yield from _film(declaration, cover, path)
    if not cover.get("earlier_performers"):
        yield MetadataProblem("india_performers_unknown", f"{path}.earlier_performers")
    for performer in _texts(cover.get("earlier_performers")):
        yield from _named(declaration, performer, "india_performer_named", path)
    yield MetadataProblem("india_cover_notice", path, text_at(cover, "of") or None)


def is_sold_in_india(declaration: Document) -> bool:
    """Whether India is among the territories, or may be."""
    territories = _texts(declaration.get("territories"))
    return not territories or "worldwide" in territories or "IN" in territories


def earliest_cover_date(first_recorded_year: int) -> date:
    """The first day on which a cover of a work first recorded that year may be made."""
    return date(first_recorded_year + WAITING_YEARS + 1, 1, 1)


def _waiting_time(
    declaration: Document, cover: Document, path: str, today: date
) -> Iterator[MetadataProblem]:
    field, year = f"{path}.first_recorded_year", cover.get("first_recorded_year")
    if year is None:
        # The only other year there is. It may be the cover's own: then it only asks too early.
        field, year = "original_release_year", declaration.get("original_release_year")
    if not isinstance(year, int) or not MINYEAR < year < MAXYEAR - WAITING_YEARS - 1:
        yield MetadataProblem("india_year_unknown", f"{path}.first_recorded_year")
    elif today < earliest_cover_date(year):
        detail = {"allowed_from": earliest_cover_date(year).isoformat()}
        yield MetadataProblem("india_cover_too_early", field, year, detail=detail)


def _film(declaration: Document, cover: Document, path: str) -> Iterator[MetadataProblem]:
    title, film = text_at(declaration, "title"), text_at(cover, "film")
    from_film = phrases.FROM_FILM.search(title)
    if film:
        # A title song bears the film's name by right; everything beside it does not.
        if fold(title) != fold(film):
            yield from _named(declaration, film, "india_film_named", path)
    elif from_film:
        detail = {"words": from_film.group(0)}
        yield MetadataProblem("india_film_named", "title", title, 0.7, detail)


def _named(declaration: Document, name: str, code: str, path: str) -> Iterator[MetadataProblem]:
    for field in ("title", "version_title"):
        text = text_at(declaration, field)
        if contains_words(text, name):
            detail = {"name": name, "declared_in": path}
            yield MetadataProblem(code, field, text, detail=detail)


def _texts(value: object) -> list[str]:
    return [text for text in value if isinstance(text, str)] if isinstance(value, list) else []
