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
