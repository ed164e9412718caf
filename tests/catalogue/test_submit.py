"""From a draft to a frozen declaration: only what was answered, once per submission."""

import pytest

from apps.audit.models import Event
from apps.catalogue.declaration import parse_declaration
from apps.catalogue.models import AudioFile, Contributor, Declaration, Track
from apps.catalogue.submit import (
    NotReady,
    declaration_of,
    find_missing,
    fingerprint_of,
    freeze_declaration,
    is_changed,
)
from apps.catalogue.terms import CURRENT, RESPONSIBILITY, TermsChanged
from tests.factories import (
    ArtistFactory,
    AudioFileFactory,
    ContributorFactory,
    ProofFactory,
    ReleaseFactory,
    TrackFactory,
)

pytestmark = pytest.mark.django_db


def freeze(track: Track, key: str = "k1", terms: str = CURRENT) -> Declaration:
    return freeze_declaration(
        track=track, by=track.release.owner, terms_version=terms, submission_key=key
    )


def test_an_untouched_draft_says_nothing() -> None:
    release = ReleaseFactory(title="", territories=[], destinations=[])
    track = TrackFactory(release=release, title="", language="", artist=False)
    assert declaration_of(track) == {}


def test_everything_answered_arrives_and_nothing_else() -> None:
    release = ReleaseFactory(upc="036000291452", destinations=["spotify"], territories=["IN"])
    answers = {
        "ai": [{"part": "lyrics", "extent": "assisted", "tool": "chatgpt"}],
        "rights_in_result": "all_held",
        "borrowed": [],
    }
    track = TrackFactory(
        release=release,
        title="Monsoon",
        version_title="Live",
        language="hi",
        isrc="QZABC2600001",
        parental_advisory="none",
        original_release_year=2024,
        answers=answers,
        artist="Asha",
    )
    ContributorFactory(track=track, name="Ravi", role=Contributor.Role.COMPOSER, position=1)
    document = declaration_of(track)
    assert document == {
        "title": "Monsoon",
        "version_title": "Live",
        "language": "hi",
        "artists": [{"name": "Asha", "role": "main"}, {"name": "Ravi", "role": "composer"}],
        "isrc": "QZABC2600001",
        "upc": "036000291452",
        "territories": ["IN"],
        "destinations": ["spotify"],
        "parental_advisory": "none",
        "original_release_year": 2024,
        **answers,
    }
    assert parse_declaration(document) == document


def test_no_ai_and_no_answer_are_two_things() -> None:
    assert declaration_of(TrackFactory(answers={"ai": []}))["ai"] == []
    assert "ai" not in declaration_of(TrackFactory(answers={}))


@pytest.mark.parametrize(
    ("answers", "artwork", "expected"),
    [
        ({}, "generated", None),
        ({"ai": []}, "none", []),
        ({"ai": []}, "", []),
        ({"ai": []}, "generated", [{"part": "artwork", "extent": "generated"}]),
        (
            {"ai": [{"part": "artwork", "extent": "none"}]},
            "assisted",
            [{"part": "artwork", "extent": "assisted"}],
        ),
    ],
)
def test_the_artwork_joins_the_answers_but_never_stands_for_them(
    answers: dict, artwork: str, expected: list | None
) -> None:
    track = TrackFactory(release=ReleaseFactory(artwork_ai=artwork), answers=answers)
    assert declaration_of(track).get("ai") == expected


def test_proofs_are_the_tracks_own_uploads_whatever_an_answer_claims() -> None:
    answers = {
        "borrowed": [
            {"kind": "cover", "licence": "held", "proof": "invented"},
            {"kind": "sample", "licence": "held", "proof": "invented"},
        ],
        "voice": {"imitates": "consenting_person", "proof": "invented"},
    }
    track = TrackFactory(answers=answers)
    ProofFactory(track=track, concerns="borrowed.1")
    newer = ProofFactory(track=track, concerns="borrowed.1")
    consent = ProofFactory(track=track, concerns="voice")
    ProofFactory(concerns="borrowed.0")  # somebody else's track
    document = declaration_of(track)
    assert [entry.get("proof") for entry in document["borrowed"]] == [None, str(newer.pk)]
    assert document["voice"]["proof"] == str(consent.pk)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"title": " "}, "no_title"),
        ({"audio": None}, "no_audio"),
        ({"answers": {"ai": [{"part": "kazoo"}]}}, "declaration_invalid"),
        ({"answers": ["not", "an", "object"]}, "declaration_invalid"),
    ],
)
def test_what_is_missing_is_named(change: dict, code: str) -> None:
    track = TrackFactory(**change)
    assert [problem.code for problem in find_missing(track)] == [code]
    with pytest.raises(NotReady) as caught:
        freeze(track)
    assert caught.value.problems[0].track_id == track.pk
    assert not Declaration.objects.exists()


@pytest.mark.parametrize(
    ("state", "code", "words"),
    [
        (AudioFile.State.RECEIVED, "audio_being_read", "still reading"),
        (AudioFile.State.REFUSED, "audio_refused", "This file is empty. Export it again."),
    ],
)
def test_audio_that_is_not_ready_keeps_a_track_back(state: str, code: str, words: str) -> None:
    audio = AudioFileFactory(state=state, error_text="This file is empty. Export it again.")
    [problem] = find_missing(TrackFactory(audio=audio))
    assert problem.code == code
    assert words in problem.text


def test_a_form_sent_twice_is_one_declaration() -> None:
    track = TrackFactory(answers={"ai": []})
    first = freeze(track)
    track.refresh_from_db()
    Track.objects.filter(pk=track.pk).update(title="Changed in between")
    again = freeze(Track.objects.get(pk=track.pk))
    assert again.pk == first.pk
    assert again.document["title"] != "Changed in between"
    assert Event.objects.filter(kind="declaration.made").count() == 1
    assert track.declaration_id == first.pk
    assert first.sha256 == fingerprint_of(first.document)


def test_another_submission_is_another_declaration() -> None:
    track = TrackFactory()
    first, second = freeze(track, "k1"), freeze(track, "k2")
    blank = {freeze(track, "").pk, freeze(track, "").pk}
    assert len({first.pk, second.pk} | blank) == 4


def test_what_changed_since_the_last_submission() -> None:
    track = TrackFactory()
    assert is_changed(track)
    freeze(track)
    assert not is_changed(track)
    track.answers = {"ai": []}
    assert is_changed(track)
    track.answers = {}
    track.audio = AudioFileFactory()
    assert is_changed(track)


def test_old_words_are_not_accepted() -> None:
    with pytest.raises(TermsChanged, match="have changed"):
        freeze(TrackFactory(), terms="2020-01-01")
    assert RESPONSIBILITY[CURRENT].version == CURRENT


def test_who_accepted_what_is_on_record() -> None:
    track = TrackFactory()
    other = ArtistFactory()
    made = freeze_declaration(track=track, by=other, terms_version=CURRENT, submission_key="k")
    event = Event.objects.get(kind="declaration.made")
    assert (made.made_by, made.terms_version, made.audio) == (other, CURRENT, track.audio)
    assert (event.actor, event.subject_id) == (other, str(made.pk))
    assert event.data["terms"] == CURRENT
