"""The state of every track, kept beside the ledger for speed, rebuilt and checked from it.

Written in the transaction of the event, so a no counts at commit. A yes counts once its event has
its leaf: until then its state names it in `waits_for`, and `settle` looks again.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from apps.audit.models import Leaf
from apps.catalogue.models import Track
from apps.consent import reasons
from apps.consent.clock import ledger_now
from apps.consent.entries import (
    GRANTED,
    INVALIDATED,
    NOES,
    RESERVED,
    UNRESERVED,
    WIDENING,
    Asset,
    Entry,
    newest,
)
from apps.consent.models import ConsentState, Party
from apps.consent.reading import CHUNK, batches, told_of
from apps.consent.resolve import NOWHERE, Answer, Question, newest_waiting, state
from apps.consent.scopes import Target, tracks_of
from apps.consent.vocabulary import ALL_LAYERS, ANY_AI, Permission, vocabulary

ELSEWHERE = ""  # any country that no yes was given for
ENDED = frozenset(
    {reasons.REVOKED, reasons.INVALID_AUTHORITY, reasons.EXPIRED, reasons.BEFORE_LIFT}
)
VALUES = (
    "allowed",
    "status",
    "reason",
    "event_uid",
    "policy_version",
    "policy_epoch",
    "effective_from",
    "effective_to",
    "captured_at",
    "revoked_at",
    "leaf_index",
    "owner_id",
    "waits_for",
)
KEY = ("track_id", "use_case", "verb", "rights_layer", "jurisdiction")


def project(of: Target, code: str = "") -> None:
    """Computes the states again of all that a choice reaches: of one permission, or of all."""
    project_tracks(tracks_of(of), code)


def project_tracks(tracks: QuerySet[Track], code: str = "") -> None:
    """Computes the states of these tracks again. Also for tracks that are new, or declared anew."""
    for batch in batches(_chosen(tracks).iterator(CHUNK)):
        with transaction.atomic():
            lock_holders(batch)
            _replace(batch, list(_states(batch, ledger_now(), code)), code)


def project_held(tracks: QuerySet[Track], now: datetime, code: str = "") -> None:
    """The same at the end of an act, which holds the holders of these tracks since `now`."""
    chosen = _chosen(tracks)
    few = chosen[: CHUNK + 1]  # a cursor for one track costs more than the track
    rows = few if len(few) <= CHUNK else chosen.iterator(CHUNK)
    for batch in batches(rows):
        _replace(batch, list(_states(batch, now, code)), code)


def project_on_commit(track: Track) -> None:
    """Computes the states of a track again once what changed about it is committed.

    Not before: the transaction that changes a track holds its row, and an act of its holder waits
    for that row while it holds the holder.
    """
    transaction.on_commit(lambda: project(track), robust=True)


def lock_holders(tracks: list[Track]) -> None:
    """Nobody speaks meanwhile: otherwise a yes computed a moment ago could overwrite a no."""
    owners = {track.release.owner_id for track in tracks}
    holders = Party.objects.filter(user__in=owners).order_by("pk")
    list(holders.select_for_update().values_list("pk", flat=True))


def settle(limit: int = 5000) -> int:
    """Looks again at what waited for its leaf and has it now; returns how many tracks.

    To be called after the sequencer. Safe to call at any time, and again.
    """
    leaf = Leaf.objects.filter(uid=OuterRef("waits_for"))
    waiting = ConsentState.objects.filter(Exists(leaf), waits_for__isnull=False)
    keys = set(waiting.order_by("track").values_list("track", flat=True).distinct()[:limit])
    project_tracks(Track.objects.filter(pk__in=keys))
    return len(keys)


@transaction.atomic
def rebuild() -> int:
    """Throws every state away and computes all of them from the ledger; returns how many."""
    ConsentState.objects.all().delete()
    project_tracks(Track.objects.all())
    return ConsentState.objects.count()


def find_differences(tracks: QuerySet[Track] | None = None) -> Iterator[str]:
    """Where the states of these tracks, or of all, differ from a replay: each in one line."""
    now = ledger_now()
    asked = Track.objects.all() if tracks is None else tracks
    for batch in batches(_chosen(asked).iterator(CHUNK)):
        kept = {_key(row): row for row in ConsentState.objects.filter(track__in=batch)}
        wanted = {_key(row): row for row in _states(batch, now, "")}
        for key in sorted(kept.keys() | wanted.keys()):
            if _differs(kept.get(key), wanted.get(key), now):
                yield f"{key[0]} {key[1]}.{key[2]} {key[3]} {key[4] or '-'}"


def _differs(kept: ConsentState | None, wanted: ConsentState | None, now: datetime) -> bool:
    if kept is None or wanted is None:
        return True
    if kept.effective_to and kept.effective_to <= now:  # readers apply the end themselves
        return wanted.allowed
    return any(getattr(kept, name) != getattr(wanted, name) for name in VALUES)


def _chosen(tracks: QuerySet[Track]) -> QuerySet[Track]:
    return tracks.select_related("release", "declaration").order_by("pk")


def _replace(tracks: list[Track], rows: list[ConsentState], code: str) -> None:
    kept = ConsentState.objects.filter(track__in=tracks)
    if code:
        use_case, _, verb = code.partition(".")
        kept = kept.filter(use_case=use_case, verb=verb)
    wanted = {_key(row) for row in rows}
    gone = [pk for pk, *key in kept.values_list("pk", *KEY) if tuple(key) not in wanted]
    ConsentState.objects.filter(pk__in=gone).delete()
    ConsentState.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=KEY, update_fields=VALUES
    )


def _key(row: ConsentState) -> tuple[Any, ...]:
    return tuple(getattr(row, name) for name in KEY)


@dataclass(frozen=True)
class Told:
    """One track and all that the ledger says of it."""

    track: Track
    entries: list[Entry]
    asset: Asset
    now: datetime


def _states(tracks: list[Track], now: datetime, code: str) -> Iterator[ConsentState]:
    for track, entries, asset in told_of(tracks, code):
        told = Told(track, entries, asset, now)
        for permission in (*vocabulary().permissions, ANY_AI):
            if entries and code in ("", permission.code):
                yield from _of_permission(told, permission)


def _of_permission(told: Told, permission: Permission) -> Iterator[ConsentState]:
    about = [one for one in told.entries if one.permission == permission.code]
    lifted = any(one.status == UNRESERVED for one in told.entries)
    if not about and not (permission.default and permission.is_ai_training and lifted):
        return
    places = {one.jurisdiction for one in about if one.status == GRANTED} | {ELSEWHERE}
    for layer in sorted({one.layer for one in about} | {ALL_LAYERS}):
        for place in sorted(places):
            question = Question(permission, told.now, told.now, place or NOWHERE, 0, layer)
            if place or _matters_elsewhere(permission, about):
                yield _row(told, question, about)


def _matters_elsewhere(permission: Permission, about: list[Entry]) -> bool:
    """A yes for one country needs no row that says "nowhere else": there, no row means no."""
    return permission.default or any(one.status in NOES for one in about)


def _row(told: Told, question: Question, about: list[Entry]) -> ConsentState:
    answer = state(question, _counting(told, question.permission), told.asset)
    grants = [one for one in about if one.status == GRANTED]
    here = [one for one in grants if one.covers(question.jurisdiction)] or grants
    general = [one for one in told.entries if not one.permission]
    opened = _first(newest(here), answer.entry, newest(about), newest(general))
    decided = answer.entry or opened
    ended = _has_ended(answer, here)
    waiting = newest_waiting(question.permission, told.entries)
    return ConsentState(
        track=told.track,
        owner_id=told.track.release.owner_id,
        use_case=question.permission.use_case,
        verb=question.permission.verb,
        rights_layer=question.layer,
        jurisdiction="" if question.jurisdiction == NOWHERE else question.jurisdiction,
        allowed=answer.allowed,
        status="granted" if answer.allowed else "revoked" if ended else "denied",
        reason=answer.reason,
        event_uid=UUID(decided.uid),
        policy_version=opened.terms_version,
        policy_epoch=opened.epoch,
        effective_from=decided.effective_from,
        effective_to=decided.effective_to if answer.allowed else None,
        captured_at=opened.captured_at or opened.recorded_at,
        revoked_at=_ended_at(about, told.entries, opened) if ended else None,
        leaf_index=decided.leaf if answer.allowed else None,
        waits_for=UUID(waiting.uid) if waiting else None,
    )


def _counting(told: Told, permission: Permission) -> list[Entry]:
    """For ANY_AI only what counts now: it says what bars others, which lack more than a leaf."""
    if permission is not ANY_AI:
        return told.entries
    return [one for one in told.entries if one.proven or one.status not in WIDENING]


def _has_ended(answer: Answer, grants: list[Entry]) -> bool:
    return not answer.allowed and bool(grants) and answer.reason in ENDED | {reasons.NO_AI}


def _ended_at(about: list[Entry], entries: list[Entry], opened: Entry) -> datetime:
    """When a yes ended: the first no, reservation or invalidation after it, or its own end."""
    ends = [one.effective_from for one in about if one.status in NOES]
    ends += [one.effective_from for one in entries if one.status in (RESERVED, INVALIDATED)]
    after = [at for at in ends if at >= opened.effective_from]
    return min(after, default=opened.effective_to or opened.effective_from)


def _first(*found: Entry | None) -> Entry:
    """The first that there is: where a state is kept, somebody spoke."""
    return next(one for one in found if one)
