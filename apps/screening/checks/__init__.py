"""What is looked for, in this order. The web process shows `screening/check_titles.py` instead."""

from apps.screening.checks.base import Check
from apps.screening.checks.disclosure import DisclosureCheck
from apps.screening.checks.fingerprint import FingerprintCheck
from apps.screening.checks.metadata import MetadataCheck
from apps.screening.checks.name_likeness import NameLikenessCheck
from apps.screening.checks.provenance import ProvenanceCheck
from apps.screening.checks.synthetic_audio import SyntheticAudioCheck
from apps.screening.checks.technical import TechnicalCheck
from apps.screening.checks.voice_likeness import VoiceLikenessCheck

__all__ = ["CHECKS"]

CHECKS: tuple[Check, ...] = (
    TechnicalCheck(),
    FingerprintCheck(),
    ProvenanceCheck(),
    SyntheticAudioCheck(),
    MetadataCheck(),
    NameLikenessCheck(),
    VoiceLikenessCheck(),  # after the names: it compares with the people they found
    DisclosureCheck(),  # last: it reads what the others found
)
