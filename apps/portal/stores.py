"""The law in force, for pages: the stores by name, and what would become of a draft."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.policy.decide import DELIVER, WAITS, Delivery, Verdict
from apps.policy.law import ALLOWED, Ruleset
from apps.policy.publish import NoActiveRuleset, active_ruleset, law_of
from apps.policy.reasons import Explained, explain
from apps.policy.shipped import shipped_ruleset

VERDICT_WORDS = {
    "deliver": gettext_lazy("goes there"),
    "deliver_with_label": gettext_lazy("goes there, with a label"),
    "restricted": gettext_lazy("goes there, with limits"),
    "refused": gettext_lazy("does not go there"),
    "undecided": gettext_lazy("not decided yet"),
}
VERDICT_STATES = {
    "deliver": "cleared",
    "deliver_with_label": "cleared",
    "restricted": "held",
    "refused": "refused",
    "undecided": "waiting",
}


@dataclass(frozen=True)
class StoreVerdict:
    """What one store would do: the verdict, our word and icon for it, and why."""

    slug: str
    name: str
    verdict: str
    reasons: tuple[str, ...]

    @property
    def words(self) -> str:
        """The verdict in words."""
        return str(VERDICT_WORDS.get(self.verdict, self.verdict))

    @property
    def state(self) -> str:
        """Icon and colour."""
        return VERDICT_STATES.get(self.verdict, "waiting")


def law_in_force() -> Ruleset:
    """The active ruleset; before one is active, the newest that we ship."""
    try:
        return law_of(active_ruleset())
    except NoActiveRuleset:
        return shipped_ruleset()


def store_names() -> dict[str, str]:
    """Slug and name of every store, in the order of the law."""
    return {store.name: store.title for store in law_in_force().destinations}


def store_verdicts(
    deliveries: Mapping[str, Delivery], chosen: Any, law: Ruleset
) -> list[StoreVerdict]:
    """What the chosen stores would do (all of them where none was chosen)."""
    names = {store.name: store.title for store in law.destinations}
    wanted = [slug for slug in deliveries if not chosen or slug in chosen]
    return [
        StoreVerdict(
            slug,
            names.get(slug, slug),
            deliveries[slug].verdict,
            tuple(_remarks(deliveries[slug], law)),
        )
        for slug in wanted
    ]


def _remarks(delivery: Delivery, law: Ruleset) -> list[str]:
    """Why it is more than a plain yes; that it waits for the track goes without saying."""
    told = [one for one in delivery.reasons if one.code != WAITS and delivery.verdict != DELIVER]
    return list(dict.fromkeys(explain(reason, law, _).text for reason in told))


def explained(verdict: Verdict, law: Ruleset) -> list[Explained]:
    """The reasons that make the outcome what it is, in words; none where nothing is in the way."""
    against = [one for one in verdict.reasons if one.outcome != ALLOWED]
    return [explain(one, law, _) for one in against if one.outcome == verdict.outcome]
