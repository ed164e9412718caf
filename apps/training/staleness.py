"""Whether a sealed snapshot still holds only what may be used: told by what happened since.

*Stale* means: a track in it would not be allowed today for the same class of models, in the same
countries. The quick way (`find_stale`) asks only about the tracks that something spoke of since the
seal, or since the last look, and those whose yes ran out since; `full=True` asks about every one.
Both ask the same list for the answer (`tracks_allowed`), so they agree.

What can take a track off a list, and is looked for: a no, “No AI”, a dispute, an invalid authority
(consent events by leaf, and those that still wait for theirs: a no counts at once); a yes that ran
out; a newer envelope that asks for newer terms; a release that got a label, a track declared anew,
deleted, or of an account that was forgotten (audit events, by leaf).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Max, Q, QuerySet

from apps.accounts.batching import batched
from apps.audit.models import Event, Leaf, Pending
from apps.audit.record import record
from apps.catalogue.models import Track
from apps.consent.allowed import tracks_allowed
from apps.consent.clock import ledger_now
from apps.consent.entries import DISPUTED, GRANTED, INVALIDATED, NOES, RESERVED
from apps.consent.envelope_states import layers_of
from apps.consent.envelopes_reading import envelope_called, envelope_of
from apps.consent.models import ConsentEvent, Party
from apps.consent.vocabulary import Permission
from apps.training.models import LedgerCursor, Snapshot, SnapshotMember

CHUNK = 5000  # tracks asked about in one statement
RESTRICTING = (*sorted(NOES), RESERVED, DISPUTED, INVALIDATED)
# What can change an answer without a word of consent: a label's release, another declaration.
OF_TRACKS = ("track.edited", "track.submitted", "track.removed", "track.withdrawn")
OF_RELEASES = ("release.edited",)
OF_ACCOUNTS = ("consent.party_forgotten",)


@dataclass(frozen=True)
class Look:
    """One look at a snapshot. `asked`: how many tracks were asked about; `stale`: which of them may
    not be used any more. `leaf`, `at`: what happened before these was looked at.
    """

    snapshot: Snapshot
    asked: int
    stale: frozenset[UUID]
    leaf: int
    at: datetime


@dataclass(frozen=True)
class Wanted:
    """What every track of a snapshot needs: permissions of layers, in countries, under terms."""

    permissions: tuple[Permission, ...]
    layers: tuple[str, ...]
    countries: tuple[str, ...]
    min_epoch: int
    at: datetime

    @property
    def named(self) -> Q:
        """The rows that name one of the permissions."""
        found = Q(pk__in=())
        for one in self.permissions:
            found |= Q(use_case=one.use_case, verb=one.verb)
        return found

    def allowed(self, track_ids: Iterable[UUID]) -> set[UUID]:
        """Those of these tracks that are on every list."""
        left = set(track_ids)
        for permission in self.permissions:
            for layer in self.layers:
                for country in self.countries:
                    left &= self._listed(left, permission, layer, country)
        return left

    def _listed(
        self, asked: set[UUID], permission: Permission, layer: str, country: str
    ) -> set[UUID]:
        tracks = tracks_allowed(
            use_case=permission.use_case,
            verb=permission.verb,
            jurisdiction=country,
            min_epoch=self.min_epoch,
            at=self.at,
            layer=layer,
        )
        found = tracks.filter(pk__in=asked).order_by().values_list("pk", flat=True)
        return set(found) if asked else set()


def find_stale(snapshot: Snapshot, *, full: bool = False) -> Look:
    """Which tracks of a sealed snapshot may not be used any more, and what was looked at."""
    top = Leaf.objects.aggregate(top=Max("index"))["top"]
    leaf = 0 if top is None else top + 1  # read before the states: what comes later is seen later
    wanted = wanted_of(snapshot, ledger_now())
    suspects = _everything(snapshot) if full else _suspects(snapshot, wanted)
    asked, stale = 0, set[UUID]()
    for chunk in batched(suspects, CHUNK):
        asked += len(chunk)
        stale |= set(chunk) - wanted.allowed(chunk)
    return Look(snapshot, asked, frozenset(stale), leaf, wanted.at)


def look_again(snapshot: Snapshot) -> Look:
    """Looks at what happened since the last look, and marks the snapshot if something is stale.

    Safe to run twice and by two workers: the second look sees the same or more.
    """
    look = find_stale(snapshot)
    if look.stale:
        mark_stale(snapshot, at=look.at, tracks=len(look.stale))
    else:
        LedgerCursor.objects.update_or_create(
            name=_name(snapshot), defaults={"leaf": look.leaf, "at": look.at}
        )
    return look


@transaction.atomic
def mark_stale(snapshot: Snapshot, *, at: datetime, tracks: int, case: str = "") -> bool:
    """Says that a sealed snapshot is stale since `at`; whether it was not before.

    Nothing else of it changes: what was sealed is evidence.
    """
    row = Snapshot.objects.select_for_update().get(pk=snapshot.pk)
    if row.state != Snapshot.State.SEALED:
        return False
    Snapshot.objects.filter(pk=row.pk).update(state=Snapshot.State.STALE, stale_since=at)
    record(kind="snapshot.stale", subject=row, actor=None, tracks=tracks, case=case)
    return True


def wanted_of(snapshot: Snapshot, at: datetime) -> Wanted:
    """What the snapshot's tracks need at a time: its own envelope, and terms no older than the
    envelope in force asks for.
    """
    envelope = envelope_called(snapshot.model_class, snapshot.envelope_version)
    newest = envelope_of(snapshot.model_class, at)
    return Wanted(
        permissions=envelope.requires,
        layers=layers_of(envelope),
        countries=snapshot.countries,
        min_epoch=max(snapshot.policy_epoch, newest.min_epoch),
        at=at,
    )


def _name(snapshot: Snapshot) -> str:
    return f"snapshot:{snapshot.pk}"


def _everything(snapshot: Snapshot) -> Iterator[UUID]:
    members = SnapshotMember.objects.filter(snapshot=snapshot).order_by()
    return members.values_list("track_id", flat=True).iterator(CHUNK)


def _suspects(snapshot: Snapshot, wanted: Wanted) -> Iterator[UUID]:
    """The members whose answer can have changed, each once."""
    if wanted.min_epoch > snapshot.policy_epoch:  # new terms speak of every one of them
        return _everything(snapshot)
    seen = LedgerCursor.objects.filter(name=_name(snapshot)).first()
    leaf = seen.leaf if seen else snapshot.ledger_size
    since = seen.at if seen and seen.at else snapshot.valid_at
    reached = _spoken_of(wanted, leaf) | _ran_out(wanted, since) | _changed(leaf)
    held = SnapshotMember.objects.filter(snapshot=snapshot).order_by()
    return iter(_held(held, reached))


def _held(held: QuerySet[SnapshotMember], reached: set[UUID]) -> set[UUID]:
    return {
        key
        for chunk in batched(reached, CHUNK)
        for key in held.filter(track_id__in=chunk).values_list("track_id", flat=True)
    }


def _spoken_of(wanted: Wanted, leaf: int) -> set[UUID]:
    """The tracks of every event since that leaf that can take one of the permissions away."""
    said = ConsentEvent.objects.filter(wanted.named | Q(use_case=""), status__in=RESTRICTING)
    return {
        key
        for uids in _since(leaf, ConsentEvent._meta.db_table)
        for key in tracks_reached(said.filter(uid__in=uids))
    }


def _ran_out(wanted: Wanted, since: datetime) -> set[UUID]:
    """The tracks of every yes that ended between then and now, though nobody said a word."""
    ended = ConsentEvent.objects.filter(
        wanted.named, status=GRANTED, effective_to__gt=since, effective_to__lte=wanted.at
    )
    return tracks_reached(ended)


def tracks_reached(events: QuerySet[ConsentEvent]) -> set[UUID]:
    """The tracks that these events speak of, by their scopes; also those that are gone."""
    places: dict[str, set[str]] = {"account": set(), "release": set(), "asset": set()}
    for scope, key in events.order_by().values_list("scope_type", "scope_id"):
        places[scope].add(key)
    owners = Party.objects.filter(ref__in=places["account"], user__isnull=False)
    return (
        {UUID(key) for key in places["asset"]}
        | _tracks("release_id", map(UUID, places["release"]))
        | _tracks("release__owner_id", owners.values_list("user_id", flat=True))
    )


def _changed(leaf: int) -> set[UUID]:
    """The tracks that were declared anew, deleted, or of which a label took the release over."""
    told = Event.objects.filter(kind__in=(*OF_TRACKS, *OF_RELEASES, *OF_ACCOUNTS)).order_by()
    found: dict[str, set[UUID]] = {}
    for uids in _since(leaf, Event._meta.db_table):
        for kind, key in told.filter(uid__in=uids).values_list("kind", "subject_id"):
            found.setdefault(kind, set()).add(UUID(key))
    tracks, releases, accounts = (
        set[UUID]().union(*(found.get(kind, ()) for kind in kinds))
        for kinds in (OF_TRACKS, OF_RELEASES, OF_ACCOUNTS)
    )
    return tracks | _tracks("release_id", releases) | _tracks("release__owner_id", accounts)


def _since(leaf: int, source: str) -> Iterator[tuple[UUID, ...]]:
    """The uids of a table's rows from that leaf on, and of those that wait for theirs."""
    leaves = Leaf.objects.filter(index__gte=leaf, source=source).order_by("index")
    waiting = Pending.objects.filter(source=source).order_by("pk")
    for rows in (waiting, leaves):  # what waits may become a leaf meanwhile: it is seen once more
        yield from batched(rows.values_list("uid", flat=True).iterator(CHUNK), CHUNK)


def _tracks(column: str, keys: Iterable[object]) -> set[UUID]:
    return {
        key
        for chunk in batched(keys, CHUNK)
        for key in Track.objects.filter(**{f"{column}__in": chunk})
        .order_by()
        .values_list("pk", flat=True)
    }
