"""Which tracks may be used for one thing: the only way to a list. There is no list of everything.

`tracks_allowed` answers for now, from the states, in SQL. `answers_as_of` replays the ledger for
any moment and any knowledge, one track at a time, with the reason of every no.
"""

from collections.abc import Iterator
from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from apps.catalogue.models import Track
from apps.consent.errors import JurisdictionMissing
from apps.consent.models import ConsentState
from apps.consent.reading import told_of
from apps.consent.resolve import Answer, Question, state
from apps.consent.vocabulary import ALL_LAYERS, Permission, vocabulary


def tracks_allowed(
    *,
    use_case: str,
    verb: str,
    jurisdiction: str,
    min_epoch: int,
    at: datetime,
    layer: str = ALL_LAYERS,
) -> QuerySet[Track]:
    """The tracks with which this may be done now, under terms of `min_epoch` or newer.

    `at` is the moment of asking: what ended by then is out. Nothing is filled in for a missing
    argument. Raises JurisdictionMissing, and UnknownPermission for a use that there is not.
    """
    if not jurisdiction:
        raise JurisdictionMissing
    wanted = vocabulary().permission(use_case, verb)
    states = _states(wanted, layer).filter(jurisdiction=jurisdiction)
    lasting = Q(effective_to=None) | Q(effective_to__gt=at)
    yes = states.filter(lasting, allowed=True).filter(_epoch(wanted, min_epoch))
    tracks = Track.objects.filter(_not_label_licensed()) if wanted.is_ai_training else Track.objects
    if not wanted.default:
        return tracks.filter(Exists(yes))
    elsewhere = _states(wanted, layer).filter(jurisdiction="")
    if wanted.is_ai_training:  # "No AI" is on where no state says otherwise
        open_here = Exists(elsewhere.filter(allowed=True)) & ~Exists(states.filter(allowed=False))
        return tracks.filter(Exists(yes) | open_here)
    return tracks.filter(Exists(yes) | ~Exists(elsewhere.filter(allowed=False)))


def answers_as_of(
    tracks: QuerySet[Track],
    *,
    use_case: str,
    verb: str,
    jurisdiction: str,
    min_epoch: int,
    at: datetime,
    known_at: datetime,
    layer: str = ALL_LAYERS,
) -> Iterator[tuple[Track, Answer]]:
    """Each track with the answer of the ledger at a time, as it was known at a time.

    Raises UnknownPermission. A missing jurisdiction is a no for each.
    """
    question = Question(
        permission=vocabulary().permission(use_case, verb),
        at=at,
        known_at=known_at,
        jurisdiction=jurisdiction,
        min_epoch=min_epoch,
        layer=layer,
    )
    chosen = tracks.select_related("release", "declaration").order_by("pk")
    for track, entries, asset in told_of(chosen.iterator(500), question.permission.code):
        yield track, state(question, entries, asset)


def _states(wanted: Permission, layer: str) -> QuerySet[ConsentState]:
    """A yes to all rights is a yes to each; states of one layer exist only where it was named."""
    layers = [ALL_LAYERS] if layer == ALL_LAYERS else [layer, ALL_LAYERS]
    return ConsentState.objects.filter(
        track=OuterRef("pk"), use_case=wanted.use_case, verb=wanted.verb, rights_layer__in=layers
    )


def _epoch(wanted: Permission, min_epoch: int) -> Q:
    """What needs no yes was allowed under no terms."""
    newer = Q(policy_epoch__gte=min_epoch)
    return newer | Q(reason="default") if wanted.default else newer


def _not_label_licensed() -> Q:
    """Asked again at the last moment, although the states were computed with it."""
    declared = Q(declaration__document__label_licensed=False) | Q(answers__label_licensed=False)
    return Q(release__label=None) & declared
