"""waymark import."""

import asyncio
from pathlib import Path

import rich_click as click
from sqlalchemy.ext.asyncio import AsyncSession

from backlog.database import Database
from backlog.errors import Refused, Text
from backlog.imports import copies, drafts, guesses, loading, naming, recipes, saved
from backlog.imports.copies import AlreadyIn
from backlog.imports.guesses import Guesses
from backlog.imports.previews import Preview, preview
from backlog.imports.readers import Sheet, open_sheet
from backlog.imports.recipes import Recipe
from backlog.imports.surveys import Import, new_import
from web.commands.people import SHELL, run

EXISTING = click.Path(exists=True, dir_okay=False, path_type=Path)
WRONG_SHOWN = 10


@click.group("import")
def imports() -> None:
    """Bring in evidence."""


@imports.command()
@click.argument("files", nargs=-1, required=True, type=EXISTING)
@click.option(
    "--recipe", type=EXISTING, help="What the columns mean (JSON); else they are guessed, or known from before."
)
@click.option(
    "--create-touchpoints",
    is_flag=True,
    help="Make touchpoints the register does not know; else their rows are set aside.",
)
@click.option(
    "--write-recipe",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Only write the guessed recipe here, to correct it.",
)
@click.option("--dry-run", is_flag=True, help="Only say what would come of it.")
@click.option("--again", is_flag=True, help="Import a file once more although its answers are in; they count double.")
def survey(
    files: tuple[Path, ...],
    recipe: Path | None,
    create_touchpoints: bool,
    write_recipe: Path | None,
    dry_run: bool,
    again: bool,
) -> None:
    """Load survey files (CSV), each as one import. On any error nothing of that file is kept."""

    async def work(database: Database) -> None:
        for file in map(Path.absolute, files):
            click.echo(f"{file.name}:")
            mapping, sheet = await _mapping(database, file, recipe, write_recipe)
            if write_recipe:
                continue
            if dry_run:
                await _look(database, file, sheet, mapping)
            else:
                mapping = drafts.whole(mapping, sheet.names)
                await _load(database, sheet, mapping, create=create_touchpoints, again=again)

    run(work)


async def _mapping(database: Database, file: Path, recipe: Path | None, write: Path | None) -> tuple[Recipe, Sheet]:
    """The recipe given, else a saved one that fits, else the guess when nothing in it is doubtful; and the file opened
    as it says."""
    if recipe:
        return await asyncio.to_thread(_given, file, recipe)
    sheet = await asyncio.to_thread(open_sheet, file)
    async with database.reading() as session:
        known = [] if write else await saved.fitting(session, sheet.names)
    if known:
        click.echo(f"  read with the saved recipe “{known[0].name}”")
        mapping = recipes.for_file(recipes.from_builtins(known[0].body), file.name)
        return await asyncio.to_thread(_opened, file, mapping)
    guessed = await asyncio.to_thread(guesses.guess, sheet)
    if write:
        await asyncio.to_thread(write.write_text, recipes.write(guessed.recipe), encoding="utf-8")
        click.echo(f"  the guessed recipe is in {write}; correct it and import with --recipe {write}")
        return guessed.recipe, sheet
    _refuse_doubtful(guessed)
    recipes.check(guessed.recipe)
    return guessed.recipe, sheet


def _given(file: Path, recipe: Path) -> tuple[Recipe, Sheet]:
    return _opened(file, recipes.read(recipe.read_bytes()))


def _opened(file: Path, recipe: Recipe) -> tuple[Recipe, Sheet]:
    return recipe, open_sheet(file, encoding=recipe.encoding, delimiter=recipe.delimiter, header_row=recipe.header_row)


def _refuse_doubtful(guessed: Guesses) -> None:
    doubtful = [f"{each.column.column} ({each.reason})" for each in guessed.columns if each.doubtful]
    if doubtful:
        raise Refused(
            Text(
                "These columns are doubtful: %(columns)s. Nothing was imported. Write the guessed recipe with "
                "--write-recipe FILE, correct it, and import with --recipe FILE.",
                {"columns": ", ".join(doubtful[:12]) + (" …" if len(doubtful) > 12 else "")},
            )
        )


async def _load(database: Database, sheet: Sheet, recipe: Recipe, *, create: bool, again: bool) -> None:
    file = sheet.path
    digest = await asyncio.to_thread(copies.digest_of, file)
    async with database.writing() as session:
        if not again:
            await _refuse_copy(session, digest)
        row = new_import(file.name, str(file), digest=digest, by=SHELL)
        row.queue(recipes.to_builtins(recipe), {naming.OTHERS: naming.CREATE if create else naming.ASIDE})
        session.add(row)
    with loading.without_garbage_collection():
        await loading.load_table(database, row.id, sheet)
    async with database.reading() as session:
        _report(await session.get_one(Import, row.id))


async def _refuse_copy(session: AsyncSession, digest: str) -> None:
    try:
        await copies.refuse(session, digest)
    except AlreadyIn as copy:
        params = {"what": copy.text}
        raise Refused(Text("%(what)s With --again it counts once more.", params)) from None


def _report(row: Import) -> None:
    click.echo(
        f"  {row.rows} rows, {row.responses} responses, {row.insights} comments, {len(row.created)} touchpoints made"
    )
    if row.rows_aside:
        click.echo(f"  {row.rows_aside} rows set aside; see import {row.id}")
    for warning in row.warnings:
        click.echo(f"  {Text(warning['message'], warning['params'])}")


async def _look(database: Database, file: Path, sheet: Sheet, recipe: Recipe) -> None:
    digest = await asyncio.to_thread(copies.digest_of, file)
    async with database.reading() as session:
        register = await naming.known(session)
        earlier = await copies.present(session, digest)
    if earlier:
        click.echo(f"  {AlreadyIn(earlier).text}")
    seen: Preview = await asyncio.to_thread(preview, sheet, recipe, register)
    click.echo(
        f"  {seen.rows} rows, {seen.answers} responses, {seen.comments} comments; {seen.aside} rows would be set aside"
    )
    for name in seen.touchpoints.values():
        click.echo(f"  new touchpoint: {name}")
    for wrong in seen.wrong[:WRONG_SHOWN]:
        click.echo(f"  row {wrong.row}, {wrong.column or 'whole row'}: {wrong.reason}")
