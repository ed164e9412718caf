"""Where the pipeline meets the ledger: at submission, and after the sequencer."""

import pytest

from apps.catalogue.models import Track
from apps.catalogue.terms import CURRENT
from apps.consent.models import ConsentState
from apps.pipeline.ledger import keep_ledger
from apps.pipeline.steps import submit_release
from tests.consent.saying import SUGGEST, TRAIN, lift, now_of, say_yes
from tests.factories import TrackFactory

pytestmark = pytest.mark.django_db


def test_the_clock_settles_what_waited(track, artist, prove) -> None:
    say_yes(artist, track)
    assert not ConsentState.objects.get().allowed
    keep_ledger()
    assert ConsentState.objects.get().allowed
    assert now_of(track).allowed


def test_a_new_track_is_under_no_ai_and_under_what_holds_for_the_account(
    track, artist, prove, django_capture_on_commit_callbacks
) -> None:
    say_yes(artist, artist)
    lift(artist, track)
    say_yes(artist, track, TRAIN)
    prove()
    new = TrackFactory(release__owner=artist, answers={"label_licensed": False})
    assert now_of(new, TRAIN).reason == "no_ai"
    assert not ConsentState.objects.filter(track=new).exists()
    with django_capture_on_commit_callbacks(execute=True):
        submit_release(release=new.release, by=artist, terms_version=CURRENT, submission_key="s")
    assert ConsentState.objects.get(track=new).use_case == SUGGEST[0]
    assert now_of(new).allowed


def test_what_is_declared_at_submission_counts(
    track, artist, prove, django_capture_on_commit_callbacks
) -> None:
    lift(artist, track)
    say_yes(artist, track, TRAIN)
    prove()
    assert ConsentState.objects.get(use_case=TRAIN[0]).allowed
    row = Track.objects.get(pk=track.pk)
    row.answers = {"label_licensed": True}
    row.save()
    with django_capture_on_commit_callbacks(execute=True):
        submit_release(release=row.release, by=artist, terms_version=CURRENT, submission_key="s")
    assert ConsentState.objects.get(use_case=TRAIN[0]).reason == "label_licensed"
    assert now_of(track, TRAIN).reason == "label_licensed"
