"""How many say yes: the share of tracks for one class of models, by country. From the states."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q

from apps.catalogue.models import Track
from apps.consent.clock import ledger_now
from apps.consent.envelope_states import layers_of
from apps.consent.envelopes_reading import Envelope
from apps.consent.models import ConsentState
from apps.consent.vocabulary import ALL_LAYERS


@dataclass(frozen=True)
class Rate:
    """`yes` of `tracks` for one permission in one country."""

    permission: str
    country: str
    yes: int
    tracks: int

    def as_dict(self) -> dict[str, Any]:
        """JSON values; the share as a text, in percent with one decimal."""
        share = 100 * self.yes / self.tracks if self.tracks else 0
        return {
            "permission": self.permission,
            "country": self.country,
            "yes": self.yes,
            "tracks": self.tracks,
            "percent": f"{share:.1f}",
        }


def opt_in_rates(envelope: Envelope, countries: Sequence[str]) -> list[Rate]:
    """For each permission that somebody has to say yes to, and each country: how many did.

    A permission that needs no yes has no rate.
    """
    tracks = Track.objects.count()
    lasting = Q(effective_to=None) | Q(effective_to__gt=ledger_now())
    layers = {*layers_of(envelope), ALL_LAYERS}
    found = []
    for one in envelope.requires:
        if one.default:
            continue
        states = ConsentState.objects.filter(
            lasting,
            use_case=one.use_case,
            verb=one.verb,
            jurisdiction__in=countries,
            rights_layer__in=layers,
            allowed=True,
        )
        counted = states.order_by().values_list("jurisdiction")
        yes = dict(counted.annotate(count=Count("track", distinct=True)))
        found += [Rate(one.code, place, yes.get(place, 0), tracks) for place in countries]
    return found
