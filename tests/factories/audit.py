"""Events."""

from factory.django import DjangoModelFactory

from apps.audit.models import Event


class EventFactory(DjangoModelFactory):
    class Meta:
        model = Event

    kind = "track.submitted"
    subject_type = "catalogue.track"
    subject_id = "0"
