"""Recordings that share audio, as the case page tells and draws them."""

from typing import Any

import pytest

from apps.catalogue.states import TrackState
from apps.fingerprints.references import Heard, add_reference, remove_reference
from apps.fingerprints.sounds import Sounds, keep_sounds
from apps.review.evidence import Exhibit, Piece
from apps.review.matches import Stretch, pitch_words, recordings, speed_words
from tests.factories import (
    AdministratorFactory,
    FindingFactory,
    RenditionFactory,
    ReviewerFactory,
    TrackFactory,
)
from tests.review.scene import DUPLICATE, held_case
from tests.review.visiting import enter, page_of

MATCH: dict[str, Any] = DUPLICATE["evidence"][0]


def piece(start: float, end: float, there: float, **detail: Any) -> dict[str, Any]:
    told = {**MATCH["detail"], "reference_start_s": there, "reference_end_s": None, **detail}
    return {"kind": "match", "start_s": start, "end_s": end, "detail": told}


@pytest.mark.parametrize(
    ("speed", "words"),
    [
        (1.031, ["3.1\u00a0% faster"]),
        (0.96, ["4\u00a0% slower"]),
        (1.0, []),
        (1.001, []),
        (None, []),
    ],
)
def test_speed_is_told_in_words(speed: float | None, words: list[str]) -> None:
    assert speed_words(speed) == words


@pytest.mark.parametrize(
    ("cents", "words"),
    [
        (200, ["2 semitones higher"]),
        (-100, ["1 semitone lower"]),
        (53, ["0.5 semitones higher"]),
        (4, []),
        ("high", []),
        (None, []),
        (1e9, []),
    ],
)
def test_pitch_is_told_in_words(cents: object, words: list[str]) -> None:
    assert pitch_words(cents) == words


def test_a_stretch_lies_above_itself_at_any_speed() -> None:
    stretch = Stretch("m1s1", Piece(piece(40.0, 60.0, 10.0, speed=1.05)))
    assert stretch.there_end == pytest.approx(31.0)
    first, last = stretch.window
    there_first, there_last = stretch.there_window or (0.0, 0.0)
    assert (first, last) == (35.0, 65.0)
    share = (stretch.start - first) / (last - first)
    assert there_first + share * (there_last - there_first) == pytest.approx(10.0)
    share = (stretch.end - first) / (last - first)
    assert there_first + share * (there_last - there_first) == pytest.approx(31.0)


def test_the_strip_is_drawn_over_the_stretch_and_told() -> None:
    stretch = Stretch("m1s1", Piece(piece(40.0, 60.0, 10.0, errors="08-w")))
    assert stretch.strip.count("M") == 3  # nothing where nothing was compared
    assert stretch.strip.startswith("M166.7 40V39.0h166.67")
    assert stretch.strip_words == (
        "Differing bits over the stretch: 42\u00a0% on average, 100\u00a0% at most"
    )
    for broken in (None, 7, "ü", "0" * 601, ["0"]):
        odd = Stretch("m1s1", Piece(piece(40.0, 60.0, 10.0, errors=broken)))
        assert (odd.columns, odd.strip, odd.strip_words) == ([], "", "")


@pytest.mark.django_db
def test_one_recording_is_told_once_with_all_its_stretches() -> None:
    first, again, other = piece(50, 60, 5), piece(10, 20, 5), piece(1, 2, 0, reference="b")
    shown = [
        Exhibit(FindingFactory(evidence=[first, again]), "held"),
        Exhibit(FindingFactory(evidence=[first, other, {"kind": "tag"}]), "note"),
    ]
    found = recordings(shown)
    assert [(one.key, [s.start for s in one.stretches]) for one in found] == [
        ("m1", [10.0, 50.0]),
        ("m2", [1.0]),
    ]
    assert [one.shared_words for one in found] == ["20 seconds", "1 second"]


@pytest.mark.django_db
def test_the_page_tells_without_a_script_what_is_shared_and_whose_it_is() -> None:
    row = add_reference(
        heard=Heard("file", "samples", [], 185.0),
        by=None,
        title="Delta",
        owner="Nile Records",
        isrc="QZABC2600001",
        source="takedown",
        rights_note="Not without asking.",
    )
    told = piece(41.0, 67.0, 12.0, reference=f"reference {row.pk}", speed=1.031, pitch_cents=200)
    case = held_case({**DUPLICATE, "evidence": [told, piece(90, 99, 2, reference="gone")]})
    client = enter(ReviewerFactory())
    text = client.get(page_of(case)).content.decode()
    for words in (
        "Shares audio with",
        "the same recording",
        "26 seconds",
        "3.1\u00a0% faster",
        "2 semitones higher",
        '<span class="mono span">0:41–1:07</span> here',
        '<span class="mono span">0:12–0:38</span> there',
        "8\u00a0% of the bits differ",
        "Nile Records",
        "takedown notice",
        "QZABC2600001",
        "Not without asking.",
        "no longer among our recordings",
        "says nothing about rights",
    ):
        assert words in text, words
    assert "infring" not in text
    remove_reference(reference_id=row.pk, by=None)
    assert "takedown notice" not in client.get(page_of(case)).content.decode()


@pytest.mark.django_db
def test_who_may_not_listen_gets_no_links() -> None:
    other = TrackFactory(title="Delta", state=TrackState.CLEARED)
    case = held_case({**DUPLICATE, "evidence": [piece(41, 67, 12, reference=str(other.pk))]})
    for audio in (case.decision.audio, other.audio):
        RenditionFactory(audio=audio)
    client = enter(AdministratorFactory())
    text = client.get(page_of(case)).content.decode()
    assert "Your role reads the case" in text
    assert "/media/" not in text
    assert client.get(page_of(case, "sound")).json() == {"audio": "", "others": {}}
    assert "/media/" in enter(ReviewerFactory()).get(page_of(case)).content.decode()


@pytest.mark.django_db
def test_a_reference_that_was_kept_can_be_heard_beside_the_upload() -> None:
    row = add_reference(heard=Heard("file", "samples", [], 185.0), by=None, title="Delta")
    told = piece(41.0, 67.0, 12.0, reference=f"reference {row.pk}")
    case = held_case({**DUPLICATE, "evidence": [told]})
    RenditionFactory(audio=case.decision.audio)
    client = enter(ReviewerFactory())
    assert "cannot be heard here" in client.get(page_of(case)).content.decode()
    keep_sounds(reference_id=row.pk, sounds=Sounds(b"\xff\xfb\x90", b"{}"))
    text = client.get(page_of(case)).content.decode()
    assert "cannot be heard here" not in text
    assert "/media/reference/" in text
    fresh = client.get(page_of(case, "sound")).json()
    assert fresh["others"]["m1"].startswith("/media/reference/")
