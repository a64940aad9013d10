"""waymark import."""

import asyncio
from pathlib import Path

import rich_click as click
from sqlalchemy.ext.asyncio import AsyncSession

from backlog.database import Database
from backlog.errors import Refused, Text
from backlog.imports import copies, drafts, loading, naming, recipes
from backlog.imports.copies import AlreadyIn
from backlog.imports.previews import Preview, preview
from backlog.imports.readers import Sheet
from backlog.imports.recipes import Recipe
from backlog.imports.surveys import Import, new_import
from web.commands import mappings
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
@click.option("--scale", metavar="LOW-HIGH", help="Scale of the answers where it is guessed; 5-1 if low is good.")
@click.option("--date", "day", metavar="DAY", help="Day of all answers (2026-05-31), for files without dates.")
@click.option("--yes", is_flag=True, help="Take what was guessed as it is, doubtful or not.")
@click.option("--dry-run", is_flag=True, help="Only say what would come of it.")
@click.option("--again", is_flag=True, help="Import a file once more although its answers are in; they count double.")
def survey(
    files: tuple[Path, ...],
    recipe: Path | None,
    create_touchpoints: bool,
    write_recipe: Path | None,
    scale: str | None,
    day: str | None,
    yes: bool,
    dry_run: bool,
    again: bool,
) -> None:
    """Load survey files (CSV), each as one import. On any error nothing of that file is kept."""
    if recipe and (scale or day or yes):
        raise click.UsageError("--scale, --date and --yes go with guessed columns; a recipe says all that itself.")

    async def work(database: Database) -> None:
        said = mappings.said(scale, day, yes=yes)
        for file in map(Path.absolute, files):
            click.echo(f"{file.name}:")
            mapping, sheet = await mappings.mapping(database, file, recipe, write_recipe, said)
            if write_recipe:
                continue
            if dry_run:
                await _look(database, file, sheet, mapping)
            else:
                mapping = drafts.whole(mapping, sheet.names)
                await _load(database, sheet, mapping, create=create_touchpoints, again=again)

    run(work)


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
    if undated := recipes.undated(recipe):
        click.echo(f"  {undated}")
    click.echo(
        f"  {seen.rows} rows, {seen.answers} responses, {seen.comments} comments; {seen.aside} rows would be set aside"
    )
    for name in seen.touchpoints.values():
        click.echo(f"  new touchpoint: {name}")
    for wrong in seen.wrong[:WRONG_SHOWN]:
        click.echo(f"  row {wrong.row}, {wrong.column or 'whole row'}: {wrong.reason}")
