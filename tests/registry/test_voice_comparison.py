"""Three answers, never more than the calibration allows; enrolment's questions on the way."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.registry.voice.cohort import (
    Cohort,
    TooFewVoices,
    build_cohort,
    cohort_file,
    load_cohort,
    save_cohort,
)
from apps.registry.voice.compare import OtherModel, answer_to, compare, rank, score_of
from apps.registry.voice.contract import EnrolledVoice, Segments
from apps.registry.voice.encoder import ModelDamaged, ModelMissing
from apps.registry.voice.enrolment import (
    TooFewStems,
    closest,
    collision,
    joined,
    mean_vector,
    self_consistency,
)
from apps.registry.voice.ge2e import Ge2e
from apps.registry.voice.separation import Centre, Nothing, load_separator
from apps.registry.voice.thresholds import SHIPPED, DomainCalibration, load_calibration
from tests.voices import person, speech

GE2E = load_calibration("ge2e")
MODEL = "made-000000000000"
similarities = st.floats(-1, 1)
domains = st.sampled_from(list(GE2E.domains.values()))


def segments(*vectors: list[float], starts: list[float] | None = None) -> Segments:
    array = np.asarray(vectors, dtype=np.float32)
    array /= np.linalg.norm(array, axis=1, keepdims=True)
    places = np.arange(len(array)) * 0.8 if starts is None else np.array(starts)
    return Segments(array, places, 1.6, np.ones(len(array), np.float32))


def enrolled(name: str, *vectors: list[float], model: str = MODEL) -> EnrolledVoice:
    clips = tuple(f"{name}-{at}" for at in range(len(vectors)))
    return EnrolledVoice(name.lower(), name, model, segments(*vectors), clips)


@given(similarities, domains)
def test_the_answer_never_says_more_than_the_thresholds(
    similarity: float, domain: DomainCalibration
) -> None:
    answer = answer_to(similarity, domain)
    assert (answer == "no_match") == (similarity < domain.inconclusive.similarity)
    reached = domain.consistent is not None and similarity >= domain.consistent.similarity
    assert (answer == "consistent") == reached


@given(similarities, similarities, domains)
def test_more_alike_is_never_less_sure(one: float, two: float, domain: DomainCalibration) -> None:
    low, high = sorted((one, two))
    answers = answer_to(low, domain), answer_to(high, domain)
    scores = score_of(low, answers[0], domain), score_of(high, answers[1], domain)
    assert all(0 <= score <= 1 for score in scores)
    if answers[0] != "no_match":
        assert scores[0] <= scores[1]


def test_a_mix_is_never_consistent() -> None:
    assert GE2E.domains["mix"].consistent is None
    assert answer_to(1.0, GE2E.domains["mix"]) == "inconclusive"


@pytest.mark.parametrize("name", ["speech", "singing", "mix"])
def test_the_shipped_calibration_agrees_with_itself(name: str) -> None:
    domain = GE2E.domains[name]
    assert sum(domain.shares) == pytest.approx(1, abs=0.01)
    assert domain.below(-1) == 0
    assert domain.below(1) == 1
    for point in filter(None, (domain.inconclusive, domain.consistent)):
        assert 1 - domain.below(point.similarity) == pytest.approx(point.false_alarms, abs=0.01)
        assert 0 < point.found < 1
    assert domain.source
    assert domain.pairs > 100


@pytest.mark.parametrize(
    ("change", "error"),
    [
        (("similarity", "likeness"), ModelDamaged),
        (("collision", "crash"), ModelDamaged),
        (("[domains.mix]", "[domains.choir]"), ModelDamaged),
        (("    0.0, 0.02", "    0.5, 0.02"), ModelDamaged),
        (("edges = [", "edges = [0.0, "), ModelDamaged),
        (("pairs = ", 'pairs = "x'), ModelDamaged),
    ],
)
def test_a_calibration_that_contradicts_itself_is_named(
    change: tuple[str, str], error: type, tmp_path: Path
) -> None:
    path = tmp_path / "calibration.toml"
    path.write_text((SHIPPED / "ge2e.toml").read_text().replace(*change))
    with pytest.raises(error, match=r"calibration\.toml cannot be used"):
        load_calibration(str(path))
    with pytest.raises(ModelMissing, match="no calibration"):
        load_calibration(str(tmp_path / "none.toml"))


def test_a_comparison_has_its_timeline_and_its_best_pairs() -> None:
    voice = enrolled("Ada", [1, 0, 0], [0, 1, 0])
    query = segments([1, 0.1, 0], [1, 0, 0], [0, 1, 0.2], [0, 0, 1], starts=[0, 0.8, 4.0, 8.0])
    found = compare(query, voice, GE2E.domains["speech"], model=MODEL)
    assert found.similarity == pytest.approx(
        float(mean_vector(query) @ mean_vector(voice.segments)), abs=1e-6
    )
    assert len(found.timeline) == 4
    first, second, third = found.pairs
    assert (first.start_s, first.end_s, first.clip) == (0.8, pytest.approx(2.4), "Ada-0")
    assert first.similarity == pytest.approx(1)
    assert (second.start_s, second.clip, second.clip_start_s) == (4.0, "Ada-1", 0.8)
    assert third.start_s == 8.0  # not the one at 0, which overlaps the first


def test_other_models_are_not_compared() -> None:
    other = enrolled("Bo", [1, 0, 0], model="other-111111111111")
    with pytest.raises(OtherModel):
        compare(segments([1, 0, 0]), other, GE2E.domains["speech"], model=MODEL)
    same_name = enrolled("Bo", [1, 0, 0, 0])
    with pytest.raises(OtherModel):
        compare(segments([1, 0, 0]), same_name, GE2E.domains["speech"], model=MODEL)
    assert rank(segments([1, 0, 0]), [other], model=MODEL) == []
    assert closest([segments([1, 0, 0])], [other], model=MODEL) == []


def test_the_nearest_stand_first_and_five_at_most() -> None:
    crowd = [enrolled(f"P{turn}", [np.cos(turn), np.sin(turn)]) for turn in range(9)]
    near = rank(segments([np.cos(4.0), np.sin(4.0)]), crowd, model=MODEL)
    assert near[0].name == "P4"
    assert len(near) == 5
    candidates = closest([segments([np.cos(2.0), np.sin(2.0)])], crowd, model=MODEL, most=2)
    assert candidates[0][0].name == "P2"
    assert candidates[0][1] == pytest.approx(1)
    assert candidates[0][1] >= candidates[1][1]


def test_one_odd_segment_does_not_move_the_voice() -> None:
    steady = segments(*[[1, 0.2, 0]] * 5)
    odd = segments(*[[1, 0.2, 0]] * 5, [0, 0, 1])
    assert mean_vector(steady) @ mean_vector(odd) > 0.9999
    apart = segments([1, 0, 0], [0, 1, 0], [0, 0, 1])
    assert np.linalg.norm(mean_vector(apart)) == pytest.approx(1)


def test_stems_are_compared_with_the_others(encoder: Ge2e) -> None:
    ada = [encoder.embed(speech(person(0), 8, take)) for take in (1, 2, 3)]
    stranger = encoder.embed(speech(person(1), 8, 4))
    own, mixed = self_consistency(ada), self_consistency([*ada[:2], stranger])
    assert own > GE2E.consistency
    assert own > mixed
    voice = EnrolledVoice("ada", "Ada", encoder.id, joined(ada), ())
    assert collision(ada, voice) == pytest.approx(1, abs=1e-5)
    assert collision([stranger], voice) < GE2E.collision


def test_too_few_or_empty_stems_are_said() -> None:
    one = segments([1, 0, 0])
    empty = replace(one, vectors=one.vectors[:0], starts_s=one.starts_s[:0], voiced=one.voiced[:0])
    with pytest.raises(TooFewStems):
        self_consistency([one])
    assert self_consistency([one, empty]) == 0
    assert self_consistency([one, one, empty]) == pytest.approx(2 / 3)
    with pytest.raises(ValueError, match="Nobody is heard"):
        mean_vector(empty)
    with pytest.raises(ValueError, match="no stem"):
        joined([])


def test_a_cohort_says_how_unusual_a_similarity_is(tmp_path: Path) -> None:
    random = np.random.default_rng(3)
    crowd = [segments(*random.normal(size=(3, 16))) for _ in range(40)]
    cohort = build_cohort(crowd, model=MODEL)
    path = cohort_file(tmp_path / "models", MODEL, "speech")
    assert load_cohort(path) is None
    save_cohort(cohort, path)
    kept = load_cohort(path)
    assert kept is not None
    assert np.array_equal(kept.vectors, cohort.vectors)
    assert path.stat().st_mode & 0o777 == 0o600
    voice = random.normal(size=16).tolist()
    near, far = segments(voice), segments(random.normal(size=16).tolist())
    target = enrolled("Ada", voice)
    scores = [
        compare(query, target, GE2E.domains["speech"], model=MODEL, cohort=kept).normalised
        for query in (near, far)
    ]
    assert scores[0] > 2 > scores[1]
    other = Cohort("other-1", kept.vectors)
    plain = compare(near, target, GE2E.domains["speech"], model=MODEL, cohort=other)
    assert plain.normalised is None
    path.write_bytes(b"no cohort")
    with pytest.raises(ModelDamaged, match="build it again"):
        load_cohort(path)


def test_a_handful_is_no_cohort() -> None:
    silent = segments([1, 0])
    empty = replace(silent, vectors=silent.vectors[:0])
    with pytest.raises(TooFewVoices, match="3 voices are no cohort"):
        build_cohort([segments([1, 0])] * 3 + [empty] * 40, model=MODEL)


def test_separators_are_named_or_plugged_in() -> None:
    assert isinstance(load_separator("centre"), Centre)
    assert isinstance(load_separator("none"), Nothing)
    plugged = load_separator("apps.registry.voice.separation:Nothing")
    assert plugged.id == "none"
    for setting in ("nowhere:Thing", "apps.registry.voice.separation:Nobody", "demucs", ""):
        with pytest.raises(ModelMissing, match="allowed: centre, none"):
            load_separator(setting)
