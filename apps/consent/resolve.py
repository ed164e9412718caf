"""Whether a use is allowed: from the events of the ledger to one answer. Pure.

Bitemporal: an event counts when it had begun at `at` and was recorded by `known_at`.

- A yes counts only if it is newer than every no of the same grantor that covers the track, and at
  least as specific as each of them. So the most specific explicit choice wins, a no for everything
  ends the older yes for one track, and a yes for everything does not undo the no for one track.
  At the same moment, no wins. The order in which events arrived plays no part.
- Between grantors, and against "No AI", the most restrictive wins; every holder has to say yes.
- "No AI" is on until it is lifted. Lifting brings no older yes back.
- Nothing known means no. An event that makes something possible counts once it is in the log.

Events that restrict can only take away: `state` of more of them is never more permissive. The
tests prove these sentences by trying.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from apps.consent import reasons
from apps.consent.entries import (
    DISPUTED,
    GRANTED,
    INVALIDATED,
    NOES,
    RESERVED,
    UNDISPUTED,
    UNRESERVED,
    WIDENING,
    Asset,
    Entry,
    newest,
)
from apps.consent.vocabulary import ALL_LAYERS, LAYERS, Permission

NOWHERE = "--"  # asked for any place that no yes was given for: no yes names this


@dataclass(frozen=True)
class Question:
    """May this be done, at this time, as known at that time, in this country, for this layer?

    `min_epoch`: the oldest terms that still count. `layer`: one of LAYERS, or all of them at once.
    """

    permission: Permission
    at: datetime
    known_at: datetime
    jurisdiction: str
    min_epoch: int
    layer: str = ALL_LAYERS


@dataclass(frozen=True)
class Answer:
    """Yes or no, the reason, and the event that decided, where one did."""

    allowed: bool
    reason: str
    entry: Entry | None = None

    @property
    def since(self) -> datetime | None:
        """Since when that event has counted."""
        return self.entry.effective_from if self.entry else None


def state(question: Question, entries: Iterable[Entry], asset: Asset) -> Answer:
    """The answer of the ledger. `entries`: those whose scope covers the asset, in any order."""
    known = [
        one
        for one in entries
        if one.effective_from <= question.at and one.recorded_at <= question.known_at
    ]
    proven = [one for one in known if one.proven or one.status not in WIDENING]
    answer = _all_layers(question, proven, asset)
    if answer.allowed or len(proven) == len(known):
        return answer
    if not _all_layers(question, known, asset).allowed:
        return answer
    return Answer(False, reasons.NOT_PROVEN, newest_waiting(question.permission, known))


def newest_waiting(permission: Permission, entries: Iterable[Entry]) -> Entry | None:
    """The newest event that could allow this and has no leaf yet.

    Leaves are given in the order of writing: once this one has its own, all have.
    """
    waiting = [
        one
        for one in entries
        if not one.proven and one.status in WIDENING and one.permission in ("", permission.code)
    ]
    return max(waiting, key=lambda one: one.seq, default=None)


def reservation(entries: Iterable[Entry], holders: frozenset[str]) -> datetime | None:
    """Since when "No AI" has been off, or None while it is on. `entries`: those that count.

    Every holder has to have lifted it, and whoever reserved again has to have lifted it again, at
    a scope at least as specific.
    """
    entries = list(entries)
    voids = [one for one in entries if one.status == INVALIDATED]
    lifts = [one for one in entries if one.status == UNRESERVED and not _is_void(one, voids)]
    ends = [
        [lift.effective_from for lift in lifts if lift.subject == holder] for holder in holders
    ] + [
        [lift.effective_from for lift in lifts if lift.grantor == one.grantor and _beats(lift, one)]
        for one in _strongest(one for one in entries if one.status == RESERVED)
    ]
    if not ends or not all(ends):
        return None
    return max(min(times) for times in ends)


def in_dispute(entries: Iterable[Entry]) -> Entry | None:
    """A dispute that is open, the newest one."""
    entries = list(entries)
    closed = [one for one in entries if one.status == UNDISPUTED]
    found = [
        one
        for one in entries
        if one.status == DISPUTED
        and not any(
            end.record == one.record and end.effective_from >= one.effective_from for end in closed
        )
    ]
    return newest(found)


def _all_layers(question: Question, entries: Sequence[Entry], asset: Asset) -> Answer:
    if question.layer != ALL_LAYERS:
        return _one_layer(question, _of_layer(entries, question.layer), asset)
    answers = [_one_layer(question, _of_layer(entries, layer), asset) for layer in LAYERS]
    refused = [answer for answer in answers if not answer.allowed]
    order = list(reasons.REASONS)
    return min(refused, key=lambda one: order.index(one.reason)) if refused else answers[0]


def _of_layer(entries: Sequence[Entry], layer: str) -> list[Entry]:
    return [one for one in entries if one.layer in (layer, ALL_LAYERS)]


def _one_layer(question: Question, entries: list[Entry], asset: Asset) -> Answer:
    return _bar(question, entries, asset) or _choice(question, entries, asset)


def _bar(question: Question, entries: list[Entry], asset: Asset) -> Answer | None:
    """What no yes can overcome."""
    wanted = question.permission
    if not question.jurisdiction:
        return Answer(False, reasons.JURISDICTION_MISSING)
    if wanted.is_ai_training and reservation(entries, asset.holders) is None:
        return Answer(
            False, reasons.NO_AI, newest(one for one in entries if one.status == RESERVED)
        )
    if wanted.is_ai_training and asset.label_licensed:
        return Answer(False, reasons.LABEL_LICENSED)
    if not asset.holders or (wanted.is_ai_training and asset.label_licensed is None):
        return Answer(False, reasons.UNKNOWN_METADATA)
    if (wanted.is_ai_training or wanted.basis == "consent") and (open_one := in_dispute(entries)):
        return Answer(False, reasons.DISPUTE, open_one)
    return None


def _choice(question: Question, entries: list[Entry], asset: Asset) -> Answer:
    """What the people with a say have chosen."""
    code = question.permission.code
    about = [one for one in entries if one.permission == code]
    noes = [one for one in about if one.status in NOES]
    grants = [one for one in about if one.status == GRANTED]
    told = _Told(
        lifted=reservation(entries, asset.holders) if question.permission.is_ai_training else None,
        voids=[one for one in entries if one.status == INVALIDATED],
        noes=_strongest(noes),
    )
    faults = {one.uid: _fault(one, question, told) for one in grants}
    good = [one for one in grants if not faults[one.uid]]
    spoken = {one.grantor for one in good}
    if against := newest(no for no in noes if no.grantor not in spoken):
        return _refusal(against, grants, faults)
    if question.permission.default:
        return Answer(True, reasons.YES if good else reasons.DEFAULT, newest(good))
    if asset.holders <= {one.subject for one in good}:
        return Answer(True, reasons.YES, newest(good))
    missing = asset.holders - {one.subject for one in good}
    last = newest(one for one in grants if one.subject in missing)
    return Answer(False, faults[last.uid] if last else reasons.NOT_GRANTED, last)


def _refusal(against: Entry, grants: list[Entry], faults: dict[str, str]) -> Answer:
    """The no itself, or why the yes that came after it does not count."""
    later = newest(one for one in grants if one.grantor == against.grantor)
    if later and _beats(later, against) and faults[later.uid] not in NOES:
        return Answer(False, faults[later.uid], later)
    return Answer(False, against.status, against)


@dataclass(frozen=True)
class _Told:
    """What every yes is held against, found once: somebody may have spoken a thousand times."""

    lifted: datetime | None
    voids: list[Entry]
    noes: list[Entry]


def _fault(grant: Entry, question: Question, told: _Told) -> str:
    """Why this yes does not count; "" when it does."""
    own = (no for no in told.noes if no.grantor == grant.grantor)
    ended = newest(no for no in own if not _beats(grant, no))
    tests = {
        reasons.INVALID_AUTHORITY: _is_void(grant, told.voids),
        ended.status if ended else "": ended is not None,
        reasons.BEFORE_LIFT: question.permission.is_ai_training
        and (told.lifted is None or grant.effective_from < told.lifted),
        reasons.JURISDICTION: not grant.covers(question.jurisdiction),
        reasons.OLD_TERMS: grant.epoch < question.min_epoch,
        reasons.EXPIRED: grant.effective_to is not None and grant.effective_to <= question.at,
    }
    return next((reason for reason, holds in tests.items() if holds), "")


def _beats(yes: Entry, no: Entry) -> bool:
    """Whether a yes of the same grantor answers a no: newer, and at least as specific."""
    return yes.effective_from > no.effective_from and yes.depth >= no.depth


def _strongest(noes: Iterable[Entry]) -> list[Entry]:
    """The newest no of each grantor at each scope: what answers it answers all the older ones."""
    kept: dict[tuple[str, str], list[Entry]] = {}
    for one in noes:
        kept.setdefault((one.grantor, one.scope), []).append(one)
    return [found for several in kept.values() if (found := newest(several))]


def _is_void(yes: Entry, voids: Iterable[Entry]) -> bool:
    """Whether we learned that its grantor had no right to say it. `voids`: the invalidations."""
    return any(
        one.grantor == yes.grantor
        and yes.effective_from <= (one.effective_to or yes.effective_from)
        for one in voids
    )
