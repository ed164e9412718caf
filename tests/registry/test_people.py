"""Protected people: added, changed, switched off, and found by every name they have."""

import pytest

from apps.audit.models import Event
from apps.registry.errors import AlreadyRegistered, InvalidPerson
from apps.registry.models import Alias, Person
from apps.registry.names_of import revision
from apps.registry.people import OtherName, add_person, change_person
from tests.factories import ComplianceOfficerFactory
from tests.registry.lookups import SPOTIFY, found

pytestmark = pytest.mark.django_db


def test_a_person_is_found_by_every_name_until_switched_off():
    by = ComplianceOfficerFactory()
    other = OtherName("Тестовая Певица", Alias.Kind.TRANSLITERATION)
    person = add_person(by=by, name="  Test\tSinger ", aliases=[other], spotify_artist_id=SPOTIFY)
    assert (person.name, found("Тестовая певица")) == ("Test Singer", ["Test Singer"])
    change_person(person=person, by=by, aliases=[OtherName("Nightbird Nine")])
    assert (found("Тестовая Певица"), found("nightbird nine")) == ([], ["Test Singer"])
    change_person(person=person, by=by, is_active=False)
    assert found("Test Singer") == []
    kinds = list(Event.objects.filter(subject_id=str(person.pk)).values_list("kind", flat=True))
    assert kinds == ["person.added", "person.changed", "person.changed"]


def test_a_change_that_changes_nothing_is_not_written():
    person = add_person(by=None, name="Test Singer", aliases=[OtherName("Other")])
    before = revision()
    change_person(person=person, by=None, name="Test Singer", aliases=[OtherName("Other")])
    assert (revision(), Event.objects.filter(kind="person.changed").count()) == (before, 0)


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"name": ""},
        {"name": "\u200b"},
        {"name": "!!!"},
        {"name": "x" * 201},
        {"name": "a\u202eb"},
        {"name": "a\ud800b"},
        {"name": "A", "kind": "horse"},
        {"name": "A", "spotify_artist_id": "short"},
        {"name": "A", "apple_artist_id": "abc"},
        {"name": "A", "musicbrainz_id": "1234"},
        {"name": "A", "isni": "0000000121032684"},
        {"name": "A", "is_word": "perhaps"},
        {"name": "A", "contact_email": "nobody"},
        {"name": "A", "colour": "red"},
        {"name": "A", "aliases": [OtherName("b", "nickname")]},
        {"name": "A", "aliases": [OtherName(f"b{n}") for n in range(61)]},
    ],
)
def test_a_bad_field_is_refused_with_a_sentence(fields: dict):
    with pytest.raises(InvalidPerson, match=r"\.$"):
        add_person(by=None, **fields)
    assert Person.objects.count() == 0


def test_ids_are_taken_out_of_addresses_and_belong_to_one_person():
    url = f"https://open.spotify.com/intl-de/artist/{SPOTIFY}?si=1"
    person = add_person(by=None, name="A", spotify_artist_id=url, isni="0000 0001 2103 2683")
    assert (person.spotify_artist_id, person.isni) == (SPOTIFY, "0000000121032683")
    with pytest.raises(AlreadyRegistered):
        add_person(by=None, name="B", spotify_artist_id=SPOTIFY)
