"""Which decisions a person may see, and which of them were asked for."""

from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet, TextField
from django.db.models.functions import Cast

from apps.accounts.models import Label, User
from apps.catalogue.models import Contributor, Track
from apps.policy.models import Decision

ALL = "exports.export_all_decisions"
OF_LABELS = "exports.export_label_decisions"


@dataclass(frozen=True)
class Filters:
    """What is asked for; every empty field asks for everything.

    `since` and `until` bound the time of the decision, `until` not included. `verdict` is looked
    for at `destination`, or at any destination where none is named. `latest` leaves out decisions
    that a later one replaced.
    """

    outcome: str = ""
    since: datetime | None = None
    until: datetime | None = None
    text: str = ""
    reason: str = ""
    destination: str = ""
    verdict: str = ""
    label: UUID | None = None
    latest: bool = False

    def as_dict(self) -> dict[str, Any]:
        """JSON values of what is asked for, for the record."""
        asked = {name: value for name, value in asdict(self).items() if value}
        return {
            name: value.isoformat()
            if isinstance(value, date)
            else value
            if isinstance(value, bool)
            else str(value)
            for name, value in asked.items()
        }


def labels_of(user: User) -> QuerySet[Label]:
    """The labels whose decisions this person sees."""
    if user.has_perm(ALL):
        return Label.objects.all()
    if user.has_perm(OF_LABELS):
        return Label.objects.filter(members=user)
    return Label.objects.none()


def sees_all(user: User) -> bool:
    """Whether this person sees every decision, and who made it by name."""
    return user.has_perm(ALL)


def visible_decisions(user: User) -> QuerySet[Decision]:
    """Every decision that this person may see; another label's do not exist for them."""
    if sees_all(user):
        return Decision.objects.all()
    return Decision.objects.filter(track__release__label__in=labels_of(user))


def visible_tracks(user: User) -> QuerySet[Track]:
    """Tracks whose state this person may ask for: their own, their labels', or all."""
    if user.has_perm("catalogue.view_track"):
        return Track.objects.all()
    return Track.objects.filter(Q(release__owner=user) | Q(release__label__in=labels_of(user)))


def asked_for(decisions: QuerySet[Decision], filters: Filters) -> QuerySet[Decision]:
    """The decisions that pass the filters."""
    found = decisions.filter(_plain(filters))
    if filters.latest:
        found = found.filter(superseded_by__isnull=True)
    if filters.reason:
        # Both databases write JSON with one space after a colon when it is cast to text.
        found = found.annotate(reasons_text=Cast("reasons", TextField())).filter(
            reasons_text__contains=f'"code": "{filters.reason}"'
        )
    if filters.verdict and not filters.destination:
        found = found.annotate(verdicts_text=Cast("destinations", TextField())).filter(
            verdicts_text__contains=f'"verdict": "{filters.verdict}"'
        )
    return found


def _plain(filters: Filters) -> Q:
    asked = Q()
    if filters.outcome:
        asked &= Q(outcome=filters.outcome)
    if filters.since:
        asked &= Q(created_at__gte=filters.since)
    if filters.until:
        asked &= Q(created_at__lt=filters.until)
    if filters.label:
        asked &= Q(track__release__label=filters.label)
    if filters.text:
        asked &= _text(filters.text)
    if filters.destination:
        asked &= _destination(filters.destination, filters.verdict)
    return asked


def _text(text: str) -> Q:
    named = Contributor.objects.filter(track=OuterRef("track"), name__icontains=text)
    code = text.replace("-", "").replace(" ", "")
    return (
        Q(track__title__icontains=text)
        | Q(track__release__title__icontains=text)
        | Q(track__isrc__iexact=code)
        | Q(track__release__upc__iexact=code)
        | Q(Exists(named))
    )


def _destination(slug: str, verdict: str) -> Q:
    if verdict:
        return Q(**{f"destinations__{slug}__verdict": verdict})
    return Q(destinations__has_key=slug)
