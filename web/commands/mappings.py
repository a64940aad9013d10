"""What the columns of a file mean, as far as a command line says it."""

import asyncio
from dataclasses import dataclass
from pathlib import Path

import msgspec
import rich_click as click

from backlog import history
from backlog.database import Database
from backlog.errors import Invalid, Refused, Text
from backlog.imports import guesses, numbers, recipes, saved
from backlog.imports.dates import read_date
from backlog.imports.guesses import Guess, Guesses
from backlog.imports.readers import Sheet, open_sheet
from backlog.imports.recipes import Recipe, Role, Scale


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody says about the columns that are guessed: the scale of the answers, the day (y-m-d) of all of them,
    and that the rest is right as guessed."""

    scale: Scale | None = None
    day: str = ""
    yes: bool = False


def said(scale: str | None, day: str | None, *, yes: bool) -> Said:
    """The options as they were typed. Raises Refused for a scale or a day that is none."""
    ends = numbers.scale(scale) if scale else None
    if scale and ends is None:
        raise Refused(Text("--scale %(value)s is no scale; write it like 1-5. Nothing was imported.", {"value": scale}))
    known = read_date(day, "y-m-d") if day else None
    if day and (known is None or known > history.now().date()):
        raise Refused(
            Text(
                "--date %(value)s is no day up to now; write it like 2026-05-31. Nothing was imported.", {"value": day}
            )
        )
    return Said(Scale(min(ends), max(ends), ends[0] > ends[1]) if ends else None, day or "", yes)


async def mapping(
    database: Database, file: Path, recipe: Path | None, write: Path | None, said: Said
) -> tuple[Recipe, Sheet]:
    """The recipe given, else a saved one that fits, else the guess when nothing in it is doubtful; and the file opened
    as it says."""
    if recipe:
        return await asyncio.to_thread(_given, file, recipe)
    sheet = await asyncio.to_thread(open_sheet, file)
    async with database.reading() as session:
        known = [] if write or said.scale else await saved.fitting(session, sheet.names)
    if known:
        click.echo(f"  read with the saved recipe “{known[0].name}”")
        found = recipes.for_file(recipes.from_builtins(known[0].body), file.name)
        return await asyncio.to_thread(_opened, file, _dated(found, said))
    guessed = await asyncio.to_thread(guesses.guess, sheet)
    if write:
        await asyncio.to_thread(write.write_text, recipes.write(guessed.recipe), encoding="utf-8")
        click.echo(f"  the guessed recipe is in {write}; correct it and import with --recipe {write}")
        return guessed.recipe, sheet
    found = _settled(guessed, said)
    recipes.check(found)
    return found, sheet


def _given(file: Path, recipe: Path) -> tuple[Recipe, Sheet]:
    try:
        return _opened(file, recipes.read(recipe.read_bytes()))
    except Invalid as invalid:
        wrong = " ".join(str(text) if name == "recipe" else f"{name}: {text}" for name, text in invalid.fields.items())
        what = {"recipe": recipe.name, "wrong": wrong}
        raise Refused(Text("The recipe %(recipe)s cannot be used. %(wrong)s Nothing was imported.", what)) from None


def _opened(file: Path, recipe: Recipe) -> tuple[Recipe, Sheet]:
    return recipe, open_sheet(file, encoding=recipe.encoding, delimiter=recipe.delimiter, header_row=recipe.header_row)


def _settled(guessed: Guesses, said: Said) -> Recipe:
    """The guess with what was said. Raises Refused for what is still doubtful, with the options that settle it."""
    doubtful = [each for each in guessed.columns if each.doubtful and not (said.scale and each.asks_for_scale)]
    if doubtful and not said.yes:
        raise Refused(_doubts(doubtful))
    recipe = _dated(_scaled(guessed, said), said)
    if recipe.only(Role.DATE) is None and not recipe.date.fixed:
        today = {"today": history.now().date().isoformat()}
        raise Refused(
            Text(
                "The file has no dates. Nothing was imported. Say of which day all answers are: --date %(today)s.",
                today,
            )
        )
    return recipe


def _scaled(guessed: Guesses, said: Said) -> Recipe:
    """The scale that was said, for the one column of answers or means, and wherever it is in doubt."""
    if said.scale is None:
        return guessed.recipe
    columns = [
        msgspec.structs.replace(each.column, scale=said.scale)
        if each.asks_for_scale or each.column.role in {Role.VALUE, Role.MEAN}
        else each.column
        for each in guessed.columns
    ]
    return msgspec.structs.replace(guessed.recipe, columns=columns)


def _dated(recipe: Recipe, said: Said) -> Recipe:
    """With the day that was said. Raises Refused when the file has its own."""
    if not said.day:
        return recipe
    if dated := recipe.only(Role.DATE):
        named = {"column": dated.column}
        raise Refused(Text("The column %(column)s holds the dates; leave --date out. Nothing was imported.", named))
    return msgspec.structs.replace(recipe, date=msgspec.structs.replace(recipe.date, fixed=said.day))


def _doubts(doubtful: list[Guess]) -> Text:
    columns = [f"{each.column.column} ({each.reason})" for each in doubtful]
    scale = next((each.column.scale for each in doubtful if each.asks_for_scale), None)
    ends = f"{numbers.plain(scale.low)}-{numbers.plain(scale.high)}" if scale else ""
    return Text(
        "These columns are doubtful: %(columns)s. Nothing was imported. If all of it is right, import with --yes. %(scale)s"
        "Or write the guessed recipe with --write-recipe FILE, correct it, and import with --recipe FILE.",
        {
            "columns": ", ".join(columns[:12]) + (" …" if len(columns) > 12 else ""),
            "scale": f"If the answers are on another scale than {ends}, say which: --scale LOW-HIGH. " if ends else "",
        },
    )
