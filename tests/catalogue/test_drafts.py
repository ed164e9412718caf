"""Drafts keep what was typed, never overwrite another window, and never lose a history."""

import pytest
from django.utils import timezone

from apps.accounts.models import User
from apps.audit.models import Event
from apps.catalogue import drafts
from apps.catalogue.models import AudioFile, Declaration, Release, Track
from apps.catalogue.states import TrackState

pytestmark = pytest.mark.django_db


@pytest.fixture
def artist() -> User:
    return User.objects.create_user("asha@example.org", "a long password", name="Asha")


@pytest.fixture
def release(artist) -> Release:
    return drafts.create_release(owner=artist, title="Monsoon EP")


@pytest.fixture
def track(release, artist) -> Track:
    return drafts.add_track(release=release, by=artist, title="River")


def an_audio(artist, name="river.wav") -> AudioFile:
    return AudioFile.objects.create(owner=artist, original_name=name, file=name, size_bytes=10)


def submit(track, artist) -> None:
    """A track as it stands after a submission."""
    audio = an_audio(artist)
    Declaration.objects.create(
        track=track,
        audio=audio,
        document={},
        sha256="0" * 64,
        terms_version="1",
        accepted_at=timezone.now(),
        made_by=artist,
        submission_key="k",
    )
    Track.objects.filter(pk=track.pk).update(state=TrackState.SUBMITTED, audio=audio)


def test_a_save_stores_raises_the_revision_and_names_the_fields_in_an_event(track, artist):
    saved = drafts.save_track_draft(
        track=track,
        by=artist,
        revision=0,
        values={"title": "Delta", "isrc": "not an isrc"},
        credits=[("Asha", "main"), ("Ravi", "featured")],
    )
    track.refresh_from_db()
    assert (track.title, track.isrc, track.revision, saved.revision) == (
        "Delta",
        "not an isrc",
        1,
        1,
    )
    assert list(track.contributors.values_list("name", "role")) == [
        ("Asha", "main"),
        ("Ravi", "featured"),
    ]
    event = Event.objects.filter(kind="track.edited").get()
    assert event.data == {"fields": ["contributors", "isrc", "title"]}
    assert event.actor == artist


def test_a_save_that_changes_nothing_writes_nothing(track, artist):
    drafts.save_track_draft(
        track=track, by=artist, revision=99, values={"title": "River"}, credits=[]
    )
    track.refresh_from_db()
    assert track.revision == 0
    assert not Event.objects.filter(kind="track.edited").exists()


def test_an_older_window_is_told_and_overwrites_nothing(track, artist):
    drafts.save_track_draft(track=track, by=artist, revision=0, values={"title": "First"})
    with pytest.raises(drafts.DraftConflict, match="Nothing was overwritten"):
        drafts.save_track_draft(
            track=track,
            by=artist,
            revision=0,
            values={"title": "Second"},
            credits=[("Somebody", "main")],
        )
    track.refresh_from_db()
    assert track.title == "First"
    assert not track.contributors.exists()


def test_answers_are_saved_with_the_same_guard(track, artist):
    drafts.save_track_draft(track=track, by=artist, revision=0, values={"answers": {"ai": []}})
    track.refresh_from_db()
    assert track.answers == {"ai": []}
    with pytest.raises(drafts.DraftConflict):
        drafts.save_track_draft(track=track, by=artist, revision=0, values={"answers": {}})


def test_an_unknown_field_is_a_mistake_of_ours(track, artist):
    with pytest.raises(ValueError, match="state"):
        drafts.save_track_draft(track=track, by=artist, revision=0, values={"state": "cleared"})


@pytest.mark.parametrize(
    ("state", "editable"),
    [
        (TrackState.DRAFT, True),
        (TrackState.HELD, True),
        (TrackState.CHANGES_ASKED, True),
        (TrackState.REFUSED, True),
        (TrackState.SUBMITTED, False),
        (TrackState.CLEARED, False),
        (TrackState.WITHDRAWN, False),
    ],
)
def test_only_some_states_can_be_edited(track, artist, state, editable):
    Track.objects.filter(pk=track.pk).update(state=state)
    assert drafts.is_editable(track.release) is editable
    if editable:
        drafts.save_track_draft(track=track, by=artist, revision=0, values={"title": "New"})
        drafts.save_release_draft(
            release=track.release, by=artist, revision=0, values={"title": "New"}
        )
        return
    with pytest.raises(drafts.NotEditable):
        drafts.save_track_draft(track=track, by=artist, revision=0, values={"title": "New"})
    with pytest.raises(drafts.NotEditable):
        drafts.save_release_draft(
            release=track.release, by=artist, revision=0, values={"title": "New"}
        )
    with pytest.raises(drafts.NotEditable):
        drafts.replace_audio(track=track, by=artist, audio=an_audio(artist))


def test_the_release_is_saved_with_lists(release, artist):
    drafts.save_release_draft(
        release=release,
        by=artist,
        revision=0,
        values={"upc": "036000291452", "territories": ["IN"], "destinations": ["spotify"]},
    )
    release.refresh_from_db()
    assert (release.upc, release.territories, release.destinations, release.revision) == (
        "036000291452",
        ["IN"],
        ["spotify"],
        1,
    )


def test_new_tracks_go_to_the_end_and_start_with_the_artists_of_the_one_before(
    release, track, artist
):
    drafts.save_track_draft(
        track=track, by=artist, revision=0, values={}, credits=[("Asha", "main")]
    )
    second = drafts.add_track(release=release, by=artist, audio=an_audio(artist))
    assert (track.position, second.position) == (1, 2)
    assert list(second.contributors.values_list("name", "role")) == [("Asha", "main")]


def test_a_release_has_a_limit_of_tracks(release, artist, monkeypatch):
    monkeypatch.setattr(drafts, "MAX_TRACKS", 1)
    drafts.add_track(release=release, by=artist)
    with pytest.raises(drafts.TooManyTracks):
        drafts.add_track(release=release, by=artist)


def test_tracks_can_be_put_in_another_order(release, artist):
    first, second, third = (drafts.add_track(release=release, by=artist) for _ in range(3))
    drafts.reorder_tracks(release=release, by=artist, order=[third.pk, first.pk])
    assert list(release.tracks.values_list("pk", "position")) == [
        (third.pk, 1),
        (first.pk, 2),
        (second.pk, 3),
    ]


def test_another_file_keeps_answers_and_raises_the_revision(track, artist):
    Track.objects.filter(pk=track.pk).update(answers={"ai": []})
    audio = an_audio(artist, "better.wav")
    drafts.replace_audio(track=track, by=artist, audio=audio)
    track.refresh_from_db()
    assert (track.audio, track.answers, track.revision) == (audio, {"ai": []}, 1)


def test_a_draft_can_be_removed_and_a_submitted_track_cannot(release, track, artist):
    other = drafts.add_track(release=release, by=artist)
    drafts.remove_track(track=other, by=artist)
    assert list(release.tracks.all()) == [track]
    submit(track, artist)
    with pytest.raises(drafts.AlreadySubmitted, match="Withdraw it"):
        drafts.remove_track(track=track, by=artist)
    with pytest.raises(drafts.AlreadySubmitted):
        drafts.remove_release(release=release, by=artist)
    assert Release.objects.filter(pk=release.pk).exists()


def test_a_release_of_drafts_is_removed_whole_or_not_at_all(release, track, artist):
    submitted = drafts.add_track(release=release, by=artist)
    submit(submitted, artist)
    with pytest.raises(drafts.AlreadySubmitted):
        drafts.remove_release(release=release, by=artist)
    assert release.tracks.count() == 2
    alone = drafts.create_release(owner=artist)
    drafts.add_track(release=alone, by=artist)
    drafts.remove_release(release=alone, by=artist)
    assert not Release.objects.filter(pk=alone.pk).exists()
