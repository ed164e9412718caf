"""A site's database from outside its processes: one JSON request per line in, one answer out.

Started by `benchmarks.site`, with the environment of the site. Everything goes through the same
functions that the pages and the workers use.
"""

import json
import os
import shutil
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from django.conf import settings  # noqa: E402
from django.db import close_old_connections  # noqa: E402
from django.db.models import F  # noqa: E402

from apps.accounts.models import User  # noqa: E402
from apps.audit.models import Event  # noqa: E402
from apps.catalogue.drafts import create_release, save_track_draft  # noqa: E402
from apps.catalogue.models import AudioFile, Track  # noqa: E402
from apps.catalogue.terms import CURRENT  # noqa: E402
from apps.catalogue.uploads import receive_file  # noqa: E402
from apps.catalogue.wake import wake  # noqa: E402
from apps.pipeline.inspection import inspect_audio  # noqa: E402
from apps.pipeline.steps import submit_release, withdraw_track  # noqa: E402
from apps.pipeline.sweep import messages_waiting, sweep  # noqa: E402
from apps.screening.models import ScreeningRun  # noqa: E402

OWNER = "driver@example.org"


def upload(
    path: str, title: str = "River", answers: dict[str, Any] | None = None
) -> dict[str, str]:
    """A release with one track, its file received and waiting to be looked at."""
    owner = User.objects.filter(email=OWNER).first() or User.objects.create_user(OWNER, name="D")
    release = create_release(owner=owner, title=title)
    settings.UPLOAD_DIR.mkdir(parents=True, exist_ok=True)
    copy = Path(shutil.copy(path, settings.UPLOAD_DIR / f"incoming-{uuid4().hex}"))
    audio = receive_file(owner=owner, release=release, name=Path(path).name, path=copy)
    track = release.tracks.get()
    save_track_draft(
        track=track,
        by=owner,
        revision=track.revision,
        values={"title": title, "answers": answers or {}},
        credits=[("Asha", "main")],
    )
    return {"release": str(release.pk), "track": str(track.pk), "audio": str(audio.pk)}


def submit(track: str, key: str = "once") -> str:
    """Submits the release of a track whose file is ready; the run's id."""
    row = Track.objects.select_related("release__owner").get(pk=track)
    [run] = submit_release(
        release=row.release, by=row.release.owner, terms_version=CURRENT, submission_key=key
    )
    return str(run.pk)


def bring(path: str, title: str = "River", answers: dict[str, Any] | None = None) -> dict[str, str]:
    """Uploads, has the file looked at here or by a worker, and submits."""
    made = upload(path, title, answers)
    while audio_state(made["audio"]) == AudioFile.State.RECEIVED:
        inspect_audio(made["audio"])
        time.sleep(0.02)
    return {**made, "run": submit(made["track"])}


def withdraw(track: str) -> None:
    """The artist takes the track back."""
    row = Track.objects.select_related("release__owner").get(pk=track)
    withdraw_track(track=row, by=row.release.owner)


def look(run: str) -> dict[str, Any]:
    """Where a run and its track stand."""
    row = ScreeningRun.objects.select_related("track").get(pk=run)
    decisions = row.track.decisions.all()
    return {
        "state": row.state,
        "attempts": row.attempts,
        "stage": row.stage,
        "error": row.error_code,
        "cpu_s": row.cpu_s,
        "wall_s": row.wall_s,
        "track": row.track.state,
        "outcomes": [decision.outcome for decision in decisions],
        "results": {result.slug: result.status for result in row.results.all()},
        "cases": row.track.cases.count(),
        "told": Event.objects.filter(
            kind=f"track.{row.track.state}", subject_id=str(row.track_id)
        ).count(),
    }


def let_pass(seconds: float) -> None:
    """Makes every run as old, and every lease as short, as if so much time had gone by."""
    gone = timedelta(seconds=seconds)
    ScreeningRun.objects.update(created_at=F("created_at") - gone)
    leased = ScreeningRun.objects.filter(lease_until__isnull=False)
    leased.update(lease_until=F("lease_until") - gone)


def ring(run: str) -> None:
    """One more message about a run, as brokers repeat them."""
    wake("pipeline.screen_run", run)


def audio_state(audio: str) -> str:
    """received, ready or refused."""
    return AudioFile.objects.values_list("state", flat=True).get(pk=audio)


DOINGS: dict[str, Callable[..., Any]] = {
    "upload": upload,
    "submit": submit,
    "bring": bring,
    "withdraw": withdraw,
    "look": look,
    "audio_state": audio_state,
    "let_pass": let_pass,
    "ring": ring,
    "sweep": sweep,
    "messages": messages_waiting,
}


def main() -> None:
    """Answers until standard input ends."""
    for line in sys.stdin:
        asked = json.loads(line)
        close_old_connections()
        answer = DOINGS[asked.pop("do")](**asked)
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
