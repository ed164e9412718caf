"""The step in which a voice is heard: stems in, an active enrolment out, or a sentence why not.

Sound is listened to before the transaction; then everything is written, or nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import numpy as np
from django.db import transaction
from django.utils import timezone

from apps.accounts.models import User
from apps.registry.enrolled.clips import make_clip
from apps.registry.enrolled.errors import ChallengeFailed, MissingProof, UnfitStems
from apps.registry.enrolled.sealing import key_of
from apps.registry.enrolled.states import move
from apps.registry.enrolled.steps import check_manager, consented
from apps.registry.enrolled.stored import cut, store_print
from apps.registry.enrolled.voices import read_others
from apps.registry.models import VoiceClip, VoiceEnrolment, VoiceState, VoiceStem
from apps.registry.voice.contract import Segments
from apps.registry.voice.encoder import ModelMissing, Samples, VoiceBackend
from apps.registry.voice.enrolment import (
    closest,
    embed_stem,
    joined,
    mean_vector,
    self_consistency,
)
from apps.registry.voice.thresholds import load_calibration

LEAST_STEMS, LEAST_SONGS = 5, 3
LEAST_SUNG_S, LEAST_SPOKEN_S = 60.0, 30.0
LEAST_CONSISTENCY = 0.80  # a calibration may ask for more
COLLISION = 0.90  # where the model's calibration does not say
LEAST_CHALLENGE = 0.73
MOST_CLIPS = 400  # of 51 KB each
SINGING = VoiceStem.Kind.SINGING.value


@dataclass(frozen=True)
class Stem:
    """One decoded vocal stem. `samples`: float32, mono; `kind`: "singing" or "speech"."""

    samples: Samples = field(repr=False)
    rate: int
    song: str
    kind: str
    sha256: str


@dataclass(frozen=True)
class Heard:
    """Stems with what was heard in them; never shown, never logged. `consistency`: how alike the
    stems are; `challenge`: how alike they and the challenge phrase are, None without one."""

    stems: Sequence[Stem] = field(repr=False)
    segments: Sequence[Segments] = field(repr=False)
    consistency: float
    challenge: float | None
    challenge_sha256: str
    speech_waived: str

    def seconds(self, singing: bool) -> float:
        """Seconds in which somebody is heard, in stems of one kind."""
        pairs = zip(self.stems, self.segments, strict=True)
        return sum(_heard_s(one) for stem, one in pairs if (stem.kind == SINGING) is singing)


def finish_enrolment(
    *,
    enrolment: VoiceEnrolment,
    by: User | None,
    stems: Sequence[Stem],
    backend: VoiceBackend,
    challenge: Stem | None = None,
    speech_waived: str = "",
) -> None:
    """Activates the enrolment; its vectors and clips are kept encrypted.

    Raises UnfitStems, ChallengeFailed, MissingProof, ForbiddenVoiceMove, VoiceUnreadable (no
    master key): a sentence, and nothing is kept. Whom the voice resembles so much that the two
    cannot be told apart is recorded, not refused.
    """
    check_manager(by)
    heard = hear(stems, challenge, backend, speech_waived=speech_waived)
    keep_heard(enrolment=enrolment, by=by, heard=heard, backend=backend)


def hear(
    stems: Sequence[Stem], challenge: Stem | None, backend: VoiceBackend, *, speech_waived: str = ""
) -> Heard:
    """Listens to the stems, which takes a while and writes nothing.

    Raises UnfitStems and ChallengeFailed where they do not suffice.
    """
    _check_numbers(stems)
    heard = _listen(stems, challenge, backend, speech_waived)
    _check_heard(heard, backend)
    return heard


@transaction.atomic
def keep_heard(
    *, enrolment: VoiceEnrolment, by: User | None, heard: Heard, backend: VoiceBackend
) -> None:
    """The second half of `finish_enrolment`, for whoever has listened already."""
    check_manager(by)
    row = consented(enrolment)
    _check_challenge(row, heard)
    _write(row, by, heard, backend)
    enrolment.refresh_from_db()


def _check_numbers(stems: Sequence[Stem]) -> None:
    songs = {stem.song.strip().casefold() for stem in stems}
    if len({stem.sha256 for stem in stems}) < len(stems):
        raise UnfitStems("One stem was sent twice.")
    if len(stems) < LEAST_STEMS or len(songs) < LEAST_SONGS:
        raise UnfitStems(
            f"{LEAST_STEMS} vocal stems of {LEAST_SONGS} songs are needed; "
            f"these are {len(stems)} of {len(songs)}."
        )


def _listen(
    stems: Sequence[Stem], challenge: Stem | None, backend: VoiceBackend, waived: str
) -> Heard:
    try:
        segments = [embed_stem(stem.samples, stem.rate, backend) for stem in stems]
        said = embed_stem(challenge.samples, challenge.rate, backend) if challenge else None
    except ValueError as error:
        raise UnfitStems(str(error)) from None
    for stem, found in zip(stems, segments, strict=True):
        if not len(found.vectors):
            raise UnfitStems(f"Nobody is heard in a stem of “{stem.song}”.")
    if said is not None and not len(said.vectors):
        raise ChallengeFailed("Nobody is heard in the recording of the challenge phrase.")
    alike = float(mean_vector(said) @ mean_vector(joined(segments))) if said else None
    digest = challenge.sha256 if challenge else ""
    return Heard(stems, segments, self_consistency(segments), alike, digest, waived.strip()[:500])


def _check_heard(heard: Heard, backend: VoiceBackend) -> None:
    sung, spoken = heard.seconds(True), heard.seconds(False)
    if sung < LEAST_SUNG_S:
        raise UnfitStems(f"{LEAST_SUNG_S:.0f} s of singing are needed; {sung:.0f} s are heard.")
    if spoken < LEAST_SPOKEN_S and not heard.speech_waived:
        raise UnfitStems(
            f"{LEAST_SPOKEN_S:.0f} s of speech are needed, or a note why there are none; "
            f"{spoken:.0f} s are heard."
        )
    least, _collision = _limits(backend)
    if heard.consistency < least:
        raise UnfitStems(
            f"The stems are too heterogeneous to be one voice: {heard.consistency:.2f} of "
            f"{least:.2f}. Leave out doubled, tuned or guest vocals."
        )


def _check_challenge(row: VoiceEnrolment, heard: Heard) -> None:
    if row.challenge_at is None:
        raise MissingProof("It is missing: the challenge phrase, said live.")
    if not row.challenge_sha256 and heard.challenge is None:
        return  # somebody attested it
    if heard.challenge is None or row.challenge_sha256 not in ("", heard.challenge_sha256):
        raise ChallengeFailed("The recording of the challenge phrase is not there.")
    if heard.challenge < LEAST_CHALLENGE:
        raise ChallengeFailed("The challenge phrase was not said by the voice in the stems.")


def _write(row: VoiceEnrolment, by: User | None, heard: Heard, backend: VoiceBackend) -> None:
    now, key = timezone.now(), key_of(row.person)
    store_print(row, key, joined(heard.segments), backend.id)
    VoiceClip.objects.bulk_create(_clips(row, key, heard))
    move(
        enrolment=row,
        to=VoiceState.ACTIVE,
        actor=by,
        event={"stems": len(heard.stems), "model": backend.id},
        **_summary(heard),
        collisions=_collisions(row, heard, backend),
        challenge_similarity=heard.challenge,
        model=backend.id,
        activated_at=now,
        expires_at=now + timedelta(days=row.retention_days),
    )


def _summary(heard: Heard) -> dict[str, Any]:
    return {
        "stems": len(heard.stems),
        "songs": len({stem.song.strip().casefold() for stem in heard.stems}),
        "sung_s": round(heard.seconds(True), 1),
        "spoken_s": round(heard.seconds(False), 1),
        "speech_waived": heard.speech_waived,
        "stem_sha256s": [stem.sha256 for stem in heard.stems],
        "self_consistency": round(heard.consistency, 4),
    }


def _clips(row: VoiceEnrolment, key: Any, heard: Heard) -> list[VoiceClip]:
    total = sum(len(one.vectors) for one in heard.segments)
    every, number, made = -(-total // MOST_CLIPS), 0, []
    for stem, one in zip(heard.stems, heard.segments, strict=True):
        starts = [float(start) for start in one.starts_s]
        for start, wav in zip(
            starts, cut(stem.samples, stem.rate, starts, one.length_s), strict=True
        ):
            if number % every == 0:
                made.append(make_clip(row, key, wav, segment=number, start_s=start))
            number += 1
    return made


def _collisions(
    row: VoiceEnrolment, heard: Heard, backend: VoiceBackend
) -> list[dict[str, str | float]]:
    _least, most = _limits(backend)
    near = closest(heard.segments, read_others(row), model=backend.id)
    return [
        {"person": other.person, "similarity": round(alike, 3)}
        for other, alike in near
        if alike > most
    ]


def _limits(backend: VoiceBackend) -> tuple[float, float]:
    """The least self-consistency, and the similarity above which two voices collide."""
    try:
        calibration = load_calibration(backend.calibration)
    except ModelMissing:
        return LEAST_CONSISTENCY, COLLISION
    return max(LEAST_CONSISTENCY, calibration.consistency), calibration.collision


def _heard_s(one: Segments) -> float:
    if not len(one.starts_s):
        return 0.0
    steps = np.minimum(np.diff(one.starts_s), one.length_s)
    return float(steps.sum()) + one.length_s
