"""``waymark import survey`` on real files."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

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


def test_a_file_that_is_no_table_is_one_clear_sentence(waymark: Path, tmp_path: Path) -> None:
    file = tmp_path / "survey.csv"
    file.write_bytes(b"PK\x03\x04" + bytes(100))

    result = survey(file)

    assert result.exit_code == 1
    assert "This is a ZIP archive, not a CSV file." in " ".join(result.output.replace("│", " ").split())
