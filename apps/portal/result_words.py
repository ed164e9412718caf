"""The result of a track in two sentences: what matters most, and what happens next."""

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.catalogue.states import TrackState
from apps.review.models import Case


def headline(state: TrackState, reasons: Sequence[str]) -> str:
    """What matters most; `reasons` are the titles of what stands in the way, strongest first."""
    fixed = {
        TrackState.CLEARED: _("Cleared."),
        TrackState.WITHDRAWN: _("Withdrawn."),
        TrackState.DRAFT: _("Not submitted yet."),
        TrackState.CHANGES_ASKED: _("We need something from you."),
    }
    if state in fixed or not reasons:
        return fixed.get(state, str(state.label))
    first, more = reasons[0], len(reasons) - 1
    if not more:
        return f"{first}."
    text = ngettext("%(first)s, and %(more)s more.", "%(first)s, and %(more)s more.", more)
    return text % {"first": first, "more": more}


def next_step(state: TrackState, case: Case | None) -> str:
    """What happens next."""
    if state == TrackState.HELD and case and case.kind == Case.Kind.APPEAL:
        return _("You objected. Somebody who did not decide before looks at it.")
    if state == TrackState.HELD:
        return _("A person will look at it. Nothing is refused, and nothing is lost.")
    return {
        TrackState.DRAFT: _("Nothing is checked before you submit it."),
        TrackState.SUBMITTED: _("We are checking it. You may leave; we write to you when we know."),
        TrackState.CLEARED: _("It can go to the stores that take it."),
        TrackState.CHANGES_ASKED: _("Once you have sent it, submit the track again."),
        TrackState.REFUSED: _("It goes to no store as it is. You can correct it, or object."),
        TrackState.WITHDRAWN: _("It goes to no store. What was decided stays on record."),
    }[state]
