"""Evidence at the desk: what is shown first, and figures in words."""

import pytest

from apps.review.evidence import Exhibit, figure, sureness
from tests.factories import FindingFactory

PLOT = {"kind": "plot", "detail": {"plot": "folded", "x": [0, 1], "y": [0, 1]}}
MEASURE = {
    "kind": "measure",
    "detail": {
        "likelihood_ratio": "about 49 times as often in generated music",
        "makers": ["Suno"],
        "false_alarm": "Of 100 pairs, 1 % are as much alike.",
        "miss": 7,
    },
}


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (True, "yes"),
        (False, "no"),
        (None, "–"),
        ([], "–"),
        ({}, "–"),
        ([4000, 13631], "4000, 13631"),
        ({"spacing_hz": 100.0, "score": [1, None]}, "spacing hz 100.0; score 1, –"),
        ("as it is", "as it is"),
        (0, 0),
    ],
)
def test_figures_are_words(value: object, words: object) -> None:
    assert figure(value) == words


def test_only_a_full_score_is_certain() -> None:
    assert [sureness(score) for score in (1.0, 0.99, 0.8)] == ["certain", "very strong", "strong"]


@pytest.mark.django_db
def test_curves_stand_first_and_figures_behind_them() -> None:
    exhibit = Exhibit(FindingFactory(evidence=[MEASURE, PLOT, "nonsense", {"detail": 3}]), "held")
    assert [piece.kind for piece in exhibit.shown] == ["plot", ""]
    assert [piece.kind for piece in exhibit.figures] == ["measure"]
    assert exhibit.how_often == [
        "Seen about 49 times as often in generated music.",
        "Of 100 pairs, 1 % are as much alike.",
    ]
    alone = Exhibit(FindingFactory(evidence=[MEASURE]), "held")
    assert (len(alone.shown), alone.figures) == (1, [])
