"""Finding a protected person by a name, whatever its case, accents and punctuation."""

from django.db.models import F

from apps.audit.record import record
from apps.catalogue.text import clean, fold
from apps.registry.enrolled.errors import VoiceRefusal
from apps.registry.models import Alias, Person, Revision, VoiceEnrolment
from apps.registry.models.voices import ENDED


def find_person(name: str) -> Person | None:
    """The one person of this name; raises VoiceRefusal where several have it, or it is none."""
    wanted = fold(name)
    if not wanted:
        raise VoiceRefusal("A name has letters or digits.")
    rows = [*Person.objects.values_list("name", "pk"), *Alias.objects.values_list("text", "person")]
    found = {pk for text, pk in rows if fold(text) == wanted}
    if len(found) > 1:
        raise VoiceRefusal(f"{len(found)} protected people are called {name}.")
    return Person.objects.get(pk=found.pop()) if found else None


def find_or_add_person(name: str, source: str) -> Person:
    """The person of this name, added to the register where there is none."""
    person = find_person(name)
    if person is None:
        person = Person.objects.create(name=clean(name)[:200], source=source)
        Revision.objects.get_or_create(id=1)
        Revision.objects.update(number=F("number") + 1)
        record(kind="person.added", subject=person, actor=None, source=source)
    return person


def open_enrolment(person: Person) -> VoiceEnrolment | None:
    """The enrolment that has not ended, if any."""
    return VoiceEnrolment.objects.filter(person=person).exclude(state__in=ENDED).first()
