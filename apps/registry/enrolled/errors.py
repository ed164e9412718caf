"""Why something about an enrolled voice is not done. Each message is a sentence for people."""

from apps.accounts.refusal import Refusal
from apps.registry.voice.encoder import VoiceModelError


class VoiceRefusal(Refusal):
    """What was asked for is not done; nothing was changed."""


class NotAllowed(VoiceRefusal):
    """The account may not do this."""


class RegisterOff(VoiceRefusal):
    """Nobody has turned the register of voices on: then nothing is compared with a voice."""

    text = (
        "The register of voices is off, so nothing is compared with enrolled voices. "
        "A compliance officer turns it on: voices on --by EMAIL."
    )


class ForbiddenVoiceMove(VoiceRefusal):
    """The state does not lead there."""


class MissingProof(VoiceRefusal):
    """Something that the law or the register asks for is missing."""


class ChallengeFailed(VoiceRefusal):
    """The phrase was not said in time, or not by the voice in the stems."""


class UnfitStems(VoiceRefusal):
    """The stems are too few, too short, or not of one voice."""


class VoiceUnreadable(VoiceModelError):
    """What is kept of a voice cannot be decrypted: the key is another one, or damaged."""
