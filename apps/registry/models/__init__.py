"""The registers as rows: who is protected, and who is known to be, or to speak for, them."""

from apps.registry.models.people import Alias, Person, Revision
from apps.registry.models.standing import ArtistKey, Claim, ProofKind, Relation, Standing
from apps.registry.models.voices import (
    VoiceClip,
    VoiceEnrolment,
    VoiceKey,
    Voiceprint,
    VoiceQuestion,
    VoiceRegister,
    VoiceState,
    VoiceStem,
)

__all__ = [
    "Alias",
    "ArtistKey",
    "Claim",
    "Person",
    "ProofKind",
    "Relation",
    "Revision",
    "Standing",
    "VoiceClip",
    "VoiceEnrolment",
    "VoiceKey",
    "VoiceQuestion",
    "VoiceRegister",
    "VoiceState",
    "VoiceStem",
    "Voiceprint",
]
