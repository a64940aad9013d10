"""Recipes: what they say, what is refused, and that nothing is lost on the way to JSON and back."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backlog.errors import Invalid
from backlog.imports import recipes
from backlog.imports.dates import guess_format, read_date
from backlog.imports.numbers import number, scale, whole
from backlog.imports.recipes import Column, Dates, Recipe, Role, Scale, Shape
from tests.imports.surveys import DEMO, LONG


def body(**changes: Any) -> dict[str, Any]:
    return {**recipes.to_builtins(LONG), **changes}


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"format": 2}, "format", "format 2"),
        ({"delimiter": ";;"}, "delimiter", "one character"),
        ({"decimal": "x"}, "decimal", "point or a comma"),
        ({"header_row": -1}, "header_row", "first 100 rows"),
        ({"shape": "tall"}, "shape", "tall"),
        ({"colour": "blue"}, "recipe", "colour"),
        ({"scale": {"low": 5, "high": 1}}, "scale", "lower to a higher"),
        ({"scales": {"recommend": {"low": 3, "high": 3}}}, "scales.recommend", "lower to a higher"),
        ({"date": {"format": "y/d/m"}}, "date.format", "Unknown date format"),
        ({"date": {"format": "day", "year": 2018}}, "date.month", "month and year"),
        ({"date": {"fixed": "May"}}, "date.fixed", "year-month-day"),
        ({"date": {}}, "date.format", "how the dates are written"),
        ({"columns": []}, "columns", "names the touchpoint"),
        ({"columns": [{"column": "", "role": "value"}]}, "columns[0].column", "Name the column"),
        ({"columns": [{"column": "a", "role": "mean"}]}, "columns[0].role", "no column for “mean”"),
        (
            {"columns": [{"column": "a", "role": "value"}, {"column": "A ", "role": "date"}]},
            "columns[1].column",
            "mapped twice",
        ),
        (
            {"columns": [{"column": "a", "role": "value"}, {"column": "b", "role": "value"}]},
            "columns[1].role",
            "Only one",
        ),
        ({"columns": [{"column": "a", "role": "sorcery"}]}, "columns[0].role", "sorcery"),
        (
            {"shape": "wide", "columns": [{"column": "a", "role": "rating"}]},
            "columns[0].touchpoint",
            "which touchpoint",
        ),
        ({"shape": "summary", "columns": [{"column": "a", "role": "touchpoint"}]}, "columns.n", "no interval"),
    ],
)
def test_an_unusable_recipe_names_the_field(changes: dict[str, Any], field: str, words: str) -> None:
    with pytest.raises(Invalid) as invalid:
        recipes.from_builtins(body(**changes))

    assert words in str(invalid.value.fields[field])


def test_a_recipe_that_is_no_json_is_refused() -> None:
    with pytest.raises(Invalid) as invalid:
        recipes.read("{columns: ")

    assert "not JSON" in str(invalid.value.fields["recipe"])


@pytest.mark.parametrize("path", sorted((DEMO / "recipes").glob("*.json")), ids=lambda path: path.stem)
def test_a_shipped_recipe_is_sound_and_reads_back_as_written(path: Any) -> None:
    recipe = recipes.read(path.read_bytes())

    assert recipes.write(recipe) == path.read_text()
    assert json.loads(path.read_text())["format"] == 1


touchpoints = st.text(min_size=1, max_size=20).filter(str.strip)
scales = st.tuples(st.integers(-5, 5), st.integers(1, 10), st.booleans()).map(
    lambda it: Scale(it[0], it[0] + it[1], it[2])
)


@given(st.lists(st.tuples(touchpoints, scales, st.lists(st.text(max_size=4), max_size=3)), min_size=1, max_size=6))
def test_a_recipe_survives_json(asked: list[tuple[str, Scale, list[str]]]) -> None:
    columns = [
        Column(f"Q{at}", Role.RATING, touchpoint, "experience", scale, missing)
        for at, (touchpoint, scale, missing) in enumerate(asked)
    ]
    recipe = Recipe(columns=columns, shape=Shape.WIDE, date=Dates(fixed="2026-05-01"))

    assert recipes.read(recipes.write(recipe)) == recipe
    assert recipes.from_builtins(recipes.to_builtins(recipe)) == recipe


@given(scales, st.floats(0, 1))
def test_answers_land_on_zero_to_ten_the_right_way_round(scale: Scale, share: float) -> None:
    value = scale.to_ten(scale.low + share * (scale.high - scale.low))

    assert value is None or value == pytest.approx(10 * (1 - share if scale.reversed else share), abs=1e-4)
    assert scale.to_ten(scale.high + 0.01) is None
    assert scale.to_ten(scale.low) == (10 if scale.reversed else 0)


@pytest.mark.parametrize(
    ("raw", "form", "iso"),
    [
        ("2026-05-04", "y-m-d", "2026-05-04"), ("2026/5/4 13:00", "y-m-d", "2026-05-04"), ("20260504", "y-m-d", "2026-05-04"),
        ("2026-05-04T10:00:00Z", "y-m-d", "2026-05-04"), ("04.05.2026", "d.m.y", "2026-05-04"), ("4.5.26", "d.m.y", "2026-05-04"),
        ("05/11/2016 12:00:00 AM", "m/d/y", "2016-05-11"), ("13/05/2016", "m/d/y", None), ("13/05/2016", "d/m/y", "2016-05-13"),
        ("Q3 2026", "quarter", "2026-07-01"), ("2026-Q4", "quarter", "2026-10-01"), ("4. Quartal 2026", "quarter", "2026-10-01"),
        ("2026-05", "month", "2026-05-01"), ("05/2026", "month", "2026-05-01"), ("2026", "year", "2026-01-01"),
        ("31.02.2026", "d.m.y", None), ("0000-01-01", "y-m-d", None), ("9999-01-01", "y-m-d", None), ("٢٠٢٦-٠٥-٠٤", "y-m-d", None),
    ],
)  # fmt: skip
def test_dates_are_read_in_the_order_that_was_said(raw: str, form: str, iso: str | None) -> None:
    found = read_date(raw, form)

    assert (found and found.isoformat()) == iso


def test_the_order_of_day_and_month_is_only_certain_when_a_day_passes_twelve() -> None:
    assert guess_format(["05/04/2026", "06/04/2026"]) == ("d/m/y", False)
    assert guess_format(["05/04/2026", "05/24/2026"]) == ("m/d/y", True)
    assert guess_format(["04.05.2026", "24.05.2026"]) == ("d.m.y", True)
    assert guess_format(["soon"]) == ("", False)


def test_numbers_are_read_as_people_write_them() -> None:
    assert number("3,61", ",") == 3.61
    assert number("−2") == -2.0
    assert [number(raw) for raw in ("1_000", "0x10", "5%", "1,5", "infinity", "")] == [None] * 6
    assert [whole(raw) for raw in ("2417", "2,417", "2.417", "2 417", "1e3", "2.5", "x")] == [
        2417,
        2417,
        2417,
        2417,
        1000,
        None,
        None,
    ]
    assert [scale(raw) for raw in ("1-5", "0 to 10", "-2..2", "5-1", "1 bis 6", "3-3", "one")] == [
        (1, 5), (0, 10), (-2, 2), (5, 1), (1, 6), None, None,
    ]  # fmt: skip
