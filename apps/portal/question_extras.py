"""What is typed beside a choice: whose voice, which tool, of what, from which year."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as now
from django.utils.translation import gettext_lazy as _

from apps.catalogue.declaration_schema import MAX_TEXT
from apps.catalogue.text import clean, find_unsafe
from apps.policy.questions import Question

Entry = Mapping[str, Any]
NAMED_VOICES = ("consenting_person", "real_person")
UNKNOWN_TOOL = "unknown_tool"
_USES = (("name", _("their name")), ("image", _("their image")), ("voice", _("their voice")))


@dataclass(frozen=True)
class Extra:
    """One more input of a question. `kind`: text, year, select, names, tools or tick.

    `only_for`: the choices with which it counts; with others it is left alone. `needed`: the
    sentence when it is empty then, "" where it may be.
    """

    name: str
    kind: str
    label: Any
    help: Any = ""
    needed: Any = ""
    choices: tuple[tuple[str, Any], ...] = ()
    only_for: tuple[str, ...] = ()


_PERSON = Extra("person", "text", _("Their name"), needed=_("Write the name of this person."))
_OF = Extra(
    "of",
    "text",
    _("Of what?"),
    _("Title, and who owns it: “Delta”, Nile Records."),
    _("Write what it is of: title and owner."),
)
_COVER = (
    Extra("first_recorded_year", "year", _("Year of the first recording, if you know it")),
    Extra(
        "earlier_performers",
        "names",
        _("Who recorded it before"),
        _("Names between commas. Needed for covers sold in India."),
    ),
    Extra("film", "text", _("The film it comes from, if any")),
)
_TOOL = (
    Extra(
        "tool",
        "tools",
        _("Tool"),
        _("The name of the program or service."),
        _("Write the name of the tool, or tick that you do not know it."),
    ),
    Extra("tool_version", "text", _("Version or model, if you know it")),
    Extra(
        "plan",
        "select",
        _("Plan when you made it"),
        choices=(("unknown", _("I do not know")), ("free", _("free")), ("paid", _("paid"))),
    ),
    Extra(UNKNOWN_TOOL, "tick", _("I do not know which tool it was")),
)


def extras_of(question: Question, entry: Entry) -> tuple[Extra, ...]:
    """The inputs that stand beside the choices of this question."""
    if question.slug == "ai_tool":
        return _TOOL
    if question.slug == "voice":
        return (Extra(**{**_PERSON.__dict__, "only_for": NAMED_VOICES}),)
    if question.slug == "likeness_permission":
        return (_PERSON, Extra("use", "select", _("What is used"), choices=_USES))
    if question.slug == "borrowed_licence":
        return (_OF, *_COVER) if entry.get("kind") == "cover" else (_OF,)
    return ()


def read_extras(question: Question, entry: dict[str, Any], data: QueryDict) -> Iterator[str]:
    """Writes what was typed into the entry; yields the sentence of the first thing missing."""
    if question.slug == "ai_tool" and data.get(UNKNOWN_TOOL):
        entry.update(model_training="unknown", plan="unknown")
        entry.pop("tool", None)
        return
    choice = data.get("choice", "")
    for extra in extras_of(question, entry):
        if extra.kind == "tick":
            continue
        if extra.only_for and choice not in extra.only_for:
            entry.pop(extra.name, None)
            continue
        yield from _read(extra, entry, data.get(extra.name, ""))


def _read(extra: Extra, entry: dict[str, Any], typed: str) -> Iterator[str]:
    if unsafe := find_unsafe(typed):
        yield now(unsafe)
        return
    text = clean(typed)
    if not text:
        entry.pop(extra.name, None)
        if extra.needed:
            yield str(extra.needed)
    elif len(text) > MAX_TEXT:
        yield now("At most %(most)s characters fit into “%(field)s”.") % {
            "most": MAX_TEXT,
            "field": extra.label,
        }
    elif (value := _READ[extra.kind](text, extra)) is None:
        yield now("“%(text)s” does not fit into “%(field)s”.") % {
            "text": text[:60],
            "field": extra.label,
        }
    else:
        entry[extra.name] = value


def _year(text: str, extra: Extra) -> int | None:
    fits = text.isdecimal() and len(text) == 4 and 1850 <= int(text) <= 2100
    return int(text) if fits else None


def _names(text: str, extra: Extra) -> list[str] | None:
    names = [clean(part) for part in text.split(",") if clean(part)]
    return names if 0 < len(names) <= 100 else None


def _choice(text: str, extra: Extra) -> str | None:
    return text if text in dict(extra.choices) else None


def _text(text: str, extra: Extra) -> str | None:
    return text


_READ: dict[str, Callable[[str, Extra], Any]] = {
    "text": _text,
    "tools": _text,
    "year": _year,
    "names": _names,
    "select": _choice,
}
