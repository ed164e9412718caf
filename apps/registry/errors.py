"""What may not be done with the register, each with a sentence for the person who reads it."""

from django.utils.translation import gettext_lazy as _

from apps.accounts.refusal import Refusal


class RegisterError(Refusal):
    """The base: something in the register of people was refused."""


class InvalidPerson(RegisterError):
    """A name or id that cannot be taken; the message says which and why."""


class AlreadyRegistered(RegisterError):
    """Somebody in the register has this id already."""


class NotProtected(RegisterError):
    """The person is switched off."""

    text = _("This name is not protected any more.")


class StandingExists(RegisterError):
    """One account has one standing to one person."""

    text = _("This is settled already for this account. Take it back before changing it.")


class ProofMissing(RegisterError):
    """A standing or claim without what proves it."""

    text = _("Say what proves it: an artist id, a document, or how you know.")


class OwnStanding(RegisterError):
    """Nobody confirms themselves."""

    text = _("Somebody else must confirm this for your own account.")


class ClaimExists(RegisterError):
    """One account waits for one answer about one person."""

    text = _("You asked about this name already. We will answer that first.")


class TooManyClaims(RegisterError):
    """An account asks about more names than anybody looks at."""

    text = _("You have many open questions about names. Wait for our answers first.")


class ClaimAnswered(RegisterError):
    """Somebody was faster."""

    text = _("Somebody answered this claim already.")


class KeyRefused(RegisterError):
    """One sentence for every key that cannot be used: it does not say whether the key exists."""

    text = _("This key cannot be used. It may be mistyped, used already, or too old.")


class TooManyAttempts(RegisterError):
    """Keys are not for guessing."""

    text = _("Too many keys that did not fit. Try again in an hour.")
