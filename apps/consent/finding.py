"""From what people type to what they mean: a target, a person, a time."""

import re
from collections.abc import Collection
from datetime import UTC, datetime
from uuid import UUID

from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.accounts.uuids import read_uuid
from apps.audit.models import Event
from apps.catalogue.models import Release, Track
from apps.consent.errors import AmbiguousIsrc, NotFound, UnreadableTime
from apps.consent.models import ConsentEvent
from apps.consent.scopes import Target

ISRC = re.compile(r"[A-Z]{2}[A-Z0-9]{3}[0-9]{7}")
SELECTED = ("release__owner", "release__label", "declaration")
LONGEST = 320  # an e-mail address


def find_target(text: str) -> Target:
    """`account:EMAIL`, `release:ID`, or a track by id or ISRC. Raises NotFound, AmbiguousIsrc."""
    kind, _colon, rest = text.partition(":")
    if kind == "account":
        return find_person(rest)
    if kind == "release":
        return find_release(rest)
    return find_track(rest if kind in ("asset", "track") else text)


def find_track(text: str) -> Track:
    """A track by its id or ISRC. Raises NotFound, AmbiguousIsrc."""
    tracks = Track.objects.select_related(*SELECTED)
    if key := read_uuid(text):
        found = list(tracks.filter(pk=key))
    elif ISRC.fullmatch(code := text.replace("-", "").upper()[:20]):
        found = list(tracks.filter(isrc=code)[:100])
    else:
        found = []
    if len(found) > 1:
        raise AmbiguousIsrc(count=len(found), given=shown(text))
    if not found:
        raise NotFound(what=_("track"), given=shown(text))
    return found[0]


def find_tracks(texts: Collection[str]) -> dict[str, UUID]:
    """Text → track, for each text that is the id or the ISRC of exactly one track."""
    ids = {text: key for text in texts if (key := read_uuid(text))}
    codes = {text: text.replace("-", "").upper()[:20] for text in texts if text not in ids}
    there = set(Track.objects.filter(pk__in=ids.values()).values_list("pk", flat=True))
    named = Track.objects.filter(isrc__in=codes.values()).values_list("isrc", "pk")
    by_code: dict[str, list[UUID]] = {}
    for code, key in named:
        by_code.setdefault(code, []).append(key)
    found = {text: key for text, key in ids.items() if key in there}
    for text, code in codes.items():
        if ISRC.fullmatch(code) and len(keys := by_code.get(code, [])) == 1:
            found[text] = keys[0]
    return found


def find_release(text: str) -> Release:
    """A release by its id. Raises NotFound."""
    key, releases = read_uuid(text), Release.objects.select_related("owner", "label")
    found = releases.filter(pk=key).first() if key else None
    if found is None:
        raise NotFound(what=_("release"), given=shown(text))
    return found


def find_person(email: str) -> User:
    """An account by its e-mail address. Raises NotFound."""
    clean = email.strip()
    usable = clean.isprintable() and len(clean) <= LONGEST
    found = User.objects.filter(email__iexact=clean).first() if usable else None
    if found is None:
        raise NotFound(what=_("account"), given=shown(email))
    return found


def find_event(text: str) -> ConsentEvent:
    """An event by its uid. Raises NotFound."""
    key = read_uuid(text)
    found = ConsentEvent.objects.filter(uid=key).first() if key else None
    if found is None:
        raise NotFound(what=_("event"), given=shown(text))
    return found


def find_audit_event(text: str) -> Event:
    """An event of the audit trail by its uid. Raises NotFound."""
    key = read_uuid(text)
    found = Event.objects.filter(uid=key).first() if key else None
    if found is None:
        raise NotFound(what=_("event"), given=shown(text))
    return found


def read_time(text: str) -> datetime:
    """A day or a time; UTC where no offset is given. Raises UnreadableTime."""
    try:
        found = parse_datetime(text)
        if found is None and (day := parse_date(text)):
            found = datetime(day.year, day.month, day.day, tzinfo=UTC)
        if found is not None:
            return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise UnreadableTime(given=shown(text))


def shown(text: str) -> str:
    """What was typed, in one short printable line."""
    clean = text.encode("utf-8", "backslashreplace").decode()
    return "".join(char if char.isprintable() else "·" for char in clean)[:80]
