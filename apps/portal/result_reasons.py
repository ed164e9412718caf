"""Why a track was held or refused: each reason with its seconds, its fields, and what to do."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from apps.catalogue.models import Track
from apps.policy.decide import UNDETERMINED
from apps.policy.law import NEEDS_REVIEW
from apps.policy.models import Decision
from apps.policy.reasons import Explained
from apps.portal.result_fixes import Fix, fixes_of
from apps.portal.templatetags.look import clock
from apps.review.declared import declared_lines
from apps.review.evidence import Exhibit, Piece, Region
from apps.review.matches import Stretch
from apps.review.trace import reason_lines
from apps.review.visible import plain

MOST_TRACES = 6
_TOLD = ("tag", "field", "name", "c2pa")  # kinds of evidence that are told with field and value
_CREDENTIALS = gettext_lazy("Content Credentials")
_FIELD_WORDS = {
    "title": gettext_lazy("Title"),
    "version_title": gettext_lazy("Version"),
    "artists": gettext_lazy("Artists"),
    "language": gettext_lazy("Language"),
    "isrc": gettext_lazy("ISRC"),
    "upc": gettext_lazy("UPC or EAN"),
    "parental_advisory": gettext_lazy("Explicit words"),
    "original_release_year": gettext_lazy("Year of first release"),
    "territories": gettext_lazy("Territories"),
    "ai": gettext_lazy("Your answers about AI"),
    "voice": gettext_lazy("Your answer about the voice"),
    "likeness": gettext_lazy("Your answers about names and images"),
    "borrowed": gettext_lazy("Your answers about borrowed material"),
}


@dataclass(frozen=True)
class Place:
    """Seconds of the track to listen to; `number` is its place in the player, from 0."""

    start_s: float
    end_s: float
    label: str
    number: int | None


@dataclass(frozen=True)
class Trace:
    """One thing that was found: in a sentence, and the fields with what stands in them."""

    text: str
    fields: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class ShownReason:
    """One reason as the artist reads it."""

    text: Explained
    places: tuple[Place, ...]
    traces: tuple[Trace, ...]
    said: tuple[str, ...]  # the answers it rests on, in words
    fixes: tuple[Fix, ...]


def shown_reasons(
    track: Track, decision: Decision, exhibits: Iterable[Exhibit], regions: list[Region]
) -> list[ShownReason]:
    """The reasons of a decision, strictest first; what is only unknown comes after what was found.

    Each trace is told once, beside the first reason that rests on it.
    """
    left = {str(one.finding.pk): one for one in exhibits}
    reasons = sorted(_once(decision.reasons), key=_after)
    shown = []
    for reason, line in zip(reasons, reason_lines(decision, reasons), strict=True):
        evidence = _evidence(decision, reason)
        found = [left.pop(key) for key in evidence if key in left]
        shown.append(
            ShownReason(
                text=line.text,
                places=tuple(_places(found, regions)),
                traces=tuple(dict.fromkeys(_traces(found))),
                said=tuple(_said(decision, evidence)),
                fixes=tuple(fixes_of(track, decision, reason, found)),
            )
        )
    return shown


def _once(reasons: list[dict[str, Any]]) -> list[Mapping[str, Any]]:
    """Without the questions that a longer list of questions holds already."""
    kept: list[set[str]] = []
    again: set[int] = set()
    for number, one in sorted(enumerate(reasons), key=lambda pair: -len(pair[1].get("facts", ()))):
        asked = set(one.get("facts") or ())
        if _after(one) and any(asked <= others for others in kept):
            again.add(number)
        elif _after(one):
            kept.append(asked)
    return [one for number, one in enumerate(reasons) if number not in again]


def _after(reason: Mapping[str, Any]) -> bool:
    return reason.get("outcome") == NEEDS_REVIEW and reason.get("code") == UNDETERMINED


def _evidence(decision: Decision, reason: Mapping[str, Any]) -> list[str]:
    facts = [decision.facts.get(name) or {} for name in reason.get("facts") or ()]
    return list(dict.fromkeys(str(key) for fact in facts for key in fact.get("evidence") or ()))


def _places(found: Iterable[Exhibit], regions: list[Region]) -> Iterator[Place]:
    numbers = {(one.start, one.end): number for number, one in enumerate(regions)}
    for exhibit in found:
        for piece in exhibit.pieces:
            if piece.start_s is not None and piece.end_s is not None:
                number = numbers.get((piece.start_s, piece.end_s))
                label = _shared(piece) if piece.kind == "match" else _(exhibit.text.title)
                yield Place(piece.start_s, piece.end_s, label, number)


def _shared(piece: Piece) -> str:
    """What is shared with which recording, where it lies there, and what was done to it."""
    stretch = Stretch("", piece)
    title = _("“%(title)s”") % {"title": plain(piece.detail.get("title"), 80)}
    artist = plain(piece.detail.get("artist") or "", 80)
    count = max(1, round(stretch.length))
    text = ngettext(
        "shares %(n)s second with %(other)s", "shares %(n)s seconds with %(other)s", count
    )
    words = {"n": count, "other": f"{title} ({artist})" if artist else title}
    told = [text % words]
    if stretch.there is not None and stretch.there_end is not None:
        there = {"start": clock(stretch.there), "end": clock(stretch.there_end)}
        told.append(_("%(start)s–%(end)s there") % there)
    return ", ".join((*told, *stretch.changes))


def _traces(found: Iterable[Exhibit]) -> Iterator[Trace]:
    """What was found, with field and value as the check wrote them down."""
    for exhibit in [one for one in found if not _is_told_by_places(one)][:MOST_TRACES]:
        pieces = [piece for piece in exhibit.pieces if piece.kind in _TOLD]
        is_ours = any(piece.kind in ("field", "name") for piece in pieces)  # not of the file
        text = _(exhibit.text.meaning) if is_ours else exhibit.finding.summary
        pairs = dict.fromkeys(pair for piece in pieces for pair in _pairs(piece))
        yield Trace(plain(text), tuple(pairs))


def _is_told_by_places(exhibit: Exhibit) -> bool:
    """Matches with times: each says already what is shared, with whom and where."""
    kinds = {piece.kind if piece.end_s is not None else "" for piece in exhibit.pieces}
    return kinds == {"match"}


def _pairs(piece: Piece) -> Iterator[tuple[str, str]]:
    detail = piece.detail
    if piece.kind == "c2pa":
        told = "; ".join(f"{name}: {value}" for name, value in piece.rows if value)
        yield str(_CREDENTIALS), plain(told, short=160)
    elif detail.get("value") not in (None, ""):
        path = detail.get("field") or detail.get("path")
        yield _field_name(path), plain(_value_words(path, detail["value"]), 160)
    yield from _letters(piece)


def _letters(piece: Piece) -> Iterator[tuple[str, str]]:
    """Letters that look like others, by their names: nobody sees them otherwise."""
    for one in piece.differences:
        char, name = plain(one.get("char"), 8), plain(one.get("name"), 80)
        told = f"{char} {plain(one.get('code'), 12)} {name}"
        expected = plain(one.get("expected"), 8)
        instead = _("%(char)s, instead of %(expected)s") % {"char": told, "expected": expected}
        yield str(_("Letter")), instead if expected else told
    scripts = piece.detail.get("scripts")
    if isinstance(scripts, list):
        yield str(_("Alphabets")), ", ".join(plain(one, 40).capitalize() for one in scripts[:8])


def _value_words(path: Any, value: Any) -> Any:
    """Answers as the artist gave them; anything else as it stands."""
    if not isinstance(value, list | dict):
        return value
    root = str(path or "").split("[")[0].split(".")[0]
    document = {root: [value] if isinstance(value, dict) and "[" in str(path) else value}
    answers = (" · ".join(a) for line in declared_lines(document) for a in line.answers)
    return "; ".join(answers) or value


def _field_name(path: Any) -> str:
    """A path of the declaration in words; a tag's own name as it is."""
    root = str(path or "").split("[")[0].split(".")[0]
    return str(_FIELD_WORDS.get(root, path or _("value")))


def _said(decision: Decision, evidence: Iterable[str]) -> Iterator[str]:
    """The answers that a reason rests on, as they were declared."""
    document = decision.declaration.document
    for path in evidence:
        key, _dot, place = path.partition(".")
        value = document.get(key)
        if place.isdecimal() and isinstance(value, list) and int(place) < len(value):
            value = [value[int(place)]]
        elif place or value in (None, []):
            continue
        for line in declared_lines({key: value}):
            for answer in line.answers:
                yield f"{line.label}: {' · '.join(answer)}"
