"""Enrolling a voice from files: every proof and the voice itself in one transaction, or nothing."""

from collections.abc import Sequence
from pathlib import Path

from django.db import transaction

from apps.accounts.models import User
from apps.pipeline.voice_consent import BadConsent, Consent
from apps.pipeline.voice_files import read_stem
from apps.registry.enrolled import steps
from apps.registry.enrolled.enrolling import Heard, Stem, hear, keep_heard
from apps.registry.enrolled.people import find_or_add_person
from apps.registry.models import VoiceEnrolment, VoiceStem
from apps.registry.voice.encoder import VoiceBackend

CHALLENGE = VoiceStem.Kind.CHALLENGE.value


def enrol_files(
    *, name: str, paths: Sequence[Path], consent: Consent, by: User | None, backend: VoiceBackend
) -> VoiceEnrolment:
    """The active enrolment. Raises BadConsent, VoiceRefusal, UnusableAudio, OSError."""
    stems = read_stems(paths, consent, backend)
    sung = [stem for stem in stems if stem.kind != CHALLENGE]
    said = next((stem for stem in stems if stem.kind == CHALLENGE), None)
    heard = hear(sung, said, backend, speech_waived=consent.speech_waived)
    return _write(name, consent, by, heard, backend)


def read_stems(paths: Sequence[Path], consent: Consent, backend: VoiceBackend) -> list[Stem]:
    """The files, decoded, each with what the consent says of it."""
    unknown = next((path for path in paths if path.name not in consent.stems), None)
    if unknown is not None:
        raise BadConsent(f'"stems.{unknown.name}" is missing: what is this file?')
    absent = set(consent.stems) - {path.name for path in paths}
    if absent:
        raise BadConsent(f"{min(absent)} stands in the consent but was not given.")
    return [
        read_stem(path, backend, name=path.name, song=song, kind=kind)
        for path in paths
        for song, kind in [consent.stems[path.name]]
    ]


@transaction.atomic
def _write(
    name: str, consent: Consent, by: User | None, heard: Heard, backend: VoiceBackend
) -> VoiceEnrolment:
    person = find_or_add_person(name, "voices enrol")
    row = steps.start_enrolment(person=person, by=by)
    steps.verify_identity(enrolment=row, by=by, **consent.identity)
    steps.verify_rights(enrolment=row, by=by, **consent.rights)
    steps.record_release(enrolment=row, by=by, **consent.release)
    steps.attest_challenge(enrolment=row, by=by, **consent.challenge)
    keep_heard(enrolment=row, by=by, heard=heard, backend=backend)
    return row
