"""Which tracks a class of models may use: the explicit list, and why every other is not on it.

There is no list of everything, and nothing is filled in: model class, version of the terms,
countries and both times are asked for by name. `allow_list` for the present minute asks the states
in one statement; for any other time it replays the ledger with the decisions that stood then.

Every track is counted once: on the list, or under the first reason against it. The order: the
reasons of consent as `consent/reasons.py` lists them, then `not_cleared` (the rulebook has not
cleared the recording as it is now), then `content_unknown` (no hash of its bytes is known).
A track that came in after the time that is asked about is not counted at all.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from django.db.models import QuerySet

from apps.catalogue.countries import COUNTRIES
from apps.catalogue.models import Track
from apps.consent.clock import ledger_now
from apps.consent.envelopes_reading import Envelope, UnknownEnvelope, envelope_of
from apps.consent.terms_reading import TermsVersion, UnknownTerms, terms_at, terms_called
from apps.training import listing_now, listing_then
from apps.training.errors import (
    CountryBarred,
    KnownBefore,
    NoCountry,
    NotYet,
    PolicyNotInForce,
    UnknownCountry,
    UnknownModelClass,
    UnknownPolicy,
)
from apps.training.listed import Listed, Sought

NOW = timedelta(minutes=1)  # asked for a time as recent as this, the present is meant


@dataclass(frozen=True)
class Asked:
    """The whole question. Nothing in it has a default."""

    model_class: str
    policy_version: str
    jurisdictions: tuple[str, ...]
    at: datetime
    known_at: datetime


@dataclass(frozen=True)
class AllowList:
    """The answer. `asked` holds the moment it speaks of; `excluded`: first reason → how many.

    `is_now`: from the states, rather than a replay. `members()` and `tracks` ask once more: within
    one transaction of repeatable reads (`one_view`) they are what was counted.
    """

    asked: Asked
    envelope: Envelope
    terms: TermsVersion
    is_now: bool
    count: int
    excluded: dict[str, int]
    _then: tuple[Listed, ...] = field(default=(), repr=False)

    @property
    def min_epoch(self) -> int:
        """The oldest terms under which a yes still counts."""
        return max(self.envelope.min_epoch, self.terms.epoch)

    @property
    def sought(self) -> Sought:
        """The question as it was understood."""
        asked = self.asked
        return Sought(self.envelope, asked.jurisdictions, self.min_epoch, asked.at, asked.known_at)

    @property
    def tracks(self) -> QuerySet[Track]:
        """The tracks on the list."""
        if not self.is_now:
            return Track.objects.filter(pk__in=[one.track_id for one in self._then])
        return listing_now.tracks(self.sought)

    def members(self) -> Iterator[Listed]:
        """Each track on the list with the yes, the recording and the decision it rests on."""
        return listing_now.members(self.sought) if self.is_now else iter(self._then)


def allow_list(asked: Asked) -> AllowList:
    """The answer to the question. Raises a TrainingError where anything in it is not known."""
    now = ledger_now()
    envelope, terms = understand(asked, now)
    present = is_now(asked, now)
    if present:
        asked = replace(asked, at=now, known_at=now)
    asked = replace(asked, jurisdictions=tuple(sorted(set(asked.jurisdictions))))
    empty = AllowList(asked, envelope, terms, present, 0, {})
    if present:
        counted = listing_now.count(empty.sought)
        return replace(empty, count=counted.pop("", 0), excluded=counted)
    return _replayed(empty)


def _replayed(empty: AllowList) -> AllowList:
    counted: Counter[str] = Counter()
    found = []
    for reason, listed in listing_then.ranked(empty.sought):
        counted[reason] += 1
        if listed is not None:
            found.append(listed)
    excluded = {reason: count for reason, count in sorted(counted.items()) if reason}
    return replace(empty, count=len(found), excluded=excluded, _then=tuple(found))


def is_now(asked: Asked, now: datetime) -> bool:
    """Whether the question is about the present."""
    return asked.at == asked.known_at and now - asked.at <= NOW


def understand(asked: Asked, now: datetime) -> tuple[Envelope, TermsVersion]:
    """The envelope and the terms that a sound question names; raises a TrainingError."""
    for moment in (asked.at, asked.known_at):
        if moment > now:
            raise NotYet(asked=moment.isoformat())
    if asked.known_at < asked.at:
        raise KnownBefore(known_at=asked.known_at.isoformat(), at=asked.at.isoformat())
    try:
        envelope = envelope_of(asked.model_class, asked.at)
    except UnknownEnvelope as error:
        raise UnknownModelClass(why=error) from error
    _require_places(asked, envelope)
    return envelope, _terms_of(asked)


def _require_places(asked: Asked, envelope: Envelope) -> None:
    if not asked.jurisdictions:
        raise NoCountry
    for place in asked.jurisdictions:
        if not place:
            raise NoCountry
        if place not in COUNTRIES:
            raise UnknownCountry(given=place[:20])
        if not envelope.admits(place):
            raise CountryBarred(model_class=envelope.model_class, given=place)


def _terms_of(asked: Asked) -> TermsVersion:
    try:
        terms = terms_called(asked.policy_version)
    except UnknownTerms as error:
        raise UnknownPolicy(why=error) from error
    current = terms_at(asked.at)
    if current != terms:
        named = current.version if current else "-"
        raise PolicyNotInForce(given=terms.version, at=asked.at.isoformat(), current=named)
    return terms
