"""Stop: from the commit of the event on, no list and no gate names the tracks. Asked, not believed.

The event and the states that lists and the gate read are one transaction, so there is nothing to
switch off here. The step asks every list and writes down that none answers with an older yes.
"""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from apps.accounts.batching import batched
from apps.audit.payload import moment
from apps.catalogue.models import Track
from apps.catalogue.states import TrackState
from apps.consent.allowed import tracks_allowed
from apps.consent.clock import ledger_now
from apps.consent.models import ConsentEvent, ConsentState
from apps.consent.resolve import NOWHERE
from apps.consent.vocabulary import ALL_LAYERS, Permission
from apps.training.models import RevocationCase, Snapshot
from apps.training.revocation.errors import StillAllowed
from apps.training.revocation.reach import CHUNK, tracks_of
from apps.training.revocation.triggers import Kind, Trigger, trigger_of
from apps.training.staleness import wanted_of


def stop(case: RevocationCase) -> dict[str, Any]:
    """How many lists were asked, and that none still names a track under what was taken away.

    `allowed_anew`: those that somebody said yes to since, or whose other holder's yes stands.
    Raises StillAllowed.
    """
    trigger, tracks = trigger_of(case), tracks_of(case)
    if trigger.kind == Kind.DELETED:
        return _deleted(tracks)
    if trigger.snapshot is not None:
        return _ended_by_terms(trigger, tracks)
    places = _places(tracks)
    anew = 0
    for permission in trigger.permissions:
        listed = {key for place in places for key in _listed(trigger, permission, place, tracks)}
        bad = listed & _resting_on_old(trigger, permission, listed)
        if bad:
            raise StillAllowed(count=len(bad), permission=permission.code)
        anew += len(listed)
    return {
        "asked_at": moment(ledger_now()),
        "lists_asked": len(trigger.permissions) * len(places),
        "still_allowed": 0,
        "allowed_anew": anew,
    }


def _deleted(tracks: list[UUID]) -> dict[str, Any]:
    """A track that is gone, or withdrawn, is cleared for nothing."""
    there = Track.objects.filter(pk__in=tracks).exclude(state=TrackState.WITHDRAWN)
    return {"asked_at": moment(ledger_now()), "still_allowed": 0, "sent_in_again": there.count()}


def _ended_by_terms(trigger: Trigger, tracks: list[UUID]) -> dict[str, Any]:
    """Under the terms that the class asks for now, only a newer yes counts."""
    snapshot = Snapshot.objects.filter(pk=trigger.snapshot or 0).get()
    wanted = wanted_of(snapshot, ledger_now())
    anew = sum(len(wanted.allowed(chunk)) for chunk in batched(tracks, CHUNK))
    return {
        "asked_at": moment(wanted.at),
        "min_epoch": wanted.min_epoch,
        "still_allowed": 0,
        "allowed_anew": anew,
    }


def _places(tracks: Iterable[UUID]) -> list[str]:
    """The countries that anybody said yes for, and nowhere: lists are asked for each."""
    found = {NOWHERE}
    for chunk in batched(tracks, CHUNK):
        states = ConsentState.objects.filter(track__in=chunk).exclude(jurisdiction="")
        found |= set(states.order_by().values_list("jurisdiction", flat=True).distinct())
    return sorted(found)


def _listed(
    trigger: Trigger, permission: Permission, place: str, tracks: Iterable[UUID]
) -> set[UUID]:
    asked = tracks_allowed(
        use_case=permission.use_case,
        verb=permission.verb,
        jurisdiction=place,
        min_epoch=1,
        at=ledger_now(),
        layer=trigger.layer,
    )
    return {
        key
        for chunk in batched(tracks, CHUNK)
        for key in asked.filter(pk__in=chunk).order_by().values_list("pk", flat=True)
    }


def _resting_on_old(trigger: Trigger, permission: Permission, listed: set[UUID]) -> set[UUID]:
    """Those of the listed tracks that no newer yes, nor that of somebody else, explains."""
    layers = {trigger.layer, ALL_LAYERS}
    good = ConsentState.objects.filter(
        track=OuterRef("pk"),
        use_case=permission.use_case,
        verb=permission.verb,
        rights_layer__in=layers,
        allowed=True,
    )
    newer = good.filter(leaf_index__gt=trigger.leaf)
    tracks: QuerySet[Track] = Track.objects.filter(pk__in=listed).filter(~Exists(newer))
    if trigger.voids:
        voided = ConsentEvent.objects.filter(grantor_ref=trigger.voids).values("uid")
        others = good.exclude(event_uid__in=voided)
        tracks = tracks.filter(~Exists(others))
    if permission.default and trigger.kind != Kind.OBJECTED:  # what needs no yes, once lifted again
        tracks = tracks.filter(Exists(good.filter(leaf_index__lte=trigger.leaf)))
    return set(tracks.values_list("pk", flat=True))
