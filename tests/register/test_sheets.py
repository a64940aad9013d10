"""Lists of the register as CSV: harmless in a spreadsheet, and equal when they come back."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backlog.errors import Invalid
from backlog.register.sheets import RowsWrong, neutralised, plain, read, written

COLUMNS = ("name", "expectation")


def test_what_a_spreadsheet_would_run_is_neutralised() -> None:
    text = written(COLUMNS, [{"name": "=cmd|' /C calc'!A0", "expectation": "@SUM(A1)"}])

    rows = list(csv.reader(io.StringIO(text)))
    assert rows[1] == ["'=cmd|' /C calc'!A0", "'@SUM(A1)"]


@given(st.text())
def test_neutralising_loses_nothing(cell: str) -> None:
    assert plain(neutralised(cell)) == cell


@pytest.mark.parametrize("cell", ["=1+1", "+49 30", "-3", "@home", "'=1", "''-x", "'plain", "Übergepäck; „groß“"])
def test_a_list_comes_back_as_it_went_out(cell: str) -> None:
    text = written(COLUMNS, [{"name": "Gate", "expectation": cell}])

    (line,) = read(text.encode(), COLUMNS, required=("name",))

    assert (line.row, line.cells) == (2, {"name": "Gate", "expectation": cell})


@pytest.mark.parametrize(
    "data",
    ["name;expectation\nGate;quick\n".encode("utf-16"), b"\xef\xbb\xbfexpectation,name\r\nquick,Gate\r\n"],
    ids=["utf-16 with semicolons", "other order with BOM"],
)
def test_other_spreadsheets_habits_are_read(data: bytes) -> None:
    (line,) = read(data, COLUMNS, required=("name",))

    assert line.cells == {"name": "Gate", "expectation": "quick"}


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "empty"),
        (b"PK\x03\x04xl/workbook", "Excel"),
        (b"expectation\nquick\n", "missing"),
        (b"name,colour\nGate,red\n", "no column “colour”"),
        (b"name,name\nGate,Gate\n", "twice"),
        (b"name\nGate\0\n", ""),
        (b'name\n"Gate\n', "quotation mark"),
    ],
)
def test_what_is_no_such_list_is_refused_with_the_reason(data: bytes, words: str) -> None:
    with pytest.raises(Invalid) as refused:
        read(data, COLUMNS, required=("name",))

    assert words in str(refused.value.fields["file"])


def test_more_cells_than_columns_are_named_by_row() -> None:
    with pytest.raises(RowsWrong) as refused:
        read(b"name\nGate\nShops,9,9\n", COLUMNS, required=("name",))

    assert [cell.row for cell in refused.value.cells] == [3]
