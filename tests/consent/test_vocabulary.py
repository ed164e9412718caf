"""What may be asked, as data."""

import tomllib

import pytest

from apps.consent.vocabulary import (
    FILE,
    UnknownPermission,
    Vocabulary,
    read_vocabulary,
    vocabulary,
)

GENERATIVE = {
    "generative_music",
    "voice_synthesis",
    "likeness_audio",
    "style_transfer",
    "stem_composition",
    "generative_research",
}
CAWG = {"cawg.data_mining", "cawg.ai_inference", "cawg.ai_training", "cawg.ai_generative_training"}


def test_every_use_of_the_mission_is_there() -> None:
    assert set(vocabulary().use_cases) == GENERATIVE | {
        "rights_check",
        "fraud_spam",
        "moderation",
        "metadata_tagging",
        "search",
        "recommendation",
        "analytics",
        "third_party_licensing",
    }


def test_whatever_generates_or_leaves_the_house_is_off_and_asks() -> None:
    for one in vocabulary().permissions:
        if one.use_case in GENERATIVE:
            assert (one.group, one.basis, one.default) == ("generative", "consent", False)
            assert one.aipref == ("train-ai",)
        if one.use_case in ("recommendation", "metadata_tagging", "third_party_licensing"):
            assert not one.default
        assert set(one.cawg) <= CAWG


def test_computing_features_belongs_to_what_it_is_done_for() -> None:
    words = vocabulary()
    assert words.permission("recommendation", "derive").code == "recommendation.infer"
    assert words.permission("generative_research", "derive").code == "generative_research.train"
    assert words.by_code("third_party_licensing.share").is_ai_training


@pytest.mark.parametrize(
    "pair", [("generative", "train"), ("", ""), ("search", "train"), ("search", ""), ("*", "*")]
)
def test_what_is_not_there_is_not_guessed(pair: tuple[str, str]) -> None:
    with pytest.raises(UnknownPermission, match=r"There are|It has"):
        vocabulary().permission(*pair)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('basis = "consent"\ndefault = false', 'basis = "consent"\ndefault = true'),
        ('group = "generative"', 'group = "operations"\nfoo = 1'),
        ('[use_cases.verbs.share]\nbasis = "contract"\ndefault = false', None),
        ('basis = "legal_obligation"', 'basis = "because"'),
        ('code = "fraud_spam"', 'code = "moderation"'),
    ],
)
def test_a_vocabulary_that_breaks_its_rules_is_refused(old: str, new: str | None) -> None:
    text = FILE.read_text()
    assert old in text
    if new is None:
        new = old.replace("false", "true")
    changed = text.replace(old, new)
    if "foo" in new:  # only the group changed: still sound, so make consent the default
        changed = changed.replace('"consent"\ndefault = false', '"consent"\ndefault = true')
    with pytest.raises(ValueError, match=r"\."):
        read_vocabulary(changed)


def test_the_file_is_the_vocabulary() -> None:
    assert isinstance(vocabulary(), Vocabulary)
    assert vocabulary().version == tomllib.loads(FILE.read_text())["version"]
