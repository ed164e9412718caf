"""The flow: submitted, screened, decided; one decision each, whatever goes wrong on the way."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.core.files.base import ContentFile
from django.utils import timezone

from apps.audit.models import Event
from apps.catalogue.models import AudioFile, Declaration, Track
from apps.catalogue.states import ForbiddenMove, TrackState
from apps.catalogue.submit import NotReady
from apps.catalogue.terms import CURRENT
from apps.fingerprints.models import RecordingPrint
from apps.pipeline import pictures
from apps.pipeline.screening import screen
from apps.pipeline.steps import screen_and_decide, submit_release, withdraw_track
from apps.policy.models import Decision, Outcome, Ruleset
from apps.policy.publish import publish_shipped_ruleset
from apps.review.models import Case
from apps.screening.decoding import open_audio
from apps.screening.lease import Heartbeat, claim_run
from apps.screening.models import CheckResult, Rendition, ScreeningRun
from tests.factories import AudioFileFactory, ReleaseFactory, TrackFactory
from tests.sounds import tune, write_wav

S = TrackState
R = ScreeningRun.State
pytestmark = pytest.mark.django_db

HONEST: dict[str, Any] = {
    "rights_in_result": "all_held",
    "ai": [],
    "voice": {"imitates": "nobody"},
    "likeness": [],
    "borrowed": [],
}
CLONE = {**HONEST, "voice": {"imitates": "real_person", "person": "A famous singer"}}


@pytest.fixture(autouse=True)
def ruleset() -> Ruleset:
    return publish_shipped_ruleset()


@pytest.fixture(scope="module")
def river(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    folder = tmp_path_factory.mktemp("river")
    return write_wav(folder / "river.wav", tune(6.0)).read_bytes()


def track_of(data: bytes, **fields: Any) -> Track:
    audio = AudioFileFactory(
        original_name="river.wav",
        file=ContentFile(data, name="original"),
        size_bytes=len(data),
        **({"owner": fields["release"].owner} if "release" in fields else {}),
    )
    if "release" not in fields:
        fields["release__owner"] = audio.owner
    return TrackFactory(**{"audio": audio, "answers": HONEST, **fields})


def submit(track: Track, key: str = "k") -> list[ScreeningRun]:
    release = track.release
    return submit_release(
        release=release, by=release.owner, terms_version=CURRENT, submission_key=key
    )


def state_of(track: Track) -> str:
    return str(Track.objects.values_list("state", flat=True).get(pk=track.pk))


def expire(run: ScreeningRun) -> None:
    past = timezone.now() - timedelta(seconds=1)
    ScreeningRun.objects.filter(pk=run.pk).update(lease_until=past)


# --- submitting ---


def test_a_form_sent_twice_gets_the_same_runs_back(river: bytes) -> None:
    track = track_of(river)
    [first] = submit(track)
    [again] = submit(track)
    assert first == again
    assert (state_of(track), Declaration.objects.count()) == (S.SUBMITTED, 1)
    assert Event.objects.filter(kind="track.submitted").count() == 1


def test_one_track_that_is_not_ready_moves_none(river: bytes) -> None:
    ready = track_of(river)
    missing = TrackFactory(release=ready.release, audio=None, title="Delta")
    with pytest.raises(NotReady) as caught:
        submit(ready)
    assert [problem.track_id for problem in caught.value.problems] == [missing.pk]
    assert state_of(ready) == S.DRAFT
    assert not ScreeningRun.objects.exists()
    assert not Declaration.objects.exists()


def test_nothing_new_is_nothing_to_submit() -> None:
    with pytest.raises(NotReady, match="nothing new"):
        submit_release(
            release=(release := ReleaseFactory()),
            by=release.owner,
            terms_version=CURRENT,
            submission_key="k",
        )


def test_what_was_held_goes_again_once_it_changed_without_a_new_upload(river: bytes) -> None:
    track = track_of(river, answers={})
    [run] = submit(track, "first")
    assert screen_and_decide(run.pk, screen=screen)
    assert state_of(track) == S.HELD
    with pytest.raises(NotReady):
        submit(track, "unchanged")
    Track.objects.filter(pk=track.pk).update(answers=CLONE)
    [second] = submit(track, "changed")
    assert second.audio == run.audio
    assert Case.objects.get().state == Case.State.OVERTAKEN
    assert screen_and_decide(second.pk, screen=screen)
    assert state_of(track) == S.REFUSED
    assert [made.outcome for made in Decision.objects.of_track(track)] == [
        Outcome.NEEDS_REVIEW,
        Outcome.NOT_ALLOWED,
    ]


def test_withdrawing_ends_the_screening_and_closes_the_case(river: bytes) -> None:
    track = track_of(river, answers={})
    [run] = submit(track)
    withdraw_track(track=track, by=track.release.owner)
    assert state_of(track) == S.WITHDRAWN
    assert screen_and_decide(run.pk, screen=screen) is None
    run.refresh_from_db()
    assert (run.state, run.error_code) == (R.FAILED, "withdrawn")
    with pytest.raises(ForbiddenMove):
        withdraw_track(track=track, by=track.release.owner)

    held = track_of(river, answers={})
    [other] = submit(held)
    screen_and_decide(other.pk, screen=screen)
    withdraw_track(track=held, by=held.release.owner)
    assert Case.objects.get(track=held).state == Case.State.OVERTAKEN


# --- screening and deciding ---


def test_a_clean_track_is_cleared_with_everything_on_record(river: bytes) -> None:
    track = track_of(river)
    [run] = submit(track)
    decision = screen_and_decide(run.pk, screen=screen)
    assert decision is not None
    assert (decision.outcome, decision.reasons) == (Outcome.ALLOWED, decision.reasons)
    assert state_of(track) == S.CLEARED
    run.refresh_from_db()
    assert (run.state, run.attempts, run.token, run.stage) == (R.DONE, 1, None, "")
    assert run.cpu_s
    assert run.wall_s
    statuses = dict(run.results.values_list("slug", "status"))
    assert set(statuses.values()) == {CheckResult.Status.OK}, statuses
    audio = AudioFile.objects.get(pk=track.audio_id)
    assert audio.duration_s == pytest.approx(6.0, abs=0.01)
    assert audio.renditions.count() == len(Rendition.Kind)
    assert all(made.file.size for made in audio.renditions.all())
    assert len(RecordingPrint.objects.get(track=track).read_items()) > 20
    assert Event.objects.get(kind="track.cleared").data["decision"] == str(decision.pk)


def test_the_same_recording_from_somebody_else_is_held(river: bytes) -> None:
    first, second = track_of(river), track_of(river, title="Other")
    for track in (first, second):
        [run] = submit(track)
        screen_and_decide(run.pk, screen=screen)
    assert (state_of(first), state_of(second)) == (S.CLEARED, S.HELD)


def test_a_declared_clone_is_refused_and_the_rest_of_the_release_goes_on(river: bytes) -> None:
    release = ReleaseFactory()
    bad = track_of(river, release=release, answers=CLONE)
    broken = track_of(b"RIFF", release=release)
    runs = submit(bad)
    for run in runs:
        screen_and_decide(run.pk, screen=screen)
    assert (state_of(bad), state_of(broken)) == (S.REFUSED, S.HELD)


def test_audio_that_cannot_be_screened_is_held_and_says_so(river: bytes) -> None:
    track = track_of(river[:200] + b"\xff" * 40)
    [run] = submit(track)
    decision = screen_and_decide(run.pk, screen=screen)
    assert decision is not None
    run.refresh_from_db()
    assert (run.state, state_of(track)) == (R.FAILED, S.HELD)
    assert run.error_code
    assert run.error_text.endswith(".")
    assert Case.objects.get(track=track).decision == decision


def test_a_picture_that_fails_costs_no_decision(
    river: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*args: object) -> None:
        raise MemoryError

    monkeypatch.setattr(pictures, "make_spectrogram", fail)
    track = track_of(river)
    [run] = submit(track)
    assert screen_and_decide(run.pk, screen=screen)
    assert set(track.audio.renditions.values_list("kind", flat=True)) == {"preview", "peaks"}


def test_two_deliveries_make_one_decision(river: bytes) -> None:
    [run] = submit(track_of(river))
    assert screen_and_decide(run.pk, screen=screen)
    assert screen_and_decide(str(run.pk), screen=screen) is None
    assert Decision.objects.count() == 1


def test_a_stale_worker_that_finishes_late_commits_nothing(river: bytes) -> None:
    track = track_of(river)
    [run] = submit(track)
    decisions: list[Decision | None] = []

    def slow(mine: ScreeningRun, heart: Heartbeat) -> None:
        expire(mine)
        decisions.append(screen_and_decide(mine.pk, screen=screen))

    assert screen_and_decide(run.pk, screen=slow) is None
    assert decisions[0] is not None
    assert Decision.objects.count() == 1
    assert state_of(track) == S.CLEARED


def test_an_attempt_that_died_is_continued_not_repeated(river: bytes) -> None:
    [run] = submit(track_of(river))

    class Cut(Exception):
        pass

    class Heart:
        beats = 0

        def ensure(self) -> None:
            self.beats += 1
            if self.beats == 3:
                raise Cut

    def cut(mine: ScreeningRun, heart: Heartbeat) -> None:
        screen(mine, Heart())  # type: ignore[arg-type]

    assert screen_and_decide(run.pk, screen=cut) is None
    before = dict(run.results.values_list("slug", "pk"))
    assert len(before) == 2
    expire(run)
    assert screen_and_decide(run.pk, screen=screen)
    after = dict(run.results.values_list("slug", "pk"))
    assert before.items() <= after.items()
    assert len(after) > len(before)


@pytest.mark.parametrize("error", [MemoryError(), ValueError("a bug"), RecursionError()])
def test_three_failures_leave_the_track_to_a_person(river: bytes, error: Exception) -> None:
    track = track_of(river)
    [run] = submit(track)

    def fail(mine: ScreeningRun, heart: Heartbeat) -> None:
        raise error

    for attempt in (1, 2, 3):
        assert screen_and_decide(run.pk, screen=fail) is None
        run.refresh_from_db()
        assert (run.state, run.attempts, state_of(track)) == (R.QUEUED, attempt, S.SUBMITTED)
        expire(run)
    decision = screen_and_decide(run.pk, screen=fail)
    assert decision is not None
    assert decision.outcome == Outcome.NEEDS_REVIEW
    run.refresh_from_db()
    assert (run.state, state_of(track)) == (R.FAILED, S.HELD)
    assert "We tried three times" in run.error_text
    assert str(run.pk) in run.error_text
    assert Case.objects.filter(track=track, state=Case.State.OPEN).exists()
    assert screen_and_decide(run.pk, screen=screen) is None


def test_a_full_disk_is_not_counted_against_the_track(river: bytes) -> None:
    [run] = submit(track := track_of(river))

    def fail(mine: ScreeningRun, heart: Heartbeat) -> None:
        raise OSError(28, "No space left on device")

    for _ in range(5):
        screen_and_decide(run.pk, screen=fail)
        run.refresh_from_db()
        assert (run.state, run.attempts, run.error_code) == (R.QUEUED, 0, "storage_failed")
        expire(run)
    assert screen_and_decide(run.pk, screen=screen)
    assert state_of(track) == S.CLEARED


def test_without_a_ruleset_nothing_is_decided_and_nothing_is_lost(
    river: bytes, ruleset: Ruleset
) -> None:
    track = track_of(river)
    [run] = submit(track)
    Ruleset.objects.filter(pk=ruleset.pk).update(state=Ruleset.State.RETIRED)
    for _ in range(5):
        assert screen_and_decide(run.pk, screen=screen) is None
        expire(run)
    assert state_of(track) == S.SUBMITTED
    Ruleset.objects.filter(pk=ruleset.pk).update(state=Ruleset.State.ACTIVE)
    assert screen_and_decide(run.pk, screen=screen)
    assert state_of(track) == S.HELD


def test_an_original_that_is_gone_ends_with_a_person(river: bytes) -> None:
    track = track_of(river)
    [run] = submit(track)
    track.audio.file.storage.delete(track.audio.file.name)
    for _ in range(4):
        screen_and_decide(run.pk, screen=screen)
        expire(run)
    run.refresh_from_db()
    assert (run.state, run.error_code, state_of(track)) == (R.FAILED, "original_gone", S.HELD)


def test_nothing_half_written_when_the_end_fails(
    river: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    track = track_of(river, answers={})
    [run] = submit(track)

    def fail(**kwargs: object) -> None:
        raise ValueError("the queue of cases broke")

    with monkeypatch.context() as patch:
        patch.setattr("apps.pipeline.steps.open_case", fail)
        assert screen_and_decide(run.pk, screen=screen) is None
    assert (Decision.objects.count(), state_of(track)) == (0, S.SUBMITTED)
    expire(run)
    assert screen_and_decide(run.pk, screen=screen)
    assert (Decision.objects.count(), state_of(track)) == (1, S.HELD)


def test_a_claimed_run_is_left_to_its_worker(river: bytes) -> None:
    [run] = submit(track_of(river))
    assert claim_run(run.pk)
    assert screen_and_decide(run.pk, screen=screen) is None
    assert not Decision.objects.exists()


def test_the_sound_of_the_tests_is_sound(tmp_path: Path) -> None:
    """The tests above rest on a file that every check can judge."""
    path = write_wav(tmp_path / "a.wav", tune(6.0))
    with open_audio(path, filename="a.wav") as audio:
        assert np.abs(audio.pcm).max() > 0.1
