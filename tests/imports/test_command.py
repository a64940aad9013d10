"""``waymark import survey`` on real files."""

import sqlite3
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from backlog.history import now
from tests.imports.surveys import DEMO
from web.commands.imports import imports


@pytest.fixture
def waymark(waymark_home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("WAYMARK_HOME", str(waymark_home))
    monkeypatch.setenv("WAYMARK_DEMO", "0")
    monkeypatch.delenv("WAYMARK_DATABASE_URL", raising=False)
    return waymark_home


def survey(*arguments: str | Path) -> Result:
    return CliRunner().invoke(imports, ["survey", *map(str, arguments)])


def test_a_survey_is_loaded_with_its_recipe_and_counts_are_printed(waymark: Path) -> None:
    recipe = DEMO / "recipes" / "sfo_2018.json"

    result = survey(DEMO / "sfo" / "sfo_2018.csv", "--recipe", recipe, "--create-touchpoints")

    assert result.exit_code == 0, result.output
    assert "2809 rows, 53197 responses, 0 comments, 19 touchpoints made" in result.output


def test_a_doubtful_guess_is_not_imported_but_can_be_written_down(waymark: Path, tmp_path: Path) -> None:
    file = DEMO / "sfo" / "sfo_2018.csv"

    refused = survey(file)
    written = survey(file, "--write-recipe", tmp_path / "r.json")

    assert refused.exit_code == 1
    assert "INTDATE (looks like the day of the month" in " ".join(refused.output.replace("│", " ").split())
    assert written.exit_code == 0
    assert '"Q7FOOD"' in (tmp_path / "r.json").read_text()


def test_a_plain_file_needs_no_recipe(waymark: Path, tmp_path: Path) -> None:
    file = tmp_path / "lounge.csv"
    rows = "".join(f"{at},2026-05-{at % 28 + 1:02},Lounge,{at % 5 + 1}\n" for at in range(40))
    file.write_text("respondent,answered_on,touchpoint,rating\n" + rows + "41,2026-05-01,Lounge,7x\n")

    looked = survey(file, "--dry-run")
    loaded = survey(file, "--create-touchpoints")

    assert "row 42, rating: “7x” is not a number." in looked.output
    assert "new touchpoint: Lounge" in looked.output
    assert "41 rows, 40 responses, 0 comments, 1 touchpoints made" in loaded.output
    assert "1 rows set aside" in loaded.output


def words(result: Result) -> str:
    return " ".join(result.output.replace("│", " ").split())


def summaries(tmp_path: Path) -> Path:
    file = tmp_path / "agg2.csv"
    rows = "".join(f"Gate {at},2026-05,{2.4 + at / 24:.2f},120,1.1\n" for at in range(48))
    file.write_text("touchpoint,period,mean,n,sd\n" + rows)
    return file


def test_a_clean_summary_is_refused_with_what_is_doubted_and_what_settles_it(waymark: Path, tmp_path: Path) -> None:
    refused = survey(summaries(tmp_path), "--create-touchpoints")

    assert refused.exit_code == 1
    assert (
        "mean (is its scale 1–5? Its values, 2.4 to 4.36, do not tell for certain). Nothing was imported. "
        "If all of it is right, import with --yes. If the answers are on another scale than 1-5, say which: "
        "--scale LOW-HIGH." in words(refused)
    )


@pytest.mark.parametrize(("option", "mean"), [(("--yes",), 3.5), (("--scale", "0-10"), 2.4), (("--scale", "5-1"), 6.5)])
def test_an_option_settles_the_scale(waymark: Path, tmp_path: Path, option: tuple[str, ...], mean: float) -> None:
    told = survey(summaries(tmp_path), "--create-touchpoints", *option)

    assert told.exit_code == 0, told.output
    assert "48 rows, 5760 responses" in told.output
    with sqlite3.connect(waymark / "waymark.db") as file:
        assert file.execute("select mean from summary order by id limit 1").fetchone()[0] == pytest.approx(mean)


@pytest.mark.parametrize("option", [("--scale", "five"), ("--date", "31.5.2026"), ("--date", "2999-01-01")])
def test_an_option_that_cannot_be_read_is_one_clear_sentence(
    waymark: Path, tmp_path: Path, option: tuple[str, str]
) -> None:
    refused = survey(summaries(tmp_path), *option)

    assert refused.exit_code == 1
    assert " ".join(option) in words(refused)
    assert "write it like" in words(refused)


def test_answers_without_a_date_need_a_day_and_the_output_says_which(waymark: Path, tmp_path: Path) -> None:
    file = tmp_path / "lounge.csv"
    file.write_text("respondent,touchpoint,rating\n" + "".join(f"{at},Lounge,{at % 5 + 1}\n" for at in range(40)))

    refused = survey(file)
    looked = survey(file, "--date", "2018-05-31", "--dry-run")
    loaded = survey(file, "--date", "2018-05-31", "--create-touchpoints")

    assert refused.exit_code == 1
    assert f"Say of which day all answers are: --date {now().date()}." in words(refused)
    for told in (looked, loaded):
        assert "No date in the file: all answers count as given on 2018-05-31." in told.output
    with sqlite3.connect(waymark / "waymark.db") as database:
        assert database.execute("select distinct answered_on from response").fetchall() == [("2018-05-31",)]


def test_a_file_with_dates_takes_no_day_for_all(waymark: Path, tmp_path: Path) -> None:
    refused = survey(summaries(tmp_path), "--yes", "--date", "2026-05-31")

    assert "The column period holds the dates; leave --date out." in words(refused)


def test_a_recipe_says_all_that_the_options_would_say(waymark: Path, tmp_path: Path) -> None:
    refused = survey(summaries(tmp_path), "--recipe", DEMO / "recipes" / "sfo_2018.json", "--yes")

    assert refused.exit_code == 2


@pytest.mark.parametrize(
    ("recipe", "told"),
    [
        ('{"columns": 3}', "columns: Expected `array`, got `int`."),
        ('{"columns": [{"column": "mean", "role": 5}]}', "columns[0].role: Expected `str`, got `int`."),
        ("{", "This is not JSON"),
    ],
)
def test_a_recipe_that_cannot_be_read_names_the_place(waymark: Path, tmp_path: Path, recipe: str, told: str) -> None:
    file = tmp_path / "r.json"
    file.write_text(recipe)

    refused = survey(summaries(tmp_path), "--recipe", file)

    assert refused.exit_code == 1
    assert f"The recipe r.json cannot be used. {told}" in words(refused)


def test_a_file_whose_answers_are_in_is_loaded_once_more_only_when_told(waymark: Path, tmp_path: Path) -> None:
    file, copy = tmp_path / "lounge.csv", tmp_path / "lounge (1).csv"
    rows = "".join(f"{at},2026-05-{at % 28 + 1:02},Lounge,{at % 5 + 1}\n" for at in range(40))
    for each in (file, copy):
        each.write_text("respondent,answered_on,touchpoint,rating\n" + rows)
    survey(file, "--create-touchpoints")

    refused = survey(copy)
    looked = survey(copy, "--dry-run")
    told = survey(copy, "--again")

    assert refused.exit_code == 1
    words = " ".join(refused.output.replace("│", " ").split())
    assert "These very answers are in already: import 1, “lounge.csv”" in words
    assert "by command line. Nothing was imported. With --again it counts once more." in words
    assert "in already: import 1" in looked.output
    assert looked.exit_code == 0
    assert "40 rows, 40 responses" in told.output


def test_a_file_that_is_no_table_is_one_clear_sentence(waymark: Path, tmp_path: Path) -> None:
    file = tmp_path / "survey.csv"
    file.write_bytes(b"PK\x03\x04" + bytes(100))

    result = survey(file)

    assert result.exit_code == 1
    assert "This is a ZIP archive, not a CSV file." in " ".join(result.output.replace("│", " ").split())
