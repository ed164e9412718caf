"""What training refuses, and what to do then. Each error has a code and a sentence."""

from django.utils.translation import gettext_lazy as _

from apps.accounts.refusal import Refusal


class TrainingError(Refusal):
    """Nothing was written. The message says why and what to do next."""

    code = "training"
    is_usage = False  # whether the question itself was wrong, rather than the answer no


class UnknownModelClass(TrainingError):
    """No envelope for such models."""

    code = "unknown_model_class"
    is_usage = True
    text = _("%(why)s")


class UnknownPolicy(TrainingError):
    """No such version of the terms."""

    code = "unknown_policy"
    is_usage = True
    text = _("%(why)s")


class PolicyNotInForce(TrainingError):
    """Other words counted at the time that is asked about."""

    code = "policy_not_in_force"
    is_usage = True
    text = _(
        "The terms %(given)s are not those in force at %(at)s; %(current)s are. "
        "Nothing is filled in for you: ask for those by name."
    )


class NoCountry(TrainingError):
    """A question that names no country."""

    code = "jurisdiction_missing"
    is_usage = True
    text = _("Say for which countries, as two letters each: DE, FR, IN.")


class UnknownCountry(TrainingError):
    """Not a country code."""

    code = "unknown_jurisdiction"
    is_usage = True
    text = _("%(given)s is no country code. Use two capital letters: DE, FR, IN.")


class CountryBarred(TrainingError):
    """The envelope is not for this country."""

    code = "jurisdiction_barred"
    text = _("Models for “%(model_class)s” may not be trained for %(given)s. Leave it out.")


class NotYet(TrainingError):
    """A time that has not come."""

    code = "not_yet"
    is_usage = True
    text = _("%(asked)s has not come yet. Ask again then.")


class KnownBefore(TrainingError):
    """What was known before the time that is asked about."""

    code = "known_before"
    is_usage = True
    text = _(
        "%(known_at)s is before %(at)s: nobody knew then what would hold later. Ask for what was "
        "known at that time or after it."
    )


class NotStaff(TrainingError):
    """Whoever asks does not work here."""

    code = "not_staff"
    text = _("Only our staff make datasets and register models. Ask an administrator.")


class BadName(TrainingError):
    """A name that cannot be one."""

    code = "bad_name"
    is_usage = True
    text = _("“%(given)s” cannot be a name: use 1 to %(most)s printable characters.")


class NameTaken(TrainingError):
    """The same person gave the name to another question."""

    code = "name_taken"
    text = _("You ordered something else under the name “%(name)s”. Use another name.")


class OnlyNow(TrainingError):
    """A dataset of what was allowed once."""

    code = "only_now"
    is_usage = True
    text = _(
        "A dataset is made of what is allowed now. What was allowed at another time can be "
        "listed, not sealed."
    )


class NothingAllowed(TrainingError):
    """The list is empty."""

    code = "nothing_allowed"
    text = _("No track may be used for this: %(excluded)s. Nothing was sealed.")


class LedgerUnfit(TrainingError):
    """The log cannot vouch for what would be sealed."""

    code = "ledger_unfit"
    text = _("The log cannot vouch for a dataset now: %(why)s Nothing was sealed.")


class LeafMissing(TrainingError):
    """A yes that is not in the log."""

    code = "leaf_missing"
    text = _("The yes of leaf %(leaf)s is not in the log. Run `manage.py audit verify`.")


class FileTaken(TrainingError):
    """A file lies where a new one should."""

    code = "file_taken"
    text = _("There is a file at %(place)s already. Nothing was sealed; try again.")


class FilesMissing(TrainingError):
    """A sealed snapshot whose file is gone."""

    code = "files_missing"
    text = _("The file %(place)s of a sealed dataset is missing. Put it back from its backup.")


class GivenUp(TrainingError):
    """It took so long that the sweep cleared it away."""

    code = "given_up"
    text = _("Building this dataset took too long and was given up. Start it again.")
