"""The flow of the product, on one page: submitted, screened, decided."""

import logging
from collections.abc import Callable, Collection
from uuid import UUID

from django.conf import settings
from django.db import DatabaseError, transaction
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.audit.record import record
from apps.catalogue.models import Release, Track
from apps.catalogue.states import EDITABLE, TrackState, move
from apps.catalogue.submit import (
    MAX_KEY,
    Missing,
    NotReady,
    find_missing,
    freeze_declaration,
    is_changed,
)
from apps.catalogue.wake import wake
from apps.consent.projection import project_on_commit
from apps.pipeline.troubles import Spent, gave_up, name_trouble
from apps.policy.decisions import decide_run
from apps.policy.models import Decision, Outcome
from apps.review.cases import open_case, overtake_case
from apps.screening.lease import Heartbeat, LeaseLost, claim_run, finish_run, release_run
from apps.screening.models import ScreeningRun
from apps.screening.request import cancel_open_run, request_run

log = logging.getLogger(__name__)

Failure = tuple[str, str]  # code and sentence: why the audio could not be screened
Screen = Callable[[ScreeningRun, Heartbeat], Failure | None]
STATE_AFTER = {
    Outcome.ALLOWED: TrackState.CLEARED,
    Outcome.NEEDS_REVIEW: TrackState.HELD,
    Outcome.NOT_ALLOWED: TrackState.REFUSED,
}


@transaction.atomic
def submit_release(
    *,
    release: Release,
    by: User,
    terms_version: str,
    submission_key: str,
    only: Collection[UUID] | None = None,
) -> list[ScreeningRun]:
    """Freezes what was declared about each track that waits for it, and asks for its screening.

    Drafts go, and tracks that were held, sent back or refused and have changed since; with `only`,
    those among them, so that one unfinished track never keeps the others back. A form sent twice
    (`submission_key`) gets the same runs back. Raises NotReady, TermsChanged.
    """
    row = Release.objects.select_for_update().get(pk=release.pk)
    key = submission_key[:MAX_KEY]
    runs = ScreeningRun.objects.filter(track__release=row, declaration__submission_key=key)
    if key and runs.exists():
        return list(runs)
    rows = row.tracks.select_related("audio", "declaration")
    tracks = [t for t in rows if (only is None or t.pk in only) and _goes(t)]
    if not tracks:
        why = _("There is nothing new to submit: add a track, or change one first.")
        raise NotReady((Missing(None, "nothing_to_submit", why),))
    if missing := [problem for track in tracks for problem in find_missing(track)]:
        raise NotReady(tuple(missing))
    return [_submit(track, by, terms_version, key) for track in tracks]


@transaction.atomic
def withdraw_track(*, track: Track, by: User) -> None:
    """Takes a track back: its screening ends, its case closes. Raises ForbiddenMove."""
    cancel_open_run(track=track, by=by, code="withdrawn", text="You withdrew this track.")
    overtake_case(track=track)
    move(track=track, to=TrackState.WITHDRAWN, actor=by)


def screen_and_decide(run_id: UUID | str, *, screen: Screen) -> Decision | None:
    """One attempt at a run: claim it, screen it, decide. None when there was nothing to do, when
    it was lost to somebody else, or when it failed and is tried again later. Raises nothing.

    `screen` is `pipeline.screening.screen`, handed in so that web pages do not load audio code.
    """
    run = claim_run(run_id)
    if run is None:
        return None
    spent = Spent()
    try:
        with Heartbeat(run) as heart:
            last = run.attempts > settings.RUN_MAX_ATTEMPTS
            failure = gave_up(run) if last else screen(run, heart)
            return _conclude(run, failure, spent)
    except LeaseLost as lost:
        log.info("Run %s: %s", run.pk, lost)
    except Exception as error:  # MemoryError too: let out, it would end the worker
        _give_back(run, error)
    return None


@transaction.atomic
def _conclude(run: ScreeningRun, failure: Failure | None, spent: Spent) -> Decision:
    """The decision and all that follows from it, or nothing; raises LeaseLost."""
    finish_run(run, failure=failure, cpu_s=spent.cpu_s, wall_s=spent.wall_s)
    decision = decide_run(run=run)
    state = STATE_AFTER[Outcome(decision.outcome)]
    move(track=run.track, to=state, actor=None, run=str(run.pk), decision=str(decision.pk))
    if state == TrackState.HELD:
        open_case(track=run.track, decision=decision)
    wake("pipeline.send_mail")
    log.info("Run %s of %r: %s in %.1f s", run.pk, str(run.track), state, spent.wall_s)
    return decision


def _give_back(run: ScreeningRun, error: Exception) -> None:
    trouble = name_trouble(error)
    log.error("Run %s, attempt %s: %s", run.pk, run.attempts, trouble.code, exc_info=error)
    try:
        release_run(run, code=trouble.code, text=trouble.text, counted=trouble.counted)
    except DatabaseError:  # then the lease runs out by itself
        log.exception("Run %s could not be given back", run.pk)


def _goes(track: Track) -> bool:
    """Whether a submission of the release takes this track along."""
    return track.state == TrackState.DRAFT or (track.state in EDITABLE and is_changed(track))


def _submit(track: Track, by: User, terms_version: str, key: str) -> ScreeningRun:
    declaration = freeze_declaration(
        track=track, by=by, terms_version=terms_version, submission_key=key
    )
    project_on_commit(track)  # what may be done with it, now that its origin was declared
    overtake_case(track=track)
    move(track=track, to=TrackState.SUBMITTED, actor=by, declaration=str(declaration.pk))
    record(kind="release.submitted", subject=track.release, actor=by, track=str(track.pk))
    return request_run(track=track, declaration=declaration, by=by)
