"""Releases, tracks and their audio, proofs and declarations."""

import hashlib
import io
import json
import wave
from datetime import timedelta
from typing import Any

import factory
from django.core.files.base import ContentFile
from django.utils import timezone
from factory.django import DjangoModelFactory

from apps.catalogue.models import AudioFile, Contributor, Declaration, Proof, Release, Track, Upload
from tests.factories.accounts import ArtistFactory


class ReleaseFactory(DjangoModelFactory):
    class Meta:
        model = Release

    owner = factory.SubFactory(ArtistFactory)
    title = factory.Sequence(lambda n: f"Release {n}")
    territories = ["worldwide"]
    destinations = ["spotify", "apple_music"]


def short_wav(seconds: float = 0.25, rate: int = 8000) -> bytes:
    """A square wave, 8 bit, mono: small, and every decoder takes it."""
    period = bytes([96] * 10 + [160] * 10)
    frames = (period * (int(seconds * rate) // len(period) + 1))[: int(seconds * rate)]
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setparams((1, 1, rate, len(frames), "NONE", "not compressed"))
        file.writeframes(frames)
    return buffer.getvalue()


def as_source(duration_s: float, size_bytes: int) -> dict[str, Any]:
    """What inspection would say about `short_wav`, with the lengths that the row claims."""
    return {
        **{"container": "wav", "codec": "pcm_u8", "extension_expected": "wav", "lossless": True},
        **{"sample_rate": 8000, "channels": 1, "bit_depth": 8, "bit_rate": 64000},
        **{"claimed_s": duration_s, "size_bytes": size_bytes},
        **{"decode_errors": 0, "trailing_bytes": 0},
    }


class AudioFileFactory(DjangoModelFactory):
    """An inspected original. `data` are its bytes; `duration_s` is only what the row says."""

    class Meta:
        model = AudioFile

    class Params:
        data = factory.LazyFunction(short_wav)

    owner = factory.SubFactory(ArtistFactory)
    original_name = factory.Sequence(lambda n: f"take-{n}.wav")
    file = factory.LazyAttribute(lambda made: ContentFile(made.data, name="original"))
    size_bytes = factory.LazyAttribute(lambda made: len(made.data))
    state = AudioFile.State.READY
    duration_s = 183.2
    sha256 = factory.LazyAttribute(lambda made: hashlib.sha256(made.data).hexdigest())
    source = factory.LazyAttribute(lambda made: as_source(made.duration_s, made.size_bytes))
    inspected_at = factory.LazyFunction(timezone.now)


class UploadFactory(DjangoModelFactory):
    class Meta:
        model = Upload

    release = factory.SubFactory(ReleaseFactory)
    owner = factory.SelfAttribute("release.owner")
    original_name = "take.wav"
    length = 1000
    expires_at = factory.LazyFunction(lambda: timezone.now() + timedelta(days=1))


class TrackFactory(DjangoModelFactory):
    """A draft with audio. `artist="…"` names its main artist, `artist=False` leaves it out."""

    class Meta:
        model = Track
        skip_postgeneration_save = True

    release = factory.SubFactory(ReleaseFactory)
    position = factory.LazyAttribute(lambda made: made.release.tracks.count() + 1)
    title = factory.Sequence(lambda n: f"Track {n}")
    language = "en"
    audio = factory.SubFactory(AudioFileFactory, owner=factory.SelfAttribute("..release.owner"))

    @factory.post_generation
    def artist(self: Track, create: bool, name: str | bool | None, **kwargs: Any) -> None:
        if create and name is not False:
            ContributorFactory(track=self, name=name or "A. Artist")


class ContributorFactory(DjangoModelFactory):
    class Meta:
        model = Contributor

    track = factory.SubFactory(TrackFactory)
    name = "A. Artist"
    role = Contributor.Role.MAIN


class ProofFactory(DjangoModelFactory):
    class Meta:
        model = Proof

    class Params:
        data = b"A licence."

    track = factory.SubFactory(TrackFactory)
    concerns = "borrowed.0"
    original_name = "licence.pdf"
    file = factory.LazyAttribute(lambda made: ContentFile(made.data, name="proof"))
    size_bytes = factory.LazyAttribute(lambda made: len(made.data))
    sha256 = factory.LazyAttribute(lambda made: hashlib.sha256(made.data).hexdigest())


class DeclarationFactory(DjangoModelFactory):
    """What was declared: no AI, nobody's voice, nothing borrowed, unless `document` says else."""

    class Meta:
        model = Declaration
        skip_postgeneration_save = True

    track = factory.SubFactory(TrackFactory)
    audio = factory.SelfAttribute("track.audio")
    document = factory.LazyAttribute(
        lambda made: {
            "title": made.track.title,
            "artists": [{"name": "A. Artist", "role": "main"}],
            "rights_in_result": "all_held",
            "ai": [],
            "voice": {"imitates": "nobody", "person": None, "proof": None},
            "likeness": [],
            "borrowed": [],
            "territories": ["worldwide"],
            "destinations": ["spotify", "apple_music"],
        }
    )
    sha256 = factory.LazyAttribute(
        lambda made: hashlib.sha256(json.dumps(made.document).encode()).hexdigest()
    )
    terms_version = "1"
    accepted_at = factory.LazyFunction(timezone.now)
    made_by = factory.SelfAttribute("track.release.owner")
    submission_key = factory.Sequence(lambda n: f"submission-{n}")

    @factory.post_generation
    def attached(self: Declaration, create: bool, value: bool | None, **kwargs: Any) -> None:
        """The track points at its newest declaration; `attached=False` leaves it."""
        if create and value is not False:
            self.track.declaration = self
            self.track.save(update_fields=["declaration"])
