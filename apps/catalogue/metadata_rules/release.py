"""Rules on a release as a whole: its own title and barcode, and its tracks beside each other."""

from collections.abc import Iterator

from apps.catalogue.identifiers import InvalidIdentifier, check_gtin
from apps.catalogue.metadata_rules.numbers import explain
from apps.catalogue.metadata_rules.problem import Document, MetadataProblem, entries, text_at
from apps.catalogue.metadata_rules.titles import check_title
from apps.catalogue.text import fold


def find_release_problems(release: Document) -> list[MetadataProblem]:
    """Problems of one release: `title`, `version_title`, `upc`, and `tracks` in order.

    Each track is a mapping with `title`, `version_title` and `isrc`. Paths are those of the
    release document: `tracks[1].title`.
    """
    return [*_own_fields(release), *_tracks(release)]


def _own_fields(release: Document) -> Iterator[MetadataProblem]:
    title, upc = text_at(release, "title"), text_at(release, "upc")
    if not title:
        yield MetadataProblem("release_title_missing", "title")
    yield from check_title(title, "title")
    if upc:
        try:
            check_gtin(upc)
        except InvalidIdentifier as problem:
            yield MetadataProblem("upc_invalid", "upc", upc, detail=explain(problem))


def _tracks(release: Document) -> Iterator[MetadataProblem]:
    tracks = entries(release, "tracks")
    title = text_at(release, "title")
    if len(tracks) == 1 and title and _name(tracks[0]) and _name(tracks[0]) != _name(release):
        detail = {"track_title": text_at(tracks[0], "title")}
        yield MetadataProblem("single_title_differs", "title", title, detail=detail)
    yield from _repeated(tracks, "duplicate_track_title", "title", [_name(one) for one in tracks])
    isrcs = [fold(text_at(one, "isrc")).replace(" ", "") for one in tracks]
    yield from _repeated(tracks, "duplicate_isrc", "isrc", isrcs)


def _name(document: Document) -> str:
    """Title and version together, as they are told apart in a shop."""
    return fold(f"{text_at(document, 'title')} {text_at(document, 'version_title')}")


def _repeated(
    tracks: list[Document], code: str, key: str, values: list[str]
) -> Iterator[MetadataProblem]:
    for place, value in enumerate(values):
        first = values.index(value)
        if value and first != place:
            detail = {"first": f"tracks[{first}].{key}"}
            path = f"tracks[{place}].{key}"
            yield MetadataProblem(code, path, text_at(tracks[place], key), detail=detail)
