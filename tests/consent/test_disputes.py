"""Disputes hold and let go; a void authority looks back."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from apps.consent import errors
from apps.consent.disputes import close_dispute, invalidate_authority, open_dispute
from apps.consent.reading import state_of
from apps.consent.writing import How
from tests.consent.saying import SUGGEST, now_of, say_yes
from tests.factories import ArtistFactory

pytestmark = pytest.mark.django_db


def test_who_opens_and_who_closes(track, artist, officer, prove) -> None:
    with pytest.raises(errors.NoAuthority):
        open_dispute(by=ArtistFactory(), of=track)
    opened = open_dispute(by=officer, of=track, how=How(reason_code="claim"))
    with pytest.raises(errors.NoAuthority):
        close_dispute(by=artist, of=track, dispute=opened.record_id)
    with pytest.raises(errors.UnknownDispute):
        close_dispute(by=officer, of=track, dispute=uuid4())
    closed = close_dispute(by=officer, of=track, dispute=opened.record_id)
    assert close_dispute(by=officer, of=track, dispute=opened.record_id) == closed


def test_the_label_had_no_right_as_was_learnt_later(track, label_staff, officer, prove) -> None:
    say_yes(label_staff, track, how=How(authority="contract 7"))
    prove()
    then = timezone.now()
    assert now_of(track).allowed
    label = track.release.label
    with pytest.raises(errors.NoAuthority):
        invalidate_authority(by=label_staff, of=track, grantor=label, since=then)
    invalidate_authority(by=officer, of=track, grantor=label, since=then - timedelta(days=30))
    now = timezone.now()
    asked = {"use_case": SUGGEST[0], "verb": SUGGEST[1], "jurisdiction": "DE"}
    assert state_of(track, **asked, at=then, known_at=then).allowed
    assert state_of(track, **asked, at=then, known_at=now).reason == "invalid_authority"
    say_yes(label_staff, track, how=How(authority="contract 8"))
    prove()
    assert now_of(track).allowed
