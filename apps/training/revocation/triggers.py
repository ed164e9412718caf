"""What sets a case off: a row of the ledger that takes something away, read by its leaf.

| row | kind |
|---|---|
| no, taken back | `revoked`, for its permission |
| objection | `objected` |
| “No AI” on | `no_ai`: whatever trains, generates or shares |
| dispute | `dispute`: whatever needs a yes |
| had no right to say yes | `invalidated`, looking back to the day from which it counts |
| `consent.expired` | `expired`: written by the sweep for yeses that ran out |
| `track.withdrawn`, `track.removed` | `deleted`: everything |
| `snapshot.terms_ended` | `terms`: written by the sweep where an envelope asks for newer terms |
| `consent.party_forgotten` | `revoked`, for everything |
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from apps.audit.models import Event, Leaf
from apps.catalogue.models import Release, Track
from apps.consent.entries import (
    DENIED,
    DISPUTED,
    INVALIDATED,
    OBJECTED,
    RESERVED,
    REVOKED,
    UNDISPUTED,
)
from apps.consent.models import ConsentEvent, Party
from apps.consent.vocabulary import ALL_LAYERS, Permission, vocabulary
from apps.training.models import RevocationCase, SnapshotMember
from apps.training.staleness import tracks_reached

Kind = RevocationCase.Kind
EXPIRED, TERMS_ENDED, FORGOTTEN = (
    "consent.expired",
    "snapshot.terms_ended",
    "consent.party_forgotten",
)
DELETED = ("track.withdrawn", "track.removed")
OF_CONSENT: dict[str, Kind] = {
    DENIED: Kind.REVOKED,
    REVOKED: Kind.REVOKED,
    OBJECTED: Kind.OBJECTED,
    RESERVED: Kind.NO_AI,
    DISPUTED: Kind.DISPUTE,
    INVALIDATED: Kind.INVALIDATED,
}
OF_AUDIT: dict[str, Kind] = {
    EXPIRED: Kind.EXPIRED,
    TERMS_ENDED: Kind.TERMS,
    FORGOTTEN: Kind.REVOKED,
    **dict.fromkeys(DELETED, Kind.DELETED),
}
CONSENT, AUDIT = ConsentEvent._meta.db_table, Event._meta.db_table


@dataclass(frozen=True)
class Trigger:
    """One row of the ledger that takes something away.

    `leaf`: what has a smaller number was there before. `permission`: "" where it is about all that
    its kind is about. `began_at`: from when it counts, which lies back where authority was invalid.
    `voids`: the pseudonym whose yeses are void. `snapshot`: the one that newer terms ended.
    """

    uid: UUID
    leaf: int
    kind: Kind
    subject_ref: str
    permission: str
    layer: str
    began_at: datetime
    recorded_at: datetime
    voids: str = ""
    snapshot: int | None = None

    @property
    def permissions(self) -> tuple[Permission, ...]:
        """Every permission that it takes away."""
        every = vocabulary().permissions
        if self.permission:
            return (vocabulary().by_code(self.permission),)
        if self.kind in (Kind.DELETED, Kind.TERMS):
            return every
        if self.kind == Kind.NO_AI:
            return tuple(one for one in every if one.is_ai_training)
        return tuple(one for one in every if one.is_ai_training or one.basis == "consent")


def find_triggers(leaves: Iterable[Leaf]) -> list[Leaf]:
    """Those of these leaves that set a case off, or settle a dispute, in the order of the log."""
    by_source: dict[str, list[UUID]] = {}
    found = list(leaves)
    for leaf in found:
        by_source.setdefault(leaf.source, []).append(leaf.uid)
    said = ConsentEvent.objects.filter(
        uid__in=by_source.get(CONSENT, ()), status__in=(*OF_CONSENT, UNDISPUTED)
    )
    told = Event.objects.filter(uid__in=by_source.get(AUDIT, ()), kind__in=OF_AUDIT)
    wanted = {*said.values_list("uid", flat=True), *told.values_list("uid", flat=True)}
    return [leaf for leaf in found if leaf.uid in wanted]


def read_trigger(leaf: Leaf) -> Trigger | None:
    """What a leaf says; None for one that takes nothing away."""
    if leaf.source == CONSENT:
        event = ConsentEvent.objects.get(uid=leaf.uid)
        return _of_consent(event, leaf.index) if event.status in OF_CONSENT else None
    told = Event.objects.select_related("detail").get(uid=leaf.uid)
    return _of_audit(told, leaf.index) if told.kind in OF_AUDIT else None


def trigger_of(case: RevocationCase) -> Trigger:
    """What a case began with."""
    found = read_trigger(Leaf.objects.get(uid=case.trigger))
    if found is None:
        raise ValueError(f"The case {case.pk} began with a row that takes nothing away.")
    return found


def tracks_of_trigger(trigger: Trigger) -> set[UUID]:
    """Every track that it speaks of, as the catalogue is now."""
    said = ConsentEvent.objects.filter(uid=trigger.uid)
    if said.exists():
        return tracks_reached(said)
    told = Event.objects.select_related("detail").get(uid=trigger.uid)
    if told.kind in DELETED:
        return {UUID(told.subject_id)}
    if told.kind == FORGOTTEN:
        return set(
            Track.objects.filter(release__owner=UUID(told.subject_id)).values_list("pk", flat=True)
        )
    if trigger.snapshot is not None:
        held = SnapshotMember.objects.filter(snapshot=trigger.snapshot).exclude(policy_version="")
        return set(held.values_list("track_id", flat=True))
    return {UUID(str(key)) for key in told.data.get("tracks", ())}


def dispute_settled(leaf: Leaf) -> ConsentEvent | None:
    """The settlement of a dispute that this leaf is."""
    return ConsentEvent.objects.filter(uid=leaf.uid, status=UNDISPUTED).first()


def disputes_with(record_id: UUID) -> QuerySet[ConsentEvent]:
    """The event that opened a dispute."""
    return ConsentEvent.objects.filter(record_id=record_id, status=DISPUTED)


def _of_consent(event: ConsentEvent, leaf: int) -> Trigger:
    return Trigger(
        uid=event.uid,
        leaf=leaf,
        kind=OF_CONSENT[event.status],
        subject_ref=event.subject_ref,
        permission=event.permission,
        layer=event.rights_layer,
        began_at=event.effective_from,
        recorded_at=event.recorded_at,
        voids=event.grantor_ref if event.status == INVALIDATED else "",
    )


def _of_audit(event: Event, leaf: int) -> Trigger:
    return Trigger(
        uid=event.uid,
        leaf=leaf,
        kind=OF_AUDIT[event.kind],
        subject_ref=_holder(event),
        permission=str(event.data.get("permission", "")),
        layer=ALL_LAYERS,
        began_at=event.at,
        recorded_at=event.at,
        snapshot=int(event.subject_id) if event.kind == TERMS_ENDED else None,
    )


def _holder(event: Event) -> str:
    """The pseudonym of whom it is about; "" where that is nobody, or was forgotten."""
    owners: QuerySet[Release] = Release.objects.none()
    if event.kind == EXPIRED:
        return str(event.data.get("subject_ref", ""))
    if event.kind in DELETED:
        owners = Release.objects.filter(tracks=UUID(event.subject_id))
        if release := event.data.get("release"):
            owners = owners.union(Release.objects.filter(pk=str(release)))
    party = Party.objects.filter(user__in=[one.owner_id for one in owners]).first()
    return party.ref if party else ""
