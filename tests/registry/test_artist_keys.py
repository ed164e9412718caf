"""Artist keys: each works once, for one person, and cannot be guessed."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.utils import timezone

from apps.audit.models import Event
from apps.registry.artist_keys import (
    MAX_REFUSED,
    make_artist_key,
    redeem_artist_key,
    revoke_artist_key,
)
from apps.registry.errors import KeyRefused, RegisterError, StandingExists, TooManyAttempts
from apps.registry.models import ArtistKey, Person, Standing
from tests.factories import ArtistFactory, ComplianceOfficerFactory, PersonFactory, StandingFactory

pytestmark = pytest.mark.django_db


def test_a_key_works_once_however_it_is_typed():
    person, account = PersonFactory(), ArtistFactory()
    key, text = make_artist_key(person=person, by=ComplianceOfficerFactory())
    assert text.replace("-", "") not in str(ArtistKey.objects.values_list("digest", "prefix"))
    standing = redeem_artist_key(
        text=f" {text.lower().replace('-', ' ').replace('0', 'o')} ", by=account
    )
    assert (standing.relation, standing.proof_kind) == ("represents", "artist_key")
    with pytest.raises(KeyRefused):
        redeem_artist_key(text=text, by=ArtistFactory())
    key.refresh_from_db()
    assert key.used_by == account
    told = json.dumps(list(Event.objects.values_list("detail__data", flat=True)))
    assert text not in told
    assert text.replace("-", "") not in told


def test_old_revoked_and_unknown_keys_say_the_same():
    by, account = ComplianceOfficerFactory(), ArtistFactory()
    _key, old = make_artist_key(person=PersonFactory(), by=by, lasts=timedelta(days=1))
    revoked, taken_back = make_artist_key(person=PersonFactory(), by=by)
    revoke_artist_key(key=revoked, by=by)
    off = PersonFactory()
    _key, switched_off = make_artist_key(person=off, by=by)
    Person.objects.filter(pk=off.pk).update(is_active=False)
    said = set()
    with time_machine.travel(timezone.now() + timedelta(days=2), tick=False):
        for text in (old, taken_back, switched_off, "ABCDE-ABCDE-ABCDE-ABCDE-ABCDE", "", "\ud800"):
            with pytest.raises(KeyRefused) as refused:
                redeem_artist_key(text=text, by=account)
            said.add(str(refused.value))
    assert len(said) == 1
    assert Standing.objects.count() == 0


def test_guessing_is_stopped_for_an_hour():
    account = ArtistFactory()
    _key, text = make_artist_key(person=PersonFactory(), by=ComplianceOfficerFactory())
    for _ in range(MAX_REFUSED):
        with pytest.raises(KeyRefused):
            redeem_artist_key(text="AAAAA-AAAAA", by=account)
    with pytest.raises(TooManyAttempts):
        redeem_artist_key(text=text, by=account)
    redeem_artist_key(text=text, by=ArtistFactory())
    with time_machine.travel(timezone.now() + timedelta(hours=2)), pytest.raises(KeyRefused):
        redeem_artist_key(text=text, by=account)


@pytest.mark.django_db(transaction=True)
def test_of_many_who_use_a_key_at_once_one_gets_the_standing():
    _key, text = make_artist_key(person=PersonFactory(), by=ComplianceOfficerFactory())
    accounts = [ArtistFactory() for _ in range(4)]

    def use(account) -> bool:
        try:
            redeem_artist_key(text=text, by=account)
            return True
        except RegisterError:
            return False
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        used = list(pool.map(use, accounts))
    assert sum(used) == 1
    assert Standing.objects.count() == 1


def test_a_key_of_somebody_who_has_a_standing_is_not_used_up():
    account, person = ArtistFactory(), PersonFactory()
    StandingFactory(account=account, person=person)
    key, text = make_artist_key(person=person, by=ComplianceOfficerFactory())
    with pytest.raises(StandingExists):
        redeem_artist_key(text=text, by=account)
    key.refresh_from_db()
    assert key.used_at is None
