"""Strangers' text on our pages: escaped, isolated, with nothing hidden left hidden."""

import re
from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.review.visible import LONG, SHORT, is_hidden, plain, unfolding, visible

anything = st.text(st.characters(), max_size=600)


@given(anything)
def test_nothing_hidden_and_no_markup_survives(text: str) -> None:
    for shown in (str(visible(text)), str(unfolding(text))):
        assert not any(is_hidden(char) for char in shown)
        bare = re.sub(r"</?(bdi|span|details|summary)( class=\"\w+\")?>", "", shown)
        assert "<" not in bare
        assert ">" not in bare


@given(st.text(st.characters(categories=["L", "N", "P", "Zs"]), max_size=SHORT))
def test_ordinary_text_is_shown_as_it_is(text: str) -> None:
    shown = str(visible(text))
    assert unescape(shown.removeprefix("<bdi>").removesuffix("</bdi>")) == text
    assert plain(text) == text


@pytest.mark.parametrize(
    ("text", "code"),
    [("a\u202eb", "U+202E"), ("a\u200bb", "U+200B"), ("a\x00b", "U+0000"), ("a\ufeffb", "U+FEFF")],
)
def test_hidden_characters_show_their_code(text: str, code: str) -> None:
    assert f'a<span class="unseen">{code}</span>b' in visible(text)
    assert plain(text) == f"a[{code}]b"


def test_spelling_needs_its_joiners() -> None:
    persian = "می\u200cخواهم"
    assert persian in visible(persian)


def test_long_text_folds_and_ends() -> None:
    text = "x" * (3 * LONG)
    assert len(visible(text)) < SHORT + 100
    folded = str(unfolding(text))
    assert "<details" in folded
    assert "60,000 characters" in folded
    assert len(folded) < LONG + SHORT + 300


@pytest.mark.parametrize("value", [None, 0, 3.5, [], ["<b>"], {"a": "<b>"}])
def test_any_json_value_can_be_shown(value: object) -> None:
    assert "<b>" not in visible(value)
