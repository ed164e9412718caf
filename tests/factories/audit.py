"""Events."""

from factory.django import DjangoModelFactory

from apps.audit.models import Event
from apps.audit.record import described, save_described


class EventFactory(DjangoModelFactory):
    class Meta:
        model = Event

    kind = "track.submitted"
    subject_type = "catalogue.track"
    subject_id = "0"
    actor = None
    data: dict[str, object] = {}

    @classmethod
    def _create(cls, model_class, *args, **told):
        return save_described([described(**told)])[0]
