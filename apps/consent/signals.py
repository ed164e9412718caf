"""What an asset says to the world about AI, in the words of other standards. Pure.

Nobody outside may train on, mine or run AI over an asset, unless its holder says yes to other
companies (`third_party_licensing.share`) and to every use that the standard's word stands for; and
even then only under a deal. So the most open signal is "ask us": CAWG `constrained` with what it
needs, and a TDM policy beside the reservation. Unknown, missing or denied means reserved.

CAWG training and data mining 1.1: label, keys, `use`, `constraint_info` (as its CDDL spells it; its
prose says `constraints_info`). AIPREF vocabulary, draft of 2026-08-19: `train-ai`, `search`. W3C
TDMRep, 2024-05-10: `tdm-reservation`, `tdm-policy`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from apps.consent.vocabulary import vocabulary

CAWG_LABEL = "cawg.training-mining"
CAWG_KEYS = (
    "cawg.ai_generative_training",
    "cawg.ai_inference",
    "cawg.ai_training",
    "cawg.data_mining",
)
SHARING = "third_party_licensing.share"
SEARCH = "search.infer"


@dataclass(frozen=True)
class Standing:
    """How one permission stands: allowed or not, and for which country a yes was given."""

    allowed: bool
    country: str = ""


@dataclass(frozen=True)
class Signals:
    """What one asset says. `open_keys`: CAWG keys that can be had under a deal, in `countries`."""

    no_ai: bool
    search: bool
    open_keys: frozenset[str]
    countries: tuple[str, ...]

    @property
    def content_usage(self) -> str:
        """The value of the HTTP header `Content-Usage`. Training is never simply offered."""
        return f"train-ai=n, search={'y' if self.search else 'n'}"

    @property
    def reservation(self) -> str:
        """The value of `tdm-reservation`: always reserved."""
        return "1"

    @property
    def has_policy(self) -> bool:
        """Whether there is something to ask for, so that `tdm-policy` belongs beside it."""
        return bool(self.open_keys)

    def headers(self, policy_url: str) -> dict[str, str]:
        """The HTTP headers of everything that shows or plays the asset."""
        told = {"Content-Usage": self.content_usage, "tdm-reservation": self.reservation}
        return {**told, "tdm-policy": policy_url} if self.has_policy else told

    def use(self, key: str) -> str:
        """`notAllowed`, or `constrained` where a deal is possible."""
        return "constrained" if key in self.open_keys else "notAllowed"

    def cawg(self, policy_url: str) -> dict[str, Any]:
        """The CAWG assertion: its label and its data."""
        needs = f"Only under a deal, in: {', '.join(self.countries)}. Ask: {policy_url}"
        entries = {
            key: {"use": self.use(key), "constraint_info": needs}
            if key in self.open_keys
            else {"use": self.use(key)}
            for key in CAWG_KEYS
        }
        return {"label": CAWG_LABEL, "data": {"entries": entries}}


RESERVED = Signals(no_ai=True, search=False, open_keys=frozenset(), countries=())


def strictest(many: Iterable[Signals]) -> Signals:
    """What can be said of all of them at once; RESERVED for none."""
    found = list(many)
    if not found:
        return RESERVED
    keys = frozenset.intersection(*(one.open_keys for one in found))
    places = {one.countries for one in found}
    if len(places) != 1:
        keys = frozenset()
    return Signals(
        no_ai=any(one.no_ai for one in found),
        search=all(one.search for one in found),
        open_keys=keys,
        countries=found[0].countries if keys else (),
    )


def signals_of(*, no_ai: bool | None, standings: Mapping[str, Standing]) -> Signals:
    """The signals of one asset. `standings`: permission code → how it stands; missing means no.

    `no_ai`: None where nobody knows, which is the same as on.
    """
    found = {code: standing for code, standing in standings.items() if standing.allowed}
    place = found[SHARING].country if SHARING in found else ""
    search = SEARCH in found
    if no_ai is not False or not place:
        return Signals(no_ai is not False, search, frozenset(), ())
    keys = frozenset(key for key in CAWG_KEYS if _is_open(key, found, place))
    return Signals(False, search, keys, (place,) if keys else ())


def _is_open(key: str, found: Mapping[str, Standing], place: str) -> bool:
    """Whether all that the key stands for is allowed in this country, or needs no yes."""
    behind = [found.get(one.code) for one in vocabulary().permissions if key in one.cawg]
    return all(one is not None and one.country in ("", place) for one in behind)
