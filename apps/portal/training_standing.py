"""How training stands on the whole: what classes of models may use, and what is owed to whom."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q
from django.utils.translation import gettext as _

from apps.consent.envelopes_reading import Envelope, UnknownEnvelope, envelope_of, model_classes
from apps.consent.titles import title_of
from apps.training.models import (
    ModelVersion,
    Notification,
    Obligation,
    RevocationCase,
    RevocationStep,
    Snapshot,
)

Counted = Mapping[tuple[str, str], Sequence[tuple[str, int, int]]]  # place, yes, no by permission


@dataclass(frozen=True)
class ClassRate:
    """How many tracks a class of models could use in one country, of all tracks: at most so many.

    Whether the rulebook cleared them is not counted here; the list of a class does.
    """

    place: str
    yes: int
    of: int

    @property
    def share(self) -> float:
        """In percent."""
        return 100 * self.yes / self.of if self.of else 0.0


@dataclass(frozen=True)
class ClassRates:
    """One class of models: what it needs, and its rate per country of which anybody spoke.

    `on_without_yes`: all that it needs is on until somebody objects or says no.
    """

    model_class: str
    title: str
    needs: str
    on_without_yes: bool
    rates: tuple[ClassRate, ...]


@dataclass(frozen=True)
class Owing:
    """What is open because something was taken back; `late` of each is past its day."""

    cases: int
    late_steps: int
    obligations: int
    late_obligations: int
    unanswered: int
    late_unanswered: int
    stale: int
    blocked: int
    released: int


def class_rates(counted: Counted, tracks: int, at: datetime) -> list[ClassRates]:
    """The rates of every class that is in force, from the counts of its permissions."""
    found = []
    for model_class in model_classes():
        try:
            envelope = envelope_of(model_class, at)
        except UnknownEnvelope:  # published, and not yet begun
            continue
        found.append(_of(envelope, counted, tracks))
    return found


def read_owing(now: datetime) -> Owing:
    """Six queries."""
    due = Q(due_at__lt=now)
    obligations = Obligation.objects.filter(closed_at=None).aggregate(
        all=Count("pk"), late=Count("pk", filter=due)
    )
    told = Notification.objects.filter(acknowledged_at=None).aggregate(
        all=Count("pk"), late=Count("pk", filter=due)
    )
    states = ModelVersion.objects.order_by().values_list("state").annotate(number=Count("pk"))
    models = dict(states)
    return Owing(
        cases=RevocationCase.objects.filter(closed_at=None, lifted_at=None).count(),
        late_steps=RevocationStep.objects.filter(due, done_at=None).count(),
        obligations=obligations["all"],
        late_obligations=obligations["late"],
        unanswered=told["all"],
        late_unanswered=told["late"],
        stale=Snapshot.objects.filter(state=Snapshot.State.STALE).count(),
        blocked=models.get(ModelVersion.State.BLOCKED, 0),
        released=models.get(ModelVersion.State.RELEASED, 0),
    )


def _of(envelope: Envelope, counted: Counted, tracks: int) -> ClassRates:
    by_place: dict[str, list[int]] = {}
    for wanted in envelope.requires:
        for place, yes, _no in counted.get((wanted.use_case, wanted.verb), ()):
            if place and envelope.admits(place):
                by_place.setdefault(place, []).append(yes)
    rates = tuple(
        ClassRate(place, min(yeses) if len(yeses) == len(envelope.requires) else 0, tracks)
        for place, yeses in sorted(by_place.items())
    )
    return ClassRates(
        model_class=envelope.model_class,
        title=_(envelope.title),
        needs=", ".join(title_of(one.code) for one in envelope.requires),
        on_without_yes=all(one.default for one in envelope.requires),
        rates=rates,
    )
