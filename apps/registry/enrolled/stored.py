"""How a voice is written down: its segments as arrays in a file, its stretches as WAV."""

import io
import wave

import numpy as np

from apps.registry.enrolled.errors import VoiceUnreadable
from apps.registry.enrolled.sealing import DAMAGED, seal, unseal
from apps.registry.models import VoiceEnrolment, VoiceKey, Voiceprint
from apps.registry.voice.activity import RATE, resample
from apps.registry.voice.contract import EnrolledVoice, Segments
from apps.registry.voice.encoder import Samples

LEVEL = 32767


def store_print(
    enrolment: VoiceEnrolment, key: VoiceKey, segments: Segments, model: str
) -> Voiceprint:
    """The row of an enrolment's vectors, saved."""
    packed = io.BytesIO()
    np.savez(
        packed,
        vectors=segments.vectors,
        starts_s=segments.starts_s,
        voiced=segments.voiced,
        length_s=np.float64(segments.length_s),
    )
    nonce, sealed = seal(packed.getvalue(), key, f"print {model}")
    return Voiceprint.objects.create(
        enrolment=enrolment, key=key, nonce=nonce, sealed=sealed, model=model
    )


def read_print(row: Voiceprint, clips: dict[int, str]) -> EnrolledVoice:
    """The voice. `clips`: ids of clips by segment. Raises VoiceUnreadable."""
    data = unseal(row.sealed, row.nonce, row.key, f"print {row.model}")
    try:
        with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
            segments = Segments(
                vectors=arrays["vectors"],
                starts_s=arrays["starts_s"],
                length_s=float(arrays["length_s"]),
                voiced=arrays["voiced"],
            )
    except (OSError, KeyError, ValueError):
        raise VoiceUnreadable(DAMAGED) from None
    person = row.enrolment.person
    heard = tuple(clips.get(index, "") for index in range(len(segments.vectors)))
    return EnrolledVoice(str(person.pk), person.name, row.model, segments, heard)


def cut(samples: Samples, rate: int, starts_s: list[float], length_s: float) -> list[bytes]:
    """Stretches of a mono recording as WAV of 16 kHz, 16 bit."""
    sound = resample(samples, rate, RATE)
    peak = max(1.0, float(np.abs(sound).max()))
    whole = (sound / peak * LEVEL).astype("<i2")
    starts = [round(start * RATE) for start in starts_s]
    return [_wav(whole[start : start + round(length_s * RATE)].tobytes()) for start in starts]


def _wav(frames: bytes) -> bytes:
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(frames)
    return buffer.getvalue()
