"""What an encoder of voices is, and the errors of one that cannot be had. Types only."""

from typing import Protocol

import numpy as np
import numpy.typing as npt

from apps.registry.voice.contract import Segments

Samples = npt.NDArray[np.float32]
Vectors = npt.NDArray[np.float32]


class VoiceModelError(Exception):
    """No voice can be compared; the message is a sentence that says what to do."""


class ModelMissing(VoiceModelError):
    """The model is not on this machine, or its settings are incomplete."""


class ModelDamaged(VoiceModelError):
    """The file is not the one that was fetched, or is no model."""


class VoiceBackend(Protocol):
    """Turns sound into vectors, close together where the voice is the same."""

    @property
    def id(self) -> str:
        """The model's name and the first 12 hexadecimal digits of its weights' SHA-256.

        Vectors compare with those of the same id only.
        """

    @property
    def rate(self) -> int:
        """The sampling rate it listens at, in Hz."""

    @property
    def dimensions(self) -> int:
        """How many numbers a vector has."""

    @property
    def calibration(self) -> str:
        """The calibration that belongs to it: a shipped name, or the path of a file."""

    def embed(self, samples: Samples) -> Segments:
        """The voice in mono samples at `rate`; only stretches with somebody in them.

        No stretch at all where nobody is heard.
        """
