"""The desk's pages: who sees them, what they say, that strangers' text stays text."""

import json
import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from lxml import html

from apps.catalogue.states import TrackState
from apps.review.claim import claim_case, holder
from apps.review.explaining import explain_to_reviewer
from apps.review.models import Case, Proposal, Verb
from tests.factories import (
    AdministratorFactory,
    ArtistFactory,
    CannedReplyFactory,
    CaseFactory,
    ComplianceOfficerFactory,
    LabelStaffFactory,
    ProofFactory,
    RenditionFactory,
    ReviewerFactory,
    SeniorReviewerFactory,
    TrackFactory,
)
from tests.review.scene import DUPLICATE, GENERATOR, TAG, UNDECLARED, failed_check, held_case

pytestmark = pytest.mark.django_db
MOST_QUERIES = 20


def enter(person: Any) -> Client:
    client = Client()
    client.force_login(person)
    return client


def page_of(case: Case, name: str = "change", **kwargs: Any) -> str:
    return reverse(f"admin:review_case_{name}", kwargs={"pk": case.pk, **kwargs})


def again(case: Case) -> Case:
    return Case.objects.get(pk=case.pk)


# --- Who sees what ---

READERS = [ReviewerFactory, SeniorReviewerFactory, ComplianceOfficerFactory, AdministratorFactory]
OTHERS = [ArtistFactory, LabelStaffFactory]
QUEUE = "admin:review_case_changelist"


@pytest.mark.parametrize("made_by", READERS)
def test_readers_see_queue_and_case(made_by: Any) -> None:
    case, client = held_case(), enter(made_by())
    assert client.get(reverse(QUEUE)).status_code == 200
    assert client.get(page_of(case)).status_code == 200


@pytest.mark.parametrize("made_by", OTHERS)
@pytest.mark.parametrize("name", ["change", "sound", "decide", "claim", "take", "release", "renew"])
def test_others_do_not(made_by: Any, name: str) -> None:
    case, client = held_case(), enter(made_by())
    assert client.get(reverse(QUEUE)).status_code in (302, 403)
    for answer in (client.get(page_of(case, name)), client.post(page_of(case, name))):
        assert answer.status_code in (302, 403)
    assert again(case).claimed_by is None


def test_a_stranger_is_sent_to_the_door() -> None:
    answer = Client().get(page_of(held_case()))
    assert answer.status_code == 302
    assert "login" in answer["Location"]


@pytest.mark.parametrize("made_by", [ComplianceOfficerFactory, AdministratorFactory])
def test_who_may_not_decide_only_reads(made_by: Any) -> None:
    case, client = held_case(), enter(made_by())
    answer = client.get(page_of(case))
    assert b"Your role lets you read cases" in answer.content
    assert b'name="verb"' not in answer.content
    sent = {"verb": "approve", "reasons": ["rights_proven"], "version": 0}
    assert client.post(page_of(case, "decide"), sent).status_code == 400
    assert again(case).state == Case.State.OPEN
    assert again(case).claimed_by is None


def test_an_unknown_case_is_404() -> None:
    client = enter(ReviewerFactory())
    path = page_of(CaseFactory()).replace(
        str(Case.objects.get().pk), "0" * 8 + "-0000" * 3 + "-" + "0" * 12
    )
    assert client.get(path).status_code == 404
    assert client.get(reverse(QUEUE) + "not-an-id/change/").status_code == 404


@pytest.mark.parametrize("name", ["claim", "take", "release", "decide", "second_look", "renew"])
def test_nothing_is_changed_by_following_a_link(name: str) -> None:
    answer = enter(ReviewerFactory()).get(page_of(held_case(), name))
    assert answer.status_code == 405


# --- Claiming by opening ---


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


# --- Deciding ---


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


# --- What the page shows ---


def test_the_case_tells_why_and_what_would_clear_it() -> None:
    case = held_case(*GENERATOR, DUPLICATE, document={"borrowed": []})
    ProofFactory(track=case.track, original_name="licence.pdf")
    CannedReplyFactory(reason_code="ask_licence", text="Dear {artist}, about {title}: {other}")
    text = enter(ReviewerFactory()).get(page_of(case)).content.decode()
    for expected in (
        "Shares 26 seconds with Delta.",
        "made with suno",
        "Not known: how much of the recording AI made",
        "Would be cleared if all of this held",
        "the recording is new to us",
        "disclosure.U1",
        "R11: Metadata is honest",
        "licence.pdf",
        "Dear A. Artist, about",
        "{other}",
        "screened (2.4 s)",
    ):
        assert expected in text, expected


def test_a_failed_check_shows_its_note() -> None:
    case = held_case()
    failed_check(case.decision.run, "metadata", "Timed out after 60 s.")
    text = enter(ReviewerFactory()).get(page_of(case)).content.decode()
    assert "Timed out after 60 s." in text
    assert "failed" in text


def player_of(text: str) -> dict[str, str]:
    found = re.search(r"<track-player\s(.*?)></track-player>", text, re.S)
    assert found
    return dict(re.findall(r'([\w-]+)="(.*?)"', found[1], re.S))


def matching(track: Any) -> dict[str, Any]:
    """The finding that a case shares audio with this track."""
    detail = {**DUPLICATE["evidence"][0]["detail"], "reference": str(track.pk)}
    return {**DUPLICATE, "evidence": [{**DUPLICATE["evidence"][0], "detail": detail}]}


def test_the_player_gets_signed_links_and_both_recordings() -> None:
    other = TrackFactory(title="Delta", state=TrackState.CLEARED)
    case = held_case(matching(other))
    for audio in (case.decision.audio, other.audio):
        for kind in ("preview", "peaks", "spectrogram"):
            RenditionFactory(audio=audio, kind=kind)
    client = enter(ReviewerFactory())
    told = player_of(client.get(page_of(case)).content.decode())
    regions = json.loads(told["regions"].replace("&quot;", '"'))
    assert regions == [
        {
            "start": 41.0,
            "end": 67.0,
            "label": "The same recording is already in the catalogue: Delta",
            "kind": "held",
            "compare_start": 12.0,
        }
    ]
    assert told["duration"] == "183.200"
    for name in ("audio", "peaks", "spectrogram", "compare-audio", "compare-peaks"):
        assert told[name].startswith("/media/"), name
    fresh = client.get(told["renew"]).json()
    assert set(fresh) == {"audio", "compare_audio"}


def test_a_proof_is_handed_out_to_save_only() -> None:
    case = held_case()
    proof = ProofFactory(track=case.track, original_name='a"b\r\n<script>.html', data=b"<script>")
    answer = enter(ReviewerFactory()).get(page_of(case, "proof", proof=proof.pk))
    assert b"".join(answer.streaming_content) == b"<script>"
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["Content-Disposition"].startswith("attachment")
    assert "\n" not in answer["Content-Disposition"]
    assert "sandbox" in answer["Content-Security-Policy"]
    other = ProofFactory()
    assert enter(ReviewerFactory()).get(page_of(case, "proof", proof=other.pk)).status_code == 404


# --- Strangers' text ---

SCRIPT = "<script>alert('x')</script>"
BIDI = "\u202egnp.exe"
HOSTILE = f"{SCRIPT}\"'><img src=x onerror=alert(1)>{BIDI}\x07\x1b[31m"


def hostile_case() -> Case:
    tag = {
        **TAG,
        "summary": HOSTILE[:400],
        "evidence": [
            {
                "kind": "tag",
                "start_s": 1.0,
                "end_s": 2.0,
                "detail": {"field": HOSTILE[:60], "value": HOSTILE + "A" * 10_000, "offset": 1},
            },
            {"kind": HOSTILE, "detail": {HOSTILE: [HOSTILE, {"x": HOSTILE}]}},
            "not even a mapping",
        ],
    }
    text = HOSTILE
    match = {**DUPLICATE["evidence"][0]["detail"], "title": text, "reference": text}
    same = {**DUPLICATE, "evidence": [{**DUPLICATE["evidence"][0], "detail": match}]}
    case = held_case(
        tag,
        UNDECLARED,
        same,
        document={
            "title": text,
            "artists": [{"name": text, "role": "main"}],
            "borrowed": [{"kind": "sample", "of": text + "B" * 10_000, "licence": "held"}],
        },
        title=text[:400] + "T" * 90,
        artist=text[:190],
        release__title=text,
        release__owner__name=text[:150],
    )
    Case.objects.filter(pk=case.pk).update(artist_note=text + "C" * 10_000)
    ProofFactory(track=case.track, original_name=text[:200], concerns=SCRIPT)
    RenditionFactory(audio=case.decision.audio)
    return case


@pytest.mark.parametrize("place", ["case", "queue", "track", "release"])
def test_hostile_text_stays_text(place: str) -> None:
    case = hostile_case()
    address = {
        "case": page_of(case),
        "queue": reverse(QUEUE),
        "track": reverse("admin:catalogue_track_change", args=[case.track.pk]),
        "release": reverse("admin:catalogue_release_change", args=[case.track.release.pk]),
    }[place]
    answer = enter(ReviewerFactory()).get(address)
    text = answer.content.decode()
    assert answer.status_code == 200
    assert "<script>alert" not in text
    assert "<img src=x" not in text
    if place in ("case", "queue"):
        assert "\u202e" not in text.replace("&quot;", '"')
        assert "U+202E" in text
        assert "&lt;script&gt;alert" in text
    for element in html.fromstring(answer.content).iter("*"):
        assert not any(name.lower().startswith("on") for name in element.attrib)
        assert element.tag != "svg" or element.get("class") in {"icon", "base-svgs"}
        assert element.tag != "script" or element.get("src", "").startswith(("/static/", "/admin/"))


def test_long_text_is_bounded() -> None:
    case = hostile_case()
    assert len(enter(ReviewerFactory()).get(page_of(case)).content) < 200_000


def test_pages_run_nothing_inline() -> None:
    """The content policy forbids it, so none of our pages relies on it."""
    case, client = held_case(), enter(ReviewerFactory())
    for address in (page_of(case), reverse(QUEUE), reverse("admin:index")):
        answer = client.get(address)
        text = answer.content.decode()
        assert "script-src 'self'" in answer["Content-Security-Policy"]
        assert not re.search(r"<script(?![^>]*\bsrc=)[^>]*>", text)
        assert not re.search(r"<style|\sstyle=|\son\w+=", text)


# --- Queries ---


def test_the_case_page_takes_few_queries(django_assert_max_num_queries: Any) -> None:
    case = held_case(*GENERATOR, matching(TrackFactory(state=TrackState.CLEARED)))
    for _n in range(5):
        held_case(release=case.track.release)
        ProofFactory(track=case.track)
    client = enter(ReviewerFactory())
    # The first visit claims, in a transaction, which only in a test is a savepoint: two more.
    with django_assert_max_num_queries(MOST_QUERIES + 2):
        client.get(page_of(case))
    with django_assert_max_num_queries(MOST_QUERIES):  # the second renews
        client.get(page_of(case))


@pytest.mark.parametrize("view", ["open", "mine", "unclaimed", "today", "second", "closed"])
def test_the_queue_takes_few_queries(view: str, django_assert_max_num_queries: Any) -> None:
    for _n in range(8):
        claim_case(case=again(held_case(*GENERATOR)), by=ReviewerFactory())
    client = enter(ReviewerFactory())
    with django_assert_max_num_queries(MOST_QUERIES):
        client.get(reverse(QUEUE), {"view": view})
