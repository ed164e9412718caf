"""Why the desk says no. Each error carries the sentence that the reviewer reads."""

from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from apps.accounts.refusal import Refusal
from apps.review.models import Case


class DeskRefusal(Refusal):
    """The base: something at the review desk cannot be done, and the message says what to do."""


class NotPermitted(DeskRefusal):
    """The role does not hold the permission."""

    text = _("Your role lets you read cases, not decide them. Ask an administrator if it should.")


class SecondPersonNeeded(DeskRefusal):
    """A proposal waits for somebody who may decide severe cases."""

    text = _("A colleague proposed a decision here. A senior reviewer takes the second look.")


class OwnSubmission(DeskRefusal):
    """The reviewer sent this track in."""

    text = _("You sent this track in yourself. Somebody else decides about it.")


class DecidedBefore(DeskRefusal):
    """The reviewer took part in the decision that is objected to."""

    text = _("You took part in the decision that the artist objects to. Somebody else judges it.")


class OwnProposal(DeskRefusal):
    """The reviewer proposed the decision that now needs a second person."""

    text = _("You proposed this decision. A second person has to look at it.")


class CaseTaken(DeskRefusal):
    """Somebody else has the case."""

    def __init__(self, case: Case) -> None:
        until = localtime(case.claimed_until) if case.claimed_until else localtime()
        super().__init__(
            _("%(name)s has this case until %(until)s. Open another one, or come back then.")
            % {"name": case.claimed_by, "until": f"{until:%H:%M %Z}"}
        )


class CaseClosed(DeskRefusal):
    """The case is not open any more."""

    text = _("This case is closed. Its decision stands below.")


class CaseChanged(DeskRefusal):
    """The case is no longer as the reviewer saw it. Nothing was written."""

    text = _("This case changed while you had it open. Nothing of yours was recorded.")


class IncompleteRuling(DeskRefusal):
    """A decision without what it must say."""
