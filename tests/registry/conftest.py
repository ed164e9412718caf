"""What the tests of the registers share."""

from tests.voice_model import encoder, models

__all__ = ["encoder", "models"]
