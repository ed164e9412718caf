"""Two people at once, for real: two threads with a connection each, on PostgreSQL.

SQLite lets one writer in at a time, so there the same rules are proven by stale pages instead
(test_claim.py, test_actions.py).
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connection, connections

from apps.policy.models import Decision
from apps.review.actions import decide_case
from apps.review.claim import claim_case, take_over
from apps.review.closing import Words
from apps.review.errors import CaseChanged, CaseClosed, CaseTaken, DeskRefusal
from apps.review.models import Case, Proposal, Verb
from tests.factories import ReviewerFactory, SeniorReviewerFactory
from tests.review.scene import GENERATOR, held_case

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor == "sqlite", reason="two writers need PostgreSQL"),
]
ROUNDS = 5


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """What each act returned or refused, all started at the same moment."""
    barrier = Barrier(len(acts))

    def run(act: Callable[[], Any]) -> Any:
        barrier.wait()
        try:
            return act()
        except DeskRefusal as refusal:
            return refusal
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def again(case: Case) -> Case:
    return Case.objects.get(pk=case.pk)


@pytest.mark.parametrize("_", range(ROUNDS))
def test_one_of_two_claims_wins(_: int) -> None:
    case, first, second = held_case(), ReviewerFactory(), ReviewerFactory()
    pages = again(case), again(case)
    results = at_once(
        lambda: claim_case(case=pages[0], by=first), lambda: claim_case(case=pages[1], by=second)
    )
    refusals = [r for r in results if isinstance(r, DeskRefusal)]
    assert len(refusals) == 1
    assert isinstance(refusals[0], CaseTaken)
    assert again(case).version == 1


@pytest.mark.parametrize("_", range(ROUNDS))
def test_a_decision_against_a_takeover(_: int) -> None:
    case, first, senior = held_case(), ReviewerFactory(), SeniorReviewerFactory()
    claim_case(case=case, by=first)
    pages = again(case), again(case)
    words = Words(["rights_proven"])
    decided, taken = at_once(
        lambda: decide_case(case=pages[0], by=first, verb=Verb.APPROVE, words=words),
        lambda: take_over(case=pages[1], by=senior),
    )
    now = again(case)
    if isinstance(decided, CaseChanged):
        assert (now.state, now.claimed_by) == (Case.State.OPEN, senior)
    else:
        assert isinstance(taken, CaseClosed | CaseChanged)
        assert now.state == Case.State.DECIDED
    assert Decision.objects.filter(track=case.track).count() == 1 + (now.ruling is not None)


@pytest.mark.parametrize("_", range(ROUNDS))
def test_a_double_click_proposes_once(_: int) -> None:
    case, reviewer = held_case(*GENERATOR), ReviewerFactory()
    claim_case(case=case, by=reviewer)
    pages = again(case), again(case)
    words = Words(["trace_explained"])

    def press(page: Case) -> Callable[[], Any]:
        return lambda: decide_case(case=page, by=reviewer, verb=Verb.APPROVE, words=words)

    results = at_once(press(pages[0]), press(pages[1]))
    assert sum(isinstance(result, DeskRefusal) for result in results) == 1
    assert Proposal.objects.filter(case=case).count() == 1
