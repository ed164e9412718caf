"""What a case refuses, and what to do then. Each error has a code and a sentence."""

from django.utils.translation import gettext_lazy as _

from apps.training.errors import TrainingError


class RevocationError(TrainingError):
    """The step was not done. It is tried again."""

    code = "revocation"


class StillAllowed(RevocationError):
    """A list still names what was taken back."""

    code = "still_allowed"
    text = _(
        "%(count)s tracks are still on a list for %(permission)s, under a yes older than this. Run "
        "`manage.py consent check`, then `manage.py consent rebuild`."
    )


class NotDecider(RevocationError):
    """Whoever wants to decide may not."""

    code = "not_decider"
    text = _("Only compliance officers decide what is owed. Ask one of them.")


class AlreadyMet(RevocationError):
    """What was owed has been done."""

    code = "already_met"
    text = _("This was met before. What was decided then stays.")


class NoEvidence(RevocationError):
    """A remedy without anything that shows it."""

    code = "no_evidence"
    text = _("Say in a few words what shows it: who checked what, and when.")


class NotARemedy(RevocationError):
    """Not one of the remedies."""

    code = "not_a_remedy"
    is_usage = True
    text = _("“%(given)s” is no remedy. There are: %(allowed)s.")


class NoSuccessor(RevocationError):
    """Training anew is shown by the version that came of it."""

    code = "no_successor"
    text = _("Name the newer version of %(model)s that was trained without it.")


class StillInside(RevocationError):
    """The newer version learned from it as well."""

    code = "still_inside"
    text = _(
        "%(successor)s learned from a dataset that holds what was taken back: %(snapshot)s. Train "
        "on a dataset sealed after it, and try again."
    )


class NotNewer(RevocationError):
    """The version named is not a newer one of the same model."""

    code = "not_newer"
    text = _(
        "%(successor)s is not a version of %(model)s that was trained after this was recorded."
    )


class NotLicensed(RevocationError):
    """The ledger knows no yes."""

    code = "not_licensed"
    text = _(
        "%(count)s of the tracks may still not be used for %(model_class)s. The artist can say yes "
        "on the permissions page; then this can be met."
    )


class TrainedAfter(RevocationError):
    """It was trained when the restriction counted already."""

    code = "trained_after"
    text = _("%(model)s was trained after %(began)s, so something is owed. Choose another remedy.")


class AlreadyAnswered(RevocationError):
    """The link was used before."""

    code = "already_answered"
    text = _("You confirmed this before. Nothing else is needed.")


class NothingDisclosed(RevocationError):
    """Neither a dataset nor a track, or both."""

    code = "nothing_disclosed"
    is_usage = True
    text = _("Name what was handed over: one dataset, or one track.")
