"""What the tests of decoding share."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from apps.screening.limits import LIMITS, Limits
from tests.sounds import tune, write_wav
from tests.voice_model import encoder, models

__all__ = ["encoder", "models"]


@pytest.fixture
def limits(tmp_path: Path) -> Iterator[Limits]:
    """The usual limits, with a scratch directory that must be empty when the test is over."""
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    yield replace(LIMITS, scratch=scratch)
    assert list(scratch.iterdir()) == []


@pytest.fixture(scope="session")
def melody(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three seconds of stereo, 16-bit WAV at 44.1 kHz."""
    return write_wav(tmp_path_factory.mktemp("melody") / "melody.wav", tune(3.0))
