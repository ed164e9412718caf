"""Reads TOML and remembers every problem with the place where it stands. Pure, no Django."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

_STEP = re.compile(r"([^.\[\]]+)(?:\[(\d+)\])?")
_SYNTAX_LINE = re.compile(r"\(at line (\d+)")


@dataclass(frozen=True)
class Problem:
    """One thing wrong with a ruleset. `path` such as `tables.voice.rules[2].when.voice`."""

    line: int | None
    path: str
    text: str

    def __str__(self) -> str:
        where = f"line {self.line}, {self.path}" if self.line else self.path
        return f"{where}: {self.text}" if where else self.text


class InvalidRuleset(Exception):
    """The text is not a ruleset; `problems` says everything that is wrong with it, and where."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        listed = "\n".join(f"- {problem}" for problem in problems)
        super().__init__(f"This ruleset cannot be used until it is mended:\n{listed}")
        self.problems = problems


class Reading:
    """One pass over one ruleset: its text, and the problems found so far."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.problems: list[Problem] = []

    def root(self) -> "Node":
        """The whole document; raises InvalidRuleset where it is not TOML."""
        try:
            return Node(self, tomllib.loads(self.text), "")
        except tomllib.TOMLDecodeError as error:
            found = _SYNTAX_LINE.search(str(error))
            line = int(found[1]) if found else None
            raise InvalidRuleset((Problem(line, "", f"This is not TOML: {error}."),)) from error

    def report(self, path: str, text: str) -> None:
        """Remembers a problem."""
        self.problems.append(Problem(find_line(self.text, path), path, text))

    def finish(self) -> None:
        """Raises InvalidRuleset when anything was reported."""
        if self.problems:
            raise InvalidRuleset(tuple(self.problems))


class Node:
    """One table of the document. Wrong or missing values are reported and read as empty ones."""

    def __init__(self, reading: Reading, value: Mapping[str, Any], path: str) -> None:
        self.reading, self.value, self.path = reading, value, path

    def at(self, key: str) -> str:
        """The path of one of its keys."""
        return f"{self.path}.{key}" if self.path else key

    def only(self, *keys: str) -> None:
        """Reports every other key, so that a misspelt one is never silently ignored."""
        for key in self.value:
            if key not in keys:
                listed = ", ".join(keys)
                self.reading.report(self.at(key), f"Unknown key; allowed here: {listed}.")

    def text(self, key: str, default: str | None = None) -> str:
        """A text that is not empty, or the default where the key is missing."""
        value = self.value.get(key, default)
        if isinstance(value, str) and (value or value == default):
            return value
        self.reading.report(self.at(key), "A text is expected here.")
        return ""

    def texts(self, key: str, *, may_lack: bool = False) -> tuple[str, ...]:
        """A list of different texts; at least one unless it may be missing."""
        value = self.value.get(key, [] if may_lack else None)
        good = isinstance(value, list) and all(isinstance(item, str) and item for item in value)
        if not good or not (value or may_lack):
            self.reading.report(self.at(key), "A list of texts is expected here.")
            return ()
        if len(set(value)) < len(value):
            self.reading.report(self.at(key), "The same text stands here twice.")
        return tuple(value)

    def share(self, key: str) -> float:
        """A number from 0 to 1."""
        value = self.value.get(key)
        if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 1:
            return float(value)
        self.reading.report(self.at(key), "A number from 0 to 1 is expected here.")
        return 0.0

    def flag(self, key: str) -> bool:
        """True or false; false where the key is missing."""
        value = self.value.get(key, False)
        if isinstance(value, bool):
            return value
        self.reading.report(self.at(key), "true or false is expected here.")
        return False

    def day(self, key: str) -> date:
        """A date."""
        value = self.value.get(key)
        if isinstance(value, date):
            return date(value.year, value.month, value.day)
        self.reading.report(self.at(key), "A date such as 2026-11-20 is expected here.")
        return date.min

    def node(self, key: str) -> "Node":
        """A table below this one; empty where the key is missing."""
        value = self.value.get(key, {})
        if isinstance(value, Mapping):
            return Node(self.reading, value, self.at(key))
        self.reading.report(self.at(key), "A table is expected here.")
        return Node(self.reading, {}, self.at(key))

    def nodes(self, key: str) -> dict[str, "Node"]:
        """The named tables below a key, in the order of the file."""
        parent = self.node(key)
        return {name: parent.node(name) for name in parent.value}

    def rows(self, key: str) -> list["Node"]:
        """A list of tables ([[…]]); empty where the key is missing."""
        value = self.value.get(key, [])
        if isinstance(value, list) and all(isinstance(item, Mapping) for item in value):
            path = self.at(key)
            return [Node(self.reading, row, f"{path}[{n}]") for n, row in enumerate(value)]
        self.reading.report(self.at(key), "A list of tables ([[…]]) is expected here.")
        return []


def find_line(text: str, path: str) -> int | None:
    """The line (from 1) of a path's nearest heading or key; None when it cannot be told."""
    lines = text.splitlines()
    prefix, best, start = "", None, 0
    for name, number in _STEP.findall(path):
        prefix = f"{prefix}.{name}" if prefix else name
        heading = f"[[{prefix}]]" if number else f"[{prefix}]"
        places = [n for n, line in enumerate(lines) if line.split("#")[0].strip() == heading]
        wanted = int(number or 0)
        if wanted < len(places):
            best = start = places[wanted]
        elif (key := _find_key(lines, name, start)) is not None:
            best = key
    return None if best is None else best + 1


def _find_key(lines: list[str], name: str, start: int) -> int | None:
    pattern = re.compile(rf'^\s*"?{re.escape(name)}"?\s*=')
    for n in range(start, len(lines)):
        if n > start and lines[n].startswith("["):
            return None
        if pattern.match(lines[n]):
            return n
    return None
