"""Guesses: right without a hand on the files airports and companies really have; what is doubtful is marked."""

import csv
import io
from pathlib import Path

import pytest

from backlog.imports import recipes
from backlog.imports.guesses import Guesses, guess, guess_rows
from backlog.imports.readers import open_sheet
from backlog.imports.recipes import Role, Scale, Shape
from tests.imports.surveys import DEMO


def guessed(text: str, known: dict[str, str] | None = None) -> Guesses:
    rows = list(csv.reader(io.StringIO(text), delimiter=";"))
    return guess_rows(rows[0], rows[1:], known or {})


def roles(guesses: Guesses) -> dict[str, str]:
    return {found.column.column: found.column.role.value for found in guesses.columns}


@pytest.mark.parametrize("year", range(2013, 2019))
def test_the_ratings_of_a_raw_sfo_file_are_found_with_scale_and_codes(year: int) -> None:
    recipe = recipes.read((DEMO / "recipes" / f"sfo_{year}.json").read_bytes())
    meant = {column.column: column for column in recipe.columns}

    found = {each.column.column: each.column for each in guess(open_sheet(DEMO / "sfo" / f"sfo_{year}.csv")).columns}

    for name, column in meant.items():
        if name.upper().startswith(("Q7", "Q9")):
            assert found[name].role is column.role, name
            assert found[name].scale == Scale(1, 5)
            assert "0" in found[name].missing
            assert found[name].inapplicable == ["6"]
        elif column.role in {Role.WEIGHT, Role.RESPONDENT, Role.DATE}:
            assert found[name].role is column.role
    ratings = [name for name, column in found.items() if column.role is Role.RATING]
    assert not [name for name in ratings if name.startswith(("STRATA", "Q2", "Q3", "Q4", "Q5", "Q6", "Q8", "LANG"))]


def test_recommendation_is_zero_to_ten_with_eleven_as_no_answer() -> None:
    found = {each.column.column: each for each in guess(open_sheet(DEMO / "sfo" / "sfo_2018.csv")).columns}["NETPRO"]

    assert (found.column.role, found.column.measure, found.column.scale) == (Role.OVERALL, "recommend", Scale(0, 10))
    assert found.column.missing == ["11"]
    assert found.doubtful


def test_a_day_of_the_month_is_doubtful_until_somebody_says_which_month() -> None:
    guesses = guess(open_sheet(DEMO / "sfo" / "sfo_2018.csv"))

    assert (guesses.recipe.date.format, guesses.recipe.date.year, guesses.recipe.date.month) == ("day", 2018, 0)
    assert [each.doubtful for each in guesses.columns if each.column.role is Role.DATE] == [True]


def test_a_german_summary_is_understood() -> None:
    guesses = guessed(
        "Kontaktpunkt;Quartal;ZUF_Mittelwert;Anzahl_Antworten;Standardabw;Bemerkung_Freitext\n"
        "Warteschlange Sicherheitskontrolle;Q3 2026;3,61;2417;2,38;\n"
        "Sicherheitspersonal;Q3 2026;7,4;2105;1,9;\n"
    )

    assert guesses.recipe.shape is Shape.SUMMARY
    assert guesses.recipe.decimal == ","
    assert guesses.recipe.date.format == "quarter"
    assert roles(guesses) == {
        "Kontaktpunkt": "touchpoint", "Quartal": "date", "ZUF_Mittelwert": "mean", "Anzahl_Antworten": "n",
        "Standardabw": "sd", "Bemerkung_Freitext": "ignore",
    }  # fmt: skip
    assert guesses.recipe.only(Role.MEAN).scale == Scale(0, 10)  # type: ignore[union-attr]


def test_a_long_file_is_understood_in_both_languages() -> None:
    german = guessed(
        "Teilnehmer-Nr;Datum;Kontaktpunkt;Bewertung;Gewicht;Kommentar\n"
        + "".join(
            f"{at};{at % 28 + 1:02}.05.2026;Lounge;{at % 5 + 1};1,5;{'zu laut und zu voll hier' if at % 3 else ''}\n"
            for at in range(60)
        )
    )
    english = guessed(
        "respondent;answered_on;touchpoint;measure;value;scale\n"
        + "".join(f"{at};2026-05-{at % 28 + 1:02};Lounge;experience;{at % 5 + 1};1-5\n" for at in range(60))
    )

    assert list(roles(german).values()) == ["respondent", "date", "touchpoint", "value", "weight", "comment"]
    assert german.recipe.date.format == "d.m.y"
    assert list(roles(english).values()) == ["respondent", "date", "touchpoint", "measure", "value", "scale"]
    recipes.check(german.recipe)
    recipes.check(english.recipe)


def test_the_first_values_stand_in_the_order_of_the_file() -> None:
    rows = "".join(f"R{at};Lounge;{at % 5 + 1}\n" for at in range(120))

    found = guessed("who;place;value\n;;\n" + rows)

    assert [each.samples for each in found.columns] == [("R0", "R1", "R2"), ("Lounge",), ("1", "2", "3")]


def test_registered_touchpoints_lend_their_names() -> None:
    text = "How was ... [check-in];How was ... [lounge];How was ... [boarding]\n" + "".join(
        f"{at % 5 + 1};{at % 4 + 2};{5 - at % 3}\n" for at in range(60)
    )

    guesses = guessed(text, {"check-in": "Check-In"})

    assert [column.touchpoint for column in guesses.recipe.of(Role.RATING)] == ["Check-In", "lounge", "boarding"]


def test_guessing_survives_anything_a_sheet_can_hold(tmp_path: Path) -> None:
    path = tmp_path / "odd.csv"
    path.write_text("n,n,,weight,Q1_,value\n,,,,,\n<b>,=1+1,\u202e,nan,-,1e308\n" + "x," * 5 + "\n")

    guesses = guess(open_sheet(path))

    assert len(guesses.columns) == 6


def dated(*days: str) -> Guesses:
    rows = "".join(f"{day};Lounge;{at % 5 + 1}\n" for at, day in enumerate(days))
    return guessed("Datum;Kontaktpunkt;Bewertung\n" + rows)


def test_a_bad_date_among_many_does_not_stop_the_column_being_one() -> None:
    guesses = dated(*(f"{at % 28 + 1:02}.05.2026" for at in range(60)), "31.02.2026", "unbekannt")

    assert roles(guesses)["Datum"] == "date"
    assert guesses.recipe.date.format == "d.m.y"
    assert not guesses.columns[0].doubtful


def test_a_column_where_every_fifth_is_no_date_is_none() -> None:
    guesses = dated(*(f"{at % 28 + 1:02}.05.2026" for at in range(40)), *["unbekannt"] * 10)

    assert roles(guesses)["Datum"] != "date"


def test_day_and_month_are_told_apart_by_most_and_doubtful_when_some_say_otherwise() -> None:
    days = [f"{at % 12 + 1:02}/{at % 12 + 1:02}/2026" for at in range(60)]

    clear, torn = dated(*days, "28/05/2026"), dated(*days, "28/05/2026", "29/05/2026", "05/28/2026")

    assert (clear.recipe.date.format, clear.columns[0].doubtful) == ("d/m/y", False)
    assert (torn.recipe.date.format, torn.columns[0].doubtful) == ("d/m/y", True)


def test_a_stray_day_of_the_month_does_not_stop_the_column_being_days() -> None:
    rows = "".join(f"{at % 28 + 1};Lounge;{at % 5 + 1}\n" for at in range(60))
    guesses = guessed("Datum;Kontaktpunkt;Bewertung\n" + rows + "99;Lounge;3\n")

    assert roles(guesses)["Datum"] == "date"
    assert guesses.recipe.date.format == "day"
