"""What training refuses, and what to do then. Each error has a code and a sentence."""

from typing import Any

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


class NotAllowedToRelease(TrainingError):
    """Whoever approves has no say over releases."""

    code = "not_allowed_to_release"
    text = _("Only compliance officers and administrators approve and release models.")


class UnknownSnapshot(TrainingError):
    """No such snapshot."""

    code = "unknown_snapshot"
    is_usage = True
    text = _("There is no snapshot “%(given)s”.")


class NotSealed(TrainingError):
    """A snapshot that nobody may use."""

    code = "not_sealed"
    text = _("The snapshot %(given)s is %(state)s. Only a sealed one can be trained on.")


class Stale(TrainingError):
    """Something in the snapshot was taken back."""

    code = "stale"
    text = _(
        "Something in the snapshot %(given)s was taken back since it was sealed. Take a new one "
        "and train on that."
    )


class OtherClass(TrainingError):
    """A snapshot made for other models."""

    code = "other_class"
    text = _(
        "The snapshot %(given)s was made for “%(made_for)s”, the model is of the class "
        "“%(model_class)s”. A yes for one class opens no other."
    )


class BeforeSeal(TrainingError):
    """Training that began before its data was sealed."""

    code = "before_seal"
    text = _("Training began at %(started)s, before the snapshot %(given)s was sealed.")


class SnapshotTooOld(TrainingError):
    """Training that began long after its data was sealed."""

    code = "snapshot_too_old"
    text = _(
        "Training began at %(started)s, more than %(hours)s hours after the snapshot %(given)s was "
        "sealed. What was taken back meanwhile is still in it. Take a new one."
    )


class BadDates(TrainingError):
    """Times that cannot be those of a training run."""

    code = "bad_dates"
    is_usage = True
    text = _(
        "Training cannot begin at %(started)s and end at %(finished)s. Give both as they were."
    )


class DuplicateVersion(TrainingError):
    """A version with this name is registered."""

    code = "duplicate_version"
    text = _("%(name)s %(version)s is registered already. A version is never registered twice.")


class BadHash(TrainingError):
    """Not a SHA-256."""

    code = "bad_sha256"
    is_usage = True
    text = _("“%(given)s” is no SHA-256 of the weights. Write it as 64 small hexadecimal digits.")


class BadModelName(TrainingError):
    """A name, version or run that cannot be one."""

    code = "bad_model_name"
    is_usage = True
    text = _(
        "“%(given)s” cannot be the %(what)s: use letters, digits, dots, dashes and underscores, at "
        "most %(most)s of them."
    )


class BadCard(TrainingError):
    """A model about which nothing is told."""

    code = "bad_card"
    is_usage = True
    text = _("Say in words what the model is for, and at least one thing that it cannot do.")


class BlockedBase(TrainingError):
    """A base model that nothing may be built on."""

    code = "blocked_base"
    text = _("%(base)s cannot be built on: it is %(state)s. Choose another base.")


class UnknownModel(TrainingError):
    """No such model version."""

    code = "unknown_model"
    is_usage = True
    text = _("No model version %(given)s is registered.")


class NothingInside(TrainingError):
    """A model made from nothing."""

    code = "nothing_inside"
    is_usage = True
    text = _("Name the snapshots that went into the model, each by its id and once.")


class FilesChanged(TrainingError):
    """The files of a snapshot are not those that were sealed."""

    code = "files_changed"
    text = _(
        "The files of the snapshot %(given)s are not those that were sealed: %(why)s Put them back "
        "from their backup."
    )


class AlreadyApproved(TrainingError):
    """The same person, twice."""

    code = "already_approved"
    text = _("You have approved %(model)s already. Somebody else has to look at it, too.")


class NotToRelease(TrainingError):
    """A version whose time is over."""

    code = "not_to_release"
    text = _("%(model)s is %(state)s and cannot be approved or released.")


class ReleaseRefused(TrainingError):
    """Something stands against the release. `blockers`: all of it."""

    code = "release_refused"
    text = _("%(model)s cannot be released: %(why)s")

    def __init__(self, model: object, blockers: list[Any]) -> None:
        super().__init__(model=model, why=" ".join(one.text for one in blockers))
        self.blockers = blockers


class NotProven(TrainingError):
    """A manifest that does not hold."""

    code = "not_proven"
    text = _("%(model)s does not verify: %(why)s")


class FolderTaken(TrainingError):
    """A place where no bundle can be written."""

    code = "folder_taken"
    is_usage = True
    text = _("Nothing can be written to %(folder)s: it is there already, or may not be made.")


class BundleBroken(TrainingError):
    """A bundle that does not verify."""

    code = "bundle_broken"
    text = _("%(folder)s does not verify: %(why)s.")


class OwnChanged(TrainingError):
    """Our own detector is not the one that was registered under its version."""

    code = "own_changed"
    text = _(
        "%(model)s is registered with another calibration. Give the check a new version, then "
        "register that."
    )
