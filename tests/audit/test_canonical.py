"""The bytes that are hashed."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.audit.canonical import MOST, NotCanonical, canonical

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-MOST, MOST)
    | st.text(st.characters(exclude_categories=("Cs",))),
    lambda inner: (
        st.lists(inner) | st.dictionaries(st.text(st.characters(max_codepoint=127)), inner)
    ),
    max_leaves=20,
)


@given(VALUES)
def test_what_is_written_reads_back_as_it_was_and_writes_alike_again(value: object) -> None:
    raw = canonical(value)
    assert json.loads(raw) == value
    assert canonical(json.loads(raw)) == raw


def test_the_example_of_the_rfc_without_its_fractions() -> None:
    """RFC 8785, 3.2.2 to 3.2.4: escapes, literals, order."""
    value = {
        "string": '\u20ac$\u000f\nA\'B"\\\\"/',
        "literals": [None, True, False],
        "numbers": [333333333, 4, 10],
    }
    assert canonical(value) == (
        b'{"literals":[null,true,false],"numbers":[333333333,4,10],'
        b'"string":"\xe2\x82\xac$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}'
    )


def test_control_characters_have_the_short_escapes_of_the_rfc() -> None:
    assert canonical("\b\t\n\f\r\x00\x1f\x7f\u2028") == (
        b'"\\b\\t\\n\\f\\r\\u0000\\u001f\x7f\xe2\x80\xa8"'
    )


@pytest.mark.parametrize(
    ("value", "place"),
    [
        ({"a": [1, {"b": 0.5}]}, "$.a[1].b"),
        (float("nan"), "$"),
        (2**53, "$"),
        ({"é": 1}, "$"),
        ({1: 1}, "$"),
        (["\ud800"], "$[0]"),
        ({"at": object()}, "$.at"),
        (b"bytes", "$"),
    ],
)
def test_what_has_no_agreed_bytes_is_refused_with_its_place(value: object, place: str) -> None:
    with pytest.raises(NotCanonical) as refused:
        canonical(value)
    assert str(refused.value).startswith(f"{place} ")
