"""What the demo's files name exists: in the survey, in the register, among the colleagues."""

import csv

import pytest

from backlog.demo import content, surveys
from backlog.demo.content import Story
from backlog.imports import recipes
from backlog.imports.names import touchpoints_named
from backlog.initiatives.stages import Stage
from backlog.weights.ways import checked_weights

AIRPORT, STORIES = content.airport(), content.stories()
TOUCHPOINTS = {place.name for place in AIRPORT.touchpoints}
COLLEAGUES = {each.key for each in AIRPORT.people}
each_story = pytest.mark.parametrize("story", STORIES, ids=lambda story: story.title)


@pytest.fixture(scope="module")
def said() -> list[dict[str, str]]:
    text = (content.FOLDER / "sfo" / "sfo_2018_comments.csv").read_text("utf-8")
    return list(csv.DictReader(text.splitlines(keepends=True)))


@each_story
def test_an_initiative_rests_on_what_customers_said(story: Story, said: list[dict[str, str]]) -> None:
    lost = [theme for theme in story.themes if not any(row["theme"].startswith(theme) for row in said)]
    lost += [quote for quote in story.quotes if not any(row["comment"].startswith(quote) for row in said)]

    assert lost == []


@each_story
def test_an_initiative_names_only_what_is_known(story: Story) -> None:
    codes = {department.code for department in AIRPORT.departments}

    assert set(story.touchpoints) <= TOUCHPOINTS
    assert {story.lead, *story.contributing} <= codes
    assert {*story.ratings, *(writer for writer, _ in story.comments)} <= COLLEAGUES


def test_there_are_initiatives_in_every_stage() -> None:
    assert {story.stage for story in STORIES} == set(Stage)
    assert len({story.title for story in STORIES}) == len(STORIES) >= 24


def test_every_rated_touchpoint_is_in_the_register_and_on_a_journey() -> None:
    read = [recipes.read((content.FOLDER / "recipes" / f"{name}.json").read_bytes()) for name in surveys.NAMES]
    rated = {touchpoint for recipe in read for touchpoint in touchpoints_named(recipe)}
    placed = {name for journey in AIRPORT.journeys for phase in journey.phases for name in phase.touchpoints}

    assert rated <= TOUCHPOINTS
    assert placed == TOUCHPOINTS


def test_there_are_fewer_signature_touchpoints_than_places() -> None:
    named = [nomination.touchpoint for nomination in AIRPORT.signatures]

    assert 3 <= len(named) < AIRPORT.settings["signature_cap"]
    assert set(named) <= TOUCHPOINTS


def test_the_proposed_weights_differ_from_the_agreed_ones() -> None:
    assert checked_weights(AIRPORT.proposed.weights) != checked_weights(AIRPORT.agreed.weights)
