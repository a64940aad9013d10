"""Imports before they run: the file that has arrived, the mapping in the making, and the start."""

import difflib
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import msgspec
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from backlog import history
from backlog.database import find
from backlog.errors import N_, Conflict, NotFound, Refused
from backlog.evidence.layers import Layer
from backlog.history import Actor
from backlog.imports import copies, naming, recipes
from backlog.imports.readers import clean
from backlog.imports.recipes import Column, Recipe, Role, Shape
from backlog.imports.surveys import Import, ImportState, new_import

EDITABLE = (ImportState.UPLOADED, ImportState.STOPPED, ImportState.FAILED)
"""States in which the mapping may still be changed."""
CLOSE = 0.72  # how alike two names are, 0-1, to be offered as the same touchpoint


async def get(session: AsyncSession, import_id: int, *, for_change: bool = False) -> Import:
    found = await find(session, Import, import_id, for_change=for_change)
    if found is None:
        raise NotFound(N_("There is no such import."))
    return found


async def arrive(
    session: AsyncSession, file_name: str, path: str, recipe: Recipe, *, rows: int, digest: str, by: Actor
) -> Import:
    """A readable file of about so many rows, with the mapping it starts from."""
    row = new_import(file_name, path, digest=digest, by=by)
    row.recipe, row.rows = recipes.to_builtins(recipe), rows
    session.add(row)
    await session.flush()
    history.record(session, by, "uploaded", "import", row.id, {"file": file_name})
    return row


def mapping(row: Import) -> Recipe:
    """The mapping as it is now; unlike a finished recipe it may lack something."""
    return msgspec.convert(row.recipe, Recipe)


def change(session: AsyncSession, row: Import, recipe: Recipe, *, version: int | None, by: Actor) -> None:
    """Keep the mapping as far as it is. Raises Stale, or Conflict when the import has begun."""
    row.expect(version)
    _must_be_editable(row)
    changes = history.differences(_flat(row.recipe), _flat(recipes.to_builtins(recipe)))
    if changes:
        row.recipe = recipes.to_builtins(recipe)
        history.record(session, by, "matched", "import", row.id, changes)


def _flat(recipe: Mapping[str, Any]) -> dict[str, Any]:
    """Each column by its name, so that the history holds only those that changed."""
    columns = {f"column {each['column']}": each for each in recipe.get("columns", [])}
    return {name: value for name, value in recipe.items() if name != "columns"} | columns


async def start(
    session: AsyncSession, row: Import, resolutions: Mapping[str, Any], *, version: int | None, by: Actor,
    known: Collection[int] = (),
) -> None:  # fmt: skip
    """Queue it. ``resolutions``: for each new touchpoint name an id, "create" or "aside"; ``known``: imports of the same
    content that are in, and it is to count once more. Raises Stale, Invalid, Conflict, AlreadyIn."""
    row.expect(version)
    _must_be_editable(row)
    await copies.refuse(session, row.digest, but=row.id, known=known)
    recipe = mapping(row)
    recipes.check(recipe)
    if recipe.shape is Shape.WIDE:
        recipe = without(recipe, {name for name, wanted in resolutions.items() if wanted == naming.ASIDE})
        recipes.check(recipe)
    row.queue(recipes.to_builtins(recipe), dict(resolutions))
    history.record(session, by, "started", "import", row.id, {"file": row.file_name})


def without(recipe: Recipe, names: Iterable[str]) -> Recipe:
    """The recipe of a wide file with the columns of these touchpoints left out: their rows hold answers to others."""
    out = set(names) - {naming.OTHERS}

    def kept(column: Column) -> Column:
        left_out = column.role is Role.RATING and clean(column.touchpoint) in out
        return Column(column.column, Role.IGNORE) if left_out else column

    return msgspec.structs.replace(recipe, columns=[kept(column) for column in recipe.columns])


async def again(
    session: AsyncSession, row: Import, *, version: int | None, by: Actor, known: Collection[int] = ()
) -> None:
    """Run a stopped or failed import once more as it was; ``known`` and what is raised as in ``start``."""
    row.expect(version)
    _must_be_editable(row)
    if row.path is None:
        raise Conflict(N_("These answers came in a call and are not kept. Nothing was imported. Send them again."))
    await copies.refuse(session, row.digest, but=row.id, known=known)
    row.queue(row.recipe, row.resolutions)
    history.record(session, by, "started", "import", row.id, {"file": row.file_name})


def stop(session: AsyncSession, row: Import, *, by: Actor) -> None:
    row.stop(at=history.now())
    history.record(session, by, "stopped", "import", row.id, {"file": row.file_name})


async def discard(session: AsyncSession, row: Import, *, version: int | None, by: Actor) -> None:
    """Remove an import of which nothing is in the evidence."""
    row.expect(version)
    _must_be_editable(row)
    history.record(session, by, "removed", "import", row.id, {"file": row.file_name})
    await session.delete(row)


async def add_layers(session: AsyncSession, names: Iterable[str], *, by: Actor) -> None:
    """Interaction layers of these names, where there are none yet."""
    known = {clean(name) for name in await session.scalars(select(Layer.name))}
    for name in names:
        if clean(name) in known:
            continue
        layer = Layer(name=name[:200])
        session.add(layer)
        await session.flush()
        known.add(clean(name))
        history.record(session, by, "added", "layer", layer.id, {"name": layer.name})


def applied(recipe: Recipe, names: Sequence[str], file_name: str) -> Recipe:
    """A finished recipe for a file with these columns: all of them in the file's order, those it does not know ignored.

    Days that a recipe fixes are of last time: they are taken from the file's name, else asked anew. Raises Refused
    when the file lacks columns.
    """
    there = {clean(name) for name in names}
    lacking = [
        each.column for each in recipe.columns if each.role is not Role.IGNORE and clean(each.column) not in there
    ]
    if lacking:
        raise Refused(
            N_("This file does not have these columns of the recipe: %(lacking)s. The matching stays as it was."),
            lacking=", ".join(lacking[:12]) + (" …" if len(lacking) > 12 else ""),
        )
    dates = msgspec.structs.replace(recipe.date, year=0, fixed="")
    return recipes.for_file(msgspec.structs.replace(aligned(recipe, names), date=dates), file_name)


def whole(recipe: Recipe, names: Sequence[str]) -> Recipe:
    """The recipe with the columns it does not name, as an import keeps it; as it is when the file lacks some of it."""
    return aligned(recipe, names) if recipes.fits(recipe, names) else recipe


def aligned(recipe: Recipe, names: Sequence[str]) -> Recipe:
    """The recipe with one entry for each of these columns, in this order."""
    known = {clean(column.column): column for column in recipe.columns}
    columns = [
        msgspec.structs.replace(known[clean(name)], column=name) if clean(name) in known else Column(name, Role.IGNORE)
        for name in names
    ]
    return msgspec.structs.replace(recipe, columns=columns)


def alike(name: str, known: Mapping[str, str], most: int = 3) -> list[str]:
    """Clean names of touchpoints that may be meant by this one, the most alike first."""
    return difflib.get_close_matches(clean(name), list(known), n=most, cutoff=CLOSE)


def _must_be_editable(row: Import) -> None:
    if row.state not in EDITABLE:
        raise Conflict(N_("This import is %(state)s; that cannot be done now."), state=row.state.value)
