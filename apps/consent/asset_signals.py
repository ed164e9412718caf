"""From the ledger to the signals of tracks, many at once."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from apps.catalogue.models import Track
from apps.consent import reasons
from apps.consent.clock import ledger_now
from apps.consent.entries import GRANTED, WIDENING, Asset, Entry
from apps.consent.reading import epoch_at, told_of
from apps.consent.resolve import NOWHERE, Question, reservation, state
from apps.consent.signals import SEARCH, SHARING, Signals, Standing, signals_of
from apps.consent.vocabulary import ALL_LAYERS, Permission, vocabulary

FIRST = (SEARCH, SHARING)  # without a yes to sharing nothing else can open a signal


def signals_for(tracks: Iterable[Track]) -> Iterator[tuple[Track, Signals]]:
    """Each track with what it says now. A few queries for every 500 tracks.

    Tracks come with `release` and `declaration` selected, or cost a query each.
    """
    at = ledger_now()
    for track, entries, asset in told_of(tracks):
        known = [one for one in entries if _counts(one, at)]
        no_ai = reservation(known, asset.holders) is None
        yield track, signals_of(no_ai=no_ai, standings=_standings(entries, asset, at, no_ai))


def signals_by_id(tracks: Sequence[Track]) -> Mapping[UUID, Signals]:
    """The same, by the id of the track."""
    return {track.pk: signals for track, signals in signals_for(tracks)}


def _counts(entry: Entry, at: datetime) -> bool:
    """What makes something possible counts once it is in the log."""
    return entry.effective_from <= at and (entry.proven or entry.status not in WIDENING)


def _standings(
    entries: list[Entry], asset: Asset, at: datetime, no_ai: bool
) -> dict[str, Standing]:
    found = {code: _standing(code, entries, asset, at) for code in FIRST}
    if no_ai or not found[SHARING].allowed:
        return found
    rest = [one.code for one in vocabulary().permissions if one.code not in FIRST]
    return found | {code: _standing(code, entries, asset, at) for code in rest}


def _standing(code: str, entries: list[Entry], asset: Asset, at: datetime) -> Standing:
    permission = vocabulary().by_code(code)
    place = _place(permission, entries)
    answer = state(
        Question(permission, at, at, place or NOWHERE, epoch_at(at), ALL_LAYERS), entries, asset
    )
    by_yes = answer.allowed and answer.reason != reasons.DEFAULT
    return Standing(answer.allowed, place if by_yes else "")


def _place(permission: Permission, entries: list[Entry]) -> str:
    """The country of the newest yes."""
    grants = [one for one in entries if one.permission == permission.code and one.status == GRANTED]
    newest = max(grants, key=lambda one: (one.effective_from, one.seq), default=None)
    return newest.jurisdiction if newest else ""
