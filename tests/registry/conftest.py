"""What the tests of the registers share."""

import pytest

from tests.registry.enrolling import Remembering
from tests.voice_model import encoder, models

__all__ = ["encoder", "listener", "models"]


@pytest.fixture(scope="session")
def listener(encoder) -> Remembering:
    """The real encoder; the same sound is embedded once."""
    return Remembering(encoder)
