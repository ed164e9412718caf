"""The encoder and separator of this installation, from the environment, loaded once."""

import os
from functools import cache
from pathlib import Path

from apps.registry.voice.backend import DEFAULT, load_backend
from apps.registry.voice.cohort import Cohort, cohort_file, load_cohort
from apps.registry.voice.encoder import VoiceBackend
from apps.registry.voice.separation import Separator, load_separator

ROOT = Path(__file__).resolve().parents[3]


def models_folder() -> Path:
    """Where fetched models lie: `models` in SOUNDCHECK_DATA."""
    return Path(os.environ.get("SOUNDCHECK_DATA") or ROOT / "var") / "models"


def chosen_backend() -> VoiceBackend:
    """The encoder that VOICE_BACKEND names; raises ModelMissing or ModelDamaged."""
    return _backend(os.environ.get("VOICE_BACKEND") or DEFAULT, models_folder())


def chosen_separator() -> Separator:
    """The separator that VOICE_SEPARATOR names; raises ModelMissing."""
    return _separator(os.environ.get("VOICE_SEPARATOR") or "centre")


def chosen_cohort(model: str, domain: str) -> Cohort | None:
    """This installation's cohort for a model and domain, None where none was built."""
    return load_cohort(cohort_file(models_folder(), model, domain))


@cache
def _backend(setting: str, folder: Path) -> VoiceBackend:
    return load_backend(setting, folder)


@cache
def _separator(setting: str) -> Separator:
    return load_separator(setting)
