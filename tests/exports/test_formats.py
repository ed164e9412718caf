"""Formats: what goes in comes out, and nothing that comes out is a formula."""

import csv
import io
import json

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.exports import formats
from apps.exports.formats import TooManyRows, as_text, defuse, restore, write

COLUMNS = ("title", "codes")
ATTACKS = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    "＝1",
    "'=1",
    "=cmd|' /C calc'!A0",
]


def written(format, *rows, bom=False) -> bytes:
    return b"".join(write(format, rows, COLUMNS, bom=bom))


def row(title, codes=()):
    return {"title": title, "codes": list(codes), "ignored": "never written"}


def read_csv(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def read_xlsx(data: bytes):
    return openpyxl.load_workbook(io.BytesIO(data))["decisions"]


class TestDefuse:
    @pytest.mark.parametrize("attack", ATTACKS)
    def test_an_apostrophe_makes_it_text(self, attack):
        assert defuse(attack) == "'" + attack

    @pytest.mark.parametrize("title", ["", "River", "'Til Dawn", "1=1", "a-b", "O'Hara", "«-»"])
    def test_ordinary_titles_stay_as_they_are(self, title):
        assert defuse(title) == title

    @given(st.text())
    def test_any_text_comes_back_and_none_starts_a_formula(self, text):
        assert restore(defuse(text)) == text
        assert defuse(text)[:1] not in set("=+-@\t\r\n\0＝＋－＠")


class TestCsv:
    @given(st.lists(st.tuples(st.text(), st.lists(st.text(min_size=1), max_size=2)), max_size=3))
    def test_any_title_round_trips(self, pairs):
        rows = [row(title, codes) for title, codes in pairs]
        header, *cells = read_csv(written("csv", *rows))
        assert header == list(COLUMNS)
        assert [[restore(cell) for cell in line] for line in cells] == [
            [title, " | ".join(codes)] for title, codes in pairs
        ]

    def test_a_mark_for_excel_and_none_for_programs(self):
        assert written("csv", bom=True).startswith(b"\xef\xbb\xbftitle,codes")
        assert written("csv") == b"title,codes\r\n"


class TestXlsx:
    @settings(max_examples=25, deadline=None)
    @given(
        st.lists(
            st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), min_size=1)
            | st.sampled_from(ATTACKS),
            min_size=1,
            max_size=20,
        )
    )
    def test_any_title_comes_back_as_a_string(self, titles):
        sheet = read_xlsx(written("xlsx", *map(row, titles)))
        cells = [line[0] for line in sheet.iter_rows(min_row=2)]
        assert [cell.data_type for cell in cells] == ["s"] * len(titles)
        assert [cell.value.replace("_x000D_", "\r") for cell in cells] == titles

    def test_no_link_no_number_no_date(self):
        titles = ["https://example.org", "0042", "2026-11-20", "1e5", "TRUE"]
        sheet = read_xlsx(written("xlsx", *map(row, titles)))
        assert [line[0].value for line in sheet.iter_rows(min_row=2)] == titles
        assert all(line[0].hyperlink is None for line in sheet.iter_rows(min_row=2))

    def test_a_text_longer_than_a_cell_is_cut_where_it_can_be_seen(self):
        sheet = read_xlsx(written("xlsx", row("x" * 40_000)))
        assert len(sheet["A2"].value) == 32_767
        assert sheet["A2"].value.endswith("x …")

    def test_more_rows_than_a_sheet_has(self, monkeypatch):
        monkeypatch.setattr(formats, "XLSX_ROWS", 3)
        assert written("xlsx", row("1"), row("2"))
        with pytest.raises(TooManyRows, match="CSV"):
            written("xlsx", row("1"), row("2"), row("3"))


class TestJson:
    @given(st.lists(st.text(), max_size=4))
    def test_any_title_round_trips(self, titles):
        data = json.loads(written("json", *[row(title, ["a"]) for title in titles]))
        assert data == [{"title": title, "codes": ["a"]} for title in titles]

    def test_keys_stand_in_the_order_of_the_columns(self):
        assert written("json", row("é")) == '[\n{"title": "é", "codes": []}\n]\n'.encode()

    def test_nothing_is_an_empty_array(self):
        assert json.loads(written("json")) == []


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (True, "yes"),
        (False, "no"),
        (None, ""),
        (["a", "b"], "a | b"),
        ({"spotify": "deliver", "tidal": "refused"}, "spotify: deliver; tidal: refused"),
    ],
)
def test_values_in_one_cell(value, text):
    assert as_text(value) == text


def test_an_unknown_format_is_no_file():
    with pytest.raises(KeyError):
        written("pdf", row("x"))
