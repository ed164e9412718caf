"""What people can do with a case: approve, refuse, ask for changes, and the second look.

Each is one transaction: the case as the person saw it (its version), the ruling, the track's new
state, the events. If anything is no longer as they saw it, nothing is written and they are told.
"""

from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.accounts.models import User
from apps.audit.record import record
from apps.catalogue.states import TrackState, can_move
from apps.policy.models import Outcome
from apps.policy.reasons import REVIEW_REASONS, ReviewReason
from apps.review.closing import Words, hold_case, let_go, settle_case
from apps.review.errors import CaseChanged, IncompleteRuling
from apps.review.models import Case, Proposal, Verb
from apps.review.severe import is_severe
from apps.review.standing import check_may_work, waiting_proposal, why_not


@dataclass(frozen=True)
class Action:
    """One thing to do with a case. `key` is its shortcut on the case page, `done` its past."""

    verb: Verb
    key: str
    label: Any
    done: Any
    outcome: Outcome
    to: TrackState
    writes_to_artist: bool

    @property
    def reasons(self) -> dict[str, ReviewReason]:
        """The reasons of the catalogue that go with it."""
        return {code: text for code, text in REVIEW_REASONS.items() if text.verb == self.verb}

    def available(self, case: Case, user: User) -> bool:
        """Whether this person can do it to this case now; a waiting proposal comes first."""
        free = not why_not(case, user) and waiting_proposal(case) is None
        return free and can_move(case.track.state, self.to)

    def check(self, words: Words) -> None:
        """Raises IncompleteRuling when a reason or a needed note is missing."""
        if not words.reason_codes:
            raise IncompleteRuling(_("Choose at least one reason."))
        if any(code not in self.reasons for code in words.reason_codes):
            raise IncompleteRuling(_("One of these reasons belongs to another decision."))
        if self.writes_to_artist and not words.note_to_artist.strip():
            raise IncompleteRuling(_("Write to the artist: which second, which field, what to do."))


ACTIONS: dict[str, Action] = {
    action.verb: action
    for action in (
        Action(
            Verb.APPROVE, "a", gettext_lazy("Approve"), gettext_lazy("approved"),
            Outcome.ALLOWED, TrackState.CLEARED, writes_to_artist=False,
        ),
        Action(
            Verb.REFUSE, "r", gettext_lazy("Refuse"), gettext_lazy("refused"),
            Outcome.NOT_ALLOWED, TrackState.REFUSED, writes_to_artist=True,
        ),
        Action(
            Verb.ASK, "q", gettext_lazy("Ask for changes"), gettext_lazy("changes asked"),
            Outcome.NEEDS_REVIEW, TrackState.CHANGES_ASKED, writes_to_artist=True,
        ),
    )
}  # fmt: skip


@transaction.atomic
def decide_case(*, case: Case, by: User, verb: str, words: Words) -> Case:
    """The case, closed by this ruling; or still open, where the ruling waits for a second person.

    Raises IncompleteRuling, CaseChanged, and everything that `check_may_work` raises.
    """
    action = ACTIONS[verb]
    check_may_work(case, by)
    action.check(words)
    if waiting_proposal(case) is not None:
        raise CaseChanged
    hold_case(case, by)
    if not is_severe(case, verb):
        return settle_case(case, by, action.outcome, action.to, words)
    proposal = Proposal.objects.create(
        **{"case": case, "verb": verb, "made_by": by, "reason_codes": list(words.reason_codes)},
        **{"note": words.note.strip(), "note_to_artist": words.note_to_artist.strip()},
    )
    let_go(case)
    record(kind="case.proposed", subject=case, actor=by, proposal=str(proposal.pk))
    return case


@transaction.atomic
def confirm_proposal(*, case: Case, by: User, answer: str = "") -> Case:
    """The case, closed as the first person proposed and this second person confirms."""
    proposal = _answer(case, by, Proposal.State.CONFIRMED, answer)
    both = "\n\n".join(text for text in (proposal.note, answer.strip()) if text)
    words = Words(proposal.reason_codes, proposal.note_to_artist, both)
    action, proposer = ACTIONS[proposal.verb], str(proposal.made_by_id)
    return settle_case(case, by, action.outcome, action.to, words, proposed_by=proposer)


@transaction.atomic
def return_proposal(*, case: Case, by: User, answer: str) -> Case:
    """The case, open again for a decision: this second person sees it otherwise and says why."""
    if not answer.strip():
        raise IncompleteRuling(_("Say in a sentence why you see it otherwise."))
    proposal = _answer(case, by, Proposal.State.RETURNED, answer)
    record(kind="case.returned", subject=case, actor=by, proposal=str(proposal.pk))
    return case


def _answer(case: Case, by: User, state: Proposal.State, answer: str) -> Proposal:
    """The waiting proposal with its answer; raises CaseChanged where none waits."""
    check_may_work(case, by)
    proposal = waiting_proposal(case)
    if proposal is None:
        raise CaseChanged
    hold_case(case, by)
    told = {"state": state, "answered_by": by, "answered_at": timezone.now()}
    Proposal.objects.filter(pk=proposal.pk).update(answer=answer.strip(), **told)
    return proposal
