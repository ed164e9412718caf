"""What the artist declared, as lines to read beside what was found."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

WORDS: dict[str, Any] = {
    "none": gettext_lazy("none"),
    "assisted": gettext_lazy("AI helped"),
    "generated": gettext_lazy("made by AI"),
    "lyrics": gettext_lazy("lyrics"),
    "composition": gettext_lazy("composition"),
    "arrangement": gettext_lazy("arrangement"),
    "vocals": gettext_lazy("vocals"),
    "instruments": gettext_lazy("instruments"),
    "whole_recording": gettext_lazy("whole recording"),
    "mixing": gettext_lazy("mixing"),
    "mastering": gettext_lazy("mastering"),
    "stem_separation": gettext_lazy("stem separation"),
    "cleanup": gettext_lazy("clean-up"),
    "artwork": gettext_lazy("artwork"),
    "free": gettext_lazy("free plan"),
    "paid": gettext_lazy("paid plan"),
    "licensed_or_own": gettext_lazy("model trained with a licence"),
    "unlicensed": gettext_lazy("model trained without a licence"),
    "own_or_cleared": gettext_lazy("inputs own or cleared"),
    "not_cleared": gettext_lazy("inputs not cleared"),
    "nobody": gettext_lazy("nobody's"),
    "own_voice": gettext_lazy("the artist's own"),
    "consenting_person": gettext_lazy("a person who agreed"),
    "real_person": gettext_lazy("a real person who did not agree"),
    "name": gettext_lazy("name"),
    "image": gettext_lazy("image"),
    "voice": gettext_lazy("voice"),
    "yes": gettext_lazy("with permission"),
    "no": gettext_lazy("without permission"),
    "cover": gettext_lazy("cover"),
    "remix": gettext_lazy("remix"),
    "sample": gettext_lazy("sample"),
    "beat": gettext_lazy("beat"),
    "interpolation": gettext_lazy("interpolation"),
    "held": gettext_lazy("licence held"),
    "not_held": gettext_lazy("no licence"),
    "all_held": gettext_lazy("all held"),
    "not_all_held": gettext_lazy("not all held"),
    "explicit": gettext_lazy("explicit"),
    "clean": gettext_lazy("clean version"),
    "worldwide": gettext_lazy("worldwide"),
}
UNSURE = "unknown"


@dataclass(frozen=True)
class Line:
    """One question and its answers: parts of text, some of them typed by the artist.

    No answers at all means that nothing was said, which is not the same as "none".
    """

    label: str
    answers: tuple[tuple[str, ...], ...]


def declared_lines(document: Mapping[str, Any]) -> list[Line]:
    """The declaration in the order in which a reviewer thinks: AI, people, borrowed, the rest."""
    return [
        Line(_("AI"), _many(document.get("ai"), _ai)),
        Line(_("Voice"), _voice(document.get("voice"))),
        Line(_("Names and likeness"), _many(document.get("likeness"), _likeness)),
        Line(_("Borrowed"), _many(document.get("borrowed"), _borrowed)),
        Line(_("Rights in the result"), _one(document.get("rights_in_result"))),
        Line(_("Artists"), _many(document.get("artists"), _artist)),
        Line(_("Title"), _one(document.get("title"), document.get("version_title"))),
        Line(_("Language"), _one(document.get("language"))),
        Line(_("Advisory"), _one(document.get("parental_advisory"))),
        Line(_("ISRC"), _one(document.get("isrc"))),
        Line(_("First released"), _one(document.get("original_release_year"))),
        Line(_("Licensed by a label"), _flag(document.get("label_licensed"))),
        Line(_("Territories"), _one(*_listed(document.get("territories")))),
    ]


def _word(value: object) -> str:
    """Our word for a value of the declaration's own lists; the artist's text as it is."""
    if value == UNSURE:
        return _("not sure")
    return str(WORDS.get(value, value)) if isinstance(value, str) else str(value)


def _parts(*values: object) -> tuple[str, ...]:
    return tuple(_word(value) for value in values if value not in (None, ""))


def _one(*values: object) -> tuple[tuple[str, ...], ...]:
    parts = _parts(*values)
    return (parts,) if parts else ()


def _flag(value: object) -> tuple[tuple[str, ...], ...]:
    return () if value is None else ((_("yes") if value else _("no"),),)


def _listed(value: object) -> Iterable[object]:
    return value if isinstance(value, list) else ()


def _many(value: object, read: Any) -> tuple[tuple[str, ...], ...]:
    """One answer per entry; an empty list is an answer too."""
    if not isinstance(value, list):
        return ()
    return tuple(read(entry) for entry in value) or ((_("none"),),)


def _ai(entry: Mapping[str, Any]) -> tuple[str, ...]:
    names = ("part", "extent", "tool", "tool_version", "plan", "model_training", "inputs")
    return _parts(*(_unless_unsure(name, entry.get(name)) for name in names))


def _unless_unsure(name: str, value: object) -> object:
    """ "Unknown" says something only together with what is unknown."""
    unsure = {
        "plan": _("plan not known"),
        "model_training": _("training not known"),
        "inputs": _("inputs not known"),
        "licence": _("licence not known"),
        "permission": _("permission not known"),
    }
    return unsure.get(name, value) if value == UNSURE else value


def _voice(entry: object) -> tuple[tuple[str, ...], ...]:
    if not isinstance(entry, Mapping):
        return ()
    return _one(entry.get("imitates"), entry.get("person"), _proof(entry))


def _likeness(entry: Mapping[str, Any]) -> tuple[str, ...]:
    permission = _unless_unsure("permission", entry.get("permission"))
    return _parts(entry.get("person"), entry.get("use"), permission, _proof(entry))


def _borrowed(entry: Mapping[str, Any]) -> tuple[str, ...]:
    licence = _unless_unsure("licence", entry.get("licence"))
    exclusive = {True: _("exclusive"), False: _("not exclusive")}.get(entry.get("exclusive"))  # type: ignore[arg-type]
    return _parts(entry.get("kind"), entry.get("of"), licence, exclusive, _proof(entry))


def _artist(entry: Mapping[str, Any]) -> tuple[str, ...]:
    return _parts(entry.get("name"), entry.get("role"))


def _proof(entry: Mapping[str, Any]) -> str | None:
    return _("proof sent") if entry.get("proof") else None
