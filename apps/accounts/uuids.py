"""Ids that come as text: from forms, commands, evidence."""

from uuid import UUID


def read_uuid(text: object) -> UUID | None:
    """The id that is written there; None where it is none."""
    try:
        return UUID(str(text))
    except ValueError:
        return None
