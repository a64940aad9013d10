"""Saved recipes: mappings under a name, and those that fit a new file."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from backlog import history
from backlog.database import find
from backlog.errors import N_, Invalid, NotFound
from backlog.history import Actor
from backlog.imports import recipes
from backlog.imports.recipes import Recipe
from backlog.imports.surveys import SavedRecipe


async def get(session: AsyncSession, recipe_id: int) -> SavedRecipe:
    found = await find(session, SavedRecipe, recipe_id)
    if found is None:
        raise NotFound(N_("There is no such recipe."))
    return found


async def save(session: AsyncSession, name: str, recipe: Recipe, *, by: Actor) -> SavedRecipe:
    """Keep the mapping under this name; one of the same name is replaced. Raises Invalid."""
    name = " ".join(name.split())
    if not 0 < len(name) <= 200:
        raise Invalid({"name": N_("Give the recipe a name of at most 200 characters.")})
    recipes.check(recipe)
    recipe.name = name
    found = await session.scalar(select(SavedRecipe).where(SavedRecipe.name == name))
    verb = "changed" if found else "added"
    if found is None:
        found = SavedRecipe(name=name, body={}, changed_at=history.now())
        session.add(found)
    found.body, found.changed_at = recipes.to_builtins(recipe), history.now()
    await session.flush()
    history.record(session, by, verb, "recipe", found.id, {"name": name})
    return found


async def remove(session: AsyncSession, saved: SavedRecipe, *, version: int | None, by: Actor) -> None:
    saved.expect(version)
    history.record(session, by, "removed", "recipe", saved.id, {"name": saved.name})
    await session.delete(saved)


async def fitting(session: AsyncSession, names: Sequence[str]) -> list[SavedRecipe]:
    """Recipes whose columns this file has, the one that reads most of it first, then the newest."""
    every = (await session.scalars(select(SavedRecipe).order_by(SavedRecipe.changed_at.desc()))).all()
    fit = [each for each in every if recipes.fits(recipes.from_builtins(each.body), names)]
    return sorted(fit, key=lambda each: -len(each.body["columns"]))


async def named(session: AsyncSession, name: str) -> SavedRecipe | None:
    found: SavedRecipe | None = await session.scalar(select(SavedRecipe).where(SavedRecipe.name == name))
    return found
