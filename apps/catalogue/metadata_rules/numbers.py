"""Rules on identifiers: each is checked, and the sentence of the check goes along."""

from collections.abc import Callable, Iterator

from apps.catalogue.identifiers import (
    InvalidIdentifier,
    check_gtin,
    check_ipi_name,
    check_isni,
    check_isrc,
    check_iswc,
)
from apps.catalogue.metadata_rules.problem import Document, MetadataProblem, entries, text_at

Check = Callable[[str], str]

TRACK_CHECKS: dict[str, Check] = {"isrc": check_isrc, "iswc": check_iswc, "upc": check_gtin}
PERSON_CHECKS: dict[str, Check] = {"isni": check_isni, "ipi": check_ipi_name}


def find_number_problems(declaration: Document) -> Iterator[MetadataProblem]:
    """Identifiers of the track and of everybody credited that are not what they claim to be."""
    yield from _wrong(declaration, "", TRACK_CHECKS)
    for place, artist in enumerate(entries(declaration, "artists")):
        yield from _wrong(artist, f"artists[{place}].", PERSON_CHECKS)
    if declaration.get("previously_released") is True and not text_at(declaration, "isrc"):
        yield MetadataProblem("isrc_missing_for_rerelease", "isrc")


def _wrong(document: Document, prefix: str, checks: dict[str, Check]) -> Iterator[MetadataProblem]:
    for key, check in checks.items():
        text = text_at(document, key)
        if not text:
            continue
        try:
            check(text)
        except InvalidIdentifier as problem:
            detail = explain(problem)
            yield MetadataProblem(f"{key}_invalid", prefix + key, text, detail=detail)


def explain(problem: InvalidIdentifier) -> dict[str, object]:
    """Why an identifier is wrong, as JSON: in English, and in parts for translation."""
    return {"why": problem.why, "sentence": problem.sentence, "values": problem.values}
