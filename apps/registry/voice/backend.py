"""Which encoder is used: `VOICE_BACKEND = ge2e | onnx:<folder> | none`."""

from pathlib import Path

from apps.registry.voice.encoder import (
    ModelDamaged,
    ModelMissing,
    Samples,
    VoiceBackend,
    VoiceModelError,
)
from apps.registry.voice.onnx import load_onnx
from apps.registry.voice.weights import load_ge2e

__all__ = [
    "DEFAULT",
    "ModelDamaged",
    "ModelMissing",
    "Samples",
    "VoiceBackend",
    "VoiceModelError",
    "load_backend",
]

DEFAULT = "ge2e"


def load_backend(setting: str, folder: Path) -> VoiceBackend:
    """The encoder that `setting` names; `folder` holds fetched models (DATA_DIR / "models").

    Raises ModelMissing (a sentence that says which command fetches it) or ModelDamaged.
    """
    kind, _, place = setting.partition(":")
    if kind == "ge2e":
        return load_ge2e(folder)
    if kind == "onnx" and place:
        return load_onnx(Path(place))
    if kind == "none":
        raise ModelMissing("Comparing voices is switched off here (VOICE_BACKEND is none).")
    raise ModelMissing(f"VOICE_BACKEND is {setting}; allowed: ge2e, onnx:<folder>, none.")
