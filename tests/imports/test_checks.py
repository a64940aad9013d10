"""Rows become answers, or are set aside with their reason."""

from collections import Counter
from datetime import date

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backlog.errors import Refused
from backlog.imports.checks import Reading
from backlog.imports.recipes import Column, Dates, Recipe, Role, Scale, Shape
from backlog.imports.tallies import Tallies
from tests.imports.surveys import LONG, LONG_NAMES, SUMMARY, SUMMARY_NAMES, TODAY, long_row, read_rows, register_for


def reasons(row: list[str]) -> list[tuple[int, str, str]]:
    return read_rows(LONG_NAMES, [row], LONG, ["Check-in"]).reasons


@pytest.mark.parametrize(
    ("row", "column", "words"),
    [
        (long_row(value="7"), "value", "7 is above 5"),
        (long_row(value="43"), "value", "43 is above 5. Did you mean 4.3?"),
        (long_row(value="-1"), "value", "-1 is below 1. Is it your code for “no answer”?"),
        (long_row(value="0"), "value", "0 is below 1. Is it your code for “no answer”?"),
        (long_row(value="98"), "value", "98 is above 5"),
        (long_row(value="9e99"), "value", "9e99 is above 5, the end of the scale"),
        (long_row(value="1e300"), "value", "1e300 is above 5, the end of the scale"),
        (long_row(value="1e400"), "value", "1e400 is above 5, the end of the scale"),
        (long_row(value="-1e400"), "value", "-1e400 is below 1"),
        (long_row(value="inf"), "value", "is not a number"),
        (long_row(value="nan"), "value", "is not a number"),
        (long_row(value="1_0"), "value", "is not a number"),
        (long_row(value="٤"), "value", "is not a number"),
        (long_row(value="good"), "value", "“good” is not a number"),
        (long_row(value="4,5"), "value", "Is the decimal sign “,”?"),
        (long_row(value="<script>alert(1)</script>"), "value", "is not a number"),
        (long_row(weight="-0.5"), "weight", "A weight cannot be negative: -0.5."),
        (long_row(weight=""), "weight", "The weight is missing."),
        (long_row(weight="heavy"), "weight", "is not a number"),
        (long_row(weight="9e99"), "weight", "too large for a weight"),
        (long_row(weight="1e300"), "weight", "1e300 is too large for a weight."),
        (long_row(weight="-1e400"), "weight", "A weight cannot be negative"),
        (long_row(day="04.05.2026"), "answered_on", "is no date written as year-month-day"),
        (long_row(day="2026-02-30"), "answered_on", "is no date"),
        (long_row(day="2026-13-01"), "answered_on", "is no date"),
        (long_row(day="9999-12-31"), "answered_on", "9999-12-31 is too far away: days from 1970-01-01 to 20"),
        (long_row(day="29990101"), "answered_on", "29990101 is too far away: days from 1970-01-01 to 20"),
        (long_row(day="1800-01-01"), "answered_on", "1800-01-01 is too far away: days from 1970-01-01 to 20"),
        (long_row(day="0000-01-01"), "answered_on", "is no date"),
        (long_row(day=""), "answered_on", "The date is missing."),
        (long_row(day="2062-05-04"), "answered_on", "lies in the future"),
        (long_row(touchpoint=" "), "touchpoint", "The touchpoint is missing."),
        (long_row(touchpoint="Chekc-in"), "touchpoint", "There is no touchpoint called “Chekc-in”."),
        (long_row(who="7" * 65), "respondent", "at most 64 characters"),
        (long_row()[:3], "", "The row ends after 3 of 5 columns."),
        ([*long_row(), "8"], "", "The row has 6 columns, the header 5."),
    ],
)
def test_a_wrong_row_is_set_aside_with_its_reason(row: list[str], column: str, words: str) -> None:
    found = reasons(row)

    assert [(number, name) for number, name, _ in found] == [(2, column)]
    assert words in found[0][2]


def test_a_scale_that_cannot_be_read_is_told_of_its_own_column() -> None:
    names = [*LONG_NAMES, "scale"]
    recipe = msgspec.structs.replace(LONG, columns=[*LONG.columns, Column("scale", Role.SCALE)])

    read = read_rows(names, [[*long_row(), "one to five"], [*long_row(), "1-5"]], recipe, ["Check-in"])

    assert read.reasons == [(2, "scale", "“one to five” is no scale; write it like 1-5.")]
    assert [wrong.value for wrong in read.wrong] == ["one to five"]


def test_a_wrong_row_does_not_take_its_neighbours_along() -> None:
    rows = [long_row(), long_row(value="7"), [], long_row(value="5"), long_row(day="x"), long_row(value="1")]

    read = read_rows(LONG_NAMES, rows, LONG, ["Check-in"])

    assert [answer[4] for answer in read.answers] == [7.5, 10.0, 0.0]
    assert [wrong.row for wrong in read.wrong] == [3, 6]
    assert read.wrong[0].record == long_row(value="7")
    assert read.rows == 5


def test_codes_for_no_answer_are_no_answers_however_written() -> None:
    rows = [long_row(value=raw) for raw in ("99", "99.0", " 99 ", "6", "6.00", "")]

    read = read_rows(LONG_NAMES, rows, LONG, ["Check-in"])

    assert read.answers == []
    assert read.wrong == []


def test_rows_of_weight_zero_do_not_count_and_are_told() -> None:
    read = read_rows(LONG_NAMES, [long_row(weight="0"), long_row(weight="0.5")], LONG, ["Check-in"])

    assert [answer[5] for answer in read.answers] == [0.5]
    assert read.uncounted == 1


def test_touchpoint_names_match_whatever_their_case_and_blanks() -> None:
    read = read_rows(LONG_NAMES, [long_row(touchpoint="  CHECK-IN ")], LONG, ["Check-in"])

    assert [answer[0] for answer in read.answers] == [1]


def test_unknown_names_are_told_so_that_somebody_can_decide() -> None:
    reading = Reading(LONG, LONG_NAMES, register_for(LONG, ["Check-in"]), TODAY)

    found = reading.read(2, [long_row(), long_row("Lounge"), long_row(" lounge")])

    assert list(reading.meanings.new_touchpoints) == ["lounge"]
    assert [wrong.row for wrong in found.wrong] == [3, 4]
    reading.register.touchpoints["lounge"] = 9
    reading.meanings.forget_names()
    assert [answer[0] for answer in reading.read(2, [long_row("Lounge")]).answers] == [9]


def test_a_recipe_for_another_file_is_refused_with_the_columns_it_lacks() -> None:
    with pytest.raises(Refused, match=r"touchpoint, value, answered_on.*It has: a, b"):
        Reading(LONG, ["a", "b"], register_for(LONG), TODAY)


def test_each_row_may_name_its_measure_and_scale() -> None:
    recipe = Recipe(
        shape=Shape.LONG,
        columns=[
            Column("where", Role.TOUCHPOINT),
            Column("what", Role.MEASURE),
            Column("scale", Role.SCALE),
            Column("value", Role.VALUE),
        ],
        scales={"recommend": Scale(0, 10), "effort": Scale(1, 7, reversed=True)},
        date=Dates(fixed="2026-05-01"),
    )
    rows = [
        ["Lounge", "", "", "3"], ["Lounge", "recommend", "", "9"], ["Lounge", "Effort", "", "1"], ["Lounge", "", "1-10", "10"],
        ["Lounge", "", "one to ten", "10"], ["Lounge", "smell", "", "3"], ["Lounge", "recommend", "", "11"], ["Lounge", "", "5-1", "1"],
    ]  # fmt: skip

    read = read_rows(["where", "what", "scale", "value"], rows, recipe, ["Lounge"])

    assert [answer[4] for answer in read.answers] == [5.0, 9.0, 10.0, 10.0, 10.0]
    assert [(row, column) for row, column, _ in read.reasons] == [(6, "scale"), (7, "what"), (8, "value")]


def test_summaries_come_with_mean_number_and_deviation() -> None:
    read = read_rows(
        SUMMARY_NAMES, [["Sicherheitskontrolle", "Q3 2026", "3,61", "2.417", "2,38"]], SUMMARY, ["Sicherheitskontrolle"]
    )

    [summary] = read.summaries
    assert (summary.month, summary.n, summary.mean, summary.deviation) == (date(2026, 7, 1), 2417, 3.61, 2.38)


@pytest.mark.parametrize(
    ("mean", "n", "sd", "column", "words"),
    [
        ("43", "12", "1", "ZUF_Mittelwert", "Did you mean 4.3?"),
        ("7,4", "", "1", "Anzahl_Antworten", "no interval possible"),
        ("7,4", "2,5", "1", "Anzahl_Antworten", "is not a number of answers"),
        ("7,4", "-3", "1", "Anzahl_Antworten", "is not a number of answers"),
        ("7,4", "12", "", "Standardabw", "no interval possible"),
        ("7,4", "12", "-1", "Standardabw", "is not a standard deviation"),
        ("7,4", "12", "23,8", "Standardabw", "cannot have a standard deviation"),
    ],
)
def test_a_summary_without_sound_figures_is_set_aside(mean: str, n: str, sd: str, column: str, words: str) -> None:
    read = read_rows(SUMMARY_NAMES, [["Lounge", "Q3 2026", mean, n, sd]], SUMMARY, ["Lounge"])

    [(row, name, reason)] = read.reasons
    assert (row, name) == (2, column)
    assert words in reason


@given(
    st.lists(st.tuples(st.sampled_from("1234560"), st.sampled_from(["0.5", "1", "2.25", "0", "-1", "x"])), max_size=60)
)
def test_every_row_is_an_answer_no_answer_or_set_aside(rows: list[tuple[str, str]]) -> None:
    read = read_rows(LONG_NAMES, [long_row(value=value, weight=weight) for value, weight in rows], LONG, ["Check-in"])

    blank = sum(value == "6" and weight in {"0.5", "1", "2.25", "0"} for value, weight in rows)
    assert len(read.answers) + len(read.wrong) + read.uncounted + blank == len(rows) == read.rows
    assert all(0 <= answer[4] <= 10 and answer[5] > 0 for answer in read.answers)


@given(
    st.lists(
        st.tuples(st.floats(0, 10), st.floats(0.01, 9), st.dates(date(2020, 1, 1), date(2020, 12, 31))),
        min_size=1,
        max_size=50,
    )
)
def test_tallies_hold_the_sums_of_the_answers(answers: list[tuple[float, float, date]]) -> None:
    tallies = Tallies()

    tallies.count(Counter((1, 1, day.replace(day=1), None, value, weight) for value, weight, day in answers))

    sums = [sum(column) for column in zip(*tallies.sums.values(), strict=True)]
    assert sums == pytest.approx([
        len(answers), sum(w for _, w, _ in answers), sum(w * w for _, w, _ in answers),
        sum(w * x for x, w, _ in answers), sum(w * x * x for x, w, _ in answers),
    ])  # fmt: skip
