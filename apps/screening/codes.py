"""The catalogue of finding codes: what each means to the artist, and to the reviewer.

Texts are plain English message ids; whoever shows them translates them.
"""

from apps.screening.finding_text import FindingText
from apps.screening.texts.disclosure import DISCLOSURE_TEXTS
from apps.screening.texts.fingerprint import FINGERPRINT_TEXTS
from apps.screening.texts.metadata_facts import FACT_TEXTS
from apps.screening.texts.metadata_titles import TITLE_TEXTS
from apps.screening.texts.name_likeness import NAME_TEXTS
from apps.screening.texts.provenance import PROVENANCE_TEXTS
from apps.screening.texts.synthetic_audio import SYNTHETIC_AUDIO_TEXTS
from apps.screening.texts.technical import TECHNICAL_TEXTS
from apps.screening.texts.voice_likeness import VOICE_LIKENESS_TEXTS

__all__ = ["TEXTS", "FindingText"]

TEXTS: dict[str, FindingText] = {
    # --- technical ---
    **TECHNICAL_TEXTS,
    # --- fingerprint ---
    **FINGERPRINT_TEXTS,
    # --- provenance ---
    **PROVENANCE_TEXTS,
    # --- synthetic audio ---
    **SYNTHETIC_AUDIO_TEXTS,
    # --- disclosure ---
    **DISCLOSURE_TEXTS,
    # --- metadata ---
    **TITLE_TEXTS,
    **FACT_TEXTS,
    # --- borrowed names ---
    **NAME_TEXTS,
    # --- voices ---
    **VOICE_LIKENESS_TEXTS,
}
