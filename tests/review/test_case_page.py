"""What the case page shows, plays and hands out, in few queries."""

import json
import re
from typing import Any

import pytest
from django.urls import reverse

from apps.catalogue.states import TrackState
from apps.fingerprints.match_names import reference_name
from apps.review.claim import claim_case
from tests.factories import (
    CannedReplyFactory,
    ProofFactory,
    RenditionFactory,
    ReviewerFactory,
    TrackFactory,
)
from tests.fingerprints.test_explaining import add
from tests.fingerprints.walks import walk
from tests.review.scene import DUPLICATE, GENERATOR, failed_check, held_case
from tests.review.visiting import QUEUE, again, enter, page_of

pytestmark = pytest.mark.django_db
MOST_QUERIES = 18  # of the visit that claims a case with both kinds of matches and proofs


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


def matching(name: str) -> dict[str, Any]:
    """The finding that a case shares audio with this recording."""
    detail = {**DUPLICATE["evidence"][0]["detail"], "reference": name}
    return {**DUPLICATE, "evidence": [{**DUPLICATE["evidence"][0], "detail": detail}]}


def test_the_player_gets_signed_links_and_both_recordings() -> None:
    other = TrackFactory(title="Delta", state=TrackState.CLEARED)
    case = held_case(matching(str(other.pk)))
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
            "label": "This recording is known to us already: Delta",
            "kind": "held",
            "other": "m1",
            "stretch": "m1s1",
            "compare_start": 12.0,
            "compare_end": 38.0,
        }
    ]
    (other_side,) = json.loads(told["others"].replace("&quot;", '"'))
    assert (other_side["key"], other_side["title"]) == ("m1", "Delta")
    assert told["duration"] == "183.200"
    links = [told[name] for name in ("audio", "peaks", "spectrogram")]
    for link in (*links, other_side["audio"], other_side["peaks"]):
        assert link.startswith("/media/")
    fresh = client.get(told["renew"]).json()
    assert set(fresh) == {"audio", "others"}
    assert set(fresh["others"]) == {"m1"}


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


def test_the_case_page_takes_few_queries(django_assert_max_num_queries: Any) -> None:
    """However many tracks and references share audio."""
    tracks = [str(TrackFactory(state=TrackState.CLEARED).pk) for _n in range(2)]
    references = [reference_name(add(seed, walk(seed, 200)).pk) for seed in (1, 2)]
    found = [matching(name) for name in (*tracks, *references)]
    case = held_case(*GENERATOR, *found)
    for _n in range(5):
        held_case(release=case.track.release)
        ProofFactory(track=case.track)
    client = enter(ReviewerFactory())
    for _visit in ("the first claims", "the second renews"):
        with django_assert_max_num_queries(MOST_QUERIES):
            client.get(page_of(case))


@pytest.mark.parametrize("view", ["open", "mine", "unclaimed", "today", "second", "closed"])
def test_the_queue_takes_few_queries(view: str, django_assert_max_num_queries: Any) -> None:
    for _n in range(8):
        claim_case(case=again(held_case(*GENERATOR)), by=ReviewerFactory())
    client = enter(ReviewerFactory())
    with django_assert_max_num_queries(MOST_QUERIES):
        client.get(reverse(QUEUE), {"view": view})
