"""Screening a file from the command line for good: with rows, through the same steps as the site.

Everything belongs to one account that nobody can log in with.
"""

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from uuid import uuid4

from django.conf import settings

from apps.accounts.models import User
from apps.accounts.quota import QuotaReached
from apps.catalogue.drafts import (
    create_release,
    remove_release,
    save_release_draft,
    save_track_draft,
)
from apps.catalogue.file_names import title_from
from apps.catalogue.models import AudioFile, Release, Track
from apps.catalogue.terms import CURRENT
from apps.catalogue.upload_errors import UploadError
from apps.catalogue.uploads import receive_file
from apps.pipeline.inspection import inspect_audio
from apps.pipeline.offline import Desk, answer, shown_name
from apps.pipeline.report import report, report_error
from apps.pipeline.screening import screen
from apps.pipeline.steps import screen_and_decide, submit_release
from apps.policy.decide import decide
from apps.policy.facts import facts_from_dict
from apps.policy.models import Decision
from apps.policy.publish import active_ruleset, law_of
from apps.screening.audio import UnusableAudio
from apps.screening.results import saved_outcomes

ACCOUNT = "command.line@soundcheck.invalid"
SHARED = ("upc", "territories", "destinations")  # what the release says for all its tracks
OWN = ("title", "version_title", "language", "isrc", "parental_advisory", "original_release_year")
ELSEWHERE = {*SHARED, *OWN, "artists"}


def save_path(path: Path, desk: Desk) -> dict[str, Any]:
    """The line for one file, with the ids of what was kept; raises NoActiveRuleset."""
    active_ruleset()
    return answer(path, lambda: _save(path, desk.declaration or {}))


def _save(path: Path, document: Mapping[str, Any]) -> dict[str, Any]:
    owner = _owner()
    title = document.get("title") or title_from(path.name)
    release = create_release(owner=owner, title=title)
    try:
        audio = _receive(path, release)
    except Exception as error:
        remove_release(release=release, by=owner)
        if isinstance(error, UploadError | QuotaReached):
            raise UnusableAudio(error.code, str(error)) from error
        raise
    _describe(release, title, document)
    inspect_audio(audio.pk)
    audio.refresh_from_db()
    if audio.state != AudioFile.State.READY:
        raise UnusableAudio(audio.error_code or "unreadable_audio", audio.error_text)
    return _decided(shown_name(path), release.tracks.get())


def _receive(path: Path, release: Release) -> AudioFile:
    settings.UPLOAD_DIR.mkdir(parents=True, exist_ok=True)
    copy = settings.UPLOAD_DIR / f"incoming-{uuid4().hex}"
    try:
        shutil.copyfile(path, copy)
        return receive_file(owner=release.owner, release=release, name=path.name, path=copy)
    finally:
        copy.unlink(missing_ok=True)


def _describe(release: Release, title: str, document: Mapping[str, Any]) -> None:
    """Fills in the release and its track with what the declaration says."""
    track = release.tracks.get()
    shared = {key: document[key] for key in SHARED if document.get(key)}
    save_release_draft(release=release, by=release.owner, revision=release.revision, values=shared)
    own = {key: document[key] for key in OWN if document.get(key)}
    rest = {key: value for key, value in document.items() if key not in ELSEWHERE}
    credits = [
        (artist.get("name") or "", artist.get("role") or "main")
        for artist in document.get("artists", ())
    ]
    save_track_draft(
        track=track,
        by=release.owner,
        revision=track.revision,
        values={**own, "title": title, "answers": rest},
        credits=credits,
    )


def _owner() -> User:
    found = User.objects.filter(email=ACCOUNT).first()
    return found or User.objects.create_user(ACCOUNT, name="Command line")


def _decided(shown: str, track: Track) -> dict[str, Any]:
    [run] = submit_release(
        release=track.release,
        by=track.release.owner,
        terms_version=CURRENT,
        submission_key=uuid4().hex,
    )
    decision = screen_and_decide(run.pk, screen=screen)
    run.refresh_from_db()
    if decision is None:
        return report_error(file=shown, code=run.error_code or "unexpected", text=run.error_text)
    if run.error_code:
        return {
            **report_error(file=shown, code=run.error_code, text=run.error_text),
            **_kept(track, decision),
        }
    audio, ruleset = run.audio, law_of(decision.ruleset)
    line = report(
        file=shown,
        sha256=audio.sha256,
        duration_s=audio.duration_s or 0.0,
        outcomes=saved_outcomes(run).values(),
        verdict=decide(facts_from_dict(decision.facts), ruleset),
        ruleset=ruleset,
        cpu_s=run.cpu_s or 0.0,
        wall_s=run.wall_s or 0.0,
    )
    return {**line, **_kept(track, decision)}


def _kept(track: Track, decision: Decision) -> dict[str, Any]:
    ids = {"release": track.release_id, "track": track.pk, "decision": decision.pk}
    return {"saved": {name: str(pk) for name, pk in ids.items()}}
