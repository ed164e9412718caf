"""Answering a request for erasure: what is kept of a person who left, and forgetting it.

The ledger's rows and proofs stay; they hold pseudonyms only. Forgotten are the key of the
pseudonym, the evidence beside consent events, who did what in the audit trail, and what was made of
the person's tracks and is no longer permitted without them.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from django.db import transaction
from django.db.models import Count, Q, QuerySet

from apps.accounts.models import User
from apps.audit.models import Event
from apps.audit.record import erase_details, record
from apps.catalogue.models import Track
from apps.consent.authority import require_staff
from apps.consent.errors import AccountOpen, ReasonMissing
from apps.consent.features import forbidden_features, purge_features
from apps.consent.models import Evidence, Party
from apps.consent.parties import find_ref
from apps.consent.projection import project

PURGED = "erased"
AT_ONCE = 1000  # events of which one event tells that they were erased
# They say that something was forgotten, and hold a count.
OWN = ("consent.party_forgotten",)


@dataclass(frozen=True)
class Forgettable:
    """What is kept of a person, and would be forgotten. `events`: kind → how many.

    `kept`: proofs of authority that the person gave for others, which those still need.
    """

    has_pseudonym: bool
    evidence: int
    events: dict[str, int]
    kept: int

    @property
    def is_nothing(self) -> bool:
        """Whether all of it was forgotten before."""
        return not (self.has_pseudonym or self.evidence or self.events)


def find_forgettable(who: User, more: Iterable[Event] = ()) -> Forgettable:
    """What would be forgotten of this account, and of the events `more` besides."""
    ref = find_ref(who)
    about = Evidence.objects.filter(event__subject_ref=ref) if ref else Evidence.objects.none()
    counted = _events(who, more).order_by().values_list("kind").annotate(number=Count("pk"))
    given = Evidence.objects.filter(actor=who).exclude(pk__in=about.values("pk"))
    return Forgettable(bool(ref), about.count(), dict(sorted(counted)), given.count())


def erase_person(*, who: User, by: User, reason: str, more: Iterable[Event] = ()) -> Forgettable:
    """Forgets it; returns what was forgotten. Again, it forgets what came since.

    Raises NoAuthority for anybody but our compliance officers, ReasonMissing, and AccountOpen for
    an account that goes on. What was made of the person's tracks is purged after the transaction:
    if that fails, the same call goes on.
    """
    require_staff(by)
    if not reason.strip():
        raise ReasonMissing
    found = _forget(who, by, reason.strip(), list(more))
    tracks = Track.objects.filter(release__owner=who).values_list("pk", flat=True)
    purge_features(features=forbidden_features(list(tracks)), reason=PURGED)
    return found


@transaction.atomic
def forget_party(*, who: User, by: User | None) -> int:
    """Deletes the key of an account's pseudonym and the evidence of its events.

    The events and their proofs stay; nobody can tell any more whom they speak of. Returns how many
    events lost their evidence. Whatever was allowed is no longer: its holder is unknown. Raises
    AccountOpen: somebody who goes on would begin again without the noes that they said.
    """
    if who.is_active:
        raise AccountOpen
    ref = find_ref(who)
    if not ref:
        return 0
    gone, _ = Evidence.objects.filter(event__subject_ref=ref).delete()
    Party.objects.filter(ref=ref).delete()
    project(who)
    record(kind="consent.party_forgotten", subject=who, actor=by, events=gone)
    return gone


@transaction.atomic
def _forget(who: User, by: User, reason: str, more: list[Event]) -> Forgettable:
    if User.objects.select_for_update().get(pk=who.pk).is_active:
        raise AccountOpen
    found = find_forgettable(who, more)
    events = list(_events(who, more).order_by("pk"))
    for some in _batches(events):
        erase_details(events=some, by=by, reason=reason)
    forget_party(who=who, by=by)
    return found


def _events(who: User, more: Iterable[Event]) -> QuerySet[Event]:
    """Events with something to erase that this person did, or that are about their account."""
    account = Q(subject_type=User._meta.label_lower, subject_id=str(who.pk)) & ~Q(kind__in=OWN)
    mine = Q(detail__actor=who) | account | Q(pk__in=[event.pk for event in more])
    return Event.objects.filter(mine, detail__isnull=False)


def _batches(events: list[Event]) -> Iterator[list[Event]]:
    rest = iter(events)
    while some := list(islice(rest, AT_ONCE)):
        yield some
