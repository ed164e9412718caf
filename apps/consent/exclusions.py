"""How many tracks a list leaves out, counted by the first reason of each. In SQL, for now only.

A track about which nobody chose has no state. For whatever trains AI its reason is then that of
`ANY_AI`, whose state every track has once "No AI" was lifted for it. `answers_as_of` gives
the same, track by track, for any time.
"""

from datetime import datetime

from django.db.models import Case, CharField, Count, F, OuterRef, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce

from apps.catalogue.models import Track
from apps.consent import reasons
from apps.consent.allowed import tracks_allowed
from apps.consent.models import ConsentState
from apps.consent.vocabulary import ALL_LAYERS, ANY_AI, Permission, vocabulary


def exclusions(
    *, use_case: str, verb: str, jurisdiction: str, min_epoch: int, at: datetime
) -> dict[str, int]:
    """Reason → number of tracks, for all that `tracks_allowed` with the same arguments leaves out.

    Raises what it raises.
    """
    asked = {"jurisdiction": jurisdiction, "min_epoch": min_epoch, "at": at}
    listed = tracks_allowed(use_case=use_case, verb=verb, **asked)  # type: ignore[arg-type]
    wanted = vocabulary().permission(use_case, verb)
    here = _reason(_states(wanted, jurisdiction), min_epoch, at)
    elsewhere = _reason(_states(wanted, ""), min_epoch, at)
    left_out = Track.objects.exclude(pk__in=listed.values("pk")).order_by()
    counted = (
        left_out.annotate(why=Coalesce(here, elsewhere, _without_state(wanted)))
        .values_list("why")
        .annotate(count=Count("pk"))
    )
    return dict(counted)


def _states(wanted: Permission, jurisdiction: str) -> QuerySet[ConsentState]:
    return ConsentState.objects.filter(
        track=OuterRef("pk"),
        use_case=wanted.use_case,
        verb=wanted.verb,
        rights_layer=ALL_LAYERS,
        jurisdiction=jurisdiction,
    )


def _reason(states: QuerySet[ConsentState], min_epoch: int, at: datetime) -> Subquery:
    """The reason of a state; where it allows and the track is left out, what changed since."""
    why = Case(
        When(allowed=False, then=F("reason")),
        When(policy_epoch__lt=min_epoch, then=Value(reasons.OLD_TERMS)),
        When(effective_to__lte=at, then=Value(reasons.EXPIRED)),
        default=Value(reasons.LABEL_LICENSED),
        output_field=CharField(),
    )
    return Subquery(states.annotate(why=why).values("why")[:1])


def _without_state(wanted: Permission) -> Coalesce | Value:
    if not wanted.is_ai_training:
        return Value(reasons.NOT_GRANTED)
    bar = Case(
        When(allowed=False, then=F("reason")),
        default=Value(reasons.NOT_GRANTED),
        output_field=CharField(),
    )
    any_ai = _states(ANY_AI, "").annotate(bar=bar).values("bar")[:1]
    return Coalesce(Subquery(any_ai), Value(reasons.NO_AI))
