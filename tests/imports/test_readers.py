"""Files become sheets: names, delimiters, row numbers."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backlog.imports.readers import clean, column_names, guess_delimiter, open_sheet


def sheet_of(tmp_path: Path, text: str, **how: object) -> tuple[list[str], list[tuple[int, list[str]]]]:
    path = tmp_path / "survey.csv"
    path.write_text(text, encoding="utf-8", newline="")
    sheet = open_sheet(path, **how)  # type: ignore[arg-type]
    return list(sheet.names), sheet.sample()


def test_unnamed_columns_are_called_by_their_place_and_said() -> None:
    names, warnings = column_names(["respondent", "", " "])

    assert names == ["respondent", "column 2", "column 3"]
    assert str(warnings[0]) == "Column 2 has no name; it is called “column 2” here."


def test_repeated_columns_are_numbered_and_said() -> None:
    names, warnings = column_names(["Rating", "rating ", "RATING", "rating (2)"])

    assert names == ["Rating", "rating (3)", "RATING (4)", "rating (2)"]
    assert len(warnings) == 2


@given(st.lists(st.text(max_size=12), max_size=30))
def test_column_names_are_always_distinct_and_never_empty(titles: list[str]) -> None:
    names, _ = column_names(titles)

    assert len({clean(name) for name in names}) == len(titles)
    assert all(names)


def test_row_numbers_are_those_of_a_spreadsheet(tmp_path: Path) -> None:
    _, rows = sheet_of(tmp_path, 'a,b\n1,"two\nlines"\n\n3,4\n')

    assert rows == [(2, ["1", "two\nlines"]), (4, ["3", "4"])]


def test_a_million_empty_columns_at_the_right_edge_are_none(tmp_path: Path) -> None:
    names, _ = sheet_of(tmp_path, "name" + "," * 1_000_000 + "\nx\n")

    assert names == ["name"]


def test_a_file_without_names_has_numbered_columns(tmp_path: Path) -> None:
    names, rows = sheet_of(tmp_path, "7,4\n8,5\n", header_row=0)

    assert names == ["column 1", "column 2"]
    assert rows == [(1, ["7", "4"]), (2, ["8", "5"])]


def test_titles_above_the_header_are_passed_over(tmp_path: Path) -> None:
    names, rows = sheet_of(tmp_path, "Survey 2026,\nas of May,\nrespondent,rating\n7,4\n", header_row=3)

    assert names == ["respondent", "rating"]
    assert rows == [(4, ["7", "4"])]


@pytest.mark.parametrize(
    ("head", "delimiter"),
    [
        ("touchpoint;mean;n\nCheck-in;3,61;2417\nLounge;7,4;120\n", ";"),
        ("touchpoint,mean,n\nCheck-in,3.61,2417\n", ","),
        ("touchpoint\tcomment\nCheck-in\tslow, rude, late\n", "\t"),
        ("touchpoint|mean\nCheck-in|3.61\n", "|"),
        ("touchpoint\nCheck-in\n", ","),
        ('a;b\n"x;y;z";1\n', ";"),
    ],
)
def test_the_delimiter_is_found(head: str, delimiter: str) -> None:
    assert guess_delimiter(head) == delimiter
