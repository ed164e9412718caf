"""Whether tracks may be used for a model class: the meet over all that its envelope requires.

Every permission of `requires`, for every one of `rights_layers`, under terms of `min_epoch` or
newer, in a country that the envelope admits. What `needs_clearance` asks for is no part of the
answer: the rulebook stands above consent and is not known here. Whoever builds a list for training
asks it besides (`policy/gate.py`); the gate of features does not, and `docs/consent.md` says so.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime
from uuid import UUID

from apps.catalogue.countries import COUNTRIES
from apps.catalogue.models import Track
from apps.consent import reasons
from apps.consent.entries import GRANTED, Asset, Entry
from apps.consent.envelopes_reading import Envelope
from apps.consent.meet import meet
from apps.consent.reading import told_of
from apps.consent.resolve import NOWHERE, Answer, Question, state

Told = tuple[Track, list[Entry], Asset]


def answer_for(
    track: Track, envelope: Envelope, jurisdiction: str, at: datetime, known_at: datetime
) -> Answer:
    """The answer of the ledger for one track. Missing, unknown and misspelt mean no."""
    [(_, answer)] = answers_for([track], envelope, jurisdiction, at, known_at)
    return answer


def answers_for(
    tracks: Iterable[Track], envelope: Envelope, jurisdiction: str, at: datetime, known_at: datetime
) -> Iterator[tuple[Track, Answer]]:
    """Each track with its answer. Tracks come with `release` and `declaration` selected."""
    for told in told_of(tracks):
        yield told[0], answer_of(told, envelope, jurisdiction, at, known_at)


def answer_of(
    told: Told, envelope: Envelope, jurisdiction: str, at: datetime, known_at: datetime
) -> Answer:
    """The answer from what was read of a track already (`reading.told_of`).

    `jurisdiction` may be `resolve.NOWHERE`: wherever nobody gave a yes for.
    """
    if not jurisdiction:
        return Answer(False, reasons.JURISDICTION_MISSING)
    known = jurisdiction == NOWHERE or jurisdiction in COUNTRIES
    if not known or not envelope.admits(jurisdiction):
        return Answer(False, reasons.JURISDICTION)
    _, entries, asset = told
    return meet(
        state(question, entries, asset)
        for question in questions_of(envelope, jurisdiction, at, known_at)
    )


def questions_of(
    envelope: Envelope, jurisdiction: str, at: datetime, known_at: datetime
) -> Iterator[Question]:
    """Everything that has to be answered with yes."""
    for permission in envelope.requires:
        for layer in envelope.rights_layers:
            yield Question(permission, at, known_at, jurisdiction, envelope.min_epoch, layer)


def countries_allowing(
    told: Iterable[Told], envelope: Envelope, at: datetime
) -> dict[UUID, frozenset[str]]:
    """Track → where it may be used now, of the countries that any of these tracks has a yes for.

    `resolve.NOWHERE` among them stands for every other country.
    """
    found = list(told)
    places = places_of(entries for _track, entries, _asset in found)
    return {one[0].pk: _allowing(one, envelope, places, at) for one in found}


def common_to(tracks: Iterable[UUID], places: Mapping[UUID, frozenset[str]]) -> frozenset[str]:
    """Where all of them are allowed. A track that is gone is allowed nowhere."""
    found = [places.get(track, frozenset()) for track in tracks]
    return frozenset.intersection(*found) if found else frozenset()


def places_of(entries: Iterable[Iterable[Entry]]) -> frozenset[str]:
    """The countries that anybody said yes for, and NOWHERE."""
    yes = {one.jurisdiction for some in entries for one in some if one.status == GRANTED}
    return frozenset({NOWHERE, *yes} - {""})


def _allowing(
    told: Told, envelope: Envelope, places: Collection[str], at: datetime
) -> frozenset[str]:
    return frozenset(one for one in places if answer_of(told, envelope, one, at, at).allowed)
