"""Notices that nobody takes work although there is some."""

from datetime import timedelta

from django.db.models import Q
from django.db.models.functions import Now

from apps.screening.lease import claimable
from apps.screening.models import ScreeningRun


def is_stalled(after_s: float) -> bool:
    """Whether a run waits since `after_s` seconds while nothing runs, began or ended.

    The sweep rings for such a run again and again, so workers that are well would have taken it.
    A worker that is busy, however long, keeps its lease and makes this False: nothing that runs is
    ever stopped because of it.
    """
    then = Now() - timedelta(seconds=after_s)
    if not claimable().filter(created_at__lt=then).exclude(lease_until__gt=then).exists():
        return False
    at_work = Q(state=ScreeningRun.State.RUNNING, lease_until__gt=Now())
    lately = Q(started_at__gt=then) | Q(finished_at__gt=then)
    return not ScreeningRun.objects.filter(at_work | lately).exists()
