"""Claiming by opening, deciding, second looks: on the pages, and no text is lost."""

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from apps.catalogue.states import TrackState
from apps.review.claim import claim_case, holder
from apps.review.explaining import explain_to_reviewer
from apps.review.models import Case, Proposal, Verb
from tests.factories import ReviewerFactory, SeniorReviewerFactory
from tests.review.scene import GENERATOR, held_case
from tests.review.visiting import QUEUE, again, enter, page_of

pytestmark = pytest.mark.django_db


def test_opening_claims_and_the_next_one_is_told() -> None:
    case, first, second = held_case(), ReviewerFactory(name="Ana"), ReviewerFactory()
    assert b"Yours until" in enter(first).get(page_of(case)).content
    assert holder(again(case)) == first
    answer = enter(second).get(page_of(case))
    assert b"Ana has this case now" in answer.content
    assert b'name="verb"' not in answer.content
    assert holder(again(case)) == first


def test_the_heartbeat_renews_and_tells_of_a_loss() -> None:
    case, first, senior = held_case(), ReviewerFactory(), SeniorReviewerFactory(name="Sena")
    client = enter(first)
    client.get(page_of(case))
    Case.objects.update(claimed_until=timezone.now() + timedelta(minutes=1))
    answer = client.post(page_of(case, "renew"))
    assert answer.status_code == 200
    assert again(case).claimed_until > timezone.now() + timedelta(minutes=15)
    taking = enter(senior)
    taking.get(page_of(case))
    taking.post(page_of(case, "take"), {"version": again(case).version})
    answer = client.post(page_of(case, "renew"))
    assert answer.status_code == 409
    assert "Sena has this case" in answer.json()["lost"]


def test_giving_back_goes_to_the_queue() -> None:
    case, reviewer = held_case(), ReviewerFactory()
    client = enter(reviewer)
    client.get(page_of(case))
    answer = client.post(page_of(case, "release"), {"version": again(case).version})
    assert answer["Location"] == reverse(QUEUE)
    assert holder(again(case)) is None


def test_taking_over_a_page_that_is_no_longer_true_is_refused() -> None:
    case, senior = held_case(), SeniorReviewerFactory()
    claim_case(case=again(case), by=ReviewerFactory(name="Ana"))
    client = enter(senior)
    answer = client.post(page_of(case, "take"), {"version": 0}, follow=True)
    assert b"Ana has this case until" in answer.content


def sent(case: Case, **changed: Any) -> dict[str, Any]:
    return {
        "verb": Verb.REFUSE,
        "reasons": ["refused_duplicate"],
        "note_to_artist": "This is Delta, from 0:41.",
        "note": "Heard both.",
        "version": again(case).version,
        **changed,
    }


def test_deciding_goes_back_to_the_queue_with_a_sentence() -> None:
    case, client = held_case(title="River"), enter(ReviewerFactory())
    client.get(page_of(case))
    answer = client.post(page_of(case, "decide"), sent(case), follow=True)
    assert b"River: refused." in answer.content
    assert again(case).track.state == TrackState.REFUSED


@pytest.mark.parametrize(
    "wrong",
    [
        {"reasons": []},
        {"reasons": ["no_such"]},
        {"verb": "bless"},
        {"verb": ""},
        {"note_to_artist": ""},
        {"note": "x" * 5001},
        {"reasons": ["rights_proven"]},
        {"version": "now"},
    ],
)
def test_a_wrong_form_loses_no_text(wrong: dict[str, Any]) -> None:
    case, client = held_case(), enter(ReviewerFactory())
    client.get(page_of(case))
    answer = client.post(page_of(case, "decide"), sent(case, **wrong))
    assert answer.status_code == 400
    assert b"Nothing was recorded" in answer.content
    if "note_to_artist" not in wrong:
        assert b"This is Delta, from 0:41." in answer.content
    assert again(case).state == Case.State.OPEN


def test_the_slower_one_sees_what_was_decided_and_keeps_their_text() -> None:
    case, slow, fast = held_case(), ReviewerFactory(), SeniorReviewerFactory(name="Sena")
    slow_page = enter(slow)
    slow_page.get(page_of(case))
    late = sent(case, note_to_artist="My long <b>text</b>.")
    fast_page = enter(fast)
    fast_page.get(page_of(case))
    fast_page.post(page_of(case, "take"), {"version": again(case).version})
    fast_page.post(
        page_of(case, "decide"),
        sent(case, verb="approve", reasons=["not_the_same_recording"], note_to_artist="Fine."),
    )
    answer = slow_page.post(page_of(case, "decide"), late)
    text = answer.content.decode()
    assert answer.status_code == 409
    assert "Somebody was faster" in text
    assert "cleared" in text
    assert "Sena" in text
    assert "Not the same recording" in text
    assert "My long &lt;b&gt;text&lt;/b&gt;." in text
    assert again(case).track.state == TrackState.CLEARED


def test_what_the_artist_wrote_meanwhile_is_read_first() -> None:
    case, client = held_case(), enter(ReviewerFactory())
    client.get(page_of(case))
    form, owner = sent(case), case.track.release.owner
    explain_to_reviewer(track=case.track, by=owner, note="I hold a licence for Delta.")
    assert client.post(page_of(case, "renew")).json()["version"] != form["version"]
    answer = client.post(page_of(case, "decide"), form)
    assert answer.status_code == 409
    assert b"I hold a licence for Delta." in answer.content
    assert b"You still have the case" in answer.content
    assert again(case).state == Case.State.OPEN
    assert b"I hold a licence for Delta." in client.get(page_of(case)).content


def test_a_severe_decision_goes_round_by_a_second_person() -> None:
    case = held_case(*GENERATOR)
    junior, senior = enter(ReviewerFactory(name="Rosa")), enter(SeniorReviewerFactory())
    assert b"Propose: Approve" in junior.get(page_of(case)).content
    approve = sent(case, verb="approve", reasons=["trace_explained"])
    answer = junior.post(page_of(case, "decide"), approve, follow=True)
    assert b"waits for a second person" in answer.content
    assert b"You proposed this decision" in junior.get(page_of(case)).content
    seen = senior.get(page_of(case)).content
    assert b"Show the vote" in seen
    assert b'<details class="vote">' in seen  # folded: the evidence comes first
    returned = {"agrees": "no", "version": again(case).version, "answer": ""}
    assert senior.post(page_of(case, "second_look"), returned).status_code == 400
    returned["answer"] = "The session shows another date."
    senior.post(page_of(case, "second_look"), {**returned, "version": again(case).version})
    assert again(case).proposals.get().state == Proposal.State.RETURNED
    assert b"The session shows another date." in senior.get(page_of(case)).content


def test_confirming_clears_the_track() -> None:
    case = held_case(*GENERATOR)
    junior, senior = enter(ReviewerFactory()), enter(SeniorReviewerFactory())
    junior.get(page_of(case))
    junior.post(page_of(case, "decide"), sent(case, verb="approve", reasons=["trace_explained"]))
    senior.get(page_of(case))
    sure = {"agrees": "yes", "version": again(case).version}
    answer = senior.post(page_of(case, "second_look"), sure, follow=True)
    assert b"confirmed." in answer.content
    assert again(case).track.state == TrackState.CLEARED
    late = senior.post(page_of(case, "second_look"), sure)
    assert late.status_code == 409
