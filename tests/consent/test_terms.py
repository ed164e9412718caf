"""The words: plain, complete, kept, and honest about what they widen."""

import re

import pytest

from apps.consent import checks
from apps.consent.terms_diff import find_changes, problems_of
from apps.consent.terms_reading import (
    FOLDER,
    TermsBroken,
    UnknownTerms,
    all_terms,
    published_hashes,
    read_terms,
    terms_at,
    terms_called,
)
from apps.consent.vocabulary import vocabulary

NEWEST = all_terms()[-1]
SENTENCES = [
    *((code, clause.words["en"]) for code, clause in NEWEST.clauses.items()),
    *NEWEST.about["en"].items(),
]
BANNED = re.compile(
    r"\b(may|might|including but not limited to|including|such as|etc|from time to time|"
    r"machine intelligence|improve our services|as applicable|hereby|affiliates|in perpetuity|"
    r"irrevocable|sublicen[cs]e|machine learning systems|reasonable)\b",
    re.IGNORECASE,
)


def syllables(word: str) -> int:
    """Groups of vowels, without a silent e: near enough for a grade."""
    groups = len(re.findall(r"[aeiouy]+", word.lower()))
    silent = word.lower().endswith("e") and not word.lower().endswith("le") and groups > 1
    return max(1, groups - silent)


def reading_age(text: str) -> float:
    """Flesch-Kincaid grade (Kincaid et al. 1975) + 5 years."""
    words = re.findall(r"[A-Za-z']+", text)
    ends = len(re.findall(r"[.!?]", text)) or 1
    spoken = sum(map(syllables, words)) / len(words)
    return 0.39 * len(words) / ends + 11.8 * spoken - 15.59 + 5


def test_every_permission_has_one_sentence() -> None:
    assert set(NEWEST.clauses) == {one.code for one in vocabulary().permissions}
    for clause in NEWEST.clauses.values():
        text = clause.words["en"]
        assert text.endswith(".")
        assert text.count(".") == 1


@pytest.mark.parametrize(("code", "text"), SENTENCES, ids=[code for code, _ in SENTENCES])
def test_the_words_are_plain(code: str, text: str) -> None:
    assert not BANNED.search(text)
    assert reading_age(text) <= 14


def test_no_two_permissions_say_the_same() -> None:
    texts = [clause.words["en"] for clause in NEWEST.clauses.values()]
    assert len(set(texts)) == len(texts)


def test_published_terms_stay_as_they_were(monkeypatch) -> None:
    assert checks.check_terms(None) == []
    assert published_hashes() == {one.version: one.sha256 for one in all_terms()}
    changed = changed_terms("stolen music", "music")
    monkeypatch.setattr(checks, "all_terms", lambda: (changed,))
    assert "changed after" in checks.check_terms(None)[0].msg
    later = changed_terms('version = "2026-11-20"', 'version = "2026-12-20"')
    monkeypatch.setattr(checks, "all_terms", lambda: (later,))
    assert "not in terms/published.toml" in checks.check_terms(None)[0].msg


def changed_terms(*changes: str):
    text = (FOLDER / f"{NEWEST.version}.toml").read_text()
    for old, new in zip(changes[::2], changes[1::2], strict=True):
        assert old in text
        text = text.replace(old, new, 1)
    return read_terms(text)


def test_one_letter_makes_it_another_notice() -> None:
    other = changed_terms("to find copies", "to find copies fast")
    code = "rights_check.infer"
    assert other.sha256 != NEWEST.sha256
    assert other.notice_sha256(code, "en") != NEWEST.notice_sha256(code, "en")
    with pytest.raises(UnknownTerms):
        NEWEST.notice_sha256(code, "tlh")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        (("that trains AI, under", "that trains AI or sells data, under"), "Now says"),
        (('recipients = ["the company named in the deal"]', 'recipients = ["anybody"]'), "goes to"),
        (("keep_days = 365", "keep_days = 0"), "kept until it is taken back"),
        (("lasts_days = 730", "lasts_days = 0"), "A yes lasts until"),
    ],
)
def test_what_widens_needs_a_higher_epoch(changes: tuple[str, str], said: str) -> None:
    new = ('version = "2026-11-20"', 'version = "2027-01-01"')
    wider = changed_terms(*new, *changes)
    found = find_changes(NEWEST, wider)
    assert found[0].widens
    assert any(said in change.text for change in found)
    assert len(problems_of([NEWEST, wider])) == 1
    raised = changed_terms(*new, *changes, "\nepoch = 1", "\nepoch = 2")
    assert problems_of([NEWEST, raised]) == []
    jumped = changed_terms(*new, *changes, "\nepoch = 1", "\nepoch = 3")
    assert len(problems_of([NEWEST, jumped])) == 1


def test_what_narrows_or_only_says_it_better_does_not() -> None:
    new = ('version = "2026-11-20"', 'version = "2027-01-01"')
    less = changed_terms(*new, "keep_days = 365", "keep_days = 30")
    assert [change.widens for change in find_changes(NEWEST, less)] == [False]
    better = changed_terms(
        *new,
        "find it by name",
        "find it by its name",
        "epoch = 1\n",
        'epoch = 1\nclarified = ["search.infer"]\n',
    )
    assert problems_of([NEWEST, less]) == problems_of([NEWEST, better]) == []


def test_broken_terms_are_refused() -> None:
    with pytest.raises(TermsBroken, match="speak of"):
        changed_terms('[permissions."search.infer"]', '[permissions."search.train"]')
    with pytest.raises(TermsBroken, match="no words in: de"):
        changed_terms('languages = ["en"]', 'languages = ["en", "de"]')


def test_which_terms_are_in_force() -> None:
    assert terms_at(NEWEST.effective_from) == NEWEST
    assert terms_at(all_terms()[0].effective_from.replace(year=2000)) is None
    with pytest.raises(UnknownTerms, match=NEWEST.version):
        terms_called("1999")
