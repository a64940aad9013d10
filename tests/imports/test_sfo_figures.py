"""The six SFO surveys, read with their recipes, against the figures the airport's own trend file holds."""

import csv
from collections import defaultdict

import pytest

from backlog.imports import recipes
from backlog.imports.recipes import Role
from tests.imports.surveys import DEMO, Read, read_file

YEARS = range(2013, 2019)
TREND = list(csv.DictReader((DEMO / "sfo" / "sfo_touchpoint_trend_2012_2018.csv").read_text("utf-8").splitlines()))


@pytest.fixture(scope="module", params=YEARS)
def survey(request: pytest.FixtureRequest) -> tuple[int, recipes.Recipe, Read]:
    year = request.param
    recipe = recipes.read((DEMO / "recipes" / f"sfo_{year}.json").read_bytes())
    return year, recipe, read_file(DEMO / "sfo" / f"sfo_{year}.csv", recipe)


def test_every_row_of_a_survey_is_read(survey: tuple[int, recipes.Recipe, Read]) -> None:
    year, _, read = survey

    assert read.wrong == []
    assert read.rows == next(int(row["n_rows"]) for row in TREND if row["year"] == str(year))
    assert {str(answer[3])[:7] for answer in read.answers} == {f"{year}-05"}
    assert set(read.register.personas) == {"domestic traveller", "international traveller"}


def test_touchpoint_figures_agree_with_the_published_trend(survey: tuple[int, recipes.Recipe, Read]) -> None:
    year, recipe, read = survey
    answers = defaultdict(list)
    for touchpoint, measure, _, _, value, weight, _ in read.answers:
        answers[touchpoint, measure].append((1 + 4 * value / 10, weight))
    columns = {column.column.upper(): column for column in recipe.columns}

    for row in (row for row in TREND if row["year"] == str(year)):
        column = columns[row["source_column"].strip().upper()]
        overall = column.role is Role.OVERALL
        touchpoint = None if overall else read.register.touchpoint(column.touchpoint)
        got = answers[touchpoint, read.register.measures[recipe.measure_of(column)]]
        n, weights = len(got), sum(weight for _, weight in got)

        assert n == int(row["n_valid"]), row
        assert sum(value for value, _ in got) / n == pytest.approx(float(row["mean"]), abs=0.00006), row
        assert sum(value * weight for value, weight in got) / weights == pytest.approx(
            float(row["mean_weighted"]), abs=0.00006
        )
        assert 100 * sum(value >= 4 for value, _ in got) / n == pytest.approx(float(row["top2_pct"]), abs=0.006), row
        assert 100 * sum(value <= 2 for value, _ in got) / n == pytest.approx(float(row["bottom2_pct"]), abs=0.006), row


def test_recommendation_keeps_its_zeros_and_drops_eleven() -> None:
    recipe = recipes.read((DEMO / "recipes" / "sfo_2018.json").read_bytes())

    read = read_file(DEMO / "sfo" / "sfo_2018.csv", recipe)

    recommend = [answer[4] for answer in read.answers if answer[1] == read.register.measures["recommend"]]
    assert len(recommend) == 2809 - 159
    assert recommend.count(0.0) == 24
    assert max(recommend) == 10.0


def test_comments_come_with_touchpoint_theme_and_words() -> None:
    recipe = recipes.read((DEMO / "recipes" / "sfo_2018_comments.json").read_bytes())
    survey = recipes.read((DEMO / "recipes" / "sfo_2018.json").read_bytes())
    rated = [*(column.touchpoint for column in survey.columns if column.touchpoint), "TSA PreCheck"]

    read = read_file(DEMO / "sfo" / "sfo_2018_comments.csv", recipe, rated)

    assert read.wrong == []
    assert read.answers == []
    assert len(read.comments) == read.rows == 2952
    assert sum(bool(comment.text) for comment in read.comments) == 354
    assert {comment.kind for comment in read.comments} == {"pain", "delight"}
