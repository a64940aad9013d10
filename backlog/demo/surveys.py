"""The surveys of the demo, read with their recipes just as anybody's files are."""

import asyncio
import datetime as dt

from sqlalchemy import select

from backlog import history
from backlog.database import Database
from backlog.demo import content
from backlog.history import Actor
from backlog.imports import drafts, loading, recipes, saved
from backlog.imports.copies import digest_of
from backlog.imports.naming import CREATE, OTHERS
from backlog.imports.readers import open_sheet
from backlog.imports.surveys import Import, ImportState, new_import

NAMES = (*(f"sfo_{year}" for year in range(2013, 2019)), "sfo_2018_comments")


async def load(database: Database, name: str, *, at: dt.datetime, by: Actor) -> None:
    """Load one survey and save its recipe, unless that was done before."""
    file = content.FOLDER / "sfo" / f"{name}.csv"
    recipe = recipes.read((content.FOLDER / "recipes" / f"{name}.json").read_bytes())
    async with database.reading() as session:
        loaded = select(Import.id).where(Import.file_name == file.name, Import.state == ImportState.LOADED)
        if await session.scalar(loaded):
            return
    digest = await asyncio.to_thread(digest_of, file)
    sheet = open_sheet(file, encoding=recipe.encoding, delimiter=recipe.delimiter, header_row=recipe.header_row)
    with history.at(at):
        async with database.writing() as session:
            await saved.save(session, recipe.name, recipe, by=by)
            row = new_import(file.name, None, digest=digest, by=by)  # no path: the file is the product's
            row.queue(recipes.to_builtins(drafts.whole(recipe, sheet.names)), {OTHERS: CREATE})
            session.add(row)
        await loading.load_table(database, row.id, sheet)
