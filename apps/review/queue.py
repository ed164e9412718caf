"""The queue: which cases a person sees in which view, and what a row needs, in few queries."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.catalogue.models import Proof, Track
from apps.catalogue.states import TrackState
from apps.policy.models import Outcome
from apps.registry.models import VoiceRegister
from apps.review.cases import promise
from apps.review.due import end_of_day
from apps.review.models import Case, Proposal

OPEN = Q(state=Case.State.OPEN)


@dataclass(frozen=True)
class View:
    """One view of the queue: a tab with a count."""

    slug: str
    label: Any
    condition: Callable[[User, datetime], Q]


def free(now: datetime) -> Q:
    """Cases that nobody has now."""
    return Q(claimed_by=None) | Q(claimed_until__lte=now)


def had_by(user: User, now: datetime) -> Q:
    """Cases that this person has now."""
    return Q(claimed_by=user, claimed_until__gt=now)


def due_today(now: datetime) -> Q:
    """Cases due before the desk's midnight, overdue ones included."""
    return Q(due_at__lt=end_of_day(now, promise().zone))


def awaiting_second() -> Q:
    """Cases whose proposed decision waits for a second person."""
    waiting = Proposal.objects.filter(case=OuterRef("pk"), state=Proposal.State.WAITING)
    return Q(Exists(waiting))


VIEWS: tuple[View, ...] = (
    View("open", _("All open"), lambda user, now: OPEN),
    View("mine", _("Mine"), lambda user, now: OPEN & had_by(user, now)),
    View("unclaimed", _("Unclaimed"), lambda user, now: OPEN & free(now)),
    View("today", _("Due today"), lambda user, now: OPEN & due_today(now)),
    View("overdue", _("Overdue"), lambda user, now: OPEN & Q(due_at__lte=now)),
    View("objections", _("Objections"), lambda user, now: OPEN & Q(kind=Case.Kind.APPEAL)),
    View("second", _("Second look"), lambda user, now: OPEN & awaiting_second()),
    View("closed", _("Closed"), lambda user, now: ~OPEN),
)


def counts(user: User, now: datetime) -> dict[str, int]:
    """How many cases each view holds, in one query; the closed ones are not counted."""
    shown = [view for view in VIEWS if view.slug != "closed"]
    columns = {view.slug: Count("pk", filter=view.condition(user, now)) for view in shown}
    return Case.objects.filter(OPEN).aggregate(**columns)


def rows(cases: QuerySet[Case]) -> QuerySet[Case]:
    """Cases with everything that a row of the queue shows; a page takes three queries."""
    joined = cases.select_related(
        "track__release__owner", "track__release__label", "track__audio", "claimed_by", "decision"
    ).defer("decision__facts", "decision__destinations", "decision__overruled")
    return with_history(joined).prefetch_related("reasons", "track__contributors")


def whole(cases: QuerySet[Case]) -> QuerySet[Case]:
    """Cases with what the case page shows of the row itself. `some_of` names what belongs to it."""
    joined = cases.select_related(
        *("track__release__owner", "track__release__label", "track__audio", "claimed_by"),
        *("decision__declaration", "decision__audio", "decision__ruleset", "decision__run"),
        *("ruling__ruleset", "ruling__made_by"),
    )
    return with_history(joined).annotate(
        proposed=Exists(Proposal.objects.filter(case=OuterRef("pk"))),
        proven=Exists(Proof.objects.filter(track=OuterRef("track"))),
    )


def some_of(case: Any) -> "Iterator[Prefetch[Any]]":
    """Proposals and proofs of a case of `whole`, to be fetched only where there are any."""
    proposals = Proposal.objects.select_related("made_by", "answered_by")
    yield Prefetch("proposals", proposals if case.proposed else Proposal.objects.none())
    yield Prefetch("track__proofs", Proof.objects.all() if case.proven else Proof.objects.none())


def with_history(cases: QuerySet[Case]) -> QuerySet[Case]:
    """Adds `cleared`, `refused` and `overturned`: how the account's other tracks fared."""
    return cases.annotate(
        cleared=_others(state=TrackState.CLEARED),
        refused=_others(state=TrackState.REFUSED),
        overturned=_overturned(),
        second_look=awaiting_second(),
        voices_on=Exists(VoiceRegister.objects.filter(is_on=True)),
    )


def _others(**state: str) -> Coalesce:
    tracks = Track.objects.filter(release__owner=OuterRef("track__release__owner"), **state)
    return _counted(tracks.exclude(pk=OuterRef("track")), "release__owner")


def _overturned() -> Coalesce:
    """Objections of the account that were granted."""
    granted = Case.objects.filter(
        track__release__owner=OuterRef("track__release__owner"),
        kind=Case.Kind.APPEAL,
        ruling__outcome=Outcome.ALLOWED,
    )
    return _counted(granted, "track__release__owner")


def _counted(rows: QuerySet[Any], by: str) -> Coalesce:
    grouped = rows.order_by().values(owner_=F(by)).annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(grouped), 0)
