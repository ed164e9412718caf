"""What a name or an id in the register must look like, and how people may write it."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from apps.catalogue.identifiers import InvalidIdentifier, check_isni
from apps.catalogue.text import clean, find_unsafe
from apps.registry.errors import InvalidPerson
from apps.registry.models import Alias, Person
from apps.registry.names.spelling import written

LONGEST_NAME, LONGEST_SOURCE = 200, 300
IDS = {
    "spotify_artist_id": "Spotify artist id",
    "apple_artist_id": "Apple Music artist id",
    "musicbrainz_id": "MusicBrainz id",
    "isni": "ISNI",
}
_SPOTIFY = re.compile(r"(?:.*(?:artist[/:]))?([0-9A-Za-z]{22})(?:[?#/].*)?")
_APPLE = re.compile(r"(?:.*/artist/(?:[^/]+/)?)?(?:id)?(\d{4,20})(?:[?#/].*)?")
_MUSICBRAINZ = re.compile(
    r"(?:.*/artist/)?([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})(?:[?#/].*)?"
)


def checked_fields(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a person as they are stored; raises InvalidPerson, which names the field."""
    unknown = sorted(set(fields) - set(_CHECKS))
    if unknown:
        raise InvalidPerson(f"Unknown field {unknown[0]}. Known: {', '.join(sorted(_CHECKS))}.")
    return {key: _CHECKS[key](value) for key, value in fields.items()}


def checked_name(value: Any) -> str:
    """A name on one line that has letters or digits in it; raises InvalidPerson."""
    name = clean(str(value or ""))
    if not name or not written(name):
        raise InvalidPerson(f'"{name[:80]}" is no name: it has no letters or digits.')
    if len(name) > LONGEST_NAME:
        raise InvalidPerson(f"A name may have {LONGEST_NAME} characters; this one has {len(name)}.")
    if problem := find_unsafe(name):
        raise InvalidPerson(problem)
    return name


def checked_alias(text: Any, kind: Any) -> str:
    """The text of an alias; raises InvalidPerson for the text or an unknown kind."""
    if kind not in Alias.Kind.values:
        raise InvalidPerson(f'"{kind}" is no kind of name. Known: {", ".join(Alias.Kind.values)}.')
    return checked_name(text)


def spotify_id(value: Any) -> str | None:
    """A Spotify artist id, also out of an address or a URI; raises InvalidPerson."""
    return _taken(value, _SPOTIFY, "a Spotify artist id", "It has 22 letters and digits.")


def apple_id(value: Any) -> str | None:
    """An Apple Music artist id, also out of an address; raises InvalidPerson."""
    return _taken(value, _APPLE, "an Apple Music artist id", "It is a number.")


def musicbrainz_id(value: Any) -> str | None:
    """A MusicBrainz id, also out of an address; raises InvalidPerson."""
    text = str(value).lower() if value else value
    return _taken(text, _MUSICBRAINZ, "a MusicBrainz id", "It has 36 characters.")


def isni(value: Any) -> str | None:
    """An ISNI of sixteen characters whose check character fits; raises InvalidPerson."""
    text = str(value or "").strip().rsplit("/", 1)[-1]
    try:
        return check_isni(text) if text else None
    except InvalidIdentifier as error:
        raise InvalidPerson(str(error)) from error


def _taken(value: Any, pattern: re.Pattern[str], what: str, how: str) -> str | None:
    text = str(value or "").strip()
    if not text:
        return None
    found = pattern.fullmatch(text)
    if found is None:
        raise InvalidPerson(f'"{text[:60]}" is not {what}. {how}')
    return found.group(1)


def _kind(value: Any) -> str:
    if value not in Person.Kind.values:
        raise InvalidPerson(
            f'"{str(value)[:60]}" is no kind. Known: {", ".join(Person.Kind.values)}.'
        )
    return str(value)


def _flag(value: Any) -> bool:
    words = {
        "": False,
        "0": False,
        "no": False,
        "false": False,
        "1": True,
        "yes": True,
        "true": True,
    }
    known = words.get(str(value if value is not None else "").strip().lower())
    if known is None:
        raise InvalidPerson(f'"{str(value)[:60]}" is neither yes nor no.')
    return known


def _email(value: Any) -> str:
    text = str(value or "").strip()
    try:
        if text:
            validate_email(text)
    except ValidationError:
        raise InvalidPerson(f'"{text[:60]}" is no e-mail address.') from None
    return text


def _source(value: Any) -> str:
    return clean(str(value or ""))[:LONGEST_SOURCE]


_CHECKS: dict[str, Callable[[Any], Any]] = {
    "name": checked_name,
    "kind": _kind,
    "is_word": _flag,
    "is_active": _flag,
    "contact_email": _email,
    "source": _source,
    "spotify_artist_id": spotify_id,
    "apple_artist_id": apple_id,
    "musicbrainz_id": musicbrainz_id,
    "isni": isni,
}
