"""Validation of untrusted JSON against the part of JSON Schema 2020-12 that our schemas use.

Reads: type, enum, properties, additionalProperties, items, maxItems, maxLength, minimum, maximum.
Text is cleaned on the way, so the result may differ from the input; validating a result again
returns it unchanged. Depth is bounded by the schema, never by the data.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from apps.catalogue.text import clean, find_unsafe

MAX_PROBLEMS = 50
_MAX_SHOWN = 60
_TYPES: dict[str, Callable[[object], bool]] = {
    "null": lambda value: value is None,
    "boolean": lambda value: isinstance(value, bool),
    "integer": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "string": lambda value: isinstance(value, str),
    "array": lambda value: isinstance(value, list),
    "object": lambda value: isinstance(value, Mapping),
}
_WORDS = {
    "null": "null",
    "boolean": "true or false",
    "integer": "a whole number",
    "string": "text",
    "array": "a list",
    "object": "an object",
}

Schema = Mapping[str, Any]


@dataclass(frozen=True)
class Problem:
    """One thing wrong with a document. `path` such as `ai[0].tool`; "" is the document itself."""

    path: str
    text: str


class _Walk:
    """One pass over a document: the cleaned copy is returned, the problems pile up here."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def report(self, path: str, text: str) -> None:
        if len(self.problems) < MAX_PROBLEMS:
            self.problems.append(Problem(path, text))

    def visit(self, schema: Schema, value: object, path: str) -> object:
        kinds = [schema["type"]] if isinstance(schema["type"], str) else schema["type"]
        kind = next((kind for kind in kinds if _TYPES[kind](value)), None)
        if kind is None:
            self.report(path, f"Found {describe(value)}; allowed: {_allowed(schema, kinds)}.")
            return None
        if isinstance(value, str):
            return self._text(schema, value, path)
        if isinstance(value, list):
            return self._items(schema, value, path)
        if isinstance(value, Mapping):
            return self._properties(schema, value, path)
        if kind == "integer":
            self._number(schema, value, path)
        return value

    def _text(self, schema: Schema, value: str, path: str) -> str | None:
        if "enum" in schema:
            if value not in schema["enum"]:
                self.report(path, _unknown("value", value, schema["enum"]))
            return value
        unsafe = find_unsafe(value)
        most: int = schema["maxLength"]
        # Cleaning takes time: text that is far too long is not worth it.
        text = clean(value) if len(value) <= 10 * most else value
        if len(text) > most:
            self.report(path, f"Found {len(text)} characters; allowed: at most {most}.")
        elif unsafe:
            self.report(path, f"Found {describe(value)}. {unsafe}")
        return text or (None if "null" in schema["type"] else "")

    def _items(self, schema: Schema, value: list[object], path: str) -> list[object]:
        if len(value) > schema["maxItems"]:
            most = schema["maxItems"]
            self.report(path, f"Found {len(value)} entries; allowed: at most {most}.")
            return []
        return [
            self.visit(schema["items"], item, f"{path}[{place}]")
            for place, item in enumerate(value)
        ]

    def _properties(
        self, schema: Schema, value: Mapping[object, object], path: str
    ) -> dict[str, object]:
        known: Mapping[str, Schema] = schema["properties"]
        kept: dict[str, object] = {}
        for key, item in value.items():
            if len(self.problems) >= MAX_PROBLEMS:
                break
            if isinstance(key, str) and key in known:
                kept[key] = self.visit(known[key], item, f"{path}.{key}" if path else key)
            else:
                self.report(path, _unknown("key", key, known))
        return kept

    def _number(self, schema: Schema, value: Any, path: str) -> None:
        low, high = schema["minimum"], schema["maximum"]
        if not low <= value <= high:
            self.report(path, f"Found {describe(value)}; allowed: {low} to {high}.")


def validate(schema: Schema, data: object) -> tuple[object, tuple[Problem, ...]]:
    """The cleaned copy of `data` and everything that is wrong with it (at most MAX_PROBLEMS)."""
    walk = _Walk()
    return walk.visit(schema, data, ""), tuple(walk.problems)


def describe(value: object) -> str:
    """A found value for a message: short, one line, safe to print, whatever it is."""
    if isinstance(value, Mapping):
        return "an object"
    if isinstance(value, list):
        return "a list"
    if isinstance(value, bool) or value is None:
        return {True: "true", False: "false", None: "null"}[value]
    if isinstance(value, int) and abs(value) >= 10**18:
        return "a very large number"
    shown = ascii_controls(value) if isinstance(value, str) else str(value)
    shown = shown if len(shown) <= _MAX_SHOWN else f"{shown[:_MAX_SHOWN]}…"
    return f'"{shown}"' if isinstance(value, str) else shown


def ascii_controls(text: str) -> str:
    """The text with everything unprintable written out as an escape such as `\\u202e`."""
    return "".join(char if char.isprintable() else ascii(char)[1:-1] for char in text[:200])


def _unknown(what: str, found: object, known: Iterable[str]) -> str:
    names = list(known)
    near = _nearest(found, names)
    hint = f" Did you mean {near}?" if near else ""
    return f"Unknown {what} {describe(found)}; allowed: {_listed(names)}.{hint}"


def _nearest(found: object, names: list[str]) -> str | None:
    if not isinstance(found, str) or len(found) > _MAX_SHOWN:
        return None
    spelt = {name.lower(): name for name in names}
    wanted = clean(found).lower().replace(" ", "_").replace("-", "_")
    near = get_close_matches(wanted, spelt, n=1)
    return spelt[near[0]] if near else None


def _listed(names: list[str]) -> str:
    if len(names) <= 20:
        return ", ".join(names)
    return f"{', '.join(names[:5])} and {len(names) - 5} more"


def _allowed(schema: Schema, kinds: list[str]) -> str:
    if "enum" in schema:
        return _listed(schema["enum"])
    return " or ".join(_WORDS[kind] for kind in kinds)
