"""The check around the metadata rules: findings with their fields as evidence."""

from datetime import date

import numpy as np
import pytest

from apps.screening.audio import Audio, Source
from apps.screening.checks.base import NotAssessable, Submission
from apps.screening.checks.metadata import MetadataCheck
from tests.screening.declarations import GOOD, TODAY


def silence() -> Audio:
    source = Source("wav", "pcm_s16le", 8_000, 1, 16, None, 0.5, True, 100, 0, 0, ".wav")
    pcm = np.zeros((4_000, 1), np.float32)
    return Audio(pcm, 8_000, 0.5, source, (), None, "0" * 64, "0" * 64)


def test_the_check_gives_one_finding_per_problem_with_the_field_as_evidence() -> None:
    document = {**GOOD, "isrc": "QZABC26", "title": "x" * 400}
    check = MetadataCheck(today=lambda: TODAY)
    [found] = check.run(silence(), Submission(document, "x.wav"))
    assert (found.code, found.score) == ("isrc_invalid", 1.0)
    [evidence] = found.evidence
    assert evidence.kind == "field"
    assert evidence.detail["path"] == "isrc"
    assert evidence.detail["value"] == "QZABC26"
    assert "12 characters" in evidence.detail["why"]


def test_the_check_uses_its_own_day() -> None:
    document = {**GOOD, "original_release_year": 2026}
    early = MetadataCheck(today=lambda: date(2025, 1, 1))
    assert [f.code for f in early.run(silence(), Submission(document, "x"))] == [
        "release_year_in_future"
    ]
    assert MetadataCheck(today=lambda: TODAY).run(silence(), Submission(document, "x")) == []


def test_without_a_declaration_there_is_nothing_to_assess() -> None:
    with pytest.raises(NotAssessable, match="Nothing was declared"):
        MetadataCheck().run(silence(), Submission(None, "x.wav"))
