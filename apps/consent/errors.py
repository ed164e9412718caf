"""What the ledger refuses to write, and what to do then. Each error has a code and a sentence."""

from django.utils.translation import gettext_lazy as _

from apps.accounts.refusal import Refusal


class ConsentError(Refusal):
    """Nothing was written. The message says why and what to do next."""

    code = "consent"
    is_usage = False  # whether the question itself was wrong, rather than the answer no


class UnknownUse(ConsentError):
    """No such use case, or not with this verb."""

    code = "unknown_use"
    is_usage = True
    text = _("%(why)s Nothing was recorded.")


class NoChoice(ConsentError):
    """The law or the service itself needs this use; there is nothing to choose."""

    code = "no_choice"
    text = _(
        "%(permission)s is part of the service or required by law, so it cannot be turned off "
        "here. Withdraw the track if you do not want it."
    )


class CannotObject(ConsentError):
    """An objection is the answer to a legitimate interest only."""

    code = "cannot_object"
    text = _("%(permission)s is not based on our own interest. Say no or take your yes back.")


class BackdatedGrant(ConsentError):
    """A yes that claims to have begun before it was given."""

    code = "backdated_grant"
    text = _(
        "A yes counts from when it is given: %(asked)s is more than five minutes ago. "
        "Leave the time out."
    )


class NotYet(ConsentError):
    """A time that has not come."""

    code = "not_yet"
    is_usage = True
    text = _("%(asked)s has not come yet. Leave the time out, or send this again then.")


class JurisdictionMissing(ConsentError):
    """A yes without a country."""

    code = "jurisdiction_missing"
    is_usage = True
    text = _("Say for which country the yes counts, as two letters: DE, FR, IN.")


class UnknownJurisdiction(ConsentError):
    """Not a country code."""

    code = "unknown_jurisdiction"
    is_usage = True
    text = _("%(given)s is no country code. Use two capital letters: DE, FR, IN.")


class TermsNotInForce(ConsentError):
    """The words shown are not those that count now."""

    code = "terms_not_in_force"
    text = _(
        "The terms %(given)s are not in force; %(current)s are. Show those, and ask again. "
        "Nothing was recorded."
    )


class NoAuthority(ConsentError):
    """Whoever speaks has no say over this."""

    code = "no_authority"
    text = _(
        "Only whoever uploaded this, or staff of its label with proof of authority, can decide "
        "about it. Nothing was recorded."
    )


class AuthorityMissing(ConsentError):
    """A label said yes for an artist and did not prove that it may."""

    code = "authority_missing"
    text = _(
        "A label says yes for an artist only with proof that it may: name the contract or the "
        "mandate. Nothing was recorded."
    )


class BundledGrants(ConsentError):
    """Several yeses in one, of which one lets software make sound or leaves the house."""

    code = "bundled_grants"
    text = _(
        "%(permission)s is asked on its own: one question, one answer. Send it separately. "
        "Nothing was recorded."
    )


class NoAIOn(ConsentError):
    """A yes to AI training while "No AI" is on."""

    code = "no_ai_on"
    text = _(
        "“No AI” is on here, so %(permission)s cannot be allowed. Turn “No AI” off first; that "
        "alone allows nothing."
    )


class LabelLicensed(ConsentError):
    """A yes to AI training on what a label licensed."""

    code = "label_licensed"
    text = _(
        "A label licensed this recording. Nothing here trains AI on it, so %(permission)s cannot "
        "be allowed."
    )


class UnknownDispute(ConsentError):
    """No such dispute is open here."""

    code = "unknown_dispute"
    text = _("No dispute with this number is open here. Look it up in the history and try again.")


class SubmissionChanged(ConsentError):
    """One submission key, two different wishes."""

    code = "submission_changed"
    text = _(
        "This form was sent before and said something else. Reload the page to see what counts, "
        "and send it again if it should change."
    )


class UnknownValue(ConsentError):
    """A field that has a closed list holds something else."""

    code = "unknown_value"
    is_usage = True
    text = _("%(field)s cannot be “%(given)s”. It can be: %(allowed)s.")


class AccountOpen(ConsentError):
    """The pseudonym of an account that goes on."""

    code = "account_open"
    text = _("This account is still open. Close it first; then its pseudonym can be forgotten.")


class NotFound(ConsentError):
    """No such track, release, account or event."""

    code = "not_found"
    is_usage = True
    text = _("There is no %(what)s “%(given)s”.")


class AmbiguousIsrc(ConsentError):
    """More than one track has the code."""

    code = "ambiguous_isrc"
    is_usage = True
    text = _("%(count)s tracks have the ISRC %(given)s. Name the one you mean by its id.")


class UnreadableTime(ConsentError):
    """Not a time."""

    code = "unreadable_time"
    is_usage = True
    text = _("“%(given)s” is no time. Write it like 2026-11-20 or 2026-11-20T10:00:00+01:00.")


class UnreadableImport(ConsentError):
    """The file as a whole cannot be read."""

    code = "unreadable_import"
    is_usage = True
    text = _("%(file)s cannot be imported: %(why)s")


class ImportRefused(ConsentError):
    """Some lines were wrong, so nothing of the file was taken. `problems`: line and sentence."""

    code = "import_refused"
    text = _("%(count)s lines are wrong. Nothing was imported.")

    def __init__(self, problems: list[tuple[int, str]]) -> None:
        super().__init__(count=len(problems))
        self.problems = problems


class ImportWithoutProof(ConsentError):
    """A yes from a file that nothing backs."""

    code = "import_without_proof"
    text = _("A yes that comes in a file needs proof: fill in `authority` with what proves it.")


class ReasonMissing(ConsentError):
    """Something is forgotten for good, and nobody said why."""

    code = "reason_missing"
    is_usage = True
    text = _("Say why, in a few words: the request, its date, its number. It is kept.")
