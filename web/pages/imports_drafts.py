"""What a file starts from: a saved recipe that fits its columns, else a guess."""

import asyncio
from collections.abc import Mapping
from typing import Any

import msgspec
from litestar import Request
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from backlog.evidence.touchpoints import Touchpoint
from backlog.imports import drafts, guesses, recipes, saved
from backlog.imports.guesses import Guesses
from backlog.imports.readers import Sheet
from backlog.imports.recipes import Recipe, Shape
from web import forms

SAMPLED = 1_000  # rows
MOST_SAMPLED = 300_000  # cells, so that wide files are guessed at as fast


async def typed(request: Request[Any, Any, Any]) -> dict[str, str]:
    """Each field of a form once, as text that every database can keep."""
    return {name: value.replace("\0", "") for name, value in (await forms.typed(request)).items()}


async def touchpoint_names(session: AsyncSession) -> dict[str, str]:
    """Clean name -> name of every touchpoint."""
    found = await session.execute(select(Touchpoint.name_key, Touchpoint.name).order_by(Touchpoint.name))
    return dict(found.all())


async def guessed(sheet: Sheet, known: Mapping[str, str], file_name: str, shape: Shape | None = None) -> Guesses:
    def work() -> Guesses:
        rows = [row for _, row in sheet.sample(max(50, min(SAMPLED, MOST_SAMPLED // sheet.width)))]
        return guesses.guess_rows(
            sheet.names, rows, known, file_name, delimiter=sheet.delimiter, header_row=sheet.header_row, shape=shape
        )

    return await asyncio.to_thread(work)


async def proposed(session: AsyncSession, sheet: Sheet, file_name: str) -> Recipe:
    """The mapping to begin with; a saved one keeps its name."""
    fitting = await saved.fitting(session, sheet.names)
    if fitting:
        return as_saved(recipes.from_builtins(fitting[0].body), sheet, file_name)
    found = await guessed(sheet, await touchpoint_names(session), file_name)
    return found.recipe


def as_saved(recipe: Recipe, sheet: Sheet, file_name: str) -> Recipe:
    """A finished recipe for this file; how the file is opened stays as it is. Raises Refused."""
    return msgspec.structs.replace(
        drafts.applied(recipe, sheet.names, file_name),
        delimiter=sheet.delimiter,
        encoding="",
        header_row=sheet.header_row,
    )
