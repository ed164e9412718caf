"""What the register of licences refuses, and what to do then."""

from django.utils.translation import gettext_lazy as _

from apps.accounts.refusal import Refusal


class LicenceRefusal(Refusal):
    """Nothing was written. The message says why and what to do next."""


class LicensorMissing(LicenceRefusal):
    """Nobody gives the licence."""

    text = _("Say who gives the licence.")


class LicenceOfNothing(LicenceRefusal):
    """A licence without its material."""

    text = _("Say what the licence covers: a reference, a track, or the owner or pack.")


class LicencePartWrong(LicenceRefusal):
    """Seconds that are no part of one recording."""

    text = _("A part has a first and a last second, and belongs to one reference or track.")


class LicenceEndsFirst(LicenceRefusal):
    """A term that is none."""

    text = _("The licence ends before it begins. Correct the dates.")


class TerritoryUnknown(LicenceRefusal):
    """Not a country."""

    text = _("“%(given)s”: write country codes such as DE, IN, US, or worldwide.")


class LicenceWithoutProof(LicenceRefusal):
    """Nobody could say later why it was believed."""

    text = _("Say what proves the licence: the document, its date and number, who has seen it.")


class LicenceForOneself(LicenceRefusal):
    """One's own account."""

    text = _("You cannot register a licence for your own account. Ask a colleague.")


class LicenceNotEnded(LicenceRefusal):
    """There is no reason to doubt what it explained."""

    text = _("The term of this licence is not over. If it should not count any more, take it back.")
