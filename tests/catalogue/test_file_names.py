"""Names that people give their files: kept to be read, never to be followed."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.catalogue.file_names import MAX_NAME, clean_file_name, title_from


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Music\\rain.wav", "rain.wav"),
        ("/absolute/rain.wav", "rain.wav"),
        ("rain\u202evaw.exe", "rainvaw.exe"),
        ("ra\u200bin.wav", "rain.wav"),
        ("ra\x00in\n.wav", "rain.wav"),
        ("Cafe\u0301.flac", "Café.flac"),
        ("..", "untitled"),
        ("", "untitled"),
        ("uploads/", "untitled"),
        (".wav", "untitled.wav"),
    ],
)
def test_a_name_is_text_and_never_a_path(sent, kept):
    assert clean_file_name(sent) == kept


def test_a_long_name_keeps_its_suffix():
    assert clean_file_name("x" * 400 + ".flac") == "x" * (MAX_NAME - 5) + ".flac"


@given(st.text())
def test_any_name_is_short_visible_and_free_of_separators(name):
    kept = clean_file_name(name)
    assert 0 < len(kept) <= MAX_NAME
    assert not set(kept) & set("/\\")
    assert not any(unicodedata.category(char) == "Cc" for char in kept)
    assert kept == unicodedata.normalize("NFC", kept)


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("01 - monsoon_rain.wav", "monsoon rain"),
        ("02_river.flac", "river"),
        ("03.Delta.mp3", "Delta"),
        ("12. Night.aiff", "Night"),
        ("1999.wav", "1999"),
        ("7 rings.wav", "7 rings"),
        ("24-7 love.wav", "24-7 love"),
        ("05 .wav", "05"),
        ("vol. 2.wav", "vol. 2"),
    ],
)
def test_a_title_is_guessed_from_the_name(name, title):
    assert title_from(name) == title
