"""What a score is worth: strangers that share notes and tempo get nothing, what is shared stays."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.fingerprints.landmarks import finding
from apps.fingerprints.landmarks.elsewhere import worth
from apps.fingerprints.landmarks.finding import ACCEPTED, find_marked
from apps.fingerprints.landmarks.marks import MarkIndex
from apps.fingerprints.landmarks.peaks import FRAMES_S, Peaks, find_peaks, to_rate
from apps.fingerprints.landmarks.scoring import heard_of, score
from apps.fingerprints.landmarks.warps import Warp
from tests.fingerprints.peaks_at_random import part_of, scatter, together, warped
from tests.sounds import tune

RATE = 44_100
ALIKE = {1106: 7, 1024: 24, 1068: 41, 1012: 58}  # tunes, and others that seem to share with them


def peaks_of(seed: int, seconds: float = 30.0) -> Peaks:
    return find_peaks(to_rate(tune(seconds, seed=seed).mean(axis=1), RATE))


@pytest.fixture(scope="module")
def tunes() -> dict[int, Peaks]:
    return {seed: peaks_of(seed) for seed in (*ALIKE, *ALIKE.values())}


def test_tunes_by_one_synthesiser_are_strangers_though_their_notes_agree(
    tunes: dict[int, Peaks], monkeypatch: pytest.MonkeyPatch
) -> None:
    index = MarkIndex.of(list(ALIKE.values()), [tunes[seed] for seed in ALIKE.values()])
    left = [one.score for seed in ALIKE for one in find_marked(index, tunes[seed])]
    assert max(left, default=0.0) < 0.9 * ACCEPTED
    monkeypatch.setattr(finding, "worth", lambda *told: told[-1].s)
    before = {one.number: one.score for one in find_marked(index, tunes[1106])}
    assert before[7] > 1.2 * ACCEPTED


def test_a_tune_is_still_found_under_another_of_the_same_synthesiser(
    tunes: dict[int, Peaks],
) -> None:
    index = MarkIndex.of(list(ALIKE.values()), [tunes[seed] for seed in ALIKE.values()])
    host = tune(30.0, seed=1106).mean(axis=1)
    guest = tune(30.0, seed=24).mean(axis=1)[5 * RATE : 15 * RATE]
    host[9 * RATE : 19 * RATE] += guest * np.sqrt(np.mean(host**2) / np.mean(guest**2))
    found = [one for one in find_marked(index, find_peaks(to_rate(host, RATE))) if one.accepted]
    assert [one.number for one in found] == [24]
    assert found[0].r_start - found[0].q_start == pytest.approx(-4.0, abs=0.1)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10**6), st.floats(4.0, 25.0), st.floats(0.94, 1.06), st.floats(0.4, 1.0))
def test_peaks_that_do_not_keep_together_are_worth_their_score(
    seed: int, seconds: float, speed: float, kept: float
) -> None:
    reference = scatter(seed)
    part = warped(part_of(reference, 20.0, seconds), speed, speed)
    heard = heard_of(together(scatter(seed + 1, 40.0), part, 8.0, kept, seed))
    told = score(heard, reference.times, reference.bins, Warp(speed, speed), offset_of(speed))
    left = worth(
        heard, (reference.times, reference.bins), Warp(speed, speed), offset_of(speed), told
    )
    assert 0.75 * told.s <= left <= told.s


def offset_of(speed: float) -> float:
    """Where the reference stands when the query begins, with a part from 20 s at 8 s."""
    return 20.0 * FRAMES_S - 8.0 * FRAMES_S * speed


def test_what_loops_is_found() -> None:
    turn = part_of(scatter(5), 10.0, 4.0)
    times = np.concatenate([turn.times + round(at * 4.0 * FRAMES_S) for at in range(10)])
    frames = round(40.0 * FRAMES_S)
    repeated = (np.tile(turn.bins, 10), np.tile(turn.salience, 10), frames)
    loop = Peaks(times.astype(np.float32), *repeated)
    query = together(scatter(78, 30.0), part_of(loop, 12.0, 10.0), 8.0)
    [found] = find_marked(MarkIndex.of([1], [loop]), query)
    assert found.accepted
    assert found.score > 100.0


@pytest.mark.parametrize("seconds", [1.0, 2.0, 5.0])
def test_a_reference_that_is_as_short_as_the_query_is_found(seconds: float) -> None:
    short = part_of(scatter(3, per_s=40.0), 10.0, seconds)
    found = find_marked(MarkIndex.of([1], [short]), short)
    assert any(one.accepted for one in found) == (seconds > 1.0)


def test_what_is_told_is_at_least_what_was_asked_for(tunes: dict[int, Peaks]) -> None:
    index = MarkIndex.of(list(ALIKE.values()), [tunes[seed] for seed in ALIKE.values()])
    scores = [one.score for one in find_marked(index, tunes[1068], least=20.0)]
    assert scores == sorted(scores, reverse=True)
    assert min(scores, default=99.0) >= 20.0


def test_lesser_peaks_lie_beside_the_others_and_count_where_one_is_looked_for() -> None:
    whole = peaks_of(1106)
    own = set(zip(whole.times.tolist(), whole.bins.tolist(), strict=True))
    beside = set(zip(*whole.lesser.tolist(), strict=True))
    assert len(beside) > len(own)
    assert not own & beside
    half = replace(
        whole,
        times=whole.times[::2],
        bins=whole.bins[::2],
        salience=whole.salience[::2],
        lesser=np.stack([whole.times[1::2], whole.bins[1::2]]),
    )
    some = replace(half, lesser=np.empty((2, 0), np.float32))
    place = whole.times, whole.bins, Warp(), 0.0
    assert score(heard_of(half), *place).s > 1.3 * score(heard_of(some), *place).s
    assert score(heard_of(half), *place) == score(
        heard_of(replace(whole, lesser=some.lesser)), *place
    )


@given(st.integers(0, 1200), st.integers(1, 1500))
@settings(max_examples=30, deadline=None)
def test_a_part_of_the_peaks_has_all_of_its_time_and_nothing_else(start: int, length: int) -> None:
    lesser = scatter(2, 30.0)
    whole = replace(scatter(1, 30.0), lesser=np.stack([lesser.times, lesser.bins]))
    part = whole.between(start, start + length)
    assert part.frames == min(start + length, whole.frames) - start
    for mine, all_times in ((part.times, whole.times), (part.lesser[0], whole.lesser[0])):
        inside = (all_times >= start) & (all_times < start + length)
        assert np.array_equal(mine + start, all_times[inside])


def test_a_part_that_is_left_in_lesser_peaks_only_is_found() -> None:
    index = MarkIndex.of(range(20), [scatter(seed) for seed in range(20)])
    part = part_of(scatter(7), 20.0, 10.0).later(round(8 * FRAMES_S))
    loud = scatter(77, 30.0)
    assert find_marked(index, loud) == []
    query = replace(loud, lesser=np.stack([part.times, part.bins]))
    [found] = find_marked(index, query)
    assert (found.number, found.accepted) == (7, True)
    assert found.r_start - found.q_start == pytest.approx(12.0, abs=0.1)


def test_lesser_peaks_join_the_others_in_the_order_of_time() -> None:
    lesser = scatter(2, 30.0)
    whole = replace(scatter(1, 30.0), lesser=np.stack([lesser.times, lesser.bins]))
    joined = whole.with_lesser()
    assert np.all(np.diff(joined.times) >= 0)
    wanted = sorted([*whole.times.tolist(), *lesser.times.tolist()])
    assert (joined.times.tolist(), joined.lesser.size) == (wanted, 0)
