"""The sweep rings for what was left behind, no more often than needed, and cleans up."""

import json
import os
import time
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from celery import current_app
from django.core.files.base import ContentFile
from django.core.management import CommandError, call_command
from django.utils import timezone

from apps.catalogue.models import AudioFile, Upload, originals
from apps.consent import zones
from apps.consent.features import register_feature
from apps.fingerprints import retro_asking
from apps.fingerprints.models import RetroSearch
from apps.fingerprints.retro_asking import FEW
from apps.pipeline import revocation
from apps.pipeline import sweep as sweeping
from apps.pipeline.originals import scratch
from apps.pipeline.orphans import find_orphans
from apps.pipeline.sweep import messages_waiting, ring_again, sweep
from apps.pipeline.watchdog import is_stalled
from apps.screening.models import ScreeningRun
from apps.screening.scratch import LOCK, PREFIX
from tests.factories import (
    AudioFileFactory,
    ProofFactory,
    RenditionFactory,
    ScreeningRunFactory,
    TrackFactory,
    UploadFactory,
)
from tests.fingerprints.test_explaining import add
from tests.fingerprints.walks import walk

S = ScreeningRun.State
pytestmark = pytest.mark.django_db


def ago(seconds: float) -> Any:
    return timezone.now() - timedelta(seconds=seconds)


def queued(age_s: float = 60, **fields: Any) -> ScreeningRun:
    run = ScreeningRunFactory(
        **{"state": S.QUEUED, "started_at": None, "finished_at": None, **fields}
    )
    ScreeningRun.objects.filter(pk=run.pk).update(created_at=ago(age_s))
    return run


@pytest.fixture(autouse=True)
def heard(django_capture_on_commit_callbacks: Any) -> Any:
    """The tasks that were rung for, taken out of the real queue."""

    def sent() -> list[tuple[str, str]]:
        found = []
        with current_app.connection_for_read() as connection:
            queue = connection.SimpleQueue("celery")
            while queue.qsize():
                message = queue.get(block=False)
                message.ack()
                found.append((message.headers["task"], json.loads(message.body)[0][0]))
            queue.close()
        return found

    def ring() -> list[tuple[str, str]]:
        with django_capture_on_commit_callbacks(execute=True):
            ring_again()
        return sent()

    sent()
    return ring


def test_a_run_whose_message_was_lost_is_rung_for_again(heard: Any) -> None:
    run = queued()
    assert heard() == [("pipeline.screen_run", str(run.pk))]


def test_a_dead_workers_run_is_rung_for_and_a_live_ones_is_not(heard: Any) -> None:
    dead = queued(state=S.RUNNING, token="0" * 32, lease_until=ago(1))
    queued(state=S.RUNNING, token="1" * 32, lease_until=ago(-60))
    assert heard() == [("pipeline.screen_run", str(dead.pk))]


def test_fresh_and_put_off_runs_are_left_alone(heard: Any) -> None:
    queued(age_s=0)
    queued(lease_until=ago(-30))
    ScreeningRunFactory(state=S.DONE)
    assert heard() == []


def test_as_many_bells_as_messages_are_missing(
    heard: Any, django_capture_on_commit_callbacks: Any
) -> None:
    runs = [queued(age_s=100 - n) for n in range(4)]
    for _ in range(2):
        current_app.send_task("pipeline.screen_run", args=["somebody else's"])
    with django_capture_on_commit_callbacks(execute=True):
        assert ring_again() == 2
    assert messages_waiting() == 4
    with django_capture_on_commit_callbacks(execute=True):
        assert ring_again() == 0  # nothing is missing now
    told = [name for _task, name in heard()]
    assert told[2:] == [str(run.pk) for run in runs[:2]]  # the oldest


def test_an_upload_that_nobody_looked_at(heard: Any) -> None:
    audio = AudioFileFactory(state=AudioFile.State.RECEIVED, inspected_at=None)
    AudioFileFactory(state=AudioFile.State.READY)
    AudioFile.objects.update(created_at=ago(60))
    assert heard() == [("pipeline.inspect_audio", str(audio.pk))]


def test_a_few_searches_for_references_at_a_time_those_of_notices_first(heard: Any) -> None:
    add_many = [add(seed, walk(seed, 200)) for seed in range(2, 4 + FEW)]
    notice = add(40, walk(40, 200), source="takedown")
    RetroSearch.objects.update(asked_at=ago(60))
    told = heard()
    assert told[0] == (retro_asking.TASK, str(notice.retro.pk))
    assert len(told) == FEW < len(add_many)
    run = queued()
    assert heard()[0] == ("pipeline.screen_run", str(run.pk))  # before them, however many wait


def test_a_delivery_of_thousands_does_not_fill_the_queue(
    heard: Any, django_capture_on_commit_callbacks: Any
) -> None:
    heard()
    with django_capture_on_commit_callbacks(execute=True):
        for seed in range(2, 6 + FEW):
            add(seed, walk(seed, 200))
        add(40, walk(40, 200), source="takedown")
    assert messages_waiting() == FEW + 1  # and the notice does not wait behind it


def test_every_part_runs_and_a_broken_one_stops_no_other(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    UploadFactory(expires_at=ago(1))
    left = scratch() / f"{PREFIX}left"
    left.mkdir()
    (left / LOCK).touch()  # its owner is gone: nobody holds the lock
    os.utime(left, (time.time() - 3600,) * 2)

    def broken() -> int:
        raise ValueError("broken")

    monkeypatch.setattr(sweeping, "send_waiting", broken)
    counts = sweep()
    assert counts == {
        "bells": 0,
        "mails": -1,
        "terms": 0,
        "uploads": 1,
        "leftovers": 1,
        "voices": 0,
        "snapshots": 0,
        "references": 0,
        "licences": 0,
        "questions": 0,
        **dict.fromkeys(revocation.PARTS, 0),
    }
    assert not Upload.objects.exists()
    assert not left.exists()
    assert "'mails'" in caplog.text


def test_the_command_says_what_it_did() -> None:
    out = StringIO()
    call_command("sweep", "--json", stdout=out)
    parts = ("bells", "mails", "terms", "uploads", "leftovers", "voices", "snapshots")
    expected = dict.fromkeys((*parts, "references", "licences", "questions", *revocation.PARTS), 0)
    assert json.loads(out.getvalue()) == expected
    with pytest.raises(CommandError, match="above zero"):
        call_command("sweep", "--every", "0")


def test_the_watchdog_sees_work_that_nobody_takes() -> None:
    queued(age_s=120)
    assert is_stalled(60)
    assert not is_stalled(600)


def test_the_watchdog_leaves_busy_workers_alone() -> None:
    queued(age_s=120)
    busy = queued(state=S.RUNNING, token="0" * 32, lease_until=ago(-30), started_at=ago(4000))
    assert not is_stalled(60)
    ScreeningRun.objects.filter(pk=busy.pk).update(
        state=S.DONE, token=None, lease_until=None, finished_at=ago(5)
    )
    assert not is_stalled(60)
    ScreeningRun.objects.filter(pk=busy.pk).update(finished_at=ago(90))
    assert is_stalled(60)


def test_the_watchdog_waits_for_what_was_put_off() -> None:
    queued(age_s=500, lease_until=ago(-20))
    assert not is_stalled(60)


def test_orphans_are_found_and_kept() -> None:
    kept = AudioFileFactory()
    gone = AudioFileFactory()
    gone.file.storage.delete(gone.file.name)
    RenditionFactory(audio=kept)
    ProofFactory()
    told = {"kind": "stem", "extractor": "test", "params": {}, "envelope": "rights_check"}
    lost, _there = (
        register_feature(tracks=[TrackFactory()], content=text, **told) for text in (b"1", b"2")
    )
    zones.drop(lost)
    stray = originals().save("ab/stray", ContentFile(b"x"))
    originals().save("young", ContentFile(b"x"))
    old = time.time() - 7200
    os.utime(originals().path(stray), (old, old))
    found = list(find_orphans())
    assert {(one.kind, one.place, one.name) for one in found} == {
        ("row", "originals", gone.file.name),
        ("file", "originals", "ab/stray"),
        ("row", "features_ops", lost.place),
    }
    out = StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("find_orphans", "--json", stdout=out)
    assert ended.value.code == 1
    assert len(out.getvalue().splitlines()) == 3
    assert originals().exists(stray)
