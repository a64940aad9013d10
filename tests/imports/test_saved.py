"""Saved recipes are found again for next year's file."""

from sqlalchemy import func, select

from backlog.database import Database
from backlog.history import Actor
from backlog.imports import recipes, saved
from backlog.imports.surveys import SavedRecipe
from tests.imports.surveys import DEMO, LONG, LONG_NAMES

ANNA = Actor("Anna Berg")


async def test_the_recipe_that_reads_most_of_a_file_is_offered_first(database: Database) -> None:
    wide = recipes.read((DEMO / "recipes" / "sfo_2018.json").read_bytes())
    async with database.writing() as session:
        await saved.save(session, "SFO", wide, by=ANNA)
        await saved.save(session, "Quarterly survey", LONG, by=ANNA)

    async with database.reading() as session:
        for_sfo = await saved.fitting(session, [column.column for column in wide.columns])
        for_other = await saved.fitting(session, [*LONG_NAMES, "remark"])
        for_none = await saved.fitting(session, ["remark"])

    assert [each.name for each in for_sfo] == ["SFO"]
    assert [each.name for each in for_other] == ["Quarterly survey"]
    assert for_none == []


async def test_saving_under_a_known_name_replaces(sqlite_database: Database) -> None:
    async with sqlite_database.writing() as session:
        await saved.save(session, "Quarterly survey", LONG, by=ANNA)
        again = await saved.save(session, " Quarterly  survey ", LONG, by=ANNA)

    async with sqlite_database.reading() as session:
        assert await session.scalar(select(func.count()).select_from(SavedRecipe)) == 1
    assert recipes.from_builtins(again.body).of(recipes.Role.VALUE)


def test_days_of_the_month_are_of_the_year_in_the_name_of_the_file() -> None:
    recipe = recipes.read((DEMO / "recipes" / "sfo_2018.json").read_bytes())

    assert recipes.for_file(recipe, "sfo_2019_final.csv").date.year == 2019
    assert recipes.for_file(recipe, "sfo.csv").date.year == 2018
