"""Pseudonyms, and forgetting whom they stand for."""

import pytest
from django.db import IntegrityError, transaction

from apps.audit.verify import verify
from apps.consent import errors
from apps.consent.erasing import forget_party
from apps.consent.models import ConsentEvent, Evidence, Party
from apps.consent.parties import find_ref, party_of
from tests.consent.saying import now_of, say_yes
from tests.factories import ArtistFactory, LabelFactory

pytestmark = pytest.mark.django_db


def test_one_each_and_none_alike() -> None:
    artist, label = ArtistFactory(), LabelFactory()
    refs = {party_of(who).ref for who in (artist, ArtistFactory(), label, "soundexchange")}
    assert len(refs) == 4
    assert party_of(artist).ref == find_ref(artist)
    assert find_ref("nobody") == ""
    assert str(artist.pk) not in party_of(artist).ref
    with pytest.raises(IntegrityError), transaction.atomic():
        Party.objects.create(ref="x", key=b"", user=artist, registry="both")


def test_forgetting_breaks_the_link_and_not_the_log(track, artist, prove) -> None:
    say_yes(artist, track)
    prove()
    assert now_of(track).allowed
    with pytest.raises(errors.AccountOpen):
        forget_party(who=artist, by=None)
    artist.is_active = False
    artist.save()
    assert forget_party(who=artist, by=None) == 1
    assert forget_party(who=artist, by=None) == 0
    assert not now_of(track).allowed
    assert ConsentEvent.objects.exists()
    assert not Evidence.objects.exists()
    prove()
    assert verify().fault is None
