"""The consent that stands behind an enrolment on the command line: a JSON file, read strictly."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime

from apps.registry.enrolled.enrolling import LEAST_CHALLENGE
from apps.registry.enrolled.release_text import release_text
from apps.registry.models import VoiceStem
from apps.registry.models.voices import RETENTION_DAYS

MOST_BYTES = 1 << 20


class BadConsent(Exception):
    """The file lacks something, or says something that cannot be; one sentence names it."""


@dataclass(frozen=True)
class Consent:
    """What the file says, in the arguments of the verbs that record it."""

    identity: dict[str, Any]
    rights: dict[str, Any]
    release: dict[str, Any]
    challenge: dict[str, Any]
    stems: Mapping[str, tuple[str, str]]  # file name to song and kind
    speech_waived: str


def read_consent(path: Path) -> Consent:
    """The consent in a file; raises BadConsent."""
    try:
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise BadConsent(f"{path} cannot be read: {error.strerror}.") from None
    if len(data) > MOST_BYTES:
        raise BadConsent(f"{path} is too large for a consent (more than 1 MB).")
    try:
        document = json.loads(data)
    except (ValueError, RecursionError):
        raise BadConsent(f"{path} is not JSON.") from None
    return as_consent(document)


def as_consent(document: Any) -> Consent:
    """The consent in a JSON document; raises BadConsent."""
    identity, release = _part(document, "identity"), _part(document, "release")
    if document.get("adult") is not True:
        raise BadConsent('"adult" must be true: only the voices of adults are enrolled.')
    return Consent(
        identity={
            "provider": _text(identity, "identity.provider"),
            "reference": _text(identity, "identity.reference"),
            "checked_on": _day(identity, "identity.date"),
        },
        rights={"reference": _text(document, "rights"), "is_adult": True},
        release=_release(release),
        challenge=_challenge(_part(document, "challenge")),
        stems=_stems(_part(document, "stems")),
        speech_waived=_optional(document, "speech_waived"),
    )


def _release(release: dict[str, Any]) -> dict[str, Any]:
    version = _text(release, "release.text_version")
    text = _optional(release, "release.text") or release_text(version, settings.SITE_NAME)
    if not text:
        raise BadConsent(f'"release.text" is missing: there is no shipped text "{version[:40]}".')
    days = release.get("retention_days", RETENTION_DAYS)
    if type(days) is not int:
        raise BadConsent('"release.retention_days" must be a whole number of days.')
    training = release.get("training_opt_in", False)
    if type(training) is not bool:
        raise BadConsent('"release.training_opt_in" must be true or false.')
    return {
        "signed_by": _text(release, "release.signed_by"),
        "signed_at": _time(release, "release.signed_at"),
        "purpose": _text(release, "release.purpose"),
        "text_version": version,
        "text": text,
        "retention_days": days,
        "training_opt_in": training,
    }


def _challenge(challenge: dict[str, Any]) -> dict[str, Any]:
    result = challenge.get("result")
    if result is None:
        raise BadConsent('"challenge.result" is missing.')
    is_number = type(result) in (int, float)
    if result != "passed" and not (is_number and LEAST_CHALLENGE <= result <= 1):
        raise BadConsent(
            f'"challenge.result" must be "passed" or a similarity from {LEAST_CHALLENGE} to 1.'
        )
    return {"taken_at": _time(challenge, "challenge.date"), "note": f"result: {result}"}


def _stems(stems: dict[str, Any]) -> dict[str, tuple[str, str]]:
    found = {}
    for name, said in stems.items():
        place = f"stems.{name[:80]}"
        entry = _dict(said, place)
        kind = _text(entry, f"{place}.kind")
        if kind not in VoiceStem.Kind.values:
            raise BadConsent(f'"{place}.kind" must be one of {", ".join(VoiceStem.Kind.values)}.')
        needs_song = kind != VoiceStem.Kind.CHALLENGE
        song = _text(entry, f"{place}.song") if needs_song else _optional(entry, "song")
        found[name] = (song, kind)
    return found


def _part(document: Any, name: str) -> dict[str, Any]:
    return _dict(_dict(document, "the file").get(name), name)


def _dict(value: Any, name: str) -> dict[str, Any]:
    if value is None:
        raise BadConsent(f'"{name}" is missing.')
    if not isinstance(value, dict):
        raise BadConsent(f'"{name}" must be an object in braces.')
    return value


def _text(part: dict[str, Any], name: str) -> str:
    value = _optional(part, name)
    if not value:
        raise BadConsent(f'"{name}" is missing.')
    return value


def _optional(part: dict[str, Any], name: str) -> str:
    value = part.get(name.rpartition(".")[2], "")
    if not isinstance(value, str):
        raise BadConsent(f'"{name}" must be a text.')
    if any(char == "\0" or "\ud800" <= char <= "\udfff" for char in value):
        raise BadConsent(f'"{name}" holds characters that are no text.')
    return value.strip()


def _day(part: dict[str, Any], name: str) -> date:
    return timezone.localtime(_time(part, name)).date()


def _time(part: dict[str, Any], name: str) -> datetime:
    text = _text(part, name)
    try:
        day = parse_date(text)
        at = datetime.combine(day, datetime.min.time()) if day else parse_datetime(text)
        if at is not None:
            return timezone.make_aware(at) if timezone.is_naive(at) else at
    except (ValueError, OverflowError):
        pass
    raise BadConsent(f'"{name}" is no time: write 2026-11-20 or 2026-11-20T13:00Z.')
