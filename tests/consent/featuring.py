"""The short forms in which tests make features and open them."""

from typing import Any

import pytest

from apps.accounts.models import User
from apps.catalogue.models import Track
from apps.consent.feature_errors import GateClosed
from apps.consent.features import register_feature
from apps.consent.gate import open_feature, purpose_token
from apps.consent.models import DerivedFeature
from tests.consent.saying import TRAIN, lift, say_yes

GEN = "generative_music"
SOUND = b"a spectrogram, as good as any " * 20


def make(*tracks: Track, **more: Any) -> DerivedFeature:
    """A spectrogram for music models, of these tracks, unless told otherwise."""
    values = {"kind": "log_mel", "extractor": "librosa 0.11", "params": {"bands": 80}}
    return register_feature(tracks=tracks, **{**values, "envelope": GEN, "content": SOUND, **more})


def allow(track: Track, country: str = "DE", use: tuple[str, str] = TRAIN) -> None:
    """What the holder has to say before anything is made for music models; not yet proven."""
    lift(track.release.owner, track)
    say_yes(track.release.owner, track, use, country)


def ask(engineer: User, model_class: str = GEN, country: str = "DE", **more: Any) -> str:
    return purpose_token(by=engineer, model_class=model_class, jurisdiction=country, **more)


def refused(feature: object, token: str) -> str:
    """The code with which the gate stays closed."""
    with pytest.raises(GateClosed, match=r"\w") as closed:
        open_feature(getattr(feature, "pk", feature), token)
    return closed.value.code
