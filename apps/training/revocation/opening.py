"""Opens a case for everything that takes something away, by the number of its leaf.

**When a case opens.** Something has to be affected: a track of the event had a yes for one of the
permissions before, or is in a snapshot, a feature or a delivery that rests on it. So a no where
nothing was ever allowed opens nothing. A withdrawn track opens a case only where something was made
of it. A case is about those tracks of the event only.

**Several events of one act.** Each event has its own case, deadlines and receipt, because each can
be contested on its own. They do not flood: the same said again, with no yes and nothing made in
between, opens nothing; an event touches only the classes of models that need its permission; and
mails are gathered, one for each recipient or artist and sweep.
"""

from collections.abc import Iterable
from uuid import UUID

from django.db import transaction

from apps.accounts.batching import batched
from apps.audit.models import Leaf
from apps.audit.record import record
from apps.consent.entries import GRANTED
from apps.consent.envelopes_reading import envelope_called
from apps.consent.features import features_of
from apps.consent.models import ConsentEvent, DerivedFeature, FeatureParent
from apps.training.models import (
    CaseTrack,
    Disclosure,
    LedgerCursor,
    RevocationCase,
    SnapshotMember,
)
from apps.training.revocation.lifting import lift_case
from apps.training.revocation.reach import Held, concerns, snapshots_reached
from apps.training.revocation.steps import add_steps
from apps.training.revocation.triggers import (
    Kind,
    Trigger,
    dispute_settled,
    disputes_with,
    find_triggers,
    read_trigger,
    tracks_of_trigger,
    trigger_of,
)
from apps.training.staleness import tracks_reached

CURSOR = "revocation cases"
BATCH = 5000  # leaves read in one transaction


def open_cases() -> int:
    """Reads the log from where it was left, and opens what has to be opened; returns how many.

    Safe in any number of processes at once, and to be killed at any moment: a batch and the place
    it was read to are one transaction.
    """
    opened = 0
    while True:
        read, made = _read_on()
        opened += made
        if read < BATCH:
            return opened


def open_case(trigger: Trigger) -> RevocationCase | None:
    """The case of one trigger; None where nothing can be affected. The same one again where it is
    open already.
    """
    if made := RevocationCase.objects.filter(trigger=trigger.uid).first():
        return made
    tracks = tracks_of_trigger(trigger)
    held = snapshots_reached(trigger, tracks)
    concerned = _concerned(trigger, tracks, held)
    if not concerned or _is_said_again(trigger, concerned, held):
        return None
    return _open(trigger, concerned, held)


@transaction.atomic
def _read_on() -> tuple[int, int]:
    LedgerCursor.objects.get_or_create(name=CURSOR)
    cursor = LedgerCursor.objects.select_for_update().get(name=CURSOR)
    leaves = list(Leaf.objects.filter(index__gte=cursor.leaf).order_by("index")[:BATCH])
    opened = sum(_take(leaf) for leaf in find_triggers(leaves))
    if leaves:
        cursor.leaf = leaves[-1].index + 1
        cursor.save(update_fields=["leaf"])
    return len(leaves), opened


def _take(leaf: Leaf) -> int:
    """1 where a case was opened."""
    if settled := dispute_settled(leaf):
        opening = disputes_with(settled.record_id).values("uid")
        for case in RevocationCase.objects.filter(trigger__in=opening, lifted_at=None):
            lift_case(case=case, at=settled.recorded_at)
        return 0
    trigger = read_trigger(leaf)
    if trigger is None or RevocationCase.objects.filter(trigger=trigger.uid).exists():
        return 0
    return int(open_case(trigger) is not None)


def _concerned(trigger: Trigger, tracks: set[UUID], held: list[Held]) -> set[UUID]:
    """Those of the tracks that were allowed before, or of which something was made."""
    if trigger.kind in (Kind.EXPIRED, Kind.TERMS):
        return tracks
    found = _made_of(trigger, tracks, held)
    if trigger.kind == Kind.DELETED:
        return tracks if found else set()
    return found | (tracks & _allowed_before(trigger))


def _allowed_before(trigger: Trigger) -> set[UUID]:
    yeses = ConsentEvent.objects.filter(
        subject_ref=trigger.subject_ref, status=GRANTED, recorded_at__lte=trigger.recorded_at
    )
    codes = {one.code for one in trigger.permissions}
    keys = [event.pk for event in yeses.only("use_case", "verb") if event.permission in codes]
    return tracks_reached(ConsentEvent.objects.filter(pk__in=keys))


def _made_of(trigger: Trigger, tracks: set[UUID], held: list[Held]) -> set[UUID]:
    """Those of the tracks that are in a snapshot, a feature or a delivery."""
    asked = [one.snapshot.pk for one in held]
    found: set[UUID | None] = set()
    for chunk in batched(tracks, BATCH):
        members = SnapshotMember.objects.filter(snapshot__in=asked, track_id__in=chunk)
        found.update(members.order_by().values_list("track_id", flat=True))
        if _features(trigger, chunk):
            links = FeatureParent.objects.filter(track__in=chunk).order_by()
            found.update(links.values_list("track", flat=True))
        if any(one.group == "share" for one in trigger.permissions):
            handed = Disclosure.objects.filter(track_id__in=chunk).order_by()
            found.update(handed.values_list("track_id", flat=True))
    return {key for key in found if key in tracks}


def _features(trigger: Trigger, tracks: Iterable[UUID]) -> list[DerivedFeature]:
    return [
        one
        for one in features_of(tracks)
        if concerns(trigger, envelope_called(one.model_class, one.envelope_version))
    ]


def _is_said_again(trigger: Trigger, tracks: set[UUID], held: list[Held]) -> bool:
    """Whether an earlier case says the same of these tracks, with nothing allowed or made since."""
    if not trigger.subject_ref:
        return False
    earlier = RevocationCase.objects.filter(
        subject_ref=trigger.subject_ref,
        kind=trigger.kind,
        permission=trigger.permission,
        lifted_at=None,
    )
    return any(_covers(one, trigger, tracks, held) for one in earlier.order_by("-opened_at")[:20])


def _covers(case: RevocationCase, trigger: Trigger, tracks: set[UUID], held: list[Held]) -> bool:
    first = trigger_of(case)
    mine = set(CaseTrack.objects.filter(case=case).values_list("track_id", flat=True))
    said = ConsentEvent.objects.filter(
        subject_ref=trigger.subject_ref,
        status=GRANTED,
        recorded_at__gt=first.recorded_at,
        recorded_at__lte=trigger.recorded_at,
    )
    made = features_of(tracks).filter(created_at__gt=first.recorded_at)
    return (
        tracks <= mine
        and first.layer in (trigger.layer, "all")
        and first.began_at <= trigger.began_at
        and all(one.snapshot.ledger_size <= first.leaf for one in held)
        and not said.exists()
        and not made.exists()
    )


@transaction.atomic
def _open(trigger: Trigger, tracks: set[UUID], held: list[Held]) -> RevocationCase:
    case = RevocationCase.objects.create(
        kind=trigger.kind,
        trigger=trigger.uid,
        subject_ref=trigger.subject_ref,
        permission=trigger.permission,
        began_at=trigger.began_at,
    )
    CaseTrack.objects.bulk_create(
        [CaseTrack(case=case, track_id=key) for key in sorted(tracks)], batch_size=BATCH
    )
    add_steps(case, trigger, [one.snapshot for one in held])
    record(
        kind="revocation.opened",
        subject=case,
        actor=None,
        why=str(trigger.kind),
        trigger=str(trigger.uid),
        permission=trigger.permission,
        tracks=len(tracks),
    )
    return case
