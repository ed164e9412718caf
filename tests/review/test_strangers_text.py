"""Text of strangers stays text on the desk's pages, is bounded, and runs nothing."""

import re

import pytest
from django.urls import reverse
from lxml import html

from apps.review.models import Case
from tests.factories import ProofFactory, RenditionFactory, ReviewerFactory
from tests.review.scene import DUPLICATE, TAG, UNDECLARED, held_case
from tests.review.visiting import QUEUE, enter, page_of

pytestmark = pytest.mark.django_db
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
        assert element.tag != "svg" or element.get("class") in {"icon", "base-svgs", "strip"}
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
