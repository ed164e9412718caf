"""What a match is called: shares audio, licensed, common; never more than was found."""

from dataclasses import replace

import pytest

from apps.fingerprints.matching import Licensed, Match
from apps.screening.checks.base import Finding, Submission
from apps.screening.checks.fingerprint import FingerprintCheck
from apps.screening.codes import TEXTS
from apps.screening.match_codes import CODES, code_of, is_common
from tests.screening.recordings import recording
from tests.sounds import tune

PART = Match("r", "Loop", "Asha", None, False, "partial", 0.05, 3.0, 9.0, 1.0, 7.0)
LICENCE = Licensed(7, "Beat House", exclusive=False, until="2027-01-31")


class Answers:
    """A catalogue that has found these."""

    def __init__(self, *matches: Match) -> None:
        self.matches = list(matches)

    def find(self, **_asked: object) -> list[Match]:
        return self.matches


def findings(*matches: Match) -> list[Finding]:
    audio = recording(tune(6.0))
    return FingerprintCheck().run(audio, Submission(None, "x.wav", Answers(*matches)))


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({}, "shares_audio"),
        ({"relation": "same_recording"}, "same_recording"),
        ({"relation": "same_recording_modified"}, "same_recording_changed"),
        ({"relation": "same_samples"}, "same_file"),
        ({"relation": "of a kind that is new"}, "shares_audio"),
        ({"source": "takedown"}, "takedown_match"),
        ({"source": "takedown", "relation": "same_file"}, "takedown_match"),
        ({"licence": LICENCE}, "licensed_to_many"),
        ({"licence": replace(LICENCE, exclusive=True)}, "licensed_exclusively"),
        ({"same_owner": True}, "own_material_again"),
        ({"same_owner": True, "relation": "same_recording"}, "own_earlier_release"),
    ],
)
def test_each_kind_of_match_has_its_code(change: dict[str, object], code: str) -> None:
    assert code_of(replace(PART, **change)) == code  # type: ignore[arg-type]


def test_every_code_has_a_text_and_none_says_infringement() -> None:
    told = [*CODES.values(), "takedown_match", "common_material", "licensed_to_many"]
    for code in told:
        text = TEXTS[code]
        said = " ".join((text.title, text.meaning, text.detail, text.fix)).lower()
        assert "infring" not in said
        assert "stolen" not in said


def test_what_is_common_is_told_in_one_line() -> None:
    common = [replace(PART, reference=f"r{n}", title=f"Song {n}", common=23) for n in range(25)]
    alone = replace(PART, reference="x", title="Other", query_start_s=40.0, query_end_s=46.0)
    first, line = findings(alone, *common)
    assert (first.code, line.code) == ("shares_audio", "common_material")
    assert "23 rights holders" in line.summary
    assert "22 more" in line.summary
    assert 0 < len(line.evidence) <= 5


@pytest.mark.parametrize(
    "change", [{"relation": "same_recording"}, {"source": "takedown"}, {"licence": LICENCE}]
)
def test_a_whole_recording_a_notice_and_a_licence_keep_a_line_of_their_own(
    change: dict[str, object],
) -> None:
    assert not is_common(replace(PART, common=23, **change))  # type: ignore[arg-type]


def test_the_licence_stands_in_the_finding() -> None:
    [finding] = findings(replace(PART, licence=LICENCE))
    assert "licence 7 of Beat House, not exclusive, until 2027-01-31" in finding.summary
    assert finding.evidence[0].detail["licence"] == 7


def test_an_isrc_is_used_again_for_the_whole_recording_only() -> None:
    own = replace(PART, same_owner=True, isrc="QZABC2600001")
    [part] = findings(own)
    [whole] = findings(replace(own, relation="same_recording"))
    assert "QZABC2600001" not in part.summary
    assert "QZABC2600001" in whole.summary
