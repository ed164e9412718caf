"""Looking at one track: decoded once, handed to every check, printed, pictured."""

import logging
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, replace

from django.db import transaction
from django.utils import timezone

from apps.catalogue.models import AudioFile, Track
from apps.catalogue.proofs import VOCALS
from apps.consent.feature_errors import FeatureRefused
from apps.fingerprints.catalogue import DatabaseCatalogue, store_print
from apps.fingerprints.explaining import ExplainedCatalogue, asker_of
from apps.fingerprints.licences import note_uses
from apps.pipeline.originals import limits, local_path
from apps.pipeline.pictures import make_renditions
from apps.registry.enrolled.voices import voices_for
from apps.registry.names_of import names_for
from apps.screening.audio import Audio
from apps.screening.checks import CHECKS
from apps.screening.checks.base import Submission
from apps.screening.decoding import UnusableAudio, open_audio
from apps.screening.lease import Heartbeat, show_stage
from apps.screening.models import ScreeningRun
from apps.screening.peaks import Taken, take
from apps.screening.results import save_outcome, saved_outcomes
from apps.screening.run import CheckOutcome, run_checks

log = logging.getLogger(__name__)

DECODING, PICTURES = "decoding", "pictures"  # what a run's `stage` says, beside slugs of checks
SLUGS = tuple(check.slug for check in CHECKS)


def screen(run: ScreeningRun, heart: Heartbeat) -> tuple[str, str] | None:
    """Runs whatever has no result yet; each result is saved on its own.

    Returns code and sentence when the audio cannot be screened, None otherwise. Raises LeaseLost,
    OSError, MemoryError, CannotStart.
    """
    show_stage(run, DECODING)
    name = run.audio.original_name
    try:
        with (
            local_path(run.audio.file) as path,
            open_audio(path, filename=name, limits=limits()) as audio,
            _stem(run) as stem,
        ):
            _look(run, audio, stem, heart)
    except UnusableAudio as error:
        return error.code, error.text
    return None


@contextmanager
def _stem(run: ScreeningRun) -> Iterator[Audio | None]:
    """The vocals alone, where the artist sent them and they can be decoded; None otherwise."""
    sent = run.track.proofs.filter(concerns=VOCALS).order_by("created_at").last()
    if sent is None:
        yield None
        return
    with ExitStack() as opened:
        stem = None
        try:
            path = opened.enter_context(local_path(sent.file))
            name = sent.original_name
            stem = opened.enter_context(open_audio(path, filename=name, limits=limits()))
        except UnusableAudio as error:  # then the mix is judged, which the check says
            log.info("The vocal stem %s of run %s: %s", sent.pk, run.pk, error.text)
        yield stem


def _look(run: ScreeningRun, audio: Audio, stem: Audio | None, heart: Heartbeat) -> None:
    def save(outcome: CheckOutcome) -> None:
        heart.ensure()
        with transaction.atomic():
            save_outcome(run=run, outcome=outcome)
            note_uses(track=run.track, run=run.pk, licences=licences_in(outcome))
        show_stage(run, stage_after(outcome.slug))

    owner = run.track.release.owner_id
    submission = Submission(
        declaration=run.declaration.document,
        filename=run.audio.original_name,
        catalogue=ExplainedCatalogue(
            DatabaseCatalogue(owner_id=owner, exclude_track_id=run.track_id),
            asker_of(run.declaration.document, owner, timezone.localdate()),
            run.track_id,
        ),
        names=names_for(owner),
        voices=voices_for(run.track_id),
        stem=stem,
    )
    show_stage(run, SLUGS[0])
    keep_facts(run.audio, audio)
    submission = replace(submission, taken=keep_print(run.track, audio))
    run_checks(audio, submission, done=saved_outcomes(run), save=save)
    show_stage(run, PICTURES)
    make_renditions(run.audio, audio)


def licences_in(outcome: CheckOutcome) -> set[int]:
    """The numbers of the licences that explained what a check found."""
    told = (one.detail.get("licence") for found in outcome.findings for one in found.evidence)
    return {number for number in told if isinstance(number, int)}


def stage_after(slug: str) -> str:
    """What comes after this check."""
    later = SLUGS[SLUGS.index(slug) + 1 :]
    return later[0] if later else PICTURES


def keep_print(track: Track, audio: Audio) -> Taken | None:
    """Puts the recording into the catalogue, before anything is compared with it; what it is known
    by from now on.

    So of two that are screened at the same moment at least one finds the other. Of a print that
    says nothing (a tone, silence) the hashes are kept alone. That one could not be made is said by
    the fingerprint check, which meets the same error.
    """
    taken: Taken | None = None
    try:
        taken = take(audio)
    except Exception:  # whatever it is, it may not end the run
        log.exception("No print of track %s could be made", track.pk)
    try:
        store_print(
            track=track,
            sha256=audio.sha256,
            pcm_sha256=audio.pcm_sha256,
            items=taken.items if taken else (),
            duration_s=audio.duration_s,
            marks=taken.marks if taken else None,
        )
    except FeatureRefused as error:  # of somebody who was forgotten nothing new is kept
        log.warning("No print of track %s is kept: %s", track.pk, error)
    return taken


def keep_facts(row: AudioFile, audio: Audio) -> None:
    """What decoding found out about the file: the length that is believed, and its hash."""
    AudioFile.objects.filter(pk=row.pk).update(
        duration_s=audio.duration_s, sha256=audio.sha256, source=asdict(audio.source)
    )
