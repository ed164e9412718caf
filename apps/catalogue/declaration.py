"""The declaration: what an artist says about one track, as one JSON document. Pure, no Django."""

from typing import Any, cast

from apps.catalogue.declaration_schema import DESTINATIONS, SCHEMA
from apps.catalogue.validation import Problem, validate

__all__ = ["DESTINATIONS", "SCHEMA", "InvalidDeclaration", "Problem", "parse_declaration"]


class InvalidDeclaration(Exception):
    """The document is not a declaration. `problems` name path, found value and allowed values."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        listed = "; ".join(f"{found.path or 'declaration'}: {found.text}" for found in problems)
        super().__init__(f"This declaration cannot be read: {listed}")
        self.problems = problems


def parse_declaration(data: object) -> dict[str, Any]:
    """A cleaned copy of `data`, JSON values only; raises InvalidDeclaration.

    Keys that are missing stay missing, so that "not said" and "said: nothing" stay two things.
    Texts become NFC without control characters, empty ones become null. Parsing the result again
    returns it unchanged.
    """
    parsed, problems = validate(SCHEMA, data)
    if problems:
        raise InvalidDeclaration(problems)
    return cast(dict[str, Any], parsed)
