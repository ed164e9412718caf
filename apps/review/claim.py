"""Having a case: for a while, visibly, by one person at a time.

Every write is one conditional UPDATE on what was read (`version`), so that of two people who ask
at once one is served and the other is told. A claim ends by itself; nobody has to clean up.
"""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from apps.accounts.models import User
from apps.audit.record import record
from apps.review.errors import CaseChanged, CaseClosed, CaseTaken, NotPermitted
from apps.review.models import Case
from apps.review.standing import REASSIGN, check_may_work


def holder(case: Case, now: datetime | None = None) -> User | None:
    """Who has the case now; None when nobody does or the claim has run out."""
    if case.claimed_until is None or case.claimed_until <= (now or timezone.now()):
        return None
    return case.claimed_by


def claim_case(*, case: Case, by: User) -> Case:
    """The case, held by this person for a while; held by them already, for a while longer.

    Raises CaseTaken, CaseClosed, CaseChanged and everything that `check_may_work` raises.
    """
    check_may_work(case, by)
    now = timezone.now()
    current = holder(case, now)
    if current == by:
        return renew_claim(case=case, by=by)
    if current is not None:
        raise CaseTaken(case)
    free = Q(claimed_by=None) | Q(claimed_until__lte=now)
    return _give(case, free, by=by, kind="case.claimed", now=now)


def take_over(*, case: Case, by: User) -> Case:
    """The case, taken from whoever has it. Needs `review.reassign_case`, or a claim that ended."""
    if not by.has_perm(REASSIGN):
        return claim_case(case=case, by=by)
    check_may_work(case, by)
    before = str(case.claimed_by_id) if case.claimed_by_id else None
    return _give(case, Q(), by=by, kind="case.taken_over", now=timezone.now(), taken_from=before)


def renew_claim(*, case: Case, by: User) -> Case:
    """A while longer for the person who has the case. Raises CaseTaken, CaseClosed, CaseChanged.

    A claim that ran out may be renewed as long as nobody else has taken the case. The version
    stays: what the page shows is still true.
    """
    until = _end(timezone.now())
    renewed = Case.objects.filter(pk=case.pk, state=Case.State.OPEN, claimed_by=by)
    if not renewed.update(claimed_until=until):
        raise _refusal(case)
    case.claimed_by, case.claimed_until = by, until
    return case


@transaction.atomic
def release_claim(*, case: Case, by: User) -> Case:
    """Gives the case back to the queue: by who has it, or by `review.reassign_case`."""
    if case.claimed_by_id != by.pk and not by.has_perm(REASSIGN):
        raise NotPermitted
    held = Case.objects.filter(
        pk=case.pk, state=Case.State.OPEN, claimed_by=case.claimed_by_id, version=case.version
    )
    if not held.update(claimed_by=None, claimed_until=None, version=F("version") + 1):
        raise _refusal(case)
    record(kind="case.released", subject=case, actor=by)
    case.claimed_by = case.claimed_until = None
    case.version += 1
    return case


@transaction.atomic
def _give(
    case: Case, condition: Q, *, by: User, kind: str, now: datetime, **told: str | None
) -> Case:
    as_read = Case.objects.filter(
        condition, pk=case.pk, state=Case.State.OPEN, version=case.version
    )
    until = _end(now)
    if not as_read.update(claimed_by=by, claimed_until=until, version=F("version") + 1):
        raise _refusal(case)
    record(kind=kind, subject=case, actor=by, **told)
    case.claimed_by, case.claimed_until = by, until
    case.version += 1
    return case


def _end(now: datetime) -> datetime:
    return now + timedelta(minutes=settings.REVIEW_CLAIM_MINUTES)


def _refusal(case: Case) -> Exception:
    """Why nothing was updated, by what the row says now."""
    row = Case.objects.select_related("claimed_by").get(pk=case.pk)
    if row.state != Case.State.OPEN:
        return CaseClosed()
    return CaseTaken(row) if holder(row) else CaseChanged()
