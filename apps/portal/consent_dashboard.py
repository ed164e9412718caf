"""How consent stands on the whole: for the compliance officers. A fixed number of queries."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Q
from django.utils import timezone

from apps.audit.models import Checkpoint
from apps.audit.standing import Standing, standing
from apps.catalogue.models import Track
from apps.consent.models import ConsentState
from apps.consent.titles import title_of
from apps.consent.vocabulary import Permission, vocabulary
from apps.pipeline.announcing import Reach, coming_terms, reach_of
from apps.portal.country_names import country
from apps.portal.training_standing import ClassRates, Owing, class_rates, read_owing

STALE = timedelta(minutes=5)  # older than this while something waits: the clock stands still


@dataclass(frozen=True)
class Rate:
    """How many tracks may be used for one thing in one country; the rest is no.

    `yes` counts what somebody said yes to and what holds now; `no` where it was answered with no,
    or is barred; `of` all tracks.
    """

    place: str
    yes: int
    no: int
    of: int

    @property
    def share(self) -> float:
        """Of all tracks, those with a yes, in percent."""
        return 100 * self.yes / self.of if self.of else 0.0


@dataclass(frozen=True)
class Rates:
    """One permission and its rate per country of which anybody said yes."""

    permission: Permission
    title: str
    rates: tuple[Rate, ...]


@dataclass(frozen=True)
class Dashboard:
    """All that the page shows. `waits`: states whose yes has no leaf yet."""

    tracks: int
    rates: list[Rates]
    log: Standing
    checkpoint: Checkpoint | None
    age: timedelta | None
    is_late: bool
    waits: int
    reaches: list[Reach]
    classes: list[ClassRates]
    owing: Owing


def read_dashboard() -> Dashboard:
    """Read in fourteen queries, and two for each version of the terms that comes."""
    now, log = timezone.now(), standing()
    newest = Checkpoint.objects.last()
    tracks, counted = Track.objects.count(), _counted(now)
    return Dashboard(
        tracks=tracks,
        rates=[_of(one, counted.get((one.use_case, one.verb), ()), tracks) for one in _asked()],
        log=log,
        checkpoint=newest,
        age=now - newest.at if newest else None,
        is_late=log.waits_since is not None and now - log.waits_since > STALE,
        waits=ConsentState.objects.filter(waits_for__isnull=False).count(),
        reaches=[reach_of(coming) for coming in coming_terms()],
        classes=class_rates(counted, tracks, now),
        owing=read_owing(now),
    )


def _counted(now: datetime) -> dict[tuple[str, str], list[tuple[str, int, int]]]:
    """Permission → for each country, "" for everywhere else: how many yeses and noes."""
    lasting = Q(effective_to=None) | Q(effective_to__gt=now)
    yes = Count("pk", filter=Q(allowed=True) & lasting)
    no = Count("pk", filter=Q(allowed=False))
    counted = (
        ConsentState.objects.filter(rights_layer="all")
        .values_list("use_case", "verb", "jurisdiction")
        .order_by("use_case", "verb", "jurisdiction")
        .annotate(yes=yes, no=no)
    )
    found: dict[tuple[str, str], list[tuple[str, int, int]]] = {}
    for use_case, verb, *rate in counted:
        found.setdefault((use_case, verb), []).append((rate[0], rate[1], rate[2]))
    return found


def _asked() -> list[Permission]:
    """The permissions that can be answered; the others have no rate."""
    return [one for one in vocabulary().permissions if one.can_be_refused]


def _of(permission: Permission, found: Iterable[tuple[str, int, int]], tracks: int) -> Rates:
    rates = [Rate(country(place) if place else "", yes, no, tracks) for place, yes, no in found]
    return Rates(permission, title_of(permission.code), tuple(rates))
