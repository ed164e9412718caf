"""Parts of the index on several hosts: together they answer as one, and silence is no answer."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.db import transaction
from hypothesis import given
from hypothesis import strategies as st

from apps.fingerprints import following, shards
from apps.fingerprints.engine.verifying import Stretch
from apps.fingerprints.errors import ShardSilent
from apps.fingerprints.keys import ITEM_S
from apps.fingerprints.landmarks.marks import keep
from apps.fingerprints.landmarks.packed import pack
from apps.fingerprints.questions import (
    Hidden,
    Question,
    Stretches,
    answer_here,
    plain,
    question_bytes,
    question_of,
    stretches_of,
)
from apps.fingerprints.references import Heard, add_reference
from apps.fingerprints.shard_rows import ShardAnswer, ShardQuestion
from tests.fingerprints.peaks_at_random import part_of, scatter, together
from tests.fingerprints.walks import walk

PARTS = 3


@pytest.fixture(autouse=True)
def host(settings: Any, tmp_path: Path) -> Any:
    settings.PRINT_INDEX_DIR = str(tmp_path / "index")
    return settings


def add(seed: int) -> None:
    marks = pack(keep(scatter(seed)))
    heard = Heard(f"file {seed}", f"samples {seed}", walk(seed, 200), 200 * ITEM_S, marks)
    add_reference(heard=heard, by=None, title=f"Reference {seed}")


def questions() -> list[Question]:
    """A print of which two references have a half, and peaks under other peaks."""
    print_ = np.concatenate([walk(2, 200)[:100], walk(3, 200)[100:]])
    peaks = together(scatter(700, 30.0), part_of(scatter(4), 20.0, 12.0), 8.0)
    lesser = scatter(701, 30.0)
    peaks = replace(peaks, lesser=np.stack([lesser.times, lesser.bins]))
    return [
        Question(24.8, Hidden(), prints=(print_,)),
        Question(30.0, Hidden(), peaks=peaks, changed=True),
    ]


def is_part(host: Any, shard: int | None, of: int = PARTS) -> None:
    host.PRINT_SHARDS, host.PRINT_SHARD = of, shard


@pytest.mark.django_db
def test_the_parts_answer_together_as_one_index_does(host: Any) -> None:
    for seed in range(1, 9):
        add(seed)
    is_part(host, None, 1)
    wanted = [answer_here(one) for one in questions()]
    assert [len(one) for one in wanted] == [2, 1]
    numbers = following.current_index(following.PRINTS).numbers()
    together_: list[Stretches] = [{}, {}]
    held: list[int] = []
    for shard in range(PARTS):
        is_part(host, shard)
        held += following.current_index(following.PRINTS).numbers()
        for place, one in enumerate(questions()):
            together_[place] |= answer_here(one)
    assert sorted(held) == sorted(numbers)
    assert together_ == wanted


@pytest.mark.django_db
def test_what_comes_later_goes_to_its_part_and_the_others_move_on(host: Any) -> None:
    is_part(host, 0)
    for seed in range(1, 4):
        add(seed)
        following.current_index(following.PRINTS)
    index = following.current_index(following.PRINTS)
    assert len(index.numbers()) == 1
    assert index.position == following.standing()


@pytest.mark.django_db(transaction=True)
def test_a_silent_part_is_no_answer_and_the_question_goes(host: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(shards, "PATIENCE_S", 0.2)
    is_part(host, 0)
    with pytest.raises(ShardSilent, match="1, 2"):
        shards.answer(questions()[0])
    assert not ShardQuestion.objects.exists()


@pytest.mark.django_db
def test_a_part_answers_once_however_often_it_is_rung(host: Any) -> None:
    add(1)
    add(2)
    asked = question_bytes(questions()[0])
    row = ShardQuestion.objects.create(asked=asked)
    is_part(host, None)
    shards.answer_for_shard(str(row.pk))  # a host without a part
    for shard in (1, 1, 2):
        is_part(host, shard)
        shards.answer_for_shard(str(row.pk))
    assert sorted(row.answers.values_list("shard", flat=True)) == [1, 2]
    uid = str(row.pk)
    row.delete()
    shards.answer_for_shard(uid)
    assert not ShardAnswer.objects.exists()


@pytest.mark.django_db
def test_nobody_asks_before_the_question_can_be_seen(host: Any) -> None:
    is_part(host, 0)
    with pytest.raises(transaction.TransactionManagementError):
        shards.answer(questions()[0])


@pytest.mark.django_db
def test_questions_of_the_dead_are_swept(monkeypatch: Any) -> None:
    ShardQuestion.objects.create(asked=b"")
    assert shards.sweep_questions() == 0
    monkeypatch.setattr(shards, "KEPT", shards.KEPT * 0)
    assert shards.sweep_questions() == 1


@pytest.mark.parametrize("references", [False, True])
def test_a_question_comes_back_from_its_bytes(references: bool) -> None:
    for one in questions():
        asked = Question(
            one.duration_s, Hidden([3, 7], references), one.prints, one.peaks, one.changed
        )
        read = question_of(question_bytes(asked))
        assert (read.duration_s, read.hidden) == (asked.duration_s, Hidden([3, 7], references))
        assert read.changed == asked.changed
        assert [list(items) for items in read.prints] == [list(items) for items in asked.prints]
        assert (read.peaks is None) == (asked.peaks is None)
        if read.peaks and asked.peaks:
            assert read.peaks.frames == asked.peaks.frames
            assert np.array_equal(read.peaks.bins, asked.peaks.bins)
            assert np.array_equal(read.peaks.lesser, asked.peaks.lesser)


seconds = st.floats(0, 4000, allow_nan=False)
stretches = st.builds(
    Stretch,
    *[seconds] * 4,
    accepted=st.booleans(),
    bit_error=st.none() | st.floats(0, 0.5),
    speed=st.floats(0.5, 2),
    score=st.none() | st.floats(0, 9000),
    anchors=st.none() | st.integers(0, 900),
    errors=st.binary(max_size=9),
)


@given(st.dictionaries(st.integers(0, 2**62), st.lists(stretches, max_size=3), max_size=3))
def test_an_answer_comes_back_as_it_was(found: Stretches) -> None:
    assert stretches_of(plain(found)) == found
