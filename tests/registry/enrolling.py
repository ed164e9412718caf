"""Enrolling voices that nobody has, step by step, as the product does it."""

import hashlib
from datetime import timedelta
from functools import cache

import numpy as np
from django.utils import timezone

from apps.registry.enrolled import steps
from apps.registry.enrolled.enrolling import Stem, finish_enrolment
from apps.registry.models import Person, VoiceEnrolment
from tests.voices import RATE, person, singing, speech

TEXT = "I agree that my voice is compared with uploads, for one year, and may withdraw any day."


class Remembering:
    """The real encoder, which embeds the same sound once in a test run."""

    def __init__(self, encoder) -> None:
        self._encoder, self._known = encoder, {}
        self.id, self.rate, self.dimensions = encoder.id, encoder.rate, encoder.dimensions
        self.calibration = encoder.calibration

    def embed(self, samples):
        key = hashlib.sha256(samples.tobytes()).hexdigest()
        if key not in self._known:
            self._known[key] = self._encoder.embed(samples)
        return self._known[key]


@cache
def stems_of(seed: int) -> tuple[Stem, ...]:
    """Three songs of 22 s and two texts of 18 s by one made-up person."""
    who = person(seed)
    sounds = [(singing(who, 22, n), f"Song {n}", "singing") for n in range(3)]
    sounds += [(speech(who, 18, n), f"Song {n}", "speech") for n in range(2)]
    return tuple(as_stem(*sound) for sound in sounds)


def as_stem(samples, song: str, kind: str) -> Stem:
    digest = hashlib.sha256(np.ascontiguousarray(samples).tobytes()).hexdigest()
    return Stem(samples=samples, rate=RATE, song=song, kind=kind, sha256=digest)


@cache
def challenge_of(seed: int) -> Stem:
    return as_stem(speech(person(seed), 6, 77), "", "challenge")


def somebody(name: str = "Ada Lind") -> Person:
    return Person.objects.create(name=name)


def identity(enrolment: VoiceEnrolment, by=None) -> None:
    today = timezone.localdate()
    steps.verify_identity(
        enrolment=enrolment, by=by, provider="Veri", reference="V-77", checked_on=today
    )


def rights(enrolment: VoiceEnrolment, by=None) -> None:
    steps.verify_rights(enrolment=enrolment, by=by, reference="herself", is_adult=True)


def release(enrolment: VoiceEnrolment, by=None, **changes) -> None:
    values = {
        "signed_by": "Ada Lind",
        "signed_at": timezone.now() - timedelta(hours=1),
        "text_version": "1",
        "text": TEXT,
        "purpose": "To find imitations of my voice in uploads.",
    }
    steps.record_release(enrolment=enrolment, by=by, **{**values, **changes})


def challenge(enrolment: VoiceEnrolment, by=None, seed: int = 1) -> None:
    steps.issue_challenge(enrolment=enrolment, by=by)
    steps.take_challenge(enrolment=enrolment, by=by, recording_sha256=challenge_of(seed).sha256)


def consented(person_row: Person, by=None, seed: int = 1) -> VoiceEnrolment:
    enrolment = steps.start_enrolment(person=person_row, by=by)
    for step in (identity, rights, release):
        step(enrolment, by)
    challenge(enrolment, by, seed)
    return enrolment


def finish(enrolment: VoiceEnrolment, backend, seed: int = 1, by=None, **changes) -> None:
    values = {"stems": stems_of(seed), "challenge": challenge_of(seed)}
    finish_enrolment(enrolment=enrolment, by=by, backend=backend, **{**values, **changes})


def enrolled(backend, name: str = "Ada Lind", seed: int = 1, by=None) -> VoiceEnrolment:
    enrolment = consented(somebody(name), by, seed)
    finish(enrolment, backend, seed, by)
    return enrolment
