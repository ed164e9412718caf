"""Honest declarations that the tests of metadata change, one thing at a time."""

from datetime import date
from typing import Any

TODAY = date(2026, 11, 20)
GOOD: dict[str, Any] = {
    "title": "Monsoon",
    "version_title": None,
    "language": "hi",
    "artists": [
        {"name": "Asha Rao", "role": "main"},
        {"name": "Ravi Sen", "role": "composer"},
    ],
    "ai": [],
    "borrowed": [],
    "isrc": "QZABC2600001",
    "upc": "036000291452",
    "territories": ["worldwide"],
    "parental_advisory": "none",
}
COVER = {
    "kind": "cover",
    "of": "Monsoon, by R. Sen",
    "licence": "held",
    "proof": "1",
    "first_recorded_year": 1995,
    "earlier_performers": ["Lata Devi"],
    "film": "Barsaat Ki Raat",
}


def artists(*pairs: tuple[str, str]) -> list[dict[str, str]]:
    rest = [("Ravi Sen", "composer")]
    return [{"name": name, "role": role} for name, role in (*pairs, *rest)]


def cover(**changes: Any) -> dict[str, Any]:
    return {"borrowed": [{**COVER, **changes}]}
