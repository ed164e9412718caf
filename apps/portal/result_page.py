"""The result of one track: how its screening goes, what was decided, why, and what comes next."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.functional import cached_property

from apps.accounts.models import User
from apps.catalogue.models import Track
from apps.catalogue.states import TrackState
from apps.policy.decide import Delivery
from apps.policy.models import Decision, Outcome
from apps.policy.publish import law_of
from apps.portal.result_checks import CheckLine, check_lines, stage_words
from apps.portal.result_history import Step, steps_of
from apps.portal.result_reasons import ShownReason, shown_reasons
from apps.portal.result_words import headline, next_step
from apps.portal.stores import StoreVerdict, store_verdicts
from apps.review.evidence import Exhibit, exhibits, regions, weights
from apps.review.listening import player_texts
from apps.review.models import Case
from apps.review.others import Links, links_of
from apps.review.trace import as_reason
from apps.screening.models import Finding, ScreeningRun

OPEN = (ScreeningRun.State.QUEUED, ScreeningRun.State.RUNNING)


@dataclass(frozen=True)
class Result:
    """Everything about one track at this moment, for its artist."""

    track: Track
    reader: User
    run: ScreeningRun | None
    decision: Decision | None
    case: Case | None

    @property
    def is_running(self) -> bool:
        """Whether the page has to look again."""
        return self.track.state == TrackState.SUBMITTED

    @cached_property
    def checks(self) -> list[CheckLine]:
        """One line per check of the latest run."""
        if self.run is None:
            return check_lines(None, ())
        weighty = weights(self.decision) if self.decision else ()
        return check_lines(self.run, self.run.results.prefetch_related("findings"), weighty)

    @property
    def done_count(self) -> int:
        """How many checks have a result."""
        return sum(line.state not in ("waiting", "running") for line in self.checks)

    @property
    def stage(self) -> str:
        """What goes on now."""
        return stage_words(self.run)

    @cached_property
    def exhibits(self) -> list[Exhibit]:
        """What was found, weighed by the decision."""
        if self.decision is None:
            return []
        return exhibits(self._findings(), self.decision)

    @cached_property
    def reasons(self) -> list[ShownReason]:
        """Why, strictest first; nothing while a newer run is under way."""
        if self.decision is None:
            return []
        return shown_reasons(self.track, self.decision, self.exhibits, regions(self.exhibits))

    @property
    def rules(self) -> list[str]:
        """Every rule that the decision rests on, by its name."""
        reasons = self.decision.reasons if self.decision else []
        return list(dict.fromkeys(str(one.get("rule", "")) for one in reasons))

    @cached_property
    def stores(self) -> list[StoreVerdict]:
        """What each chosen store does with it."""
        if self.decision is None:
            return []
        chosen = self.decision.declaration.document.get("destinations")
        deliveries = {slug: _delivery(told) for slug, told in self.decision.destinations.items()}
        return store_verdicts(deliveries, chosen, law_of(self.decision.ruleset))

    @cached_property
    def history(self) -> list[Step]:
        """What happened so far."""
        return steps_of(self.track, self.reader)

    @cached_property
    def links(self) -> Links:
        """Where the player finds our own renditions of the upload."""
        audio = self.track.audio
        return links_of([audio], self.reader)[audio.pk] if audio else Links()

    @property
    def player_regions(self) -> str:
        """The marked places, as the player reads them; never another account's recording."""
        return json.dumps([one.as_dict() for one in regions(self.exhibits)])

    @property
    def player_texts(self) -> str:
        """The player's words."""
        return json.dumps(player_texts())

    @property
    def is_decided(self) -> bool:
        """Whether the present state rests on the decision that is shown."""
        drafted = (TrackState.DRAFT, TrackState.WITHDRAWN, TrackState.SUBMITTED)
        return self.decision is not None and self.track.state not in drafted

    @property
    def headline(self) -> str:
        """What matters most, in one line."""
        titles = [reason.text.title for reason in self.reasons]
        return headline(TrackState(self.track.state), titles)

    @property
    def sentence(self) -> str:
        """What happens next, in one sentence."""
        return next_step(TrackState(self.track.state), self.case)

    @property
    def may_object(self) -> bool:
        """Whether the artist can ask for another person's judgement."""
        decided = self.decision is not None and self.decision.outcome == Outcome.NOT_ALLOWED
        return self.track.state == TrackState.REFUSED and decided

    def _findings(self) -> Iterator[Finding]:
        for line in self.checks:
            yield from line.findings


def read_result(track: Track, reader: User) -> Result:
    """The result of a track, in a fixed number of queries."""
    decisions = Decision.objects.current().filter(track=track)
    decision = decisions.select_related("ruleset", "declaration", "made_by").first()
    case = track.cases.filter(state=Case.State.OPEN).first()
    run = track.runs.order_by("-created_at").first()
    return Result(track, reader, run, decision, case)


def _delivery(told: dict[str, Any]) -> Delivery:
    reasons = tuple(as_reason(one) for one in told.get("reasons", ()))
    return Delivery(told["verdict"], reasons, tuple(told.get("needed_facts", ())))
