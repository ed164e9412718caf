"""All that was made of the tracks of a case, before what it began with was in the log.

Whatever is made later leaves them out by construction: lists and the gate read the states, which
are written in the transaction of the event. So the answer is the same whenever it is asked for, in
whichever order the cases came.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from apps.accounts.batching import batched
from apps.audit.models import Leaf
from apps.consent.entries import GRANTED
from apps.consent.envelopes_reading import Envelope, all_envelopes, envelope_called
from apps.consent.models import ConsentEvent
from apps.consent.vocabulary import ALL_LAYERS
from apps.training.affected import models_touched
from apps.training.models import (
    CaseTrack,
    Disclosure,
    ModelVersion,
    Recipient,
    RevocationCase,
    Snapshot,
    SnapshotMember,
)
from apps.training.revocation.triggers import Kind, Trigger, trigger_of

CHUNK = 5000


@dataclass(frozen=True)
class Held:
    """A snapshot that holds tracks of a case: how many."""

    snapshot: Snapshot
    tracks: int


def tracks_of(case: RevocationCase) -> list[UUID]:
    """The tracks of a case; also those that are gone from the catalogue."""
    return list(
        CaseTrack.objects.filter(case=case).order_by("pk").values_list("track_id", flat=True)
    )


def concerns(trigger: Trigger, envelope: Envelope) -> bool:
    """Whether the envelope requires something that was taken away."""
    layer = trigger.layer == ALL_LAYERS or trigger.layer in envelope.rights_layers
    return layer and bool(set(envelope.requires) & set(trigger.permissions))


def snapshots_reached(trigger: Trigger, track_ids: Iterable[UUID]) -> list[Held]:
    """The snapshots that hold any of these tracks and rest on what was taken away, oldest first."""
    counts: dict[int, int] = {}
    for chunk in batched(track_ids, CHUNK):
        held = SnapshotMember.objects.filter(_resting(trigger), track_id__in=chunk).order_by()
        for key, count in (
            held.values("snapshot_id").annotate(n=Count("pk")).values_list("snapshot_id", "n")
        ):
            counts[key] = counts.get(key, 0) + count
    rows = Snapshot.objects.filter(pk__in=counts).order_by("pk")
    return [Held(row, counts[row.pk]) for row in rows if concerns(trigger, envelope_of(row))]


def snapshots_affected(case: RevocationCase) -> list[Held]:
    """The same for all tracks of a case."""
    return snapshots_reached(trigger_of(case), tracks_of(case))


def models_affected(case: RevocationCase) -> list[ModelVersion]:
    """The model versions that learned from those, and their fine-tunes.

    Where somebody had no right to say yes: those trained since the day from which that counts.
    """
    found = models_touched(held.snapshot.pk for held in snapshots_affected(case))
    if case.kind == Kind.INVALIDATED:
        return [one for one in found if one.finished_at >= case.began_at]
    return found


def recipients_of(case: RevocationCase) -> QuerySet[Recipient]:
    """Who received an affected snapshot; and one of the tracks itself, where sharing ended."""
    snapshots = [held.snapshot.pk for held in snapshots_affected(case)]
    got = Q(snapshot__in=snapshots)
    if any(one.group == "share" for one in trigger_of(case).permissions):
        got |= Q(track_id__in=CaseTrack.objects.filter(case=case).values("track_id"))
    handed = Disclosure.objects.filter(got)
    return Recipient.objects.filter(pk__in=handed.values("recipient")).order_by("pk")


def envelope_of(snapshot: Snapshot) -> Envelope:
    """The envelope under which a snapshot was taken."""
    return envelope_called(snapshot.model_class, snapshot.envelope_version)


def time_for(step: str, trigger: Trigger, snapshots: Iterable[Snapshot]) -> timedelta:
    """How soon a step is due: the shortest of the envelopes concerned; of all where none is."""
    used = [envelope_of(one) for one in snapshots]
    found = used or [one for one in all_envelopes() if concerns(trigger, one)] or all_envelopes()
    return min(one.deadlines.of(step) for one in found)


def _resting(trigger: Trigger) -> Q:
    """Members sealed before the trigger was in the log, and that rest on what it takes away."""
    found = Q(snapshot__ledger_size__lte=trigger.leaf) & ~Q(snapshot__state=Snapshot.State.BUILDING)
    if trigger.snapshot is not None:
        found &= Q(snapshot=trigger.snapshot)
    if trigger.voids:
        yeses = ConsentEvent.objects.filter(grantor_ref=trigger.voids, status=GRANTED)
        leaves = Leaf.objects.filter(uid__in=yeses.values("uid"))
        found &= Q(leaf_index__in=leaves.values("index"))
    return found
