"""The names check: is the name of a protected artist used, written alike, or pointed at?"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from apps.registry.names.contract import NameHit, Names
from apps.registry.names.difference import difference
from apps.registry.names.search import parts_of
from apps.screening.audio import Audio
from apps.screening.checks.base import Check, Evidence, Finding, NotAssessable, Submission

GUESTS = frozenset({"featured", "remixer"})
WRITERS = frozenset({"composer", "lyricist", "producer"})  # a cover names its writers, rightly
TITLES = ("title", "version_title")
# How much a phrase beside a name says. A tribute in a title is for the metadata rules.
CUES = {"ai_likeness": 1.0, "style": 0.9, "tribute": 0.4, "featuring": 0.8}
MOST_TEXT = 500  # code points of a field that are read; no title or name is longer
MOST_DIFFERENCES = 20


@dataclass(frozen=True)
class Field:
    """A text of the declaration, where it stands, and the role of whom it names ("" for titles)."""

    path: str
    text: str
    role: str = ""


class NameLikenessCheck(Check):
    """Titles, versions and credited names, beside the register of protected people.

    Sees: names that are the same but for case, accents, spacing, look-alike letters of other
    scripts, hidden characters and digits for letters; in artist names also a typing error or two
    and spellings that sound the same; in titles, names beside phrases such as "AI cover" or "in
    the style of", in several languages. A name that is an ordinary word too counts as an artist's
    name or beside such a phrase only.
    Cannot see: people who are not in the register, names in pictures or lyrics, nicknames that
    nobody entered as an alias, allusions. A namesake looks the same as a borrower: a standing,
    granted once, tells them apart. Error rates: docs/benchmarks.md, `benchmarks/evaluate_names`.
    """

    slug: ClassVar[str] = "name_likeness"
    version: ClassVar[str] = "1"
    title: ClassVar[str] = "Borrowed names"
    needs: ClassVar[frozenset[str]] = frozenset({"declaration", "names"})

    def run(self, audio: Audio, submission: Submission) -> list[Finding]:
        """One finding per person and field, the surest first within a field."""
        names = submission.names
        if names is None:
            raise NotAssessable("Not compared with the register of protected names.")
        fields = _fields(submission.declaration or {})
        return [_finding(one, hit, names) for one in fields for hit in _hits(one, names)]


def _fields(declaration: Mapping[str, Any]) -> Iterator[Field]:
    for key in TITLES:
        if text := declaration.get(key):
            yield Field(key, str(text)[:MOST_TEXT])
    for place, artist in enumerate(declaration.get("artists") or ()):
        if name := artist.get("name"):
            role = str(artist.get("role") or "main")
            yield Field(f"artists[{place}].name", str(name)[:MOST_TEXT], role)


def _hits(field: Field, names: Names) -> list[NameHit]:
    """The hits of a field; of a name that joins several artists, those of each as well."""
    hits = names.find(field.text, whole=bool(field.role))
    if hits or not field.role:
        return hits
    return [
        replace(hit, start=hit.start + place, end=hit.end + place)
        for part in parts_of(field.text)
        for place in (max(field.text.find(part), 0),)
        for hit in names.find(part, whole=True)
    ]


def _finding(field: Field, hit: NameHit, names: Names) -> Finding:
    code = _code(field, hit, names.standing(hit.person))
    weight = CUES[hit.cue] if hit.cue and code == "protected_name_cued" and not field.role else 1.0
    evidence = Evidence("name", detail=_detail(field, hit))
    return Finding(code, round(hit.score * weight, 3), _summary(field, hit), (evidence,))


def _code(field: Field, hit: NameHit, standing: str | None) -> str:
    if standing == "represents":
        return "name_confirmed"
    if hit.cue and hit.cue != "featuring":
        return "protected_name_cued"
    if standing == "same_name":
        return "same_name_artist"
    if hit.cue == "featuring" or field.role in GUESTS:
        return "protected_name_featured"
    if not field.role or field.role in WRITERS:
        return "protected_name_in_title"
    return "near_name" if hit.kind in ("near", "phonetic") else "protected_name"


def _detail(field: Field, hit: NameHit) -> dict[str, Any]:
    rows = [row for row in difference(field.text[hit.start : hit.end], hit.matched)
            if row["expected"] is not None] if hit.kind != "exact" else []  # fmt: skip
    return {
        "path": field.path,
        "value": field.text,
        "person": hit.person,
        "name": hit.name,
        "matched": hit.matched,
        "kind": hit.kind,
        "cue": hit.cue,
        "cue_text": hit.cue_text,
        "start": hit.start,
        "end": hit.end,
        "difference": rows[:MOST_DIFFERENCES],
    }


_KINDS = {
    "exact": "is the name of",
    "lookalike": "looks like the name of",
    "near": "is almost the name of",
    "phonetic": "sounds like the name of",
}


def _summary(field: Field, hit: NameHit) -> str:
    written = field.text[hit.start : hit.end] or field.text
    text = f"“{written[:120]}” ({field.path}) {_KINDS[hit.kind]} {hit.name[:120]}"
    return f"{text}, beside “{hit.cue_text[:60]}”." if hit.cue_text else f"{text}."
